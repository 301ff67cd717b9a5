// Stands in for the memory of two lists: what is read while it is written is anything.
module list_memory_2 (
    input clk, input write, input [`PLACE_BITS:0] write_address, input [1:0] written,
    input [`PLACE_BITS:0] read_address, output reg [1:0] found);

(* anyseq *) wire [1:0] anything;
reg [1:0] words [0:(2<<`PLACE_BITS)-1];
reg [1:0] word;

always @(posedge clk) begin
    if (write) words[write_address] <= written;
    word <= write && write_address == read_address ? anything : words[read_address];
    found <= word;
end

endmodule
