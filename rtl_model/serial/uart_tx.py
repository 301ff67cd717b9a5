"""Bytes onto a serial line."""

from myhdl import Signal, always, always_comb, block, intbv

from first_spike.rtl_model.parts.streams import bits_for

BITS = 10  # of a byte, with start and stop bit


@block
def uart_tx(clk, rst, s_byte, tx, *, cycles_per_bit):
    """Sends 8 bits without parity, the lowest first, between a start and a stop bit.

    Ports:
        s_byte: the bytes
        tx: the line, high when idle
    Parameters:
        cycles_per_bit: 4 at least
    Latency: from a byte to its start bit one cycle.
    Back-pressure: the next byte waits until the stop bit is over.
    """
    left = Signal(intbv(0)[bits_for(BITS + 1):])
    cycle = Signal(intbv(0)[bits_for(cycles_per_bit):])
    rest = Signal(intbv(0)[8:])
    line = Signal(bool(1))
    ready = Signal(bool(0))

    @always_comb
    def tell():
        """A byte is taken when the line is free."""
        ready.next = left == 0
        s_byte.ready.next = left == 0
        tx.next = line

    @always(clk.posedge)
    def send():
        """Start bit, eight bits, stop bit."""
        if ready:
            line.next = not s_byte.valid
            if s_byte.valid:
                rest.next = s_byte.data
                left.next = BITS
                cycle.next = cycles_per_bit - 1
        elif cycle == 0:
            cycle.next = cycles_per_bit - 1
            left.next = left - 1
            line.next = rest[0] or left <= 2
            rest.next = rest >> 1
        else:
            cycle.next = cycle - 1
        if rst:
            left.next = 0
            line.next = 1

    return tell, send
