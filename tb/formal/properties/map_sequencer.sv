// A map with any lists, spikes and stalls, whose visits make candidates eight cycles later: when it says that a step is
// over, every candidate was tested and none is under way; each is tested once, and only what is there.
module proof (
    input clk, input rst, input start, input fresh, input closes, input hold, input [5:0] starts, input folds,
    input [5:0] first_word, input [5:0] positions, input step_valid, input step_first, input step_last,
    input [5:0] step_word, input [5:0] step_weight, input over, input [5:0] candidate, input is_there, input above);

localparam OUTCOME = 8;
wire opens, pop, ends, visit_tests, scatters, pools, marks, visits;
wire [5:0] visited;
reg [OUTCOME-1:0] scattered = 0;  // visits whose outcome is to come
reg [6:0] waiting = 0;            // candidates
wire push = scattered[OUTCOME-1] && above;
wire filled = waiting != 0 && is_there;
map_sequencer dut (
    .clk(clk), .rst(rst), .start(start), .fresh(fresh), .at_output(1'b0), .closes(closes), .s_layer_starts(starts),
    .s_layer_folds(folds), .s_layer_word(first_word), .s_layer_positions(positions), .hold(hold), .opens(opens),
    .s_step_valid(step_valid), .s_step_first(step_first), .s_step_last(step_last), .s_step_word(step_word),
    .s_step_weight(step_weight), .over(over), .candidate(candidate), .filled(filled), .idle(waiting == 0), .pop(pop),
    .m_visit_valid(visits), .m_visit_word(visited), .m_visit_tests(visit_tests), .m_visit_scatters(scatters),
    .m_visit_pools(pools), .m_visit_marks(marks), .ends(ends));

reg started = 0;
reg works = 0;
reg told = 0, closed = 0;         // of a list that is over: with it the step is
always @(posedge clk) begin
    started <= 1;
    assume (started || rst);
    assume (!(start && works));
    assume (!(over && step_valid));
    assume (!told || closes == closed);
    told <= !rst && (over || told) && !ends;
    closed <= closes;
    assume (!(push && waiting == 64));
    works <= !rst && (start || (works && !ends));
    scattered <= {scattered[OUTCOME-2:0], scatters};
    waiting <= waiting + push - pop;
    if (rst) {scattered, waiting} <= 0;
`ifdef COVER
    assert (!(started && !rst && ends && visit_tests && closes && fresh));
`else
    if (started && !rst) begin
        assert (!(ends && visit_tests) || (scattered == 0 && waiting == 0));
        assert (pop == pools && (!pop || (filled && visits && visited == candidate && !hold)));
        assert (ends == marks && (!marks || works));
        assert (!scatters || works);
    end
`endif
end

endmodule
