// Stands in for the core inside of accelerator_axi: any that gives results of frames that have begun, of which it takes
// seven at the most, and lets them stay until they are taken.
module accelerator (
    input clk, input rst, input [15:0] s_axis_tdata, input s_axis_tvalid, output s_axis_tready, input s_axis_tlast,
    output [31:0] m_axis_tdata, output m_axis_tvalid, input m_axis_tready, output m_axis_tlast,
    input s_load_valid, input [23:0] s_load_address, input [15:0] s_load_data, input s_bank_next, output s_bank_in_use);

(* anyseq *) wire takes, gives, bank;
(* anyseq *) wire [31:0] anything;
reg in_frame = 0;        // a frame has begun and not ended
reg [2:0] under_way = 0; // begun, and the result not taken
reg offers = 0;
reg [31:0] word = 0;

wire accepted = s_axis_tvalid && s_axis_tready;
wire taken = m_axis_tvalid && m_axis_tready;
assign s_axis_tready = takes && (in_frame || under_way != 7);
assign m_axis_tvalid = offers;
assign m_axis_tdata = word;
assign m_axis_tlast = 1;
assign s_bank_in_use = bank;

always @(posedge clk) begin
    if (accepted) in_frame <= !s_axis_tlast;
    under_way <= under_way + (accepted && !in_frame) - taken;
    if (!offers || m_axis_tready) begin
        offers <= gives && under_way > taken;
        word <= anything;
    end
    if (rst) begin
        in_frame <= 0;
        under_way <= 0;
        offers <= 0;
    end
end

endmodule
