// Any spikes that reach any positions of any layer: no visit reads a word of potentials while one ahead of it is still to
// write it. The pipeline reads in the third cycle behind a visit and writes in the seventh.
module proof (
    input clk, input rst, input opens, input [4:0] count, input complete, input [5:0] inputs, input folds,
    input parts, input [5:0] positions, input [5:0] row_words, input [5:0] row_weights, input [5:0] column_weights,
    input [5:0] reach_word, input [5:0] reach_weight, input [4:0] rows, input [4:0] columns, input some);

wire valid, first, last, over;
wire [5:0] word, weight;
wire [3:0] read;
position_walker dut (
    .clk(clk), .rst(rst), .opens(opens), .s_layer_inputs(inputs), .s_layer_folds(folds), .s_layer_parts(parts),
    .s_layer_positions(positions), .s_layer_row_words(row_words), .s_layer_row_weights(row_weights),
    .s_layer_column_weights(column_weights), .s_list_count(count), .s_list_complete(complete),
    .s_reach_word(reach_word), .s_reach_weight(reach_weight), .s_reach_rows(rows), .s_reach_columns(columns),
    .s_reach_some(some), .m_step_valid(valid), .m_step_first(first), .m_step_last(last),
    .m_step_word(word), .m_step_weight(weight), .read(read), .over(over));

localparam READ = 3, WRITE = 7;
(* anyconst *) wire [5:0] watch;
reg started = 0;
reg [WRITE-READ-1:0] behind = 0;  // visits to it that have still to write
always @(posedge clk) begin
    started <= 1;
    assume (started || rst);
    behind <= {behind[WRITE-READ-2:0], valid && last && word == watch};
    if (!started) behind <= 0;
`ifdef COVER
    assert (!(started && behind == 0 && valid && first && !last && word == watch && rows == 2));
`else
    assert (!(started && valid && first && word == watch && behind != 0));
`endif
end

endmodule
