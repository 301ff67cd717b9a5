"""Frames of any size and number of steps become frames as the encoder of a processor takes them."""

from myhdl import Signal, always, always_comb, block, intbv

from first_spike.rtl_model.parts.hierarchy import submodule
from first_spike.rtl_model.parts.queue import queue

WAITING_FRAMES = 4  # more than the encoder has complete images


@block
def frame_gauge(clk, rst, s_axis, m_axis, s_facts, pop, bad, *, steps):
    """Cuts frames at the number of beats that the network has, and rounds pixels so that the encoder, which knows more
    time steps, sees them in the first of those that are one step of the network.

    A pixel p >= 1 of a network with fewer steps gets its lowest bits set, which is later by nothing in the steps of the
    network. A frame ends with its last beat or with TLAST, whichever is first; if they differ it is bad, and what
    follows up to TLAST is dropped.

    Ports:
        s_axis: frames of pixels of 8 bits in raster order, the first in the lowest byte
        m_axis: the same, of the right number of beats unless TLAST came early
        s_facts: beats, and how many steps of the encoder are one of the network
        pop: the oldest frame is decided
        bad: it is bad
    Outputs: bad
    Parameters:
        steps: of the encoder
    Latency: none, combinational.
    Back-pressure: what is not dropped waits for `m_axis`.
    """
    bits = len(s_axis.tdata)
    pixels = bits // 8
    code_shift = 8 - (steps.bit_length() - 1)
    row = Signal(intbv(0)[len(s_facts.beats):])
    dropping = Signal(bool(0))
    at_end = Signal(bool(0))
    accept = Signal(bool(0))
    completes = Signal(bool(0))
    early_or_late = Signal(intbv(0)[2:])
    head = Signal(intbv(0)[2:])
    filled = Signal(bool(0))

    frames = submodule("frames", queue, module="frame_queue", clk=clk, clear=rst, push=completes, entry=early_or_late,
                       pop=pop, head=head, filled=filled, depth=WAITING_FRAMES, margin=0)

    @always_comb
    def find_end():
        """The beat is the image's last."""
        at_end.next = row == s_facts.beats

    @always_comb
    def pass_on():
        """What is not dropped goes to the encoder."""
        m_axis.tvalid.next = s_axis.tvalid and not dropping
        m_axis.tlast.next = at_end or s_axis.tlast
        s_axis.tready.next = m_axis.tready or dropping

    @always_comb
    def judge():
        """Where a frame is complete, and whether it ends as it should."""
        accept.next = s_axis.tvalid and m_axis.tready and not dropping
        completes.next = s_axis.tvalid and m_axis.tready and not dropping and (at_end or s_axis.tlast)
        early_or_late.next[0] = not at_end
        early_or_late.next[1] = not s_axis.tlast

    @always_comb
    def tell():
        """Of the oldest frame."""
        bad.next = filled and head != 0

    @always_comb
    def round_pixels():
        """The bits that the steps of the network do not see are set, but in black pixels."""
        made = intbv(0)[bits:]
        for place in range(pixels):
            lit = intbv(0)[1:]
            for b in range(8):
                made[place * 8 + b] = s_axis.tdata[place * 8 + b]
                if s_axis.tdata[place * 8 + b]:
                    lit[0] = 1
            for b in range(8):
                if lit[0] and b < code_shift + s_facts.step_shift and s_facts.step_shift != 0:
                    made[place * 8 + b] = 1
        m_axis.tdata.next = made

    @always(clk.posedge)
    def walk():
        """From beat to beat, and past what a frame has too much."""
        if completes:
            row.next = 0
            dropping.next = not s_axis.tlast
        elif accept:
            row.next = row + 1
        elif dropping and s_axis.tvalid and s_axis.tlast:
            dropping.next = 0
        if rst:
            row.next = 0
            dropping.next = 0

    return frames, find_end, pass_on, judge, tell, round_pixels, walk
