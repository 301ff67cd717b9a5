"""AXI4-Stream frames become beats of spike times for the encoder's banks."""

from myhdl import Signal, always, always_comb, block, intbv, modbv

from first_spike.rtl_model.encoder.pixel_mask import loaded_mask, null_bytes, pixel_mask
from first_spike.rtl_model.encoder.step_marks import step_marks
from first_spike.rtl_model.parts.hierarchy import inlined, submodule


@block
def pixel_steps(s_axis, present, codes, first, later, *, step_bits):
    """When each pixel of a beat spikes: the brighter the earlier.

    Ports:
        s_axis: the beat
        present: which of its pixels count
        codes: their steps
        first: those that spike in the first step
        later: those that spike in another one
    Outputs: codes, first, later
    Parameters:
        step_bits: log2 of the time steps
    """
    pixels = len(present)
    code_shift, steps_bits = 8 - step_bits, pixels * step_bits

    @always_comb
    def encode_pixels():
        """The brighter the earlier: the step is the complement of the pixel's top bits."""
        code = intbv(0)[steps_bits:]
        at_first = intbv(0)[pixels:]
        behind = intbv(0)[pixels:]
        for bank in range(pixels):
            at_first[bank] = 1
            for b in range(step_bits):
                code[bank * step_bits + b] = not s_axis.tdata[bank * 8 + code_shift + b]
                if not s_axis.tdata[bank * 8 + code_shift + b]:
                    at_first[bank] = 0
            for b in range(8):
                if s_axis.tdata[bank * 8 + b] and not at_first[bank]:
                    behind[bank] = 1
        codes.next = code
        first.next = at_first & present
        later.next = behind & present

    return encode_pixels


@block
def beat_mask(clk, rst, row, accept, storing, completes, listened, s_mask=None, *, masks):
    """Which pixels of the beat that comes the network listens to.

    Ports:
        row: of the beat
        accept: it is taken
        storing: into an image
        completes: as its last
        listened: the mask of the beat
        s_mask: for each beat its mask, in place of the parameter
    Outputs: listened
    Parameters:
        masks: for each beat of an image a bit for each pixel
    """
    beats, first_mask = len(masks), masks[0]
    listened_later = Signal(intbv(0)[len(listened):])
    early_bits = len(row) if s_mask is None else len(s_mask.address)
    early_row = Signal(modbv(0)[early_bits:])  # goes round while `completes` is still to follow the last beat

    if s_mask is None:
        mask = submodule("mask", pixel_mask, row=row, listened=listened_later, masks=masks[1:] + masks[:1])
    else:
        mask = submodule("mask", loaded_mask, clk=clk, s_write=s_mask, row=early_row, listened=listened, beats=beats)

    if s_mask is None:

        @always(clk.posedge)
        def follow_mask():
            """The mask of the beat that comes, beside `row`."""
            if accept and storing:
                if completes:
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
            if accept and storing:
                if completes:
                    early_row.next = 0
                else:
                    early_row.next = row + 1

    return mask, follow_mask


@block
def frame_loader(clk, rst, s_axis, m_beat, freed, clearing, s_mask=None, *, masks, last_pixels=None):
    """Takes one image a frame, into two buffers in turn, and gives the time step in which each pixel spikes.

    With 2**n steps a pixel p >= 1 spikes at step (255 - p) >> (8 - n), a black one never, and none that is not in its
    beat's mask. A frame ends with its last beat or with TLAST, whichever is first; if they differ it is marked bad, and
    what follows up to TLAST is dropped. Frames may follow each other without a pause.

    Ports:
        s_axis: frames of pixels of 8 bits in raster order, the first in the lowest byte
        m_beat: the beats of the images
        freed: a pulse that frees the older buffer
        clearing: the head tables are being emptied
        s_mask: for each beat its mask, in place of the parameter; only where it is loaded
    Parameters:
        masks: for each beat of an image a bit for each pixel: the network listens to it
        last_pixels: pixels in the last beat of an image; only where `s_axis` may have null bytes
    Latency: from a beat of `s_axis` to that of `m_beat` one cycle.
    Back-pressure: `s_axis` waits while both buffers are taken, and after reset.
    """
    pixels, row_bits = len(m_beat.lit), len(m_beat.row)
    step_bits = len(m_beat.early_steps) // pixels
    beats = len(masks)
    steps_bits = pixels * step_bits

    ready = Signal(bool(0))
    row = Signal(intbv(0)[row_bits:])
    beat_buffer = Signal(bool(0))
    taken = Signal(intbv(0, min=0, max=3))
    codes = Signal(intbv(0)[steps_bits:])
    first = Signal(intbv(0)[pixels:])
    later = Signal(intbv(0)[pixels:])
    upper = Signal(intbv(0)[len(m_beat.upper):])
    lower = Signal(intbv(0)[len(m_beat.lower):])
    listened = Signal(intbv(0)[pixels:])
    accept = Signal(bool(0))
    at_end = Signal(bool(0))
    storing = Signal(bool(0))
    completes = Signal(bool(0))
    exceeds = Signal(bool(0))
    room = Signal(bool(0))
    dropping = Signal(bool(0))
    present, ended, nulls = listened, s_axis.tlast, ()
    if last_pixels is not None:
        present, ended = Signal(intbv(0)[pixels:]), Signal(bool(0))
        nulls = submodule("nulls", null_bytes, clk=clk, rst=rst, tkeep=s_axis.tkeep, tlast=s_axis.tlast, at_end=at_end,
                          accept=accept, storing=storing, completes=completes, listened=listened, present=present,
                          ended=ended, last_pixels=last_pixels)

    mask = inlined("next", beat_mask(clk, rst, row, accept, storing, completes, listened, s_mask, masks=masks))

    @always_comb
    def tell_state():
        """`storing` an image, beat by beat; what is accepted otherwise is dropped."""
        s_axis.tready.next = ready
        accept.next = ready and s_axis.tvalid
        at_end.next = row == beats - 1
        storing.next = ready and not dropping

    @always_comb
    def complete():
        """The beat is the last of its image; what the frame has behind it is dropped, up to TLAST."""
        completes.next = accept and storing and (at_end or s_axis.tlast)
        exceeds.next = (dropping and not (accept and s_axis.tlast)) or (accept and at_end and not s_axis.tlast)

    coded = inlined("code", pixel_steps(s_axis, present, codes, first, later, step_bits=step_bits))
    marks = inlined("marks", step_marks(codes, later, upper, lower, banks=pixels))

    @always(clk.posedge)
    def walk_frame():
        """From image to image: its beats, and what the frame has too much."""
        dropping.next = exceeds
        if completes:
            row.next = 0
            beat_buffer.next = not beat_buffer
        elif accept and storing:
            row.next = row + 1
        if rst:
            dropping.next = 0
            row.next = 0
            beat_buffer.next = 0

    @always_comb
    def make_room():
        """In the next cycle there is a buffer without a complete image."""
        room.next = not clearing and (taken != 2 or freed)
        if completes and not freed:
            room.next = not clearing and taken == 0

    @always(clk.posedge)
    def count_images():
        """How many buffers hold a complete image, and whether a beat may come; `touch` is a register because every
        table looks at it."""
        ready.next = exceeds or room
        m_beat.touch.next[0] = room and not exceeds and beat_buffer == completes
        m_beat.touch.next[1] = room and not exceeds and beat_buffer != completes
        if completes and not freed:
            taken.next = taken + 1
        elif freed and not completes:
            taken.next = taken - 1
        if rst:
            taken.next = 0
            ready.next = 0
            m_beat.touch.next = 0

    @always_comb
    def announce_beat():
        """What the head tables must know one cycle ahead, to have the entry read by then."""
        m_beat.early_steps.next = codes

    @always(clk.posedge)
    def register_beat():
        """The beat itself."""
        m_beat.insert.next = accept and storing
        m_beat.buffer.next = beat_buffer
        m_beat.row.next = row
        m_beat.upper.next = upper
        m_beat.lower.next = lower
        m_beat.first.next = first
        m_beat.lit.next = later
        m_beat.final.next = completes
        m_beat.bad.next = at_end != ended
        if rst or not accept or not storing:
            m_beat.insert.next = 0
            m_beat.upper.next = 0
            m_beat.first.next = 0
            m_beat.lit.next = 0
            m_beat.final.next = 0

    return (mask, nulls, tell_state, complete, coded, marks, walk_frame, make_room, count_images, announce_beat,
            register_beat)
