"""Which bank of a way gives the next event."""

from myhdl import Signal, always_comb, block, concat, intbv


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
def way_arbiter(advance, ready, more, waiting, rows, grant, gives, row, bank_row, finishing, *, banks, row_bits):
    """Chooses one ready bank: the lowest-numbered of those whose list goes on, else the lowest-numbered; grants it if `advance`.

    A bank gives an event at most every second cycle, so the lists that go on come first. `gives`: there is a choice; `row`: its
    {`bank_row`, bank}; `finishing`: after it no bank of the way has an entry left in this step. Combinational.
    """
    if banks == 1:

        @always_comb
        def take_only_bank():
            grant.next = advance and ready
            gives.next = ready
            row.next = rows
            bank_row.next = rows
            finishing.next = not waiting and not more

        return take_only_bank

    bank_bits = (banks - 1).bit_length()
    bank_index = Signal(intbv(0)[bank_bits:])
    first_ready = Signal(intbv(0)[bank_bits:])
    first_more = Signal(intbv(0)[bank_bits:])
    several = Signal(bool(0))

    @always_comb
    def find_first():
        found_ready = intbv(0)[bank_bits:]
        found_more = intbv(0)[bank_bits:]
        for i in range(banks):
            if ready[banks - 1 - i]:
                found_ready[:] = banks - 1 - i
            if more[banks - 1 - i]:
                found_more[:] = banks - 1 - i
        first_ready.next = found_ready
        first_more.next = found_more

    @always_comb
    def find_several():
        one = intbv(0)[1:]
        two = intbv(0)[1:]
        for bank in range(banks):
            if ready[bank]:
                two |= one
                one[0] = 1
        several.next = two[0]

    @always_comb
    def choose():
        if more != 0:
            bank_index.next = first_more
        else:
            bank_index.next = first_ready

    @always_comb
    def give():
        gives.next = ready != 0
        finishing.next = waiting == 0 and more == 0 and not several
        granted = intbv(0)[banks:]
        for bank in range(banks):
            if advance and ready[bank] and bank_index == bank:
                granted[bank] = 1
        grant.next = granted

    level_rows = [rows] + [Signal(intbv(0)[(banks >> k) * row_bits:]) for k in range(1, bank_bits)] + [bank_row]
    select = [half(bank_index(bank_bits - 1 - k), level_rows[k], level_rows[k + 1]) for k in range(bank_bits)]

    @always_comb
    def join_row():
        row.next = concat(bank_row, bank_index)

    return find_first, find_several, choose, give, select, join_row
