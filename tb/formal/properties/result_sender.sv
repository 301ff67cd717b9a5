// Under its contract (an image begins only while there is space, and its result comes VERDICT cycles after it was
// decided) no result finds the queue full, AXI4-Stream's rules hold, and no place is lost.
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
        quiet <= 0;
    end
    else begin
        running <= begins || (running && !decided);
        delay <= {delay, decided};
        waited <= valid && !ready;
        word <= data;
        places <= places + decided - (valid && ready);
        queued <= queued + push - (valid && ready);
        quiet <= decided || (valid && ready) ? 0 : quiet == 3 ? 3 : quiet + 1;
    end
`ifdef COVER
    assert (!(started && queued == `PLACES && waited));
`else
    if (started && !rst) begin
        assert (queued + push <= `PLACES + (valid && ready));
        assert (places <= `PLACES);
        assert (valid == (queued != 0));
        if (waited)
            assert (valid && data == word);
        if (valid)
            assert (last);
        if (quiet == 3)
            assert (space == (places < `PLACES));
    end
`endif
end

endmodule
