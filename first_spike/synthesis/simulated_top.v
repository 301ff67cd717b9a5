// A board in simulation: its crystal is `clk`, and its PLL is steady while `rst` is low.

module pll (
    input wire clock_in,
    output wire clock_out,
    output wire locked
);

assign clock_out = clock_in;
assign locked = !simulated_top.rst;

endmodule

module simulated_top (
    input wire clk,
    input wire rst,
    input wire rx,
    output wire tx
);

board_top board (
    .clk_in(clk),
    .rx(rx),
    .tx(tx)
);

endmodule
