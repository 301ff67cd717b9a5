// A neuron fires at most once an image, whatever its weights, its threshold and the cycles in which it is tested.
module proof (input clk, input clear, input test, input [`BITS-1:0] weights, input [`POTENTIAL-1:0] start);

wire fires;
if_lane dut (.clk(clk), .clear(clear), .test(test), .weights(weights), .start(start), .fires(fires));

reg started = 0;
reg fired = 0;
reg again = 0;

always @(posedge clk) begin
    started <= 1;
    assume (started || clear);
    if (clear) begin
        fired <= 0;
        again <= 0;
    end
    else if (test) begin
        fired <= fired || fires;
        again <= fired;
    end
`ifdef COVER
    assert (!(started && again && test && !clear));
`else
    if (started && fired && test && !clear)
        assert (!fires);
`endif
end

endmodule
