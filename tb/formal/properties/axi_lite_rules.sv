// The rules of AXI4-Lite at one port: what a side offers stays until it is taken, and an answer has its question. With
// SLAVE those of a slave are asserted and those of its master assumed; without it is the other way round, and the
// master does one access of a kind at a time, and is ready for its answer when it was taken.
module axi_lite_rules #(parameter SLAVE = 1) (
    input clk, input rst, input [11:0] awaddr, input awvalid, input awready, input [31:0] wdata, input [3:0] wstrb,
    input wvalid, input wready, input [1:0] bresp, input bvalid, input bready, input [11:0] araddr, input arvalid,
    input arready, input [31:0] rdata, input [1:0] rresp, input rvalid, input rready);

reg aw_waits = 0, w_waits = 0, b_waits = 0, ar_waits = 0, r_waits = 0;
reg [11:0] old_awaddr, old_araddr;
reg [35:0] old_w;
reg [1:0] old_bresp;
reg [33:0] old_r;
reg [2:0] addresses = 0, words = 0, questions = 0;  // taken, and not answered

wire master_keeps = !(aw_waits && !(awvalid && awaddr == old_awaddr))
    && !(w_waits && !(wvalid && {wstrb, wdata} == old_w)) && !(ar_waits && !(arvalid && araddr == old_araddr));
wire slave_keeps = !(b_waits && !(bvalid && bresp == old_bresp)) && !(r_waits && !(rvalid && {rresp, rdata} == old_r));
wire slave_was_asked = !(bvalid && (addresses == 0 || words == 0)) && !(rvalid && questions == 0);

always @(posedge clk) begin
    aw_waits <= awvalid && !awready && !rst;
    w_waits <= wvalid && !wready && !rst;
    b_waits <= bvalid && !bready && !rst;
    ar_waits <= arvalid && !arready && !rst;
    r_waits <= rvalid && !rready && !rst;
    old_awaddr <= awaddr;
    old_araddr <= araddr;
    old_w <= {wstrb, wdata};
    old_bresp <= bresp;
    old_r <= {rresp, rdata};
    addresses <= rst ? 0 : addresses + (awvalid && awready) - (bvalid && bready);
    words <= rst ? 0 : words + (wvalid && wready) - (bvalid && bready);
    questions <= rst ? 0 : questions + (arvalid && arready) - (rvalid && rready);
    if (SLAVE) assume (master_keeps); else assume (slave_keeps && slave_was_asked);
`ifdef COVER
    if (SLAVE) assert (!(!rst && bvalid && bresp == 2 && b_waits && rvalid && r_waits));
`else
    if (!rst) begin
        if (SLAVE) begin
            assert (slave_keeps && slave_was_asked && bresp[0] == 0 && rresp[0] == 0);
            assert (addresses <= 2 && words <= 2 && questions <= 1);
        end
        else begin
            assert (master_keeps);
            assert (questions == (rready && !arvalid));
            assert (addresses == (bready || (wvalid && !awvalid)) && words == (bready || (awvalid && !wvalid)));
        end
    end
`endif
end

endmodule
