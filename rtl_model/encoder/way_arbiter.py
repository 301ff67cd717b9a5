"""Which bank of a way gives the next event."""

from myhdl import Signal, always, always_comb, block, concat, intbv

from first_spike.rtl_model.parts.hierarchy import inlined


@block
def half(upper, both, one):
    """The upper or the lower half of a vector. Combinational.

    Outputs: one
    """
    width, both_width = len(one), len(both)

    @always_comb
    def choose_half():
        """One level of the multiplexer that picks the row of the chosen bank."""
        if upper:
            one.next = both[both_width:width]
        else:
            one.next = both[width:]

    return choose_half


@block
def candidate(ready, more, some, index, *, first, count):
    """The best of the banks first .. first+count-1: the lowest-numbered whose list goes on, else the lowest-numbered.

    `some`: there is one; `index`: its number, counted from `first`. Combinational.

    Outputs: some, index
    """
    index_bits = len(index)

    @always_comb
    def find():
        """From the highest bank to the lowest, so that the lowest has the last word."""
        ready_index = intbv(0)[index_bits:]
        more_index = intbv(0)[index_bits:]
        some_ready = intbv(0)[1:]
        some_more = intbv(0)[1:]
        for i in range(count):
            if ready[first + count - 1 - i]:
                ready_index[:] = count - 1 - i
                some_ready[:] = 1
            if more[first + count - 1 - i]:
                more_index[:] = count - 1 - i
                some_more[:] = 1
        some.next = some_ready[0]
        if some_more[0]:
            index.next = more_index
        else:
            index.next = ready_index

    return find


@block
def way_arbiter(clk, advance, ready, more, rows, grant, gives, row):
    """Chooses one bank that has an event, and grants it with `advance`.

    A bank gives an event at most every third cycle. So the two halves of the banks have their turns by cycles, and the
    one whose turn it is not steps in only when the other has nothing; within a half the lists that go on come first.

    Ports:
        advance: what was granted before moves on
        ready: for each bank: it has an event
        more: for each bank: it has one, and its list goes on
        rows: for each bank the number of a beat: that of its event from the cycle after its grant on
        grant: the bank that was chosen, alone; combinational
        gives: there is an event; combinational
        row: {beat, bank} of what was granted at the last `advance`
    Outputs: grant, gives, row
    Latency: from `grant` to `row` one cycle.
    Back-pressure: nothing is granted without `advance`.
    """
    banks = len(ready)

    if banks == 1:
        clk.read = more.read = True  # ports without use

        @always_comb
        def take_only_bank():
            """There is nothing to choose."""
            grant.next = advance and ready
            gives.next = ready
            row.next = rows

        return take_only_bank

    count = banks // 2
    index_bits = max(1, (count - 1).bit_length())
    bank_bits = (banks - 1).bit_length()
    turn = Signal(bool(0))
    upper = Signal(bool(0))
    some_low = Signal(bool(0))
    some_high = Signal(bool(0))
    index_low = Signal(intbv(0)[index_bits:])
    index_high = Signal(intbv(0)[index_bits:])
    chosen = Signal(intbv(0)[bank_bits:])
    row_bits = len(rows) // banks
    level_rows = (rows, *(Signal(intbv(0)[(banks >> k) * row_bits:]) for k in range(1, bank_bits + 1)))
    bank_row = level_rows[-1]

    lower_half = inlined("low", candidate(ready, more, some_low, index_low, first=0, count=count))
    upper_half = inlined("high", candidate(ready, more, some_high, index_high, first=count, count=count))
    halves = [inlined(f"level_{k}", half(chosen(bank_bits - 1 - k), level_rows[k], level_rows[k + 1]))
              for k in range(bank_bits)]

    @always_comb
    def choose_half():
        """The upper half has the event if it has one and its turn, or if the lower half has none."""
        upper.next = some_high and (turn or not some_low)

    @always(clk.posedge)
    def alternate():
        """The half that gave an event now waits for the other."""
        turn.next = not upper

    @always_comb
    def give():
        """The grant goes to the best bank of the half."""
        gives.next = some_low or some_high
        granted = intbv(0)[banks:]
        for i in range(count):
            if advance and ready[i] and not upper and index_low == i:
                granted[i] = 1
            if advance and ready[count + i] and upper and index_high == i:
                granted[count + i] = 1
        grant.next = granted

    if count == 1:

        @always(clk.posedge)
        def remember():
            """Which bank was granted, until the next is."""
            if advance:
                chosen.next[0] = upper

    else:

        @always(clk.posedge)
        def remember():
            """Which bank was granted, until the next is."""
            if advance:
                if upper:
                    chosen.next = concat(True, index_high)
                else:
                    chosen.next = concat(False, index_low)

    @always_comb
    def join_row():
        """Complete, since `chosen` picks the row from the registers of the banks."""
        row.next = concat(bank_row, chosen)

    return lower_half, upper_half, halves, choose_half, alternate, give, remember, join_row
