// Stands in for this memory: one word is kept, the others are any, and any is what is read while it is written.
module pool_words_of_maps (
    input clk, input write, input [5:0] write_address, input [8-1:0] written, input [5:0] read_address,
    output reg [8-1:0] found);

(* anyseq *) wire [8-1:0] anything;
reg [8-1:0] kept;
reg [8-1:0] word;

always @(posedge clk) begin
    if (write && write_address == `WINDOW) kept <= written;
    word <= read_address == `WINDOW && !(write && write_address == `WINDOW) ? kept : anything;
    found <= word;
end

endmodule
