"""Whether few of several bits are set."""

from myhdl import always_comb, block, intbv


@block
def at_most_one(bits, one, *, count):
    """`one`: at most one of the `count` `bits` is set. Combinational."""

    @always_comb
    def count_to_two():
        some = intbv(0)[1:]
        several = intbv(0)[1:]
        for i in range(count):
            if bits[i]:
                several |= some
                some[0] = 1
        one.next = not several[0]

    return count_to_two


@block
def at_most_two(bits, two, *, count):
    """`two`: at most two of the `count` `bits` are set. Combinational."""

    @always_comb
    def count_to_three():
        some = intbv(0)[1:]
        several = intbv(0)[1:]
        many = intbv(0)[1:]
        for i in range(count):
            if bits[i]:
                many |= several
                several |= some
                some[0] = 1
        two.next = not many[0]

    return count_to_three
