"""AXI4-Stream frames become beats of spike times for the encoder's banks."""

from myhdl import Signal, always, always_comb, block, enum, intbv, modbv

from rtl_model.encoder.pixel_mask import pixel_mask
from rtl_model.parts.hierarchy import submodule

state = enum("CLEAR", "GAP", "LOAD", "DROP")


@block
def frame_loader(clk, rst, s_axis, m_beat, epoch0, epoch1, freed, *, masks, pixels, step_bits):
    """Takes frames of `len(masks)` beats of `pixels` 8-b pixels, one frame an image, into two buffers in turn.

    A pixel p >= 1 spikes at step (255 - p) >> (8 - step_bits), a black one never, and none that is not in its beat's
    mask. A frame ends with its last beat or with TLAST, whichever is first; if they differ it is marked bad, and what
    follows up to TLAST is dropped.

    Ports: `s_axis` in, `m_beat` out one cycle later; `epoch0`, `epoch1`: the number, modulo the steps, of the image in
    each buffer, by which a head table tells this image's entries from stale ones; `freed`: a pulse that frees the older
    buffer. Each image opens with a gap of one cycle (TREADY low) in which table entry `epoch` is emptied, so that no
    entry is left when its epoch comes round. After reset all entries are emptied, which takes 2**step_bits cycles.
    Back-pressure: TREADY is low while both buffers are taken.
    """
    beats = len(masks)
    empty = (1 << len(m_beat.row)) - 1
    code_shift = 8 - step_bits
    steps_bits = pixels * step_bits

    now = Signal(state.CLEAR)
    ready = Signal(bool(0))
    row = Signal(intbv(0)[len(m_beat.row):])
    buffer = Signal(bool(0))
    taken = Signal(intbv(0, min=0, max=3))
    scrub_step = Signal(modbv(0)[step_bits:])
    later_epoch0 = Signal(modbv(0)[step_bits:])
    later_epoch1 = Signal(modbv(0)[step_bits:])
    codes = Signal(intbv(0)[steps_bits:])
    lit = Signal(intbv(0)[pixels:])
    listened = Signal(intbv(0)[pixels:])
    listened_later = Signal(intbv(0)[pixels:])
    first_mask = masks[0]
    scrub_codes = Signal(intbv(0)[steps_bits:])
    accept = Signal(bool(0))
    at_end = Signal(bool(0))
    opening = Signal(bool(0))
    loading = Signal(bool(0))
    clearing = Signal(bool(0))

    mask = submodule("mask", pixel_mask, row=row, listened=listened_later, masks=masks[1:] + masks[:1])

    @always_comb
    def control():
        s_axis.tready.next = ready
        accept.next = ready and s_axis.tvalid
        at_end.next = row == beats - 1
        clearing.next = now == state.CLEAR
        opening.next = now == state.GAP and taken != 2
        loading.next = now == state.LOAD

    @always_comb
    def encode_pixels():
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
    def next_epoch():
        if buffer:
            scrub_step.next = later_epoch1
        else:
            scrub_step.next = later_epoch0

    @always_comb
    def repeat_scrub_step():
        code = intbv(0)[steps_bits:]
        for bank in range(pixels):
            for b in range(step_bits):
                code[bank * step_bits + b] = scrub_step[b]
        scrub_codes.next = code

    @always(clk.posedge)
    def advance():
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
                    listened.next = first_mask
                    buffer.next = not buffer
                else:
                    row.next = row + 1
                    listened.next = listened_later
        if opening and not freed:
            taken.next = taken + 1
        elif freed and not opening:
            taken.next = taken - 1
        if clearing or (opening and not buffer):
            epoch0.next = later_epoch0
            later_epoch0.next = later_epoch0 + 1
        if clearing or (opening and buffer):
            epoch1.next = later_epoch1
            later_epoch1.next = later_epoch1 + 1
        if rst:
            now.next = state.CLEAR
            ready.next = 0
            row.next = 0
            listened.next = first_mask
            buffer.next = 0
            taken.next = 0
            epoch0.next = 0
            epoch1.next = 0
            later_epoch0.next = 1
            later_epoch1.next = 1

    @always_comb
    def announce_beat():
        m_beat.touch.next[0] = clearing or ((opening or loading) and not buffer)
        m_beat.touch.next[1] = clearing or ((opening or loading) and buffer)
        if loading:
            m_beat.early_steps.next = codes
        else:
            m_beat.early_steps.next = scrub_codes

    @always(clk.posedge)
    def register_beat():
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

    return mask, control, encode_pixels, next_epoch, repeat_scrub_step, advance, announce_beat, register_beat
