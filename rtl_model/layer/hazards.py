"""How long a visit waits for those ahead of it."""

from myhdl import Signal, always, always_comb, block, concat, intbv


@block
def hazards(clk, clear, advance, proposed, hands_over, same_words, same_windows, clash, follows):
    """While a visit waits, those ahead of it move on, until none of them is near enough to matter.

    Ports:
        clear: nothing is waiting any more
        advance: `proposed` becomes what is waiting
        proposed: the Visit that is compared with those ahead
        hands_over: the one directly ahead of it is a test that can hand its window over
        same_words: bit d: that d + 1 ahead will write a word that it reads
        same_windows: bit d: that d + 1 ahead will write a window that it reads
        clash: what is waiting would read a word while it is written, or before
        follows: otherwise: the window of the test one cycle ahead of it is handed over to it
    """
    words, windows = len(same_words), len(same_windows)
    word_hazards = Signal(intbv(0)[words:])  # of what is waiting
    window_hazards = Signal(intbv(0)[windows:])
    behind_test = Signal(bool(0))

    @always(clk.posedge)
    def follow():
        """Bit d: a hazard at a distance of d + 1 cycles. While the visit waits, the others move away from it."""
        if advance:
            word_hazards.next = 0
            window_hazards.next = 0
            if proposed.visits or proposed.tests:
                word_hazards.next = same_words
                window_hazards.next = same_windows
            behind_test.next = hands_over
        else:
            word_hazards.next = concat(word_hazards[words - 1:], False)
            window_hazards.next = concat(window_hazards[windows - 1:], False)
        if clear:
            word_hazards.next = 0
            window_hazards.next = 0

    @always_comb
    def judge():
        """The window of the test directly ahead can be handed over, whatever lies behind that."""
        follows.next = window_hazards[0] and behind_test
        clash.next = word_hazards != 0 or (window_hazards != 0 and not (window_hazards[0] and behind_test))

    return follow, judge
