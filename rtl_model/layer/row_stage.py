"""The registers in which visits of rows wait, and where they begin to move, and what is emptied joins them."""

from myhdl import Signal, always, always_comb, block, concat, intbv


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
        for bank in range(banks):
            for k in range(group_bits):
                own[bank * group_bits + k] = pointer[fold_bits + k]
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


@block
def row_issue(clk, clear, go, free, scrubs, scrubbed, before, after):
    """The register between those that wait and those that move: what stands before moves on if `go`; where nothing
    does, which `free` says, and `scrubs`, the word `scrubbed` is emptied.

    Outputs: free, after
    """

    @always_comb
    def look():
        """Nothing is issued."""
        free.next = not (go and (before.visits or before.tests or before.marks))

    @always(clk.posedge)
    def shift():
        """One stage further."""
        after.visits.next = before.visits and go and not clear
        after.tests.next = before.tests and go and not clear
        after.scrubs.next = free and scrubs and not clear
        after.marks.next = before.marks and go and not clear
        after.step.next = before.step
        after.end.next = before.end
        if free:
            after.word.next = scrubbed
        else:
            after.word.next = before.word

    return look, shift
