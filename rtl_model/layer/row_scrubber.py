"""Empties the half of the memories that no image uses."""

from myhdl import Signal, always, always_comb, block, concat, intbv

from first_spike.golden.contract.limits import ROW_SETTLE
from first_spike.rtl_model.parts.streams import bits_for


@block
def row_scrubber(clk, rst, clear, free, scrubs, pointer, scrubbed_half, half, urgent, anew=None, *, words):
    """There are two halves of each memory: an image has one, while the other is emptied, a word of each bank and of the
    pool a cycle, in cycles in which no visit is issued. Where an image is over before that, the next one waits.

    Ports:
        clear: a new image begins, with the other half; what is on its way to memory is dropped
        free: nothing else is issued
        scrubs: if so: the word `pointer` of the half `scrubbed_half` is emptied
        half: of this image
        urgent: it is not empty yet
        anew: what potentials begin with has changed: both halves are emptied; only where it is loaded
    Outputs: scrubs, pointer, scrubbed_half, half, urgent
    Parameters:
        words: that are emptied; a power of two
    """
    left_bits = bits_for(words + 2 * ROW_SETTLE + 1)
    left = Signal(intbv(0)[left_bits:])
    begins = Signal(bool(0))

    @always_comb
    def show():
        """Counts down through the words; the last few turns are idle, until what was emptied is in memory."""
        scrubs.next = left > ROW_SETTLE
        pointer.next = left[len(pointer):]
        scrubbed_half.next = half ^ (not urgent)

    if anew is None:

        @always_comb
        def begin():
            """Both halves are emptied after a reset alone."""
            begins.next = rst

    else:

        @always_comb
        def begin():
            """Both halves are emptied, and an image waits for its own."""
            begins.next = rst or anew

    @always(clk.posedge)
    def sweep():
        """What may have been dropped on its way is emptied again."""
        if free and left != 0:
            left.next = left - 1
            if left == 1 and urgent:
                urgent.next = 0
                left.next = words + ROW_SETTLE
        if clear:
            half.next = not half
            urgent.next = left != 0
            if left != 0 and not urgent:
                left.next = left + ROW_SETTLE
            else:
                left.next = words + ROW_SETTLE
        if begins:
            urgent.next = not rst
            left.next = words + ROW_SETTLE
        if rst:
            half.next = 0

    return show, begin, sweep


@block
def start_watch(clk, select, anew, written_bank=None, bank=None):
    """Tells when the start values change that an image would begin with.

    Ports:
        select: a start value is written
        anew: one cycle later: one of those in use has changed, or others are in use
        written_bank: the bank that it goes to; only where there are two
        bank: the one in use; only where there are two
    Outputs: anew
    """
    if bank is None:

        @always(clk.posedge)
        def watch():
            """There is one bank."""
            anew.next = select

        return watch

    former = Signal(bool(0))

    @always(clk.posedge)
    def watch():
        """A bank that is not in use may be loaded meanwhile."""
        former.next = bank
        anew.next = (select and written_bank == bank) or bank != former

    return watch


@block
def scrub_word(half, pointer, word, *, shape):
    """`word` = what travels through the pipeline to empty a word of each bank and of the pool. Combinational.

    Outputs: word
    """
    fold_bits, group_bits, word_bits, window_bits = (shape.number_bits, shape.group_bits, shape.word_bits,
                                                     shape.window_bits)
    banks, y_low = shape.banks, shape.number_bits + shape.group_bits
    groups = Signal(intbv(0)[banks * group_bits:])
    top_bits, every = shape.top_bits, (1 << banks) - 1
    unused = Signal(intbv(0)[top_bits + (shape.fold_bits if not fold_bits else 0):])
    all_banks = Signal(intbv(0)[banks:])

    @always_comb
    def repeat():
        """The same group in all banks, whichever is the last."""
        own = intbv(0)[banks * group_bits:]
        for part in range(banks):
            for k in range(group_bits):
                own[part * group_bits + k] = pointer[fold_bits + k]
        groups.next = own
        unused.next = 0
        all_banks.next = every

    if fold_bits:

        @always_comb
        def join():
            """A number names a word of a bank, and one of the pool."""
            word.next = concat(half, pointer[window_bits:], groups, pointer[word_bits:y_low], pointer[y_low:fold_bits],
                               unused, pointer[fold_bits:], all_banks)

    else:

        @always_comb
        def join():
            """A number names a word of a bank, and one of the pool."""
            word.next = concat(half, pointer[window_bits:], groups, pointer[word_bits:y_low], pointer[y_low:], unused,
                               all_banks)

    return repeat, join
