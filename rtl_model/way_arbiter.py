"""Which bank of a way gives the next event."""

from myhdl import Signal, always_comb, block, concat, intbv



@block
def way_arbiter(advance, ready, busy, last, rows, grant, gives, row, bank_row, finishing, *, banks, row_bits):
    """Grants one ready bank, if `advance`: the lowest-numbered of those whose list goes on, else the lowest-numbered.

    A bank gives an event at most every second cycle, so the long lists go first. `gives`: there is
    one; `row` is {`bank_row`, bank}; `finishing`: after this cycle no bank of the way has an entry left in this step. Combinational.
    """
    bank_bits = (banks - 1).bit_length()

    going_on = Signal(intbv(0)[banks:])
    chosen = Signal(intbv(0)[banks:])

    @always_comb
    def choose():
        going_on.next = ready & (last ^ (2 ** banks - 1))

    @always_comb
    def isolate():
        if going_on != 0:
            chosen.next = going_on & (going_on ^ (going_on - 1))
        else:
            chosen.next = ready & (ready ^ (ready - 1))

    @always_comb
    def give():
        gives.next = ready != 0
        grant.next = 0
        if advance:
            grant.next = chosen
        # Busy banks other than the chosen, or a chosen one that goes on, are left for later.
        finishing.next = (busy ^ (chosen & last)) == 0

    @always_comb
    def select_row():
        value = intbv(0)[row_bits:]
        for bank in range(banks):
            for b in range(row_bits):
                if chosen[bank] and rows[bank * row_bits + b]:
                    value[b] = 1
        bank_row.next = value

    if banks == 1:

        @always_comb
        def output():
            row.next = bank_row

    else:
        bank_index = Signal(intbv(0)[bank_bits:])

        @always_comb
        def encode_bank():
            index = intbv(0)[bank_bits:]
            for bank in range(banks):
                if chosen[bank]:
                    index |= bank
            bank_index.next = index

        @always_comb
        def output():
            row.next = concat(bank_row, bank_index)

        return choose, isolate, give, select_row, encode_bank, output

    return choose, isolate, give, select_row, output
