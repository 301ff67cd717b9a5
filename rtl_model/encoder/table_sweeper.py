"""Keeps the head tables free of stale entries."""

from myhdl import Signal, always, always_comb, block, modbv


@block
def table_sweeper(clk, rst, freed, s_drain, m_sweep):
    """Empties one entry of a buffer's head tables whenever its image is over: the entry that bears the number of the
    image that comes next, so that no stale one is left when a number comes round. After reset all are emptied, one a
    cycle.

    A table that is neither loaded nor drained shows the entry whose number stands on `m_sweep`.

    Ports:
        freed: a pulse: the image in the older buffer is over
        s_drain: the steps whose heads are fetched
        m_sweep: which entries are emptied, and the numbers of the images
    Latency: from `freed` to the write one cycle.
    Back-pressure: none; a buffer must not be loaded in the cycle of `freed`.
    """
    step_bits = len(s_drain.fetch_step0)

    buffer = Signal(bool(0))
    touch0 = Signal(bool(0))
    touch1 = Signal(bool(0))
    later0 = Signal(modbv(1)[step_bits:])
    later1 = Signal(modbv(1)[step_bits:])

    @always_comb
    def choose():
        """The buffers that are swept, in turn but for the reset."""
        touch0.next = m_sweep.clearing or (freed and not buffer)
        touch1.next = m_sweep.clearing or (freed and buffer)

    @always_comb
    def show():
        """One entry for both uses, since no heads are fetched for an image that is over."""
        m_sweep.step0.next = s_drain.fetch_step0
        if touch0:
            m_sweep.step0.next = later0
        m_sweep.step1.next = s_drain.fetch_step1
        if touch1:
            m_sweep.step1.next = later1

    @always(clk.posedge)
    def sweep():
        """The write follows the address; the number of the image that comes next is that of the entry."""
        m_sweep.write.next[0] = touch0
        m_sweep.write.next[1] = touch1
        if touch0:
            m_sweep.epoch0.next = later0
            later0.next = later0 + 1
        if touch1:
            m_sweep.epoch1.next = later1
            later1.next = later1 + 1
        if m_sweep.clearing and later0 == 0:
            m_sweep.clearing.next = 0
        if freed:
            buffer.next = not buffer
        if rst:
            m_sweep.write.next = 0
            m_sweep.clearing.next = 1
            m_sweep.epoch0.next = 0
            m_sweep.epoch1.next = 0
            later0.next = 1
            later1.next = 1
            buffer.next = 0

    return choose, show, sweep
