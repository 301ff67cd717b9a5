"""A signal some cycles later."""

from myhdl import Signal, always, always_comb, block, modbv


@block
def delay(clk, rst, early, late, *, cycles):
    """`late` is `early` some cycles ago; 0 after a reset.

    Parameters:
        cycles: at least one
    """
    bits = len(early)
    line = Signal(modbv(0)[cycles * bits:])
    low, high = (cycles - 1) * bits, cycles * bits

    if bits == 1:

        @always_comb
        def tell():
            """The oldest."""
            late.next = line[low]

    else:

        @always_comb
        def tell():
            """The oldest."""
            late.next = line[high:low]

    @always(clk.posedge)
    def move():
        """By one place."""
        line.next = (line << bits) | early
        if rst:
            line.next = 0

    return tell, move
