"""The lowest set bit of a vector, the number of a bit, and whether few bits are set."""

from myhdl import always_comb, block, intbv


@block
def lowest_bit(bits, lowest, *, count):
    """`lowest` is the lowest set one of the `count` `bits`, alone; zero if there is none. Combinational.

    Written as a search: bits & -bits would make a carry chain, which is slower than LUTs at these widths.

    Outputs: lowest
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


@block
def bit_number(alone, number, *, count):
    """`number` is that of the one bit that is set among the `count` bits of `alone`; 0 if there is none.
    Combinational.

    Outputs: number
    """

    number_bits = len(number)

    @always_comb
    def encode():
        """One bit alone to its number."""
        found = intbv(0)[number_bits:]
        for i in range(count):
            if alone[i]:
                found |= i
        number.next = found

    return encode


@block
def at_most_one(bits, one, *, count):
    """`one`: at most one of the `count` `bits` is set. Combinational.

    Outputs: one
    """

    @always_comb
    def count_to_two():
        """Whether a second bit is set."""
        one_seen = intbv(0)[1:]
        two_seen = intbv(0)[1:]
        for i in range(count):
            if bits[i]:
                two_seen |= one_seen
                one_seen[0] = 1
        one.next = not two_seen[0]

    return count_to_two


@block
def at_most_two(bits, two, *, count):
    """`two`: at most two of the `count` `bits` are set. Combinational.

    Outputs: two
    """

    @always_comb
    def count_to_three():
        """Whether a third bit is set."""
        one_seen = intbv(0)[1:]
        two_seen = intbv(0)[1:]
        three_seen = intbv(0)[1:]
        for i in range(count):
            if bits[i]:
                three_seen |= two_seen
                two_seen |= one_seen
                one_seen[0] = 1
        two.next = not three_seen[0]

    return count_to_three
