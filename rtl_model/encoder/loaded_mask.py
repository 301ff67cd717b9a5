"""Which pixels of a beat the network listens to, where that is loaded."""

from myhdl import block

from first_spike.rtl_model.parts.hierarchy import inlined
from first_spike.rtl_model.parts.loaded_words import BLOCK_RAM, loaded_words


@block
def loaded_mask(clk, s_write, row, listened, *, beats):
    """Which pixels of a beat the network listens to, in block RAM.

    Ports:
        s_write: the mask of the beat that is its address
        row: number of the beat
        listened: a bit for each pixel, one cycle later
    Parameters:
        beats: of an image
    """
    return inlined("masks", loaded_words(clk, s_write.select, s_write.address, None, s_write.data, row, listened,
                                         words=beats, part_bits=len(listened), style=BLOCK_RAM))
