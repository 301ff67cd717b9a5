// A queue under its contract. What is claimed stands inside it (queue_inside.v), for it needs its registers.
module proof (input clk, input clear, input push, input [`BITS-1:0] entry, input pop);

wire [`BITS-1:0] head;
wire filled;
queue dut (.clk(clk), .clear(clear), .push(push), .entry(entry), .pop(pop), .head(head), .filled(filled));

reg started = 0;
reg [7:0] held = 0;

always @(posedge clk) begin
    started <= 1;
    held <= clear ? 0 : held + push - pop;
    assume (started || clear);
    if (!clear) begin
        assume (!(push && held == `DEPTH));
        assume (!(pop && held == 0));
    end
end

endmodule
