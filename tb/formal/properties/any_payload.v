// Stands in for the receiver of loads: one to which only payloads come, whose networks are right. It takes a word in two
// cycles, and tells its place in both.
module load_receiver (
    input clk, input rst, input [31:0] s_load_tdata, input s_load_tvalid, output s_load_tready, input s_load_tlast,
    output m_write_valid, output [6:0] m_write_place, output [31:0] m_write_data, output present, output [2:0] error);

reg [6:0] place = 0;
reg there = 0;
reg seen = 0;
assign s_load_tready = seen;
assign m_write_valid = s_load_tvalid && seen;
assign m_write_place = place;
assign m_write_data = s_load_tdata;
assign present = there;
assign error = 0;

always @(posedge clk) begin
    seen <= s_load_tvalid && !seen && !rst;
    if (m_write_valid) begin
        place <= s_load_tlast ? 0 : place + 1;
        there <= s_load_tlast;
    end
    if (rst) begin
        place <= 0;
        there <= 0;
    end
end

endmodule
