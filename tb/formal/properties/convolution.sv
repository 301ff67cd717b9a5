// A convolution with any spikes, step after step, image after image. An image is over some time after one of its marks,
// or with a reset; then `clear` follows.
module proof (
    input clk, input rst, input valid, input mask, input [3:0] row, input last, input last_of_image, input decide,
    input hold);

wire ready, fire_valid, fires, fire_end, mark;
wire [1:0] fire_step, window;
reg clear = 0;
reg [1:0] step = 0;
reg ended = 0;   // no spike of the image is left
reg marked = 0;  // a step of it is over
reg started = 0;
reg waits = 0;
reg [7:0] old_spike = 0;
if_layer_map dut (
    .clk(clk), .rst(rst), .clear(clear), .s_spike_valid(valid), .s_spike_mask(mask), .s_spike_rows(row),
    .s_spike_step(step), .s_spike_last(last), .s_spike_end(last_of_image), .s_spike_ready(ready),
    .m_fire_valid(fire_valid), .m_fire_fires(fires), .m_fire_step(fire_step), .m_fire_end(fire_end),
    .m_fire_fold(window), .m_fire_last_fold(mark), .hold(hold));

always @(posedge clk) begin
    started <= 1;
    assume (started || rst);
    assume (row < `INPUTS);
    assume (!last_of_image || last);
    assume (!decide || marked);
    assume (!valid || !ended);
    assume (!waits || (valid && old_spike == {mask, row, last, last_of_image}));
    clear <= rst || decide;
    waits <= valid && !ready && !rst && !decide && !clear;
    old_spike <= {mask, row, last, last_of_image};
    marked <= !rst && !decide && !clear && (marked || (fire_valid && mark));
    if (valid && ready && last) step <= step + 1;
    if (valid && ready && last_of_image) ended <= 1;
    if (rst || decide || clear) begin
        ended <= 0;
        step <= 0;
    end
end

endmodule
