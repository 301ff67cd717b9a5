// The registers around any core (any_accelerator.v) and with any CRC (any_crc32.v). With BUS the rules of AXI4-Lite are
// claimed at their port, without it what stands inside the modules.
module proof (
    input clk, input rst, input [11:0] awaddr, input awvalid, input [31:0] wdata, input [3:0] wstrb, input wvalid,
    input bready, input [11:0] araddr, input arvalid, input rready, input [15:0] tdata, input tvalid, input tlast,
    input ready);

wire awready, wready, bvalid, arready, rvalid, tready, valid, last, irq;
wire [1:0] bresp, rresp;
wire [31:0] rdata, data;
accelerator_axi dut (
    .clk(clk), .rst(rst), .s_axil_awaddr(awaddr), .s_axil_awvalid(awvalid), .s_axil_awready(awready),
    .s_axil_wdata(wdata), .s_axil_wstrb(wstrb), .s_axil_wvalid(wvalid), .s_axil_wready(wready), .s_axil_bresp(bresp),
    .s_axil_bvalid(bvalid), .s_axil_bready(bready), .s_axil_araddr(araddr), .s_axil_arvalid(arvalid),
    .s_axil_arready(arready), .s_axil_rdata(rdata), .s_axil_rresp(rresp), .s_axil_rvalid(rvalid),
    .s_axil_rready(rready), .s_axis_tdata(tdata), .s_axis_tvalid(tvalid), .s_axis_tready(tready), .s_axis_tlast(tlast),
    .m_axis_tdata(data), .m_axis_tvalid(valid), .m_axis_tready(ready), .m_axis_tlast(last), .irq(irq));
`ifdef BUS
axi_lite_rules #(.SLAVE(1)) rules (
    .clk(clk), .rst(rst), .awaddr(awaddr), .awvalid(awvalid), .awready(awready), .wdata(wdata), .wstrb(wstrb),
    .wvalid(wvalid), .wready(wready), .bresp(bresp), .bvalid(bvalid), .bready(bready), .araddr(araddr),
    .arvalid(arvalid), .arready(arready), .rdata(rdata), .rresp(rresp), .rvalid(rvalid), .rready(rready));
`endif

reg started = 0;
always @(posedge clk) begin
    started <= 1;
    assume (started || rst);
end

endmodule
