// Gives the results in accelerator_tb_results.hex for any images, with one of the faults that a testbench must see:
// +fault=none, wrong (image 2), tlast (missing at image 1), hold (a waiting result changes), many, few.
`timescale 1ns/1ps

module accelerator (
    input clk,
    input rst,
    input [31:0] s_axis_tdata,
    input s_axis_tvalid,
    output s_axis_tready,
    input s_axis_tlast,
    output [31:0] m_axis_tdata,
    output reg m_axis_tvalid,
    input m_axis_tready,
    output m_axis_tlast
);

reg [31:0] results [0:7];
reg [63:0] fault;
reg [7:0] number = 0;
reg [7:0] frames = 0;

initial begin
    if (!$value$plusargs("fault=%s", fault)) fault = "none";
    $readmemh("accelerator_tb_results.hex", results);
end

wire [31:0] result = results[number % 8];
reg waited = 0;

assign s_axis_tready = 1;
assign m_axis_tdata = result ^ {31'd0, (fault == "wrong" && number == 2) || (fault == "hold" && waited)};
assign m_axis_tlast = !(fault == "tlast" && number == 1);

always @(posedge clk) begin
    waited <= m_axis_tvalid && !m_axis_tready;
    if (rst) begin
        m_axis_tvalid <= 0;
    end else begin
        if (s_axis_tvalid && s_axis_tlast) frames <= frames + 1;
        if (m_axis_tvalid && m_axis_tready) number <= number + 1;
        m_axis_tvalid <= m_axis_tvalid && !m_axis_tready
            || (fault == "few" && number >= 4 ? 0 : fault == "many" && frames == 16 ? 1
                : frames > number + (m_axis_tvalid && m_axis_tready ? 1 : 0));
    end
end

endmodule
