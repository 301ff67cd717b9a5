// Stands in for the lane of a convolution: any potentials, of which the sign says who is above the threshold.
module layer0_lane (
    input clk, input [2:0] stored, input stale, input [2:0] start, input [1:0] weights, input pool, input asks,
    output exceeds, output fires, output [2:0] kept);

(* anyseq *) wire anything;
reg fired = 0;
reg early = 0;
reg late = 0;
assign exceeds = anything;
assign fires = fired;
assign kept = {!late, 2'b0};

always @(posedge clk) begin
    fired <= asks && exceeds && !pool;
    early <= exceeds;
    late <= early;
end

endmodule
