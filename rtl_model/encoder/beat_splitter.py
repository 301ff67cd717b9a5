"""Wide beats of a stream become several narrow ones."""

from myhdl import Signal, always, always_comb, block, intbv, modbv

from first_spike.rtl_model.parts.hierarchy import inlined
from first_spike.rtl_model.parts.streams import bits_for


@block
def held(clk, ready, offered, given):
    """What a beat says stays beside its narrow ones.

    Ports:
        ready: a beat may come
        offered: what it says
        given: what the one says that is being cut
    Outputs: given
    """
    @always(clk.posedge)
    def hold():
        """As long as the beat is being cut."""
        if ready:
            given.next = offered

    return hold


@block
def beat_splitter(clk, rst, s_axis, m_axis, *, beats):
    """Cuts each beat into narrow ones, the lowest bytes first, one a cycle without a pause.

    The last beat of an image gives no more narrow ones than the image has left, and so does each behind it, which is
    too much. The last beat of a recording gives none of null bytes alone behind its last byte, but one at least. Tags
    stand beside each.

    Ports:
        s_axis: frames of wide beats; null bytes only if `m_axis` has them
        m_axis: the same frames in narrow beats
    Parameters:
        beats: narrow ones of an image; 0 for recordings, which may have any length
    Latency: one cycle from a beat to the first of its narrow ones.
    Back-pressure: `s_axis` waits for `ready` of `m_axis`, and while the beat before has narrow ones behind the present.
    """
    bits = len(m_axis.tdata)
    width = len(s_axis.tdata)
    parts = width // bits
    last_part = (beats - 1) % parts  # of the last beat of an image, or of any where there is no image
    wide = (beats + parts - 1) // parts
    most = last_part if wide == 1 else parts - 1

    data = Signal(intbv(0)[width:])
    left = Signal(modbv(0)[bits_for(most + 1):])
    filled = Signal(bool(0))
    last = Signal(bool(0))
    ready = Signal(bool(0))
    behind = Signal(intbv(0)[bits_for(most + 1):])  # how many narrow beats follow the first one

    @always_comb
    def pace():
        """A beat is taken when the last narrow one of the beat before leaves, or could."""
        ready.next = m_axis.tready and (left == 0 or not filled)
        s_axis.tready.next = ready

    @always_comb
    def give():
        """The lowest part of what is left."""
        m_axis.tvalid.next = filled
        m_axis.tdata.next = data[bits:]
        m_axis.tlast.next = last and left == 0

    @always(clk.posedge)
    def cut():
        """A beat, and what is left of it."""
        if m_axis.tready:
            data.next = data >> bits
            left.next = left - 1
        if ready:
            data.next = s_axis.tdata
            left.next = behind
            last.next = s_axis.tlast
            filled.next = s_axis.tvalid
        if rst:
            filled.next = 0

    tags = [inlined(name, held(clk, ready, getattr(s_axis, name), getattr(m_axis, name)))
            for name in ("tid", "tuser") if hasattr(s_axis, name)]

    if hasattr(s_axis, "tkeep"):
        part_bytes = bits // 8
        kept = Signal(intbv(0)[width // 8:])

        @always_comb
        def give_kept():
            """Which bytes of it are there."""
            m_axis.tkeep.next = kept[part_bytes:]

        @always(clk.posedge)
        def cut_kept():
            """The same of the bytes that are there."""
            if m_axis.tready:
                kept.next = kept >> part_bytes
            if ready:
                kept.next = s_axis.tkeep

        keeping = give_kept, cut_kept
    else:
        keeping = ()

    if wide > 1 and last_part < parts - 1:
        number = Signal(intbv(0)[bits_for(wide):])

        @always_comb
        def limit():
            """How many narrow beats follow the first one."""
            behind.next = parts - 1
            if number == wide - 1:
                behind.next = last_part

        @always(clk.posedge)
        def count():
            """Which beat of the image comes: the last one, or one behind it, if that is reached."""
            if s_axis.tvalid and ready:
                if s_axis.tlast:
                    number.next = 0
                elif number != wide - 1:
                    number.next = number + 1
            if rst:
                number.next = 0

        counting = limit, count
    elif wide == 0 and keeping:

        @always_comb
        def counting():
            """How many narrow beats follow the first one; at the end of a frame up to the last with a byte."""
            behind.next = parts - 1
            if s_axis.tlast:
                behind.next = 0
                for part in range(1, parts):
                    for place in range(part_bytes):
                        if s_axis.tkeep[part * part_bytes + place]:
                            behind.next = part
    else:
        behind, counting = last_part, ()

    return pace, give, cut, tags, keeping, counting
