"""A spike waits until its range is there, and longer until it is taken; nothing of it is lost or comes twice."""

import numpy as np
import pytest

from first_spike.rtl_model.layer.step_order import WaitingSpike, spike_waiter
from first_spike.rtl_model.parts.streams import SpikeStream
from tb.helpers.clocked import run, signals, vector


@pytest.mark.parametrize("place_bits", [0, 2, 5])
def test_spikes_are_handed_over_in_order(place_bits):
    ports = dict(**signals("clk", "clear", "take"), s_spike=SpikeStream(1, 5, 3), entry=vector(5),
                 waiting=WaitingSpike(3), place=vector(place_bits) if place_bits else None)
    spike, waiting, rng = ports["s_spike"], ports["waiting"], np.random.default_rng(1)
    taken, held_up, cleared = 0, 0, 0

    def stimulus():
        nonlocal taken, held_up, cleared
        own, age, place = None, 0, 0  # the spike that waits, since when
        for _ in range(600):
            assert spike.ready == (own is None)
            offered = [int(value) for value in rng.integers(0, [2, 32, 8, 2, 2])]
            spike.mask.next, spike.rows.next, spike.step.next, spike.last.next, spike.end.next = offered
            valid, clear = bool(rng.random() < 0.7), bool(rng.random() < 0.05)
            take = bool(waiting.ready and rng.random() < 0.5)
            spike.valid.next, ports["clear"].next, ports["take"].next = valid, clear, take
            held_up += valid and own is not None
            if take:
                place = own[1] % (1 << place_bits)
            yield ports["clk"].negedge
            if place_bits and (take or taken):
                assert ports["place"] == place
            taken += take
            cleared += clear and own is not None
            if clear or take:
                own = None
            elif own is None and valid:
                own, age = offered, 0
            elif own is not None:
                age += 1
            assert waiting.ready == (own is not None and age >= 2)
            if own is not None:
                assert [waiting.spikes, waiting.step, waiting.last, waiting.end] == [own[0], *own[2:]]
                assert ports["entry"] == own[1] >> place_bits

    run(spike_waiter, dict(**ports, place_bits=place_bits), stimulus())
    assert min(taken, held_up, cleared) > 10
