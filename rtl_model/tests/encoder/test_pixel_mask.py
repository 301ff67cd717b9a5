"""Which pixels count: the table of an image, and every pixel but the padding of a long one."""

import numpy as np
import pytest
from myhdl import delay

from first_spike.golden.contract.limits import LISTENED_BEATS
from first_spike.rtl_model.encoder.pixel_mask import pixel_mask
from first_spike.rtl_model.shape.frames import listened_pixels
from tb.helpers.clocked import run, signals, vector


@pytest.mark.parametrize("inputs, pixels", [(5, 1), (30, 4), (64, 8), (2 * LISTENED_BEATS + 3, 2)])
def test_each_beat_has_the_pixels_that_are_used(inputs, pixels):
    rng = np.random.default_rng(inputs)
    print(f"seed {inputs}")
    used = rng.random(inputs) < 0.6
    masks = listened_pixels(used, pixels)
    clk, = signals("clk").values()
    row, listened = vector((len(masks) - 1).bit_length()), vector(pixels)
    counts = used if len(masks) <= LISTENED_BEATS else np.ones(inputs, bool)

    def stimulus():
        for beat in range(len(masks)):
            row.next = beat
            yield delay(1)
            for place in range(pixels):
                number = beat * pixels + place
                assert listened[place] == (number < inputs and counts[number]), f"beat {beat}, place {place}"

    run(pixel_mask, dict(row=row, listened=listened, masks=masks), stimulus(), clk)
