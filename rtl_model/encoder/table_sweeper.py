"""Keeps the head tables free of stale entries."""

from myhdl import Signal, always, always_comb, block, intbv


@block
def table_sweeper(clk, rst, freed, buffer, m_sweep):
    """Empties one entry of a buffer's head tables whenever its image is over: the entry that bears the number of the
    image that comes next, so that no stale one is left when a number comes round. After reset all are emptied, one a
    cycle.

    Ports:
        freed: a pulse: the image in hand is over
        buffer: with `freed`: where it lies
        m_sweep: which entries are emptied, and the numbers of the images
    Latency: from `freed` to the write two cycles.
    Back-pressure: none; the buffer must not be loaded before the cycle of `freed` on `m_sweep` is over.
    """
    over = Signal(intbv(0)[2:])
    addressed = Signal(intbv(0)[2:])

    @always_comb
    def choose():
        """The buffers that are swept."""
        over.next[0] = m_sweep.clearing or (freed and not buffer)
        over.next[1] = m_sweep.clearing or (freed and buffer)

    @always(clk.posedge)
    def sweep():
        """The step is fetched like any other, and the write comes when the tables show its entry."""
        addressed.next = over
        m_sweep.write.next = addressed
        m_sweep.freed.next = freed
        if over[0]:
            m_sweep.epoch0.next = m_sweep.later0
            m_sweep.later0.next = m_sweep.later0 + 1
        if over[1]:
            m_sweep.epoch1.next = m_sweep.later1
            m_sweep.later1.next = m_sweep.later1 + 1
        if m_sweep.later0 == 0:
            m_sweep.clearing.next = 0
        if rst:
            addressed.next = 0
            m_sweep.write.next = 0
            m_sweep.freed.next = 0
            m_sweep.clearing.next = 1
            m_sweep.epoch0.next = 0
            m_sweep.epoch1.next = 0
            m_sweep.later0.next = 1
            m_sweep.later1.next = 1

    return choose, sweep
