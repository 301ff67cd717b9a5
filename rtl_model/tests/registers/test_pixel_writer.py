"""Words of four pixels against the beats that an image is."""

import numpy as np
import pytest
from myhdl import delay

from first_spike.rtl_model.parts.streams import AxiStream
from first_spike.rtl_model.registers.pixel_writer import pixel_writer
from first_spike.rtl_model.tests.clocked import run, signals, vector

IMAGES = 4
SPARE = 30  # cycles behind the last beat, in which no more may come


@pytest.mark.parametrize("eager", [1.0, 0.4])
@pytest.mark.parametrize("pixels", [1, 2, 4, 8, 16])
@pytest.mark.parametrize("inputs", [1, 4, 6, 16, 37])
def test_words_become_frames(inputs, pixels, eager):
    rng = np.random.default_rng(inputs)
    print(f"seed {inputs}")
    ports, word, m_axis = signals("clk", "rst", "push", "room"), vector(32), AxiStream(8 * pixels)
    clk, rst, push, room = ports.values()
    images = rng.integers(0, 256, (IMAGES, inputs), np.uint8)
    beats = -(-inputs // pixels)
    words = [int.from_bytes(bytes(image[first:first + 4]), "little") for image in images
             for first in range(0, inputs, 4)]

    def stimulus():
        rst.next = 1
        yield clk.negedge
        rst.next = 0
        queue, taken, spare = list(words), [], SPARE
        for _ in range(20 * IMAGES * (beats + inputs)):
            m_axis.tready.next = rng.random() < eager
            yield delay(1)
            push.next = bool(queue) and bool(room) and rng.random() < eager
            if push.next:
                word.next = queue.pop(0)
            yield clk.posedge
            if m_axis.tvalid and m_axis.tready:
                taken.append((int(m_axis.tdata).to_bytes(pixels, "little"), bool(m_axis.tlast)))
            yield clk.negedge
            push.next = 0
            spare -= len(taken) >= beats * IMAGES
            if not spare:
                break
        assert not queue
        assert [last for _, last in taken] == ([False] * (beats - 1) + [True]) * IMAGES
        for number, image in enumerate(images):
            data = b"".join(beat for beat, _ in taken[number * beats:(number + 1) * beats])
            assert data[:inputs] == image.tobytes()

    run(pixel_writer, dict(ports, word=word, m_axis=m_axis, inputs=inputs, pixels=pixels), stimulus())
