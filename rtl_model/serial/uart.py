"""Bytes from a serial line, and onto it."""

from myhdl import Signal, always, always_comb, block, enum, intbv

from first_spike.rtl_model.parts.streams import bits_for

state = enum("IDLE", "START", "DATA", "STOP", "BROKEN")
BITS = 10  # of a byte, with start and stop bit


@block
def uart_rx(clk, rst, rx, m_byte, *, cycles_per_bit):
    """Receives 8 bits without parity, the lowest first, between a start and a stop bit.

    A start bit that is over by its middle is noise and forgotten. A byte without its stop bit, or a break, is told as
    broken once, and the next byte begins after the line was high again.

    Ports:
        rx: the line, high when idle; of any clock
        m_byte: what comes
    Parameters:
        cycles_per_bit: 4 at least
    Latency: two cycles from the middle of the stop bit.
    """
    middle = cycles_per_bit // 2 - 1  # a cycle has gone when a low line is seen
    now = Signal(state.IDLE)
    early = Signal(bool(1))
    line = Signal(bool(1))
    cycle = Signal(intbv(0)[bits_for(cycles_per_bit):])
    place = Signal(intbv(0)[3:])

    @always(clk.posedge)
    def synchronize():
        """Two registers, since the line has a clock of its own; from a reset on low until seen to be high."""
        early.next = rx
        line.next = early
        if rst:
            early.next = 0
            line.next = 0

    @always(clk.posedge)
    def receive():
        """Each bit is looked at in its middle."""
        m_byte.valid.next = 0
        m_byte.broken.next = 0
        if cycle == 0:
            cycle.next = cycles_per_bit - 1
        else:
            cycle.next = cycle - 1
        if now == state.IDLE:
            cycle.next = middle
            if not line:
                now.next = state.START
        elif now == state.START:
            if cycle == 0:
                place.next = 0
                if line:
                    now.next = state.IDLE
                else:
                    now.next = state.DATA
        elif now == state.DATA:
            if cycle == 0:
                m_byte.data.next[7] = line
                for b in range(7):
                    m_byte.data.next[b] = m_byte.data[b + 1]
                place.next = (place + 1) & 7
                if place == 7:
                    now.next = state.STOP
        elif now == state.STOP:
            if cycle == 0:
                if line:
                    now.next = state.IDLE
                    m_byte.valid.next = 1
                else:
                    now.next = state.BROKEN
                    m_byte.broken.next = 1
        elif line:
            now.next = state.IDLE
        if rst:
            now.next = state.BROKEN
            m_byte.valid.next = 0
            m_byte.broken.next = 0

    return synchronize, receive


@block
def uart_tx(clk, rst, s_byte, tx, *, cycles_per_bit):
    """Sends 8 bits without parity, the lowest first, between a start and a stop bit.

    Ports:
        s_byte: the bytes
        tx: the line, high when idle
    Outputs: tx
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
