"""Pixels and results go by the streams or by the registers, never mixed within an image."""

from myhdl import Signal, always, always_comb, block, intbv

from first_spike.golden.contract.limits import MOST_FRAMES


@block
def stream_switch(clk, rst, wanted, take, s_axis, s_pixels, m_frames, s_results, m_axis, m_traffic, hold=None):
    """Joins both ways of pixels into the core and parts both ways of its results.

    A change waits until the frame that has begun is whole and every result is taken; no frame of the old way begins
    meanwhile.

    Ports:
        wanted: go by registers
        take: the result that waits is taken by the register
        s_axis: frames of the stream
        s_pixels: frames of the registers
        m_frames: frames for the core
        s_results: results of the core
        m_axis: results for the stream
        m_traffic: what happens at both ends
        hold: no frame may begin; only where weights are loaded
    Latency: none, all of it is combinational.
    Back-pressure: that of the ends that are chosen; the other source waits.
    """
    by_registers = Signal(bool(0))
    in_frame = Signal(bool(0))
    closed_way = Signal(bool(0))
    accepted = Signal(bool(0))
    begun = Signal(bool(0))
    taken = Signal(bool(0))
    busy = Signal(bool(0))
    under_way = Signal(intbv(0, min=0, max=MOST_FRAMES + 1))
    frames_tvalid = Signal(bool(0))
    frames_tlast = Signal(bool(0))
    axis_tready = Signal(bool(0))
    result_tvalid = Signal(bool(0))
    results_tready = Signal(bool(0))

    nulls = ()
    if hasattr(s_axis, "tkeep"):
        every = (1 << len(s_axis.tkeep)) - 1

        @always_comb
        def nulls():
            """Registers write every byte."""
            m_frames.tkeep.next = s_axis.tkeep
            if by_registers:
                m_frames.tkeep.next = every

    if hold is None:

        @always_comb
        def close():
            """No frame begins when the way is about to change."""
            closed_way.next = by_registers != wanted and not in_frame

    else:

        @always_comb
        def close():
            """No frame begins when the way is about to change, or while there is no network."""
            closed_way.next = (hold or by_registers != wanted) and not in_frame

    @always_comb
    def choose_source():
        """The chosen source, unless its way is closed."""
        frames_tvalid.next = s_axis.tvalid and not closed_way
        frames_tlast.next = s_axis.tlast
        m_frames.tdata.next = s_axis.tdata
        if by_registers:
            frames_tvalid.next = s_pixels.tvalid and not closed_way
            frames_tlast.next = s_pixels.tlast
            m_frames.tdata.next = s_pixels.tdata

    @always_comb
    def accept():
        """The source that is not chosen waits."""
        m_frames.tvalid.next = frames_tvalid
        m_frames.tlast.next = frames_tlast
        axis_tready.next = m_frames.tready and not by_registers and not closed_way
        s_axis.tready.next = axis_tready
        s_pixels.tready.next = m_frames.tready and by_registers and not closed_way
        accepted.next = frames_tvalid and m_frames.tready
        begun.next = frames_tvalid and m_frames.tready and not in_frame

    @always_comb
    def choose_sink():
        """A result goes where its pixels came from."""
        result_tvalid.next = s_results.tvalid and not by_registers
        m_axis.tvalid.next = result_tvalid
        m_axis.tdata.next = s_results.tdata
        m_axis.tlast.next = s_results.tlast
        results_tready.next = m_axis.tready
        if by_registers:
            results_tready.next = take
        s_results.tready.next = results_tready
        taken.next = s_results.tvalid and results_tready

    @always_comb
    def tell():
        """What the registers show and count."""
        busy.next = under_way != 0 or in_frame
        m_traffic.busy.next = busy
        m_traffic.by_registers.next = by_registers
        m_traffic.waiting.next = s_results.tvalid and by_registers
        m_traffic.closed.next = accepted and frames_tlast
        m_traffic.offered.next = s_results.tvalid
        m_traffic.taken.next = taken
        m_traffic.source_waits.next = s_axis.tvalid and not axis_tready
        m_traffic.sink_waits.next = result_tvalid and not m_axis.tready

    @always(clk.posedge)
    def follow():
        """Frames that have begun and results that are still to be taken."""
        if accepted:
            in_frame.next = not frames_tlast
        if begun and not taken:
            under_way.next = under_way + 1
        elif taken and not begun:
            under_way.next = under_way - 1
        if not busy and not begun:
            by_registers.next = wanted
        if rst:
            in_frame.next = 0
            under_way.next = 0

    return nulls, close, choose_source, accept, choose_sink, tell, follow
