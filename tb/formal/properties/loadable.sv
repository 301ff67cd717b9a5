// An accelerator whose weights are loaded, with any words for any addresses at any time.
module proof (
    input clk, input rst, input [15:0] tdata, input tvalid, input tlast, input ready, input load_valid,
    input [23:0] load_address, input [15:0] load_data, input next);

wire tready, valid, last, in_use;
wire [31:0] data;
accelerator dut (
    .clk(clk), .rst(rst), .s_axis_tdata(tdata), .s_axis_tvalid(tvalid), .s_axis_tready(tready), .s_axis_tlast(tlast),
    .m_axis_tdata(data), .m_axis_tvalid(valid), .m_axis_tready(ready), .m_axis_tlast(last), .s_load_valid(load_valid),
    .s_load_address(load_address), .s_load_data(load_data), .s_bank_next(next), .s_bank_in_use(in_use));

reg started = 0;
always @(posedge clk) begin
    started <= 1;
    assume (started || rst);
end

endmodule
