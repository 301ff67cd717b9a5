// The reset of a board's top, by itself: its PLL and what is reset stand in here, and the bench drives them.

module pll (input clock_in, output clock_out, output locked);
assign clock_out = clock_in;
assign locked = bench.locked;
endmodule

module accelerator_serial (input clk, input rst, input rx, output tx, output irq);
assign tx = !rst;
endmodule

module bench;

reg clk = 0, rx = 1, locked = 0;
wire tx;
wire rst = !tx;
integer cycles = 0;

board_top board (.clk_in(clk), .rx(rx), .tx(tx));

task run(input integer count);
    repeat (count) begin
        #5 clk = 1;
        cycles = cycles + 1;
        #5 clk = 0;
    end
endtask

task expect_reset(input integer wanted, input [8 * 60:1] where);
    if (rst !== wanted) begin
        $display("FAIL: the reset is %b %0s", rst, where);
        $finish;
    end
endtask

always @(rst) if ($time > 0 && locked && clk !== 1) begin
    $display("FAIL: the reset changes without the clock");
    $finish;
end

initial begin
    board.steady = 16'hFFFF;  // whatever registers begin with
    board.low = 17'bx;
    board.line = 2'bx;
    run(1);
    expect_reset(1, "before the PLL is steady");
    #3 locked = 1;
    run(15);
    expect_reset(1, "15 cycles after the PLL is steady");
    run(1);
    expect_reset(0, "16 cycles after the PLL is steady");
    #3 locked = 0;
    #1 expect_reset(1, "at once when the PLL loses its clock, which stands still");
    #1 locked = 1;
    run(16);
    expect_reset(0, "16 cycles after the PLL is steady again");
    rx = 0;
    run(1000);
    rx = 1;
    run(3);
    expect_reset(0, "after a long byte");
    rx = 0;
    run(65536 + 2);
    expect_reset(0, "65,536 cycles after the line was low");
    run(1);
    expect_reset(1, "after a break");
    rx = 1;
    run(2 + 16);
    expect_reset(1, "right after a break");
    run(1);
    expect_reset(0, "16 cycles after a break");
    $display("PASS");
end

endmodule
