"""The potential of one neuron after the other on its way through a lane of a bank."""

import numpy as np

from first_spike.rtl_model.layer.row_bank import row_lane
from tb.helpers.clocked import packed, run, signals, vector

BITS, CODE = 8, 4


def test_potentials_are_added_tested_and_kept():
    ports = dict(**signals("clk", "empties", "pool", "exceeds", "fresh"), stored=vector(BITS), start=vector(BITS),
                 weights=vector(CODE), kept=vector(BITS))
    rng, count = np.random.default_rng(1), 200
    stored, start = rng.integers(-100, 100, count), rng.integers(-100, 0, count)
    weights, (empties, pool) = rng.integers(-8, 8, count), rng.random((2, count)) < 0.5
    now = np.where(empties, start, stored + weights)

    def stimulus():
        for cycle in range(count):
            ports["stored"].next, ports["start"].next = packed([stored[cycle]], BITS), packed([start[cycle]], BITS)
            ports["weights"].next, ports["empties"].next = packed([weights[cycle]], CODE), bool(empties[cycle])
            ports["pool"].next = bool(pool[cycle])
            yield ports["clk"].negedge
            assert ports["exceeds"] == (now[cycle] >= 0)
            assert ports["fresh"] == (now[cycle] >= 0 and not pool[cycle])
            if cycle:
                assert ports["kept"] == packed([now[cycle - 1]], BITS)

    run(row_lane, dict(**ports, code_bits=CODE, potential_bits=BITS), stimulus())
