// Under its contract (an image begins only while there is space, and its result comes VERDICT cycles after it was
// decided) no result finds the queue full, AXI4-Stream's rules hold, no place is lost, and the words are the results in
// their order.
module proof (input clk, input rst, input begins, input decided, input [`BITS-1:0] entry, input ready);

wire valid, last, space;
wire [31:0] data;
reg [`VERDICT-1:0] delay = 0;
wire push = delay[`VERDICT-1];
result_sender dut (.clk(clk), .rst(rst), .m_axis_tdata(data), .m_axis_tvalid(valid), .m_axis_tready(ready),
                   .m_axis_tlast(last), .push(push), .entry(entry), .decided(decided), .space(space));

reg started = 0;
reg running = 0;
reg waited = 0;
reg [31:0] word = 0;
reg [7:0] places = 0;  // taken: decided, and not yet sent
reg [7:0] queued = 0;
reg [`BITS * `PLACES - 1:0] results = 0;  // those that are queued, the oldest lowest
wire pop = valid && ready;
wire [`BITS-1:0] oldest = results;
reg [7:0] quiet = 0;   // cycles in which nothing happened

always @(posedge clk) begin
    started <= 1;
    assume (started || rst);
    assume (!begins || (space && !running));
    assume (!decided || running);
    if (rst) begin
        running <= 0;
        delay <= 0;
        waited <= 0;
        places <= 0;
        queued <= 0;
        results <= 0;
        quiet <= 0;
    end
    else begin
        running <= begins || (running && !decided);
        delay <= {delay, decided};
        waited <= valid && !ready;
        word <= data;
        places <= places + decided - pop;
        results <= (pop ? results >> `BITS : results) | (push ? entry : 0) << `BITS * (queued - pop);
        queued <= queued + push - pop;
        quiet <= decided || pop ? 0 : quiet == 3 ? 3 : quiet + 1;
    end
`ifdef COVER
    assert (!(started && queued == `PLACES && waited));
`else
    if (started && !rst) begin
        assert (queued + push <= `PLACES + pop);
        assert (places <= `PLACES);
        assert (valid == (queued != 0));
        if (waited)
            assert (valid && data == word);
        if (valid)
            assert (last && data == {oldest[`BITS-1 -: 3], 4'b0, oldest[`BITS-4 -: 9], {28-`BITS{1'b0}},
                                     oldest[`BITS-13:0]});
        if (quiet == 3)
            assert (space == (places < `PLACES));
    end
`endif
end

endmodule
