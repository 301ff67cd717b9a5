"""What is counted of the images."""

from myhdl import Signal, always, always_comb, block, intbv, modbv

from first_spike.golden.contract.limits import MOST_FRAMES
from first_spike.rtl_model.registers.bundles import COUNT_BITS, EVENT_BITS


@block
def image_counters(clk, rst, restart, s_traffic, flags, m_counts, *, before_end=False):
    """Counts images, cycles, stalls and flags of results, each modulo its width, and measures the latest latency.

    Ports:
        restart: images under way are forgotten; the counters go on
        s_traffic: what happens at both ends of the core
        flags: {bad frame, tie, silent} of the result that is offered
        m_counts: the counters
    Parameters:
        before_end: a result may come before the last beat of its frame; its latency is 0
    Latency: a counter shows an event one cycle later.
    """
    images = Signal(modbv(0)[COUNT_BITS:])
    cycles = Signal(modbv(0)[COUNT_BITS:])
    source_stalls = Signal(modbv(0)[EVENT_BITS:])
    sink_stalls = Signal(modbv(0)[EVENT_BITS:])
    silent = Signal(modbv(0)[EVENT_BITS:])
    ties = Signal(modbv(0)[EVENT_BITS:])
    bad_frames = Signal(modbv(0)[EVENT_BITS:])
    since = Signal(modbv(0)[EVENT_BITS:])
    running = Signal(bool(0))
    shown = Signal(bool(0))
    came = Signal(bool(0))

    @always_comb
    def tell():
        """The counters, and a result at its first offer."""
        m_counts.images.next = images
        m_counts.cycles.next = cycles
        m_counts.source_stalls.next = source_stalls
        m_counts.sink_stalls.next = sink_stalls
        m_counts.silent.next = silent
        m_counts.ties.next = ties
        m_counts.bad_frames.next = bad_frames
        m_counts.latency.next = since
        came.next = s_traffic.offered and not shown

    @always_comb
    def announce():
        """A result that was not offered in the cycle before, or follows one that was taken."""
        m_counts.came.next = came
        m_counts.came_bad.next = came and flags[2]

    @always(clk.posedge)
    def count():
        """Each event where it happens; a result when it is taken."""
        cycles.next = cycles + 1
        if s_traffic.source_waits:
            source_stalls.next = source_stalls + 1
        if s_traffic.sink_waits:
            sink_stalls.next = sink_stalls + 1
        if s_traffic.taken:
            images.next = images + 1
            if flags[0]:
                silent.next = silent + 1
            if flags[1]:
                ties.next = ties + 1
            if flags[2]:
                bad_frames.next = bad_frames + 1
        if rst:
            images.next = 0
            cycles.next = 0
            source_stalls.next = 0
            sink_stalls.next = 0
            silent.next = 0
            ties.next = 0
            bad_frames.next = 0

    if before_end:
        answered = Signal(bool(0))  # the frame that is open
        early = Signal(bool(0))
        unanswered = Signal(intbv(0, min=0, max=MOST_FRAMES + 1))  # frames that are closed

        @always_comb
        def belong():
            """A result is that of the oldest frame that has none."""
            early.next = answered or (came and unanswered == 0)

        @always(clk.posedge)
        def follow():
            """Frames, and results of them."""
            answered.next = early and not s_traffic.closed
            if s_traffic.closed and not early and not came:
                unanswered.next = unanswered + 1
            elif came and unanswered != 0 and not s_traffic.closed:
                unanswered.next = unanswered - 1
            if rst or restart:
                answered.next = 0
                unanswered.next = 0

        @always(clk.posedge)
        def measure():
            """From the last beat to the first offer, if that comes behind it."""
            shown.next = s_traffic.offered and not s_traffic.taken
            if came:
                running.next = 0
                if early:
                    since.next = 0
            elif running:
                since.next = since + 1
            if s_traffic.closed:
                running.next = not early
                since.next = not early
            if rst or restart:
                shown.next = 0
                running.next = 0
                since.next = 0

        return tell, announce, count, belong, follow, measure

    @always(clk.posedge)
    def measure():
        """From the last beat to the first offer."""
        shown.next = s_traffic.offered and not s_traffic.taken
        if came:
            running.next = 0
        elif running:
            since.next = since + 1
        if s_traffic.closed:
            running.next = 1
            since.next = 1
        if rst or restart:
            shown.next = 0
            running.next = 0
            since.next = 0

    return tell, announce, count, measure
