"""The potential of one neuron after the other on its way through a lane of a convolution."""

import numpy as np

from first_spike.rtl_model.layer.map_words import map_lane
from tb.helpers.clocked import packed, run, signals, vector

BITS, CODE = 8, 4


def test_potentials_are_added_tested_and_kept():
    ports = dict(**signals("clk", "stale", "pool", "asks", "exceeds", "fires"), stored=vector(BITS), start=vector(BITS),
                 weights=vector(CODE), kept=vector(BITS))
    rng, count = np.random.default_rng(1), 200
    stored, start = rng.integers(-100, 100, count), rng.integers(-100, 0, count)
    weights, (stale, pool, asks) = rng.integers(-8, 8, count), rng.random((3, count)) < 0.5
    now = np.where(stale, start, stored) + weights

    def at(values, number):
        return values[number] if 0 <= number < count else 0

    def stimulus():
        for cycle in range(count + 6):
            ports["stored"].next = packed([at(stored, cycle)], BITS)
            ports["stale"].next, ports["start"].next = bool(at(stale, cycle - 1)), packed([at(start, cycle - 1)], BITS)
            ports["weights"].next = packed([at(weights, cycle - 2)], CODE)
            ports["pool"].next, ports["asks"].next = bool(at(pool, cycle - 3)), bool(at(asks, cycle - 3))
            yield ports["clk"].negedge
            if 0 <= cycle - 2 < count:
                assert ports["exceeds"] == (now[cycle - 2] >= 0)
            if 0 <= cycle - 3 < count:
                number = cycle - 3
                assert ports["fires"] == (now[number] >= 0 and asks[number] and not pool[number])
            if 0 <= cycle - 4 < count:
                assert ports["kept"] == packed([now[cycle - 4]], BITS)

    run(map_lane, dict(**ports, code_bits=CODE, potential_bits=BITS), stimulus())
