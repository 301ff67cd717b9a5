"""The first of several."""

from myhdl import always_comb, block, intbv


@block
def lowest_bit(bits, lowest, *, count):
    """`lowest` is the lowest set one of the `count` `bits`, alone; zero if there is none. Combinational.

    Written as a search: bits & -bits would make a carry chain, which is slower than LUTs at these widths.
    """

    @always_comb
    def isolate():
        """The lowest set bit alone, by a search: the carry chain of a subtraction would be slower at these widths."""
        one = intbv(0)[count:]
        seen = intbv(0)[1:]
        for i in range(count):
            if bits[i] and not seen[0]:
                one[i] = 1
            if bits[i]:
                seen[0] = 1
        lowest.next = one

    return isolate
