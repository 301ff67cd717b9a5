"""Words of four pixels against the beats that an image is."""

import numpy as np
import pytest
from myhdl import Signal, delay, intbv

from first_spike.rtl_model.parts.streams import AxiStream
from first_spike.rtl_model.registers.pixel_writer import pixel_writer
from tb.helpers.clocked import run, signals, vector

IMAGES = 4
SPARE = 30  # cycles behind the last beat, in which no more may come


@pytest.mark.parametrize("eager, told", [(1.0, False), (0.4, False), (0.4, True)])
@pytest.mark.parametrize("pixels", [1, 2, 4, 8, 16])
@pytest.mark.parametrize("inputs", [1, 37, *(pytest.param(count, marks=pytest.mark.thorough) for count in (4, 6, 16))])
def test_words_become_frames(inputs, pixels, eager, told):
    """told: the number of beats is a signal, and words fill the last beat."""
    rng = np.random.default_rng(inputs)
    print(f"seed {inputs}")
    ports, word, m_axis = signals("clk", "rst", "push", "room"), vector(32), AxiStream(8 * pixels)
    clk, rst, push, room = ports.values()
    images = rng.integers(0, 256, (IMAGES, inputs), np.uint8)
    beats = -(-inputs // pixels)
    words = [int.from_bytes(bytes(image[first:first + 4]), "little") for image in images
             for first in range(0, beats * pixels if told else inputs, 4)]
    size = dict(inputs=inputs)
    if told:
        size = dict(last_row=Signal(intbv(beats - 1)[16:]), **(dict(events=signals("events")["events"])
                                                               if pixels > 4 else {}))

    def stimulus():
        rst.next = 1
        yield clk.negedge
        rst.next = 0
        queue, taken, spare = list(words), [], SPARE
        for _ in range(20 * IMAGES * (beats + inputs)):
            m_axis.tready.next = rng.random() < eager
            yield delay(1)
            assert room or m_axis.tvalid and not (m_axis.tready and pixels == 4), "a word waits for a beat only"
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

    run(pixel_writer, dict(ports, word=word, m_axis=m_axis, **size, pixels=pixels), stimulus())


@pytest.mark.parametrize("pixels", [4, 8, 16])
def test_an_event_is_a_beat_and_frames_have_sizes_of_their_own(pixels):
    rng = np.random.default_rng(pixels)
    ports, word, m_axis = signals("clk", "rst", "push", "room", "events"), vector(32), AxiStream(8 * pixels)
    clk, rst, push, room, events = ports.values()
    if pixels == 4:
        del ports["events"]
    last_row, taken = Signal(intbv(0)[16:]), []
    frames = [rng.integers(0, 1 << 32, size).tolist() for size in (1, 5, 300, 2, 1)]

    def stimulus():
        rst.next = 1
        yield clk.negedge
        rst.next, events.next, m_axis.tready.next = 0, 1, 1
        for frame in frames:
            last_row.next = len(frame) - 1
            for each in [*frame, None]:
                push.next, word.next = each is not None, each or 0
                yield clk.posedge
                if m_axis.tvalid:
                    taken.append((int(m_axis.tdata[32:]), bool(m_axis.tlast)))
                yield clk.negedge
                while m_axis.tvalid and not room:
                    push.next = 0
                    yield clk.posedge
                    taken.append((int(m_axis.tdata[32:]), bool(m_axis.tlast)))
                    yield clk.negedge

    run(pixel_writer, dict(ports, word=word, m_axis=m_axis, last_row=last_row, pixels=pixels), stimulus())
    assert taken == [(each, number == len(frame) - 1) for frame in frames for number, each in enumerate(frame)]
