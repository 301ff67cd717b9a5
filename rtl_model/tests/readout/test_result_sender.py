"""Result words against a queue in plain Python, and the places that they have."""

import numpy as np
import pytest

from first_spike.golden.contract.limits import RESULT_PLACES, pack
from first_spike.rtl_model.parts.streams import AxiStream
from first_spike.rtl_model.readout.result_sender import result_sender
from tb.helpers.clocked import run, signals, vector

CLASS_BITS = 4
IMAGES = 120
VERDICT = 3  # cycles from an image's decision to its push


@pytest.mark.parametrize("eager", [1.0, 0.5, 0.05])
def test_words_come_in_order_and_space_is_neither_lost_nor_invented(eager):
    rng = np.random.default_rng(1)
    print("seed 1")
    ports = signals("clk", "rst", "push", "decided", "space")
    clk, rst, push, decided, space = ports.values()
    entry, m_axis = vector(CLASS_BITS + 12), AxiStream(32)

    def stimulus():
        rst.next = 1
        yield clk.negedge
        yield clk.negedge
        rst.next = 0
        expected, taken, since, images, running = [], [], [], 0, False
        for _ in range(1500):
            # an image begins only while there is space, at the earliest when the one before has been decided
            decided.next = running and rng.random() < 0.5
            running = not decided.next and (running or (bool(space) and images < IMAGES))
            since = [age + 1 for age in since] + ([0] if decided.next else [])
            push.next = VERDICT in since
            since = [age for age in since if age < VERDICT]
            if push.next:
                number, time = int(rng.integers(1 << CLASS_BITS)), int(rng.integers(257))
                bad, tie, silent = (bool(bit) for bit in rng.integers(2, size=3))
                entry.next = bad << CLASS_BITS + 11 | tie << CLASS_BITS + 10 | silent << CLASS_BITS + 9 \
                    | time << CLASS_BITS | number
                expected.append(int(pack(number, time, silent, tie, bad)))
            m_axis.tready.next = rng.random() < eager
            images += bool(decided.next)
            yield clk.posedge
            if m_axis.tvalid and m_axis.tready:
                assert m_axis.tlast
                taken.append(int(m_axis.tdata))
            assert images - len(taken) <= RESULT_PLACES
            yield clk.negedge
        assert taken == expected[:len(taken)]
        if eager > 0.1:
            assert len(taken) == IMAGES
        assert len(taken) > 30
        m_axis.tready.next = 1
        for _ in range(10):
            yield clk.negedge
        # everything was taken: as many images as there are places find room again, and no more
        m_axis.tready.next, decided.next, push.next = 0, 0, 0
        for place in range(RESULT_PLACES + 1):
            for _ in range(3):
                yield clk.negedge
            assert space == (place < RESULT_PLACES), f"{place} places are taken"
            decided.next = bool(space)
            yield clk.negedge
            decided.next = 0

    run(result_sender, dict(ports, entry=entry, m_axis=m_axis, class_bits=CLASS_BITS), stimulus())
