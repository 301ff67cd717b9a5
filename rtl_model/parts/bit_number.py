"""Which bit of a vector is set."""

from myhdl import always_comb, block, intbv


@block
def bit_number(alone, number, *, count):
    """`number` is that of the one bit that is set among the `count` bits of `alone`; 0 if there is none.
    Combinational."""

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
