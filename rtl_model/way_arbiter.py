"""Which bank of a way gives the next event."""

from myhdl import Signal, always, always_comb, block, concat, intbv


@block
def half(upper, both, one):
    """The upper or the lower half of a vector. Combinational."""
    width, both_width = len(one), len(both)

    @always_comb
    def choose_half():
        if upper:
            one.next = both[both_width:width]
        else:
            one.next = both[width:]

    return choose_half


@block
def candidate(ready, more, rows, some, index, row, *, first, count, row_bits):
    """The best of the banks first .. first+count-1: the lowest-numbered whose list goes on, else the lowest-numbered.

    `some`: there is one; `index`: its number, counted from `first`; `row`: its row. Combinational.
    """
    index_bits = len(index)
    levels = (count - 1).bit_length()
    low, high = first * row_bits, (first + count) * row_bits
    level_rows = [Signal(intbv(0)[(count >> k) * row_bits:]) for k in range(levels)] + [row]
    own_rows = level_rows[0]

    @always_comb
    def find():
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

    @always_comb
    def take_rows():
        own_rows.next = rows[high:low]

    return find, take_rows, [half(index(levels - 1 - k), level_rows[k], level_rows[k + 1]) for k in range(levels)]


@block
def way_arbiter(clk, advance, ready, more, rows, grant, gives, row, *, banks, row_bits):
    """Chooses one ready bank and grants it if `advance`.

    A bank gives an event at most every third cycle. So the two halves of the banks have their turns by cycles, and the one
    whose turn it is not steps in only when the other has nothing; within a half the lists that go on come first.
    `gives`: there is a choice; `row`: its {row, bank}. All combinational.
    """
    if banks == 1:
        clk.read = more.read = True  # ports without use

        @always_comb
        def take_only_bank():
            grant.next = advance and ready
            gives.next = ready
            row.next = rows

        return take_only_bank

    count = banks // 2
    index_bits = max(1, (count - 1).bit_length())
    turn = Signal(bool(0))
    upper = Signal(bool(0))
    some_low = Signal(bool(0))
    some_high = Signal(bool(0))
    index_low = Signal(intbv(0)[index_bits:])
    index_high = Signal(intbv(0)[index_bits:])
    row_low = Signal(intbv(0)[row_bits:])
    row_high = Signal(intbv(0)[row_bits:])

    lower_half = candidate(ready, more, rows, some_low, index_low, row_low, first=0, count=count, row_bits=row_bits)
    upper_half = candidate(ready, more, rows, some_high, index_high, row_high, first=count, count=count, row_bits=row_bits)

    @always_comb
    def choose_half():
        upper.next = some_high and (turn or not some_low)

    @always(clk.posedge)
    def alternate():
        turn.next = not upper

    @always_comb
    def give():
        gives.next = some_low or some_high
        granted = intbv(0)[banks:]
        for i in range(count):
            if advance and ready[i] and not upper and index_low == i:
                granted[i] = 1
            if advance and ready[count + i] and upper and index_high == i:
                granted[count + i] = 1
        grant.next = granted

    if count == 1:

        @always_comb
        def join_row():
            if upper:
                row.next = concat(row_high, True)
            else:
                row.next = concat(row_low, False)

    else:

        @always_comb
        def join_row():
            if upper:
                row.next = concat(row_high, True, index_high)
            else:
                row.next = concat(row_low, False, index_low)

    return lower_half, upper_half, choose_half, alternate, give, join_row
