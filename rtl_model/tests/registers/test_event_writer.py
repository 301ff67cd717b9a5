"""Words of an event against the beats that a recording is."""

import numpy as np
import pytest
from myhdl import delay

from first_spike.rtl_model.parts.streams import AxiStream
from first_spike.rtl_model.registers.pixel_writer import event_writer
from first_spike.rtl_model.shape.frames import EVENT_BITS, NO_INPUT
from tb.helpers.clocked import run, signals, vector

CLOSE = 7 << 24 | NO_INPUT
SPARE = 30  # cycles behind the last beat, in which no more may come


@pytest.mark.parametrize("eager", [1.0, 0.4])
def test_words_become_frames(eager):
    rng = np.random.default_rng(1)
    print("seed 1")
    ports, word, m_axis = signals("clk", "rst", "push", "room"), vector(EVENT_BITS), AxiStream(EVENT_BITS)
    clk, rst, push, room = ports.values()
    recordings = [rng.integers(0, 1 << EVENT_BITS, count).tolist() for count in [0, 1, 2, 5, 0, 0, 1, 30, 3]]
    words = [each for recording in recordings for each in [*recording, CLOSE]]
    beats = [(each, place == len(recording) - 1) for recording in recordings for place, each in enumerate(recording)]
    for place in np.cumsum([max(1, len(recording)) for recording in recordings])[[0, 4, 5]] - 1:
        beats.insert(place, (CLOSE, True))  # the recordings without an event

    def stimulus():
        rst.next = 1
        yield clk.negedge
        rst.next = 0
        for count in (1, 2):  # what a reset forgets: an event, and one with the beat before it
            for _ in range(count):
                push.next, word.next = 1, 5
                yield clk.negedge
            push.next, rst.next = 0, 1
            yield clk.negedge
            rst.next = 0
        queue, taken, spare = list(words), [], SPARE
        for _ in range(20 * len(words)):
            m_axis.tready.next = rng.random() < eager
            yield delay(1)
            assert room or m_axis.tvalid and not m_axis.tready, "a word waits for a beat that waits, for nothing else"
            push.next = bool(queue) and bool(room) and rng.random() < eager
            if push.next:
                word.next = queue.pop(0)
            yield clk.posedge
            if m_axis.tvalid and m_axis.tready:
                taken.append((int(m_axis.tdata), bool(m_axis.tlast)))
            yield clk.negedge
            push.next = 0
            spare -= len(taken) >= len(beats)
            if not spare:
                break
        assert not queue and taken == beats

    run(event_writer, dict(ports, word=word, m_axis=m_axis), stimulus())
