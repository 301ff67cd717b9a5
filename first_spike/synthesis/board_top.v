// A board with a serial line: a clock from its crystal, a reset, and the accelerator.
//
// The board is in reset until its clock is steady, and after a break: 65,536 cycles in which the line is low, which a
// byte is for less than 1,000. A port that only some boards have stands behind a macro of its name.

module board_top (
    input wire clk_in,
    input wire rx,
`ifdef WIFI_GPIO0
    output wire wifi_gpio0,  // of a ULX3S, whose ESP32 may take over the FPGA when it is low for seconds
`endif
    output wire tx
);

wire clk, locked;
reg [1:0] line;         // rx with this clock
reg [16:0] low;         // for how many cycles the line is low; the highest bit is a break
reg [15:0] steady = 0;  // a one moves up in each cycle without a cause; at the top it ends the reset

`ifdef WIFI_GPIO0
assign wifi_gpio0 = 1;
`endif

pll pll (
    .clock_in(clk_in),
    .clock_out(clk),
    .locked(locked)
);

// Two registers, since the line has a clock of its own.
always @(posedge clk) line <= {line[0], rx};

// `locked` has no clock: it resets at once, without one, and what it ends goes through 16 registers. Where it is high
// before the registers wake, the first value of `steady` counts. Each family promises it where it is what a reset gives:
// an iCE40's registers begin with 0, an ECP5's with REGSET, a Gowin's with INIT, and yosys maps them so.
always @(posedge clk or negedge locked) begin
    if (!locked) begin
        low <= 0;
        steady <= 0;
    end else begin
        if (line[1]) low <= 0;
        else if (!low[16]) low <= low + 1;
        steady <= low[16] ? 0 : {steady[14:0], 1'b1};
    end
end

accelerator_serial accelerator (
    .clk(clk),
    .rst(!steady[15]),
    .rx(rx),
    .tx(tx),
    .irq()
);

endmodule
