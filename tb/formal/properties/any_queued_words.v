// Stands in for this memory: one word is kept, the others are any, and any is what is read while it is written.
module queued_words (
    input clk, input write, input [5:0] write_address, input [1-1:0] written, input [5:0] read_address,
    output reg [1-1:0] found);

(* anyseq *) wire [1-1:0] anything;
reg [1-1:0] kept;
reg [1-1:0] word;

always @(posedge clk) begin
    if (write && write_address == `WATCH) kept <= written;
    word <= read_address == `WATCH && !(write && write_address == `WATCH) ? kept : anything;
    found <= word;
end

endmodule
