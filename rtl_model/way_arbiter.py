"""Which bank of a way gives the next event."""

from myhdl import Signal, always_comb, block, concat, intbv


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
    some_rows = Signal(intbv(0)[banks * row_bits:])

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

    @always_comb
    def select_rows():
        # a shift by a multiple of the width becomes a tree of multiplexers
        some_rows.next = rows >> (bank_index * row_bits)

    @always_comb
    def join_row():
        bank_row.next = some_rows[row_bits:]
        row.next = concat(some_rows[row_bits:], bank_index)

    return find_first, find_several, choose, give, select_rows, join_row
