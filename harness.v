`timescale 1ns/1ps
`default_nettype none
module harness(input wire clk, input wire si, output reg so);
localparam IN = 1+32+1+1+16+1+1+1;
localparam OUT = 1+1+32+1+1+1+3;
reg [IN-1:0] ins; wire [OUT-1:0] outs; reg [OUT-1:0] cap;
always @(posedge clk) begin ins <= {ins[IN-2:0], si}; if (ins[0]) cap <= outs; else cap <= {cap[OUT-2:0], cap[OUT-1]}; so <= cap[OUT-1]; end
processor dut(.clk(clk), .rst(ins[0]), .s_load_tdata(ins[32:1]), .s_load_tvalid(ins[33]), .s_load_tlast(ins[34]),
 .s_axis_tdata(ins[35 +: 16]), .s_axis_tvalid(ins[35+16]), .s_axis_tlast(ins[36+16]), .m_axis_tready(ins[37+16]),
 .s_load_tready(outs[0]), .s_axis_tready(outs[1]), .m_axis_tdata(outs[33:2]), .m_axis_tvalid(outs[34]), .m_axis_tlast(outs[35]), .present(outs[36]), .error(outs[39:37]));
endmodule
