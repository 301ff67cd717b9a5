"""Which pixels of a beat the network listens to: constants, or loaded."""

from myhdl import always_comb, block

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
        in_last = masks[-1]

        @always_comb
        def mask_padding():
            """Every pixel but the padding of the last beat."""
            listened.next = every
            if row == beats - 1:
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
