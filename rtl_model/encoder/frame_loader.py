"""AXI4-Stream frames become beats of spike times for the encoder's banks."""

from myhdl import Signal, always, always_comb, block, enum, intbv, modbv

from rtl_model.encoder.loaded_mask import loaded_mask
from rtl_model.encoder.pixel_mask import pixel_mask
from rtl_model.parts.hierarchy import submodule

state = enum("CLEAR", "GAP", "LOAD", "DROP")


@block
def frame_loader(clk, rst, s_axis, m_beat, freed, s_mask=None, *, masks):
    """Takes one image a frame, into two buffers in turn, and gives the time step in which each pixel spikes.

    With 2**n steps a pixel p >= 1 spikes at step (255 - p) >> (8 - n), a black one never, and none that is not in its
    beat's mask. A frame ends with its last beat or with TLAST, whichever is first; if they differ it is marked bad, and
    what follows up to TLAST is dropped. Each image opens with a gap of one cycle, in which the entry of the head tables
    that bears its number is emptied, so that no stale entry is left when that number comes round. After reset all
    entries are emptied, one a cycle.

    Ports:
        s_axis: frames of pixels of 8 bits in raster order, the first in the lowest byte
        m_beat: the beats of the images
        freed: a pulse that frees the older buffer
        s_mask: for each beat its mask, in place of the parameter; only where it is loaded
    Parameters:
        masks: for each beat of an image a bit for each pixel: the network listens to it
    Latency: from a beat of `s_axis` to that of `m_beat` one cycle.
    Back-pressure: `s_axis` waits while both buffers are taken, in the gap before an image, and after reset.
    """
    pixels, row_bits, step_bits = len(m_beat.lit), len(m_beat.row), len(m_beat.epoch0)
    beats = len(masks)
    empty = (1 << row_bits) - 1
    code_shift = 8 - step_bits
    steps_bits = pixels * step_bits
    first_mask = masks[0]

    now = Signal(state.CLEAR)
    ready = Signal(bool(0))
    row = Signal(intbv(0)[row_bits:])
    buffer = Signal(bool(0))
    taken = Signal(intbv(0, min=0, max=3))
    scrub_step = Signal(modbv(0)[step_bits:])
    later_epoch0 = Signal(modbv(0)[step_bits:])
    later_epoch1 = Signal(modbv(0)[step_bits:])
    codes = Signal(intbv(0)[steps_bits:])
    lit = Signal(intbv(0)[pixels:])
    listened = Signal(intbv(0)[pixels:])
    listened_later = Signal(intbv(0)[pixels:])
    early_bits = row_bits if s_mask is None else len(s_mask.address)
    early_row = Signal(intbv(0)[early_bits:])
    scrub_codes = Signal(intbv(0)[steps_bits:])
    accept = Signal(bool(0))
    at_end = Signal(bool(0))
    opening = Signal(bool(0))
    loading = Signal(bool(0))
    clearing = Signal(bool(0))

    if s_mask is None:
        mask = submodule("mask", pixel_mask, row=row, listened=listened_later, masks=masks[1:] + masks[:1])
    else:
        mask = submodule("mask", loaded_mask, clk=clk, s_write=s_mask, row=early_row, listened=listened, beats=beats)

    @always_comb
    def tell_state():
        """`clearing` all tables, `opening` an image, `loading` it; what is accepted otherwise is dropped."""
        s_axis.tready.next = ready
        accept.next = ready and s_axis.tvalid
        at_end.next = row == beats - 1
        clearing.next = now == state.CLEAR
        opening.next = now == state.GAP and taken != 2
        loading.next = now == state.LOAD

    @always_comb
    def encode_pixels():
        """The brighter the earlier: the step is the complement of the pixel's top bits."""
        code = intbv(0)[steps_bits:]
        some = intbv(0)[pixels:]
        for bank in range(pixels):
            for b in range(step_bits):
                code[bank * step_bits + b] = not s_axis.tdata[bank * 8 + code_shift + b]
            for b in range(8):
                if s_axis.tdata[bank * 8 + b]:
                    some[bank] = 1
        codes.next = code
        lit.next = some & listened

    @always_comb
    def choose_scrub_step():
        """The entry to be emptied: the number of the image that opens."""
        if buffer:
            scrub_step.next = later_epoch1
        else:
            scrub_step.next = later_epoch0

    @always_comb
    def repeat_scrub_step():
        """The same for every bank."""
        code = intbv(0)[steps_bits:]
        for bank in range(pixels):
            for b in range(step_bits):
                code[bank * step_bits + b] = scrub_step[b]
        scrub_codes.next = code

    @always(clk.posedge)
    def walk_frame():
        """From image to image: a gap, its beats, and what the frame has too much."""
        if clearing:
            if scrub_step == 0:
                now.next = state.GAP
        elif opening:
            now.next = state.LOAD
            ready.next = 1
        elif accept:
            if s_axis.tlast:
                now.next = state.GAP
                ready.next = 0
            elif at_end:
                now.next = state.DROP
            if loading:
                if at_end or s_axis.tlast:
                    row.next = 0
                    buffer.next = not buffer
                else:
                    row.next = row + 1
        if rst:
            now.next = state.CLEAR
            ready.next = 0
            row.next = 0
            buffer.next = 0

    if s_mask is None:

        @always(clk.posedge)
        def follow_mask():
            """The mask of the beat that comes, beside `row`."""
            if accept and loading:
                if at_end or s_axis.tlast:
                    listened.next = first_mask
                else:
                    listened.next = listened_later
            if rst:
                listened.next = first_mask

    else:

        @always_comb
        def follow_mask():
            """The beat that is next in the coming cycle, for its mask has to be read in this one."""
            early_row.next = row[early_bits:]
            if accept and loading:
                if at_end or s_axis.tlast:
                    early_row.next = 0
                else:
                    early_row.next = row + 1

    @always(clk.posedge)
    def count_images():
        """How many buffers are taken, and the number of the image in each, modulo the steps."""
        if opening and not freed:
            taken.next = taken + 1
        elif freed and not opening:
            taken.next = taken - 1
        if clearing or (opening and not buffer):
            m_beat.epoch0.next = later_epoch0
            later_epoch0.next = later_epoch0 + 1
        if clearing or (opening and buffer):
            m_beat.epoch1.next = later_epoch1
            later_epoch1.next = later_epoch1 + 1
        if rst:
            taken.next = 0
            m_beat.epoch0.next = 0
            m_beat.epoch1.next = 0
            later_epoch0.next = 1
            later_epoch1.next = 1

    @always_comb
    def announce_beat():
        """What the head tables must know one cycle ahead, to have the entry read by then."""
        m_beat.touch.next[0] = clearing or ((opening or loading) and not buffer)
        m_beat.touch.next[1] = clearing or ((opening or loading) and buffer)
        if loading:
            m_beat.early_steps.next = codes
        else:
            m_beat.early_steps.next = scrub_codes

    @always(clk.posedge)
    def register_beat():
        """The beat itself, or the entry to be emptied, for which the row is the one that means empty."""
        m_beat.insert.next = accept and loading
        m_beat.scrub.next[0] = clearing or (opening and not buffer)
        m_beat.scrub.next[1] = clearing or (opening and buffer)
        m_beat.buffer.next = buffer
        if loading:
            m_beat.row.next = row
        else:
            m_beat.row.next = empty
        m_beat.steps.next = m_beat.early_steps
        m_beat.lit.next = lit
        m_beat.final.next = accept and loading and (at_end or s_axis.tlast)
        m_beat.bad.next = at_end != s_axis.tlast
        if rst:
            m_beat.insert.next = 0
            m_beat.scrub.next = 0
            m_beat.final.next = 0

    return (mask, tell_state, encode_pixels, choose_scrub_step, repeat_scrub_step, walk_frame, follow_mask,
            count_images, announce_beat, register_beat)
