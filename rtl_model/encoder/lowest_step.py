"""The first of several time steps."""

from myhdl import block

from first_spike.rtl_model.parts.bit_number import bit_number
from first_spike.rtl_model.parts.hierarchy import inlined
from first_spike.rtl_model.parts.lowest_bit import lowest_bit


@block
def lowest_step(steps, lowest, index):
    """The lowest set bit of `steps`, alone and as a number.

    Ports:
        steps: a bit for each time step
        lowest: the lowest set one alone, zero if there is none
        index: its number, 0 if there is none
    Latency: none, combinational.
    """
    count = len(steps)

    isolate = inlined("lowest", lowest_bit(steps, lowest, count=count))
    encode = inlined("number", bit_number(lowest, index, count=count))

    return isolate, encode
