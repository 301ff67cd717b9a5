
// Of one word that is watched, any one: no visit reads it while another is on its way to write it, nor its window while
// a test is on its way to write that, but for the test one cycle ahead, which hands its outcome over.
localparam WORD_BITS = 2;
(* anyconst *) wire [WORD_BITS-1:0] watch;
wire asks_watched = (issued_visits || issued_tests) && issued_word == watch;
wire window_asks = (caught_visits || caught_tests) && caught_word[WORD_BITS-1:1] == watch[WORD_BITS-1:1];
wire word_behind = ((fetched_visits || fetched_tests || fetched_scrubs) && fetched_word == watch)
    || ((caught_visits || caught_tests || caught_scrubs) && caught_word == watch)
    || ((compared_visits || compared_tests || compared_scrubs) && compared_word == watch)
    || ((taken_visits || taken_tests || taken_scrubs) && taken_word == watch)
    || ((added_visits || added_tests || added_scrubs) && added_word == watch)
    || ((tested_visits || tested_tests || tested_scrubs) && tested_word == watch)
    || ((leaving_visits || leaving_tests || leaving_scrubs) && leaving_word == watch);
wire window_behind = ((compared_tests || compared_scrubs) && compared_word[WORD_BITS-1:1] == watch[WORD_BITS-1:1])
    || ((taken_tests || taken_scrubs) && taken_word[WORD_BITS-1:1] == watch[WORD_BITS-1:1])
    || ((added_tests || added_scrubs) && added_word[WORD_BITS-1:1] == watch[WORD_BITS-1:1]);
reg claimed = 0;
always @(posedge clk) begin
    claimed <= claimed || clear;
`ifdef COVER
    assert (!(claimed && !clear && window_asks && compared_tests && compared_word != watch
              && compared_word[WORD_BITS-1:1] == watch[WORD_BITS-1:1]));
`else
    if (claimed && !clear) begin
        assert (!(asks_watched && word_behind));
        assert (!(window_asks && window_behind
                  && !(compared_tests && compared_word[WORD_BITS-1:1] == watch[WORD_BITS-1:1])));
    end
`endif
end

