// The worker of the serial bridge with any frames and any registers: the rules of AXI4-Lite; the rest of what is claimed
// stands inside it (bridge_inside.v).
module proof (
    input clk, input rst, input arrived, input [31:0] header, input [7:0] length, input sent, input [31:0] read_word,
    input awready, input wready, input [1:0] bresp, input bvalid, input arready, input [31:0] rdata, input [1:0] rresp,
    input rvalid);

wire awvalid, wvalid, bready, arvalid, rready, release_frame, send, write, sending;
wire [11:0] awaddr, araddr;
wire [31:0] wdata, reply_header, write_word;
wire [3:0] wstrb;
wire [7:0] reply_length, write_address, read_address;
bridge dut (
    .clk(clk), .rst(rst), .s_request_arrived(arrived), .s_request_header(header), .s_request_length(length),
    .s_request_release(release_frame), .m_reply_send(send), .m_reply_header(reply_header),
    .m_reply_length(reply_length), .m_reply_sent(sent), .m_axil_awaddr(awaddr), .m_axil_awvalid(awvalid),
    .m_axil_awready(awready), .m_axil_wdata(wdata), .m_axil_wstrb(wstrb), .m_axil_wvalid(wvalid),
    .m_axil_wready(wready), .m_axil_bresp(bresp), .m_axil_bvalid(bvalid), .m_axil_bready(bready),
    .m_axil_araddr(araddr), .m_axil_arvalid(arvalid), .m_axil_arready(arready), .m_axil_rdata(rdata),
    .m_axil_rresp(rresp), .m_axil_rvalid(rvalid), .m_axil_rready(rready), .write(write),
    .write_address(write_address), .write_word(write_word), .read_address(read_address), .read_word(read_word),
    .sending(sending));
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
