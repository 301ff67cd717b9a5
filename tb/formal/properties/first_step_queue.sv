// The queue of the first step under its contract: fewer than DEPTH entries are there. One entry, whichever, is watched
// from its push until it is taken; and no entry waits for more than three cycles before it is at the head.
module proof (input clk, input rst, input push, input [`BITS-1:0] entry, input take, input watch);

wire [`BITS-1:0] head;
wire filled;
first_step_queue dut (.clk(clk), .rst(rst), .push(push), .entry(entry), .take(take), .head(head), .filled(filled));

reg started = 0;
reg [3:0] held = 0, ahead = 0;
reg [1:0] taken = 0, waited = 0;
reg watching = 0;
reg [`BITS-1:0] value = 0;
wire pop = take && filled;

always @(posedge clk) begin
    started <= 1;
    assume (started || rst);
    assume (!(push && held == `DEPTH - 1));
    held <= rst ? 0 : held + push - pop;
    waited <= rst || filled || held == 0 ? 0 : waited + 1;
    if (rst) begin
        watching <= 0;
        taken <= 0;
    end else if (!watching && push && watch) begin
        watching <= 1;
        ahead <= held - pop;
        value <= entry;
    end else if (watching && pop) begin
        ahead <= ahead - 1;
        watching <= ahead != 0;
        if (taken != 3) taken <= taken + 1;
    end
`ifdef COVER
    assert (!(started && taken == 3));
`else
    if (started && !rst) begin
        assert (!(filled && held == 0));
        assert (!(watching && pop && ahead == 0 && head != value));
        assert (waited != 3);
    end
`endif
end

endmodule
