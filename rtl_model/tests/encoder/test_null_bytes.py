"""Null bytes among pixels: black, and their frame never ends as it should; in the padding they do not matter."""

import numpy as np
import pytest
from myhdl import Signal, delay, intbv

from first_spike.rtl_model.encoder.pixel_mask import null_bytes
from tb.helpers.clocked import run, signals


@pytest.mark.parametrize("pixels, last_pixels", [(1, 1), (4, 1), (4, 4), (8, 5)])
def test_an_image_with_missing_pixels_does_not_end_well(pixels, last_pixels):
    rng = np.random.default_rng(10 * pixels + last_pixels)
    print(f"seed {10 * pixels + last_pixels}")
    ports = signals("clk", "rst", "tlast", "at_end", "accept", "storing", "completes", "ended")
    tkeep, listened, present = (Signal(intbv(0)[pixels:]) for _ in range(3))
    every, wrong = (1 << pixels) - 1, 0

    def beat(keep, **bits):
        """A cycle with a beat, or without; whether the image seems to end as it should."""
        tkeep.next, listened.next = keep, int(rng.integers(every + 1))
        for name, value in bits.items():
            ports[name].next = value
        yield delay(1)
        assert present == listened & tkeep
        assert ports["ended"] in (bool(ports["tlast"]), not ports["at_end"])
        well = ports["at_end"] == ports["ended"]
        yield ports["clk"].negedge
        return well

    def image(beats, frame, missing, pauses):
        """An image in a frame of so many beats; `missing`: (beat, place) of its null bytes."""
        for number in range(beats):
            at_end, tlast = number == beats - 1, number == frame - 1
            keep = every & ~sum(1 << place for row, place in missing if row == number)
            while rng.random() < pauses:  # whatever stands there before the beat is taken
                yield from beat(int(rng.integers(every + 1)), at_end=at_end, tlast=bool(rng.integers(2)), accept=0,
                                storing=bool(rng.integers(2)), completes=0)
            well = yield from beat(keep, at_end=at_end, tlast=tlast, accept=1, storing=1, completes=at_end or tlast)
            if at_end or tlast:
                break
        while rng.random() < pauses:  # what the frame has too much
            yield from beat(int(rng.integers(every + 1)), at_end=0, tlast=0, accept=1, storing=0, completes=0)
        return well

    def stimulus():
        nonlocal wrong
        ports["rst"].next = 1
        yield from beat(0, at_end=0, tlast=0, accept=1, storing=1, completes=0)
        ports["rst"].next = 0
        for number in range(200):
            beats = int(rng.integers(1, 5))
            length = [beats, beats, max(1, beats - 1), beats + 1][number % 4]
            places = [(row, place) for row in range(beats) for place in range(pixels)]
            missing = [one for one in places if rng.random() < rng.choice([0, 0.1])]
            if rng.random() < 0.5:
                missing = [(row, place) for row, place in missing if row == beats - 1 and place >= last_pixels]
            pixels_missing = any(row < length and (row < beats - 1 or place < last_pixels) for row, place in missing)
            well = yield from image(beats, length, missing, 0.3)
            assert well == (length == beats and not pixels_missing), f"image {number}: {missing} of {beats} beats"
            wrong += pixels_missing

    run(null_bytes, dict(ports, tkeep=tkeep, listened=listened, present=present, last_pixels=last_pixels), stimulus())
    assert 10 < wrong < 150
