
// Of one word that is watched, any one, and of its window: no visit reads it while another is on its way to write it,
// and each reads what was written last; it is in the queue of candidates once at the most; if it is above its threshold
// at the end of a step, and its window has not fired in this image, then it was tested; its window, of two words, fires
// once.
localparam WORD_BITS = 2, ABOVE = 2;  // ABOVE: the sign of a potential
(* anyconst *) wire [WORD_BITS-1:0] watch;
reg settled = 0;       // a reset has been, and the clear behind it
reg was_reset = 0;
reg written_once = 0;
reg [4:0] content = 0;
reg in_queue = 0;
reg above_now = 0;     // with the last visit
reg tested_since = 0;
reg fired = 0;
wire watched_window = tested_word[WORD_BITS-1:1] == watch[WORD_BITS-1:1];
wire writes_watched = write && leaving_word == watch;
wire reads_watched = caught_visits || caught_tests;
wire puts = push && leaving_word == watch;
wire takes = pop && head == watch;
wire behind = ((fetched_visits || fetched_tests || fetched_scrubs) && fetched_word == watch)
    || ((caught_visits || caught_tests || caught_scrubs) && caught_word == watch)
    || ((compared_visits || compared_tests || compared_scrubs) && compared_word == watch)
    || ((taken_visits || taken_tests || taken_scrubs) && taken_word == watch)
    || ((added_visits || added_tests || added_scrubs) && added_word == watch)
    || ((tested_visits || tested_tests || tested_scrubs) && tested_word == watch)
    || ((leaving_visits || leaving_tests || leaving_scrubs) && leaving_word == watch);
always @(posedge clk) begin
    was_reset <= rst;
    settled <= !rst && (settled || was_reset);
    if (writes_watched) begin
        written_once <= 1;
        content <= written;
        if (leaving_visits) begin
            above_now <= !kept[ABOVE];
            tested_since <= 0;
        end
    end
    if (tested_tests && tested_word == watch) tested_since <= 1;
    if (tested_tests && watched_window && m_fire_fires) fired <= 1;
    in_queue <= (in_queue || puts) && !takes;
    if (clear) begin
        in_queue <= 0;
        above_now <= 0;
        fired <= 0;
    end
    if (rst) written_once <= 0;
`ifdef COVER
    assert (!(settled && !rst && m_fire_valid && m_fire_last_fold && fired && above_now && tested_since));
`else
    if (settled && !rst && !clear) begin
        assert (!((issued_visits || issued_tests) && issued_word == watch && behind));
        assert (!(reads_watched && caught_word == watch && written_once) || found == content);
        assert (!(puts && in_queue));
        assert (!(takes && !in_queue));
        assert (!(tested_marks && above_now && !tested_since && !fired));
        assert (!(tested_tests && watched_window && m_fire_fires && fired));
    end
`endif
end

