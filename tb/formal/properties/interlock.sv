// The pipeline of a convolution with any visits (any_visits.v); what is claimed stands inside it.
module proof (input clk, input rst, input clear, input hold);

wire ready, fire_valid, fires, fire_end, mark;
wire [1:0] fire_step, window;
if_layer_map dut (
    .clk(clk), .rst(rst), .clear(clear), .s_spike_valid(1'b0), .s_spike_mask(1'b0), .s_spike_rows(4'b0),
    .s_spike_step(2'b0), .s_spike_last(1'b0), .s_spike_end(1'b0), .s_spike_ready(ready),
    .m_fire_valid(fire_valid), .m_fire_fires(fires), .m_fire_step(fire_step), .m_fire_end(fire_end),
    .m_fire_fold(window), .m_fire_last_fold(mark), .hold(hold));

reg started = 0;
always @(posedge clk) begin
    started <= 1;
    assume (started || (rst && clear));
end

endmodule
