// Stands in for the receiver of the line: any bytes and broken ones, three cycles apart at least (of uart_rx nine or
// more are claimed).
module uart_rx (input clk, input rst, output m_byte_valid, output [7:0] m_byte_data, output m_byte_broken, input rx);

(* anyseq *) wire comes, broken;
(* anyseq *) wire [7:0] octet;
reg [1:0] quiet = 0;
assign m_byte_valid = comes && !broken && quiet == 0;
assign m_byte_broken = comes && broken && quiet == 0;
assign m_byte_data = octet;

always @(posedge clk) quiet <= comes && quiet == 0 ? 2 : quiet == 0 ? 0 : quiet - 1;

endmodule
