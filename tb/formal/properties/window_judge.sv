// Any visits to the words of a map, with windows of two words: who fires at a test is above its threshold and the first
// of its window, and a word is a candidate once until it is tested, though memories give anything where reading meets
// writing (any_pool_words_of_maps.v, any_queued_words.v). A word has its next visit five cycles later at the soonest, which the
// claim of position_walker is about; between sweeps and tests of a map lie more.
module proof (input clk, input [5:0] visited, input [2:0] kind, input [7:0] above);

localparam SCATTERS = 1, SWEEPS = 2, POOLS = 3, MARKS = 4;
wire [7:0] fires;
wire push;
wire [5:0] group;
reg [5:0] word_1 = 0, word_2 = 0, word_3 = 0, word_4 = 0, word_5 = 0;
reg [2:0] kind_1 = 0, kind_2 = 0, kind_3 = 0, kind_4 = 0, kind_5 = 0;
window_judge dut (
    .clk(clk), .s_write_valid(1'b0), .s_write_place(0), .s_write_data(32'b0), .early_word(visited),
    .middle_word(word_3), .word(word_5), .scatters(kind_5 == SCATTERS), .sweeps(kind_5 == SWEEPS),
    .pools(kind_5 == POOLS), .marks(kind_5 == MARKS), .exceeds(above), .fires(fires), .push(push), .group_number(group));

wire [5:0] window = word_5[5:1];
wire near = (kind_1 != 0 && word_1 == visited) || (kind_2 != 0 && word_2 == visited)
    || (kind_3 != 0 && word_3 == visited) || (kind_4 != 0 && word_4 == visited);
reg [2:0] since_sweep = 0, since_test = 0;  // cycles
reg [7:0] spiked = 0;                       // of the window that is watched
reg emptied = 0, known = 0, queued = 0;     // that window, and the word that is; it waits
always @(posedge clk) begin
    assume (kind <= MARKS);
    assume (kind == 0 || kind == MARKS || !near);
    assume (!(kind == POOLS && since_sweep != 0) && !(kind == SWEEPS && since_test != 0));
    since_sweep <= kind == SWEEPS ? 7 : since_sweep == 0 ? 0 : since_sweep - 1;
    since_test <= kind == POOLS ? 7 : since_test == 0 ? 0 : since_test - 1;
    {word_1, word_2, word_3, word_4, word_5} <= {visited, word_1, word_2, word_3, word_4};
    {kind_1, kind_2, kind_3, kind_4, kind_5} <= {kind, kind_1, kind_2, kind_3, kind_4};
    if (kind_5 == SWEEPS && word_5 == `WINDOW) {emptied, spiked} <= {1'b1, 8'b0};
    if (kind_5 == POOLS && window == `WINDOW) spiked <= spiked | above;
    if (word_5 == `WATCH) begin
        if (kind_5 == SWEEPS) {known, queued} <= 2'b10;
        if (kind_5 == SCATTERS && above != 0) queued <= 1;
        if (kind_5 == POOLS) queued <= 0;
    end
`ifdef COVER
    assert (!(emptied && kind_5 == POOLS && window == `WINDOW && spiked == 8'h0F && fires == 8'hF0));
`else
    if (kind_5 == MARKS) assert (fires == 0);
    else if (kind_5 != POOLS) assert (fires == above);
    else begin
        assert (!(emptied && window == `WINDOW) || fires == (above & ~spiked));
        assert (group == ~word_5);
    end
    assert (kind_5 == SCATTERS || !push);
    assert (!(known && word_5 == `WATCH && kind_5 == SCATTERS) || push == (above != 0 && !queued));
`endif
end

endmodule
