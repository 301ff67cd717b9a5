"""Who fires: what the bank found that is tested."""

from myhdl import Signal, always, always_comb, block, intbv


@block
def row_tests(clk, tests, mask, follows, exceeds, pool, fires, noted, *, banks, lanes):
    """One bank is tested at a time; what is above its threshold there and has not spiked in its window fires.

    Ports:
        tests: there is a test
        mask: a bit for each bank: it is tested
        follows: the window is that of the test one cycle before
        exceeds: of all banks, which potentials are above their threshold, bank 0 in the lowest bits
        pool: of all banks, which channels have spiked in the window
        fires: one cycle later: which channels fire
        noted: one cycle later: which have spiked in the window now; none without a test
    Outputs: fires, noted
    Parameters:
        banks: of columns
        lanes: channels of one position
    """
    is_above = Signal(intbv(0)[lanes:])
    in_pool = Signal(intbv(0)[lanes:])
    known = Signal(intbv(0)[lanes:])

    @always_comb
    def choose():
        """The bank that is tested."""
        own_above = intbv(0)[lanes:]
        own_pool = intbv(0)[lanes:]
        for lane in range(lanes):
            for bank in range(banks):
                if mask[bank] and exceeds[bank * lanes + lane]:
                    own_above[lane] = 1
                if mask[bank] and pool[bank * lanes + lane]:
                    own_pool[lane] = 1
        is_above.next = own_above
        in_pool.next = own_pool

    @always_comb
    def look_back():
        """What the test before found is not in memory yet."""
        if follows:
            known.next = noted
        else:
            known.next = in_pool

    @always(clk.posedge)
    def judge():
        """Once in a window."""
        fires.next = 0
        noted.next = 0
        if tests:
            fires.next = is_above & ~known
            noted.next = is_above | known

    return choose, look_back, judge
