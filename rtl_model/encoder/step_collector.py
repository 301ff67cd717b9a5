"""In which time steps an image has spikes."""

from myhdl import Signal, always, always_comb, block, intbv

from first_spike.rtl_model.encoder.step_marks import halves, lowest_step
from first_spike.rtl_model.parts.hierarchy import submodule


@block
def step_collector(clk, rst, s_beat, m_steps):
    """Collects the steps behind the first of the image that is loaded, and keeps those of a complete one until it is
    taken up.

    Ports:
        s_beat: the spikes of each beat
        m_steps: the steps of the complete image
    Latency: from `final` to `complete` and `waiting` two cycles.
    Back-pressure: none: the next image completes after this one was taken, since both buffers are in use until then.
    """
    step_bits = len(m_steps.lowest)
    uppers, lowers = (1 << half for half in halves(step_bits))
    count, banks = 1 << step_bits, len(s_beat.lower) // lowers

    hit = Signal(intbv(0)[count:])
    arrived = Signal(intbv(0)[count:])
    arrived_lowest = Signal(intbv(0)[count:])
    arrived_index = Signal(intbv(0)[step_bits:])
    over = Signal(bool(0))
    over_buffer = Signal(bool(0))
    over_bad = Signal(bool(0))

    find_lowest = submodule("find_lowest", lowest_step, steps=arrived, lowest=arrived_lowest, index=arrived_index)

    @always_comb
    def find_hits():
        """The steps that some bank has a spike in, in this beat."""
        found = intbv(0)[count:]
        for t in range(1, count):
            for bank in range(banks):
                if s_beat.upper[bank * uppers + t // lowers] and s_beat.lower[bank * lowers + t % lowers]:
                    found[t] = 1
        hit.next = found

    @always(clk.posedge)
    def collect():
        """The steps of all beats so far; each image begins with none."""
        if over:
            arrived.next = hit
        else:
            arrived.next = arrived | hit
        over.next = s_beat.final
        over_buffer.next = s_beat.buffer
        over_bad.next = s_beat.bad
        if rst:
            arrived.next = 0
            over.next = 0

    @always(clk.posedge)
    def keep():
        """A complete image makes room for the next one to be collected."""
        m_steps.complete.next = over
        if over:
            m_steps.buffer.next = over_buffer
            m_steps.lowest.next = arrived_index
            m_steps.some.next = arrived != 0
            m_steps.rest.next = arrived ^ arrived_lowest
            m_steps.bad.next = over_bad
            m_steps.waiting.next = 1
        elif m_steps.take:
            m_steps.waiting.next = 0
        if rst:
            m_steps.complete.next = 0
            m_steps.waiting.next = 0

    return find_lowest, find_hits, collect, keep
