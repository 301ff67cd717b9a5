// Stands in for a CRC: any one, which takes a byte at once.
module crc32 (input clk, input clear, input push, input [7:0] octet, output free, output [31:0] left);

(* anyseq *) wire [31:0] anything;
assign free = 1;
assign left = anything;

endmodule
