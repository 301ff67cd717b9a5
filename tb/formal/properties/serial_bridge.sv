// The serial bridge with any bytes from the line (any_uart_rx.v), a line that takes bytes whenever it likes
// (any_uart_tx.v), any CRC (any_crc32.v), any words in the buffer (any_frame_buffer.v) and any registers: the rules of
// AXI4-Lite; the rest of what is claimed stands inside it (serial_inside.v).
module proof (
    input clk, input rst, input awready, input wready, input [1:0] bresp, input bvalid, input arready,
    input [31:0] rdata, input [1:0] rresp, input rvalid);

wire tx, awvalid, wvalid, bready, arvalid, rready;
wire [11:0] awaddr, araddr;
wire [31:0] wdata;
wire [3:0] wstrb;
serial_bridge dut (
    .clk(clk), .rst(rst), .rx(1'b1), .tx(tx), .m_axil_awaddr(awaddr), .m_axil_awvalid(awvalid),
    .m_axil_awready(awready), .m_axil_wdata(wdata), .m_axil_wstrb(wstrb), .m_axil_wvalid(wvalid),
    .m_axil_wready(wready), .m_axil_bresp(bresp), .m_axil_bvalid(bvalid), .m_axil_bready(bready),
    .m_axil_araddr(araddr), .m_axil_arvalid(arvalid), .m_axil_arready(arready), .m_axil_rdata(rdata),
    .m_axil_rresp(rresp), .m_axil_rvalid(rvalid), .m_axil_rready(rready));
axi_lite_rules #(.SLAVE(0)) rules (
    .clk(clk), .rst(rst), .awaddr(awaddr), .awvalid(awvalid), .awready(awready), .wdata(wdata), .wstrb(wstrb),
    .wvalid(wvalid), .wready(wready), .bresp(bresp), .bvalid(bvalid), .bready(bready), .araddr(araddr),
    .arvalid(arvalid), .arready(arready), .rdata(rdata), .rresp(rresp), .rvalid(rvalid), .rready(rready));

reg started = 0;
always @(posedge clk) begin
    started <= 1;
    assume (started || rst);
end

endmodule
