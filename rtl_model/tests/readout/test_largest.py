"""The tree that finds the largest potential, against numpy."""

import numpy as np
import pytest
from myhdl import Signal

from first_spike.rtl_model.readout.largest import largest, tree_levels
from tb.helpers.clocked import packed, run, vector

BITS = 8  # of a potential


@pytest.mark.parametrize("lanes", [1, 2, 3, 10, pytest.param(17, marks=pytest.mark.thorough)])
def test_the_largest_potential_wins_and_the_lowest_lane_when_equal(lanes):
    rng = np.random.default_rng(lanes)
    print(f"seed {lanes}")
    clk, potentials = Signal(bool(0)), vector(lanes * BITS)
    winner, index = vector(BITS), vector(max(1, (lanes - 1).bit_length()))
    device = largest, dict(clk=clk, potentials=potentials, winner=winner, index=index, lanes=lanes, potential_bits=BITS)
    rows = [rng.integers(low, high, lanes) for low, high in [(-128, 128), (-2, 2), (3, 4), (-128, -127), (127, 128)]
            * 6]

    def stimulus():
        for row in rows:
            potentials.next = packed(row, BITS)
            for _ in range(tree_levels(lanes)):
                yield clk.negedge
            assert winner.signed() == row.max()
            assert index == row.argmax()

    run(*device, stimulus())
