"""No visit of a row of positions reads a word that is about to be written."""

from myhdl import ConcatSignal, Signal, always_comb, block

from first_spike.golden.contract.limits import ROW_WORD_DISTANCE, WINDOW_DISTANCE
from first_spike.rtl_model.layer.hazards import hazards
from first_spike.rtl_model.parts.hierarchy import inlined


@block
def compare_rows(proposed, before, same, *, shape):
    """Whether what is ahead will write in a bank that what is proposed reads in, in the same row and fold."""
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
def compare_windows(proposed, before, same, *, shape):
    """Whether what is ahead is a test that will write the window that is proposed; visits read several, so that any
    test may be in their way."""
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
    """
    before = [waiting, *ahead][:ROW_WORD_DISTANCE]
    rows = [Signal(bool(0)) for _ in before]
    windows = [Signal(bool(0)) for _ in before[:WINDOW_DISTANCE]]
    comparisons = [inlined(f"row_{k}", compare_rows(proposed, before[k], rows[k], shape=shape))
                   for k in range(ROW_WORD_DISTANCE)]
    comparisons += [inlined(f"window_{k}", compare_windows(proposed, before[k], windows[k], shape=shape))
                    for k in range(WINDOW_DISTANCE)]
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
