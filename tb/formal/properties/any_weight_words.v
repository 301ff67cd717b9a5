// Stands in for the memory of weights: words that the network does not have are any, and any is what is read while it is
// written.
module weight_words (
    input clk, input write, input [5:0] place, input [31:0] data, input [5:0] address, output reg [31:0] word);

(* anyseq *) wire [31:0] anything;
reg [31:0] words [0:15];

always @(posedge clk) begin
    if (write && place < 16) words[place[3:0]] <= data;
    word <= address > 15 || (write && place == address) ? anything : words[address[3:0]];
end

endmodule
