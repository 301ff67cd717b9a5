"""Sets of time steps: the steps of a beat's pixels, with a bit for every value of each half, so that what finds steps
compares no numbers; and the first of several steps."""

from myhdl import always_comb, block, intbv

from first_spike.rtl_model.parts.bits import bit_number, lowest_bit
from first_spike.rtl_model.parts.hierarchy import inlined


@block
def lowest_step(steps, lowest, index):
    """The lowest set bit of `steps`, alone and as a number.

    Ports:
        steps: a bit for each time step
        lowest: the lowest set one alone, zero if there is none
        index: its number, 0 if there is none
    Outputs: lowest, index
    Latency: none, combinational.
    """
    count = len(steps)

    isolate = inlined("lowest", lowest_bit(steps, lowest, count=count))
    encode = inlined("number", bit_number(lowest, index, count=count))

    return isolate, encode


def halves(step_bits):
    """(bits of the upper half, of the lower half) of the number of a step."""
    return step_bits - step_bits // 2, step_bits // 2


@block
def step_marks(steps, lit, upper, lower, *, banks):
    """Decodes the steps of the pixels of a beat.

    Ports:
        steps: for each bank a time step, bank 0 in the lowest bits
        lit: for each bank: it has a spike
        upper: for each bank that has a spike a bit for each value of its step's upper half, and for others none
        lower: for each bank a bit for each value of its step's lower half
    Outputs: upper, lower
    Parameters:
        banks: of a beat
    Latency: none, combinational.
    """
    step_bits = len(steps) // banks
    upper_bits, lower_bits = halves(step_bits)
    uppers, lowers = 1 << upper_bits, 1 << lower_bits

    @always_comb
    def mark_upper():
        """Where there is a spike."""
        marks = intbv(0)[banks * uppers:]
        for bank in range(banks):
            for value in range(uppers):
                match = lit[bank]
                for b in range(upper_bits):
                    if steps[bank * step_bits + lower_bits + b] != ((value >> b) & 1):
                        match = False
                if match:
                    marks[bank * uppers + value] = 1
        upper.next = marks

    @always_comb
    def mark_lower():
        """Whether there is a spike or not."""
        marks = intbv(0)[banks * lowers:]
        for bank in range(banks):
            for value in range(lowers):
                match = True
                for b in range(lower_bits):
                    if steps[bank * step_bits + b] != ((value >> b) & 1):
                        match = False
                if match:
                    marks[bank * lowers + value] = 1
        lower.next = marks

    return mark_upper, mark_lower
