// accelerator with the clock `aclk` and the reset `aresetn`, as the IPs of Vivado have them: low when active,
// and synchronous to the clock. component.xml says which ports are a bus.

`default_nettype none

module accelerator_ip (
    input  wire [63:0] s_axis_tdata,
    input  wire s_axis_tvalid,
    output wire s_axis_tready,
    input  wire s_axis_tlast,
    output wire [31:0] m_axis_tdata,
    output wire m_axis_tvalid,
    input  wire m_axis_tready,
    output wire m_axis_tlast,
    input  wire aclk,
    input  wire aresetn
);

accelerator core (
    .s_axis_tdata(s_axis_tdata),
    .s_axis_tvalid(s_axis_tvalid),
    .s_axis_tready(s_axis_tready),
    .s_axis_tlast(s_axis_tlast),
    .m_axis_tdata(m_axis_tdata),
    .m_axis_tvalid(m_axis_tvalid),
    .m_axis_tready(m_axis_tready),
    .m_axis_tlast(m_axis_tlast),
    .clk(aclk),
    .rst(!aresetn)
);

endmodule

`default_nettype wire
