"""No visit reads a word that is about to be written."""

from myhdl import ConcatSignal, Signal, always_comb, block

from first_spike.golden.contract.limits import WINDOW_DISTANCE, WORD_DISTANCE
from first_spike.rtl_model.layer.hazards import hazards
from first_spike.rtl_model.parts.hierarchy import inlined


@block
def compare_words(proposed, before, same):
    """Whether a visit that is ahead will write the word that is proposed."""

    @always_comb
    def compare():
        """All of the number."""
        same.next = (before.visits or before.tests or before.scrubs) and before.word == proposed.word

    return compare


@block
def compare_windows(proposed, before, same, *, window_bits):
    """Whether what is ahead will write the window of the word that is proposed."""

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
