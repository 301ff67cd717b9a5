"""Whether few of several bits are set."""

from myhdl import always_comb, block, intbv


@block
def at_most_one(bits, one, *, count):
    """`one`: at most one of the `count` `bits` is set. Combinational."""

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
    """`two`: at most two of the `count` `bits` are set. Combinational."""

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
