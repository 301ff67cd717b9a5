"""What keeps a visit from reading a word, or a window of the pool, that one ahead of it is still to write."""

from myhdl import ConcatSignal, Signal, always, always_comb, block, concat, intbv

from first_spike.golden.contract.limits import ROW_WORD_DISTANCE, WINDOW_DISTANCE, WORD_DISTANCE
from first_spike.rtl_model.parts.hierarchy import inlined


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
    Outputs: clash, follows
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


@block
def compare_words(proposed, before, same):
    """Whether a visit that is ahead will write the word that is proposed.

    Outputs: same
    """

    @always_comb
    def compare():
        """All of the number."""
        same.next = (before.visits or before.tests or before.scrubs) and before.word == proposed.word

    return compare


@block
def compare_windows(proposed, before, same, *, window_bits):
    """Whether what is ahead will write the window of the word that is proposed.

    Outputs: same
    """

    @always_comb
    def compare():
        """Visits only read it."""
        same.next = (before.tests or before.scrubs) and before.word[:window_bits] == proposed.word[:window_bits]

    return compare


@block
def visit_interlock(clk, clear, advance, proposed, waiting, ahead, clash, follows, *, window_bits):
    """Compares each visit with those ahead of it, one stage before it has to wait for them.

    Ports:
        clear: nothing is waiting any more
        advance: `proposed` becomes `waiting`, and what waited goes ahead
        proposed: the Visit that is compared
        waiting: the Visit one stage further
        ahead: list of the Visits in the stages behind that, at least WORD_DISTANCE - 1
        clash: what is waiting would read a word while it is written, or before
        follows: otherwise: it has the window of the test one cycle ahead of it
    Outputs: clash, follows
    """
    before = [waiting, *ahead][:WORD_DISTANCE]
    words = [Signal(bool(0)) for _ in before]
    windows = [Signal(bool(0)) for _ in before[:WINDOW_DISTANCE]]
    comparisons = [inlined(f"word_{k}", compare_words(proposed, before[k], words[k])) for k in range(WORD_DISTANCE)]
    comparisons += [inlined(f"window_{k}", compare_windows(proposed, before[k], windows[k], window_bits=window_bits))
                    for k in range(WINDOW_DISTANCE)]
    same_words = ConcatSignal(*reversed(words))
    same_windows = ConcatSignal(*reversed(windows))
    tracked = inlined("hazards", hazards(clk, clear, advance, proposed, waiting.tests, same_words, same_windows, clash,
                                         follows))
    return comparisons, tracked


@block
def compare_rows(proposed, before, same, *, shape):
    """Whether what is ahead will write in a bank that what is proposed reads in, in the same row and fold.

    Outputs: same
    """
    banks = shape.banks
    fold_high, fold_low = shape.place_of["fold"]
    y_high, y_low = shape.place_of["y"]

    @always_comb
    def compare():
        """Two groups of one bank are rarely near each other: they are not told apart."""
        same.next = ((before.visits or before.tests) and (before.word[banks:] & proposed.word[banks:]) != 0
                     and before.word[fold_high:fold_low] == proposed.word[fold_high:fold_low]
                     and before.word[y_high:y_low] == proposed.word[y_high:y_low])

    return compare


@block
def compare_windows_of_rows(proposed, before, same, *, shape):
    """Whether what is ahead is a test that will write the window that is proposed; visits read several, so that any
    test may be in their way.

    Outputs: same
    """
    high, low = shape.place_of["window"]

    @always_comb
    def compare():
        """A test has one window."""
        same.next = before.tests and (proposed.visits or before.word[high:low] == proposed.word[high:low])

    return compare


@block
def row_interlock(clk, clear, advance, proposed, waiting, ahead, clash, follows, *, shape):
    """Compares each visit with those ahead of it, one stage before it has to wait for them.

    Ports:
        clear: nothing is waiting any more
        advance: `proposed` becomes `waiting`, and what waited goes ahead
        proposed: the Visit that is compared, its word as in RowShape.place_of
        waiting: the Visit one stage further
        ahead: list of the Visits in the stages behind that, at least ROW_WORD_DISTANCE - 1
        clash: what is waiting would read a word while it is written, or before
        follows: otherwise: it is a test, and has the window of the test one cycle ahead of it
    Outputs: clash, follows
    """
    before = [waiting, *ahead][:ROW_WORD_DISTANCE]
    rows = [Signal(bool(0)) for _ in before]
    windows = [Signal(bool(0)) for _ in before[:WINDOW_DISTANCE]]
    comparisons = [inlined(f"row_{k}", compare_rows(proposed, before[k], rows[k], shape=shape))
                   for k in range(ROW_WORD_DISTANCE)]
    if shape.often == 1:
        comparisons += [inlined(f"window_{k}", compare_windows_of_rows(proposed, before[k], windows[k], shape=shape))
                        for k in range(WINDOW_DISTANCE)]
    else:
        windows = rows[:WINDOW_DISTANCE]  # a word of a sum pool lies beside one of potentials
    same_rows = ConcatSignal(*reversed(rows))
    same_windows = ConcatSignal(*reversed(windows))
    hands_over = Signal(bool(0))

    @always_comb
    def look():
        """Only to a test: a visit reads several windows."""
        hands_over.next = waiting.tests and proposed.tests

    tracked = inlined("hazards", hazards(clk, clear, advance, proposed, hands_over, same_rows, same_windows, clash,
                                         follows))
    return comparisons, look, tracked
