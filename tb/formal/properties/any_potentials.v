// Stands in for the memory of potentials: one word is kept, the others are any.
module layer0_potentials (
    input clk, input write, input [1:0] write_address, input [4:0] written, input [1:0] read_address,
    output reg [4:0] found);

(* anyseq *) wire [4:0] anything;
reg [4:0] kept;
reg [4:0] word;

always @(posedge clk) begin
    if (write && write_address == `WATCH) kept <= written;
    word <= read_address == `WATCH && !(write && write_address == `WATCH) ? kept : anything;
    found <= word;
end

endmodule
