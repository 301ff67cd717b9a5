// Stands in for the queue of candidates, as far as one word is concerned: it comes out if it went in, once, at any time;
// others come and go.
module layer0_candidates (
    input clk, input clear, input push, input [1:0] word, input pop, output [1:0] head, output filled, output idle);

(* anyseq *) wire any_filled, any_idle;
(* anyseq *) wire [1:0] any_head;
reg holds = 0;
assign head = any_head;
assign filled = any_filled && (any_head != `WATCH || holds);
assign idle = any_idle && !holds && !filled;

always @(posedge clk) begin
    if (push && word == `WATCH) holds <= 1;
    if (pop && head == `WATCH) holds <= 0;
    if (clear) holds <= 0;
end

reg claimed = 0;
always @(posedge clk) begin
    claimed <= claimed || clear;
`ifndef COVER
    if (claimed && !clear)
        assert (!(push && word == `WATCH && holds));
`endif
end

endmodule
