"""Keeps the head tables free of stale entries."""

from myhdl import Signal, always, always_comb, block, concat, intbv


@block
def table_sweeper(clk, rst, freed, freed_buffer, m_sweep):
    """Empties two entries of a buffer's head tables whenever its image is over: those whose steps are that image's
    number, modulo half of the steps, so that no stale one is left when a number comes round. After reset all are
    emptied, one a cycle.

    Ports:
        freed: a pulse: the image in hand is over; not in the cycle after another one of its buffer
        freed_buffer: with `freed`: where it lies
        m_sweep: which entries are emptied, and the numbers of the images
    Latency: from `freed` to the writes two cycles and three.
    Back-pressure: none; the buffer must not be loaded before the cycle of `freed` on `m_sweep` is over.
    """
    number_bits, step_bits = len(m_sweep.epoch0), len(m_sweep.step0)

    firsts = Signal(intbv(0)[2:])
    seconds = Signal(intbv(0)[2:])
    addressed = Signal(intbv(0)[2:])
    passed = Signal(bool(0))

    @always_comb
    def choose():
        """First the entry of the lower half of the steps, then that of the upper half."""
        firsts.next[0] = (m_sweep.clearing and not seconds[0]) or (freed and not freed_buffer)
        firsts.next[1] = (m_sweep.clearing and not seconds[1]) or (freed and freed_buffer)

    @always_comb
    def tell():
        """The buffers whose tables are to show an entry that is emptied."""
        m_sweep.due.next = firsts | seconds

    if step_bits == number_bits:

        @always_comb
        def show_steps():
            """Two steps have no halves: the entry is emptied twice."""
            m_sweep.step0.next = m_sweep.epoch0
            m_sweep.step1.next = m_sweep.epoch1

    else:

        @always_comb
        def show_steps():
            """Which entries."""
            m_sweep.step0.next = concat(seconds[0], m_sweep.epoch0)
            m_sweep.step1.next = concat(seconds[1], m_sweep.epoch1)

    @always(clk.posedge)
    def sweep():
        """The step is fetched like any other, and the write comes when the tables show its entry."""
        seconds.next = firsts
        addressed.next = firsts | seconds
        m_sweep.write.next = addressed
        passed.next = freed
        m_sweep.freed.next = passed
        if seconds[0]:
            m_sweep.epoch0.next = m_sweep.epoch0 + 1
        if seconds[1]:
            m_sweep.epoch1.next = m_sweep.epoch1 + 1
        if seconds[0] and m_sweep.epoch0 == (1 << number_bits) - 1:
            m_sweep.clearing.next = 0
        if rst:
            seconds.next = 0
            addressed.next = 0
            m_sweep.write.next = 0
            passed.next = 0
            m_sweep.freed.next = 0
            m_sweep.clearing.next = 1
            m_sweep.epoch0.next = 0
            m_sweep.epoch1.next = 0

    return choose, tell, show_steps, sweep
