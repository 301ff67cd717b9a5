// A board with a serial line: a clock from its crystal, a reset until that is steady, and the accelerator.

module board_top (
    input wire clk_in,
    input wire rx,
    output wire tx
);

wire clk, locked;
reg [3:0] steady = 0;

pll pll (
    .clock_in(clk_in),
    .clock_out(clk),
    .locked(locked)
);

// Cycles since the clock is steady; the last of them ends the reset.
always @(posedge clk) begin
    if (!locked) steady <= 0;
    else if (steady != 15) steady <= steady + 1;
end

accelerator_serial accelerator (
    .clk(clk),
    .rst(steady != 15),
    .rx(rx),
    .tx(tx),
    .irq()
);

endmodule
