"""Which pixels of a beat count: those that the network listens to, constants or loaded, but for null bytes."""

from myhdl import Signal, always, always_comb, block, intbv

from first_spike.golden.contract.limits import LISTENED_BEATS
from first_spike.rtl_model.parts.banked_words import words_of
from first_spike.rtl_model.parts.hierarchy import inlined, verilog
from first_spike.rtl_model.parts.loaded_words import BLOCK_RAM
from first_spike.rtl_model.parts.target import is_converting
from first_spike.rtl_model.printer.verilog_text import constant


@block
def pixel_mask(row, listened, *, masks):
    """Which pixels of a beat the network listens to.

    Ports:
        row: number of the beat
        listened: a bit for each pixel
    Outputs: listened
    Parameters:
        masks: `listened` for each beat
    Latency: none, combinational.
    """
    beats, every = len(masks), (1 << len(listened)) - 1

    if beats > LISTENED_BEATS:
        in_last = min(masks)  # of all beats, wherever the last one stands
        place = masks.index(in_last)

        @always_comb
        def mask_padding():
            """Every pixel but the padding of the last beat."""
            listened.next = every
            if row == place:
                listened.next = in_last

        return mask_padding

    if is_converting():
        rows = 1 << len(row)
        # a constant for each place in the beat, a bit for each row: a table would be taken for a memory and get a
        # register
        columns = [sum((mask >> place & 1) << beat for beat, mask in enumerate(masks))
                   for place in range(len(listened))]
        lines = [line for place, column in enumerate(columns) for line in (
            f"localparam [{rows - 1}:0] PLACE_{place} = {constant(column, rows)};",
            f"assign {{listened}}[{place}] = PLACE_{place}[{{row}}];")]
        return verilog("masks", "\n".join(lines), dict(row=row), dict(listened=listened))

    @always_comb
    def look_up():
        """The table itself; Verilog has it as constants."""
        listened.next = masks[int(row)]

    return look_up


@block
def loaded_mask(clk, s_write, row, listened, *, beats):
    """Which pixels of a beat the network listens to, in block RAM.

    Ports:
        s_write: the mask of the beat that is its address
        row: number of the beat
        listened: a bit for each pixel, one cycle later
    Outputs: listened
    Parameters:
        beats: of an image
    """
    words_block, banks = words_of(s_write)
    return inlined("masks", words_block(clk, s_write.select, s_write.address, None, s_write.data, row, listened,
                                        words=beats, part_bits=len(listened), style=BLOCK_RAM, **banks))


@block
def null_bytes(clk, rst, tkeep, tlast, at_end, accept, storing, completes, listened, present, ended, *, last_pixels):
    """Judges the null bytes of each beat of pixels: one in the place of a pixel is black and makes its frame bad.

    What the padding of the last beat of an image holds, bytes or null bytes, does not matter.

    Ports:
        tkeep: a bit for each byte of the beat: it is one, and no null byte
        tlast: the beat is the last of its frame
        at_end: the beat is the last of its image
        accept: the beat is taken
        storing: it is one of an image
        completes: its image is complete with it
        listened: a bit for each pixel of the beat: the network listens to it
        present: the same of those pixels that are there
        ended: `tlast`, or where pixels of this image are missing what is wrong at the end
    Outputs: present, ended
    Parameters:
        last_pixels: pixels in the last beat of an image
    Latency: none for `present` and `ended`, which are combinational.
    """
    pixels = len(tkeep)
    gap = Signal(bool(0))
    broken = Signal(bool(0))

    @always_comb
    def find_gap():
        """A pixel of the beat is a null byte."""
        missing = intbv(0)[1:]
        for place in range(pixels):
            if not tkeep[place]:
                if place < last_pixels or not at_end:
                    missing[0] = 1
        gap.next = missing[0]

    @always_comb
    def blacken():
        """A null byte is a pixel that nobody listens to."""
        present.next = listened & tkeep

    @always_comb
    def tell():
        """An image with missing pixels never ends as it should."""
        ended.next = tlast
        if gap or broken:
            ended.next = not at_end

    @always(clk.posedge)
    def remember():
        """Pixels of this image were missing in an earlier beat."""
        if accept and storing:
            broken.next = (broken or gap) and not completes
        if rst:
            broken.next = 0

    return find_gap, blacken, tell, remember
