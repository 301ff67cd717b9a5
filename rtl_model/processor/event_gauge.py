"""Recordings of any network become recordings as the event loader of a processor takes them."""

from myhdl import Signal, always, always_comb, block, concat, intbv

from first_spike.rtl_model.shape.frames import EVENT_BITS, INPUT_BITS, NO_INPUT

NO_EVENT = NO_INPUT - 1  # an input that no network has, and that does not say that there is none


@block
def event_gauge(clk, rst, s_axis, m_axis, s_facts, *, steps):
    """Makes of an event that is none of the network's one that is none for the loader either, and of a step of the
    network the first step of the loader that is in it.

    None of the network's are events whose input or step is out of range, whose step lies before that of the last event
    taken in, and those behind as many as a recording may have.

    Ports:
        s_axis: frames of events: [23:0] input, [31:24] step
        m_axis: the same, for the loader
        s_facts: last input, most events, and how many steps of the loader are one of the network
    Parameters:
        steps: of the loader
    Latency: none, combinational.
    Back-pressure: that of `m_axis`.
    """
    step_bits = EVENT_BITS - INPUT_BITS
    most_shift = steps.bit_length() - 1
    count = Signal(intbv(0)[len(s_facts.most_events):])
    earlier = Signal(intbv(0)[step_bits:])
    step = Signal(intbv(0)[step_bits:])
    network_shift = Signal(intbv(0)[4:])
    fits = Signal(bool(0))
    moved = Signal(intbv(0)[step_bits:])

    @always_comb
    def split():
        """The step, and log2 of the steps of the network."""
        step.next = s_axis.tdata[EVENT_BITS:INPUT_BITS]
        network_shift.next = most_shift - s_facts.step_shift

    @always_comb
    def judge():
        """It is one of the network's events."""
        fits.next = (s_axis.tdata[INPUT_BITS:] <= s_facts.last_input and (step >> network_shift) == 0
                     and step >= earlier and count != s_facts.most_events)
        moved.next = (step << s_facts.step_shift) & 255

    @always_comb
    def pass_on():
        """As the loader is to see it."""
        m_axis.tvalid.next = s_axis.tvalid
        m_axis.tlast.next = s_axis.tlast
        s_axis.tready.next = m_axis.tready
        m_axis.tdata.next = NO_EVENT
        if fits:
            m_axis.tdata.next = concat(moved, s_axis.tdata[INPUT_BITS:])
        elif s_axis.tdata[INPUT_BITS:] == NO_INPUT:
            m_axis.tdata.next = NO_INPUT

    @always(clk.posedge)
    def follow_frame():
        """How many events there were, and the step of the last one."""
        if s_axis.tvalid and m_axis.tready:
            if fits:
                count.next = count + 1
                earlier.next = step
            if s_axis.tlast:
                count.next = 0
                earlier.next = 0
        if rst:
            count.next = 0
            earlier.next = 0

    return split, judge, pass_on, follow_frame
