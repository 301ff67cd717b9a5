"""Whose frame it was: what the first beat of a frame says goes along with its result."""

from myhdl import Signal, always, always_comb, block, intbv, modbv

from first_spike.golden.contract.limits import TAG_PLACES
from first_spike.rtl_model.parts.streams import bits_for

TAGS = ("tid", "tuser")


@block
def frame_tag(clk, rst, frame_valid, frame_ready, frame_last, tag, result_valid, result_ready, result_tag):
    """Hands a tag of each frame on to its result: that of the first beat; the other beats may say what they like.

    Every frame gives one result, in order, so that tags wait in a queue; it has a place for each frame that can be
    under way.

    Ports:
        frame_valid: there is a beat of a frame
        frame_ready: it is taken
        frame_last: it is the last of its frame
        tag: of the frame, where it is the first
        result_valid: there is a result
        result_ready: it is taken
        result_tag: its tag
    Outputs: result_tag
    Latency: a tag can be at a result one cycle after its beat.
    """
    tags = [Signal(intbv(0)[len(tag):]) for _ in range(TAG_PLACES)]
    tail = Signal(modbv(0)[bits_for(TAG_PLACES):])
    read = Signal(modbv(0)[bits_for(TAG_PLACES):])
    in_frame = Signal(bool(0))

    @always_comb
    def give():
        """The oldest tag."""
        result_tag.next = tags[read]

    @always(clk.posedge)
    def move():
        """The first beat of a frame brings a tag, a result takes one along."""
        if frame_valid and frame_ready:
            in_frame.next = not frame_last
            if not in_frame:
                tags[tail].next = tag
                tail.next = tail + 1
        if result_valid and result_ready:
            read.next = read + 1
        if rst:
            in_frame.next = 0
            tail.next = 0
            read.next = 0

    return give, move


def tag_parts(clk, rst, s_axis, m_axis):
    """(`s_axis` and `m_axis` without their tags, the arguments of `submodule` for each block that hands one on), of a
    block that has these AxiStreams at its ends."""
    found = [name for name in TAGS if hasattr(s_axis, name)]
    blocks = [dict(instance=name, function=frame_tag, module=f"frame_{name}", clk=clk, rst=rst,
                   frame_valid=s_axis.tvalid, frame_ready=s_axis.tready, frame_last=s_axis.tlast,
                   tag=getattr(s_axis, name), result_valid=m_axis.tvalid, result_ready=m_axis.tready,
                   result_tag=getattr(m_axis, name)) for name in found]
    frames, results = (stream.only(*(name for name in stream.members if name not in found))
                       for stream in (s_axis, m_axis))
    return frames, results, blocks
