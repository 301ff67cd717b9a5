
// Of one word that is watched, and of its window: it is in the queue of candidates once at the most (any_candidates.v); if
// it is above its threshold at the end of a step, and its window has not fired in this image, then it was tested.
localparam WORD_BITS = 2, ABOVE = 2;  // ABOVE: the sign of a potential
wire [WORD_BITS-1:0] watch = `WATCH;
reg settled = 0;       // a reset has been, and the clear behind it
reg was_reset = 0;
reg above_now = 0;     // with the last visit
reg tested_since = 0;
reg fired = 0;
wire watched_window = s_tested_word[WORD_BITS-1:1] == watch[WORD_BITS-1:1];
wire writes_watched = write && s_leaving_word == watch;
always @(posedge clk) begin
    was_reset <= rst;
    settled <= !rst && (settled || was_reset);
    if (writes_watched) begin
        if (s_leaving_visits) begin
            above_now <= !kept[ABOVE];
            tested_since <= 0;
        end
    end
    if (s_tested_tests && s_tested_word == watch) tested_since <= 1;
    if (s_tested_tests && watched_window && m_fire_fires) fired <= 1;
    if (clear) begin
        above_now <= 0;
        fired <= 0;
    end
`ifdef COVER
    assert (!(settled && !rst && m_fire_valid && m_fire_last_fold && fired && above_now && tested_since));
`else
    if (settled && !rst && !clear) begin
        assert (!(s_tested_marks && above_now && !tested_since && !fired));
    end
`endif
end

