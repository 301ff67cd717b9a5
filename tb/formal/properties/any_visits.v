// Stands in for the sequencer of a convolution: any visits, tests and marks, one at a time.
module layer0_visit_sequencer (
    input clk, input rst, input clear, input s_spike_valid, input s_spike_mask, input [3:0] s_spike_rows,
    input [1:0] s_spike_step, input s_spike_last, input s_spike_end, output s_spike_ready, output m_visit_visits,
    output m_visit_tests, output m_visit_scrubs, output [1:0] m_visit_word, output m_visit_marks,
    output [1:0] m_visit_step, output m_visit_end, input s_range_some, input s_range_y, input s_range_y_last,
    input s_range_x, input s_range_x_last, input [1:0] s_range_address, input advance, input under_way,
    input [1:0] head, input head_filled, input idle, output pop, output [3:0] entry, output y, output x, output fold,
    output [1:0] address);

(* anyseq *) wire any_y, any_x, any_pop;
(* anyseq *) wire [2:0] any_kind;
(* anyseq *) wire [1:0] any_word;
reg [2:0] kind = 0;
reg [1:0] word = 0;
assign m_visit_visits = kind == 1;
assign m_visit_tests = kind == 2;
assign m_visit_scrubs = kind == 3;
assign m_visit_marks = kind == 4;
assign m_visit_word = word;
assign m_visit_step = 0;
assign m_visit_end = 0;
assign s_spike_ready = 0;
assign pop = head_filled && any_pop;
assign entry = 0;
assign y = any_y;
assign x = any_x;
assign fold = 0;
assign address = 0;

always @(posedge clk) begin
    if (advance) begin
        kind <= any_kind;
        word <= any_word;
    end
    if (clear) kind <= 0;
end

endmodule
