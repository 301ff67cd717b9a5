"""The mask of pixels that was written, beat by beat."""

import numpy as np

from first_spike.rtl_model.encoder.pixel_mask import loaded_mask
from first_spike.rtl_model.parts.streams import MemoryWrite
from tb.helpers.clocked import run, signals, vector


def test_each_beat_has_the_mask_that_was_written():
    rng = np.random.default_rng(1)
    clk, = signals("clk").values()
    pixels, beats = 4, 11
    write, row, listened = MemoryWrite(1, 4, 1), vector(5), vector(pixels)

    def stimulus():
        for _ in range(2):
            masks = rng.integers(0, 1 << pixels, beats).tolist()
            for beat, mask in enumerate(masks):
                write.select.next, write.address.next, write.data.next = 1, beat, mask
                yield clk.negedge
            write.select.next = 0
            for beat in rng.permutation(beats).tolist():
                row.next = beat
                yield clk.negedge
                assert listened == masks[beat], f"beat {beat}"

    run(loaded_mask, dict(clk=clk, s_write=write.to(0, 1, 4, pixels), row=row, listened=listened, beats=beats),
        stimulus())
