"""The first of several time steps."""

from myhdl import always_comb, block, intbv

from rtl_model.parts.hierarchy import inlined
from rtl_model.parts.lowest_bit import lowest_bit


@block
def lowest_step(steps, lowest, index):
    """The lowest set bit of `steps`, alone and as a number.

    Ports:
        steps: a bit for each time step
        lowest: the lowest set one alone, zero if there is none
        index: its number, 0 if there is none
    Latency: none, combinational.
    """
    count, step_bits = len(steps), len(index)

    isolate = inlined("lowest", lowest_bit(steps, lowest, count=count))

    @always_comb
    def encode():
        """One bit alone to its number."""
        number = intbv(0)[step_bits:]
        for t in range(count):
            if lowest[t]:
                number |= t
        index.next = number

    return isolate, encode
