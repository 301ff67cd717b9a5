"""The largest potential over several folds, against numpy."""

import numpy as np
import pytest

from first_spike.rtl_model.readout.largest import largest_of_folds
from tb.helpers.clocked import run, signals, vector

BITS = 6  # of a potential


@pytest.mark.parametrize("levels", [1, 2, 4])
def test_the_largest_wins_and_the_lowest_when_equal(levels):
    rng = np.random.default_rng(levels)
    print(f"seed {levels}")
    lanes, folds = 1 << levels, 3
    ports = signals("clk", "rst", "judged", "last_fold")
    clk, rst, judged, last_fold = ports.values()
    winner, index, winning_class = vector(BITS), vector(levels), vector((lanes * folds - 1).bit_length())
    device = largest_of_folds, dict(ports, winner=winner, index=index, winning_class=winning_class, lanes=lanes,
                                    levels=levels)

    def stimulus():
        rst.next = 1
        yield clk.negedge
        rst.next = 0
        yield clk.negedge
        for number in range(60):
            low, high = [(-32, 32), (-1, 2), (-32, -30)][number % 3]
            potentials = rng.integers(low, high, (folds, lanes))
            if number % 7 == 6:  # a step that a reset cuts off leaves nothing behind
                judged.next, last_fold.next = 1, 0
                yield clk.negedge
                judged.next, rst.next = 0, 1
                yield clk.negedge
                rst.next = 0
            for cycle in range(folds + levels):
                judged.next, last_fold.next = cycle < folds, cycle == folds - 1
                if cycle >= levels:
                    fold = potentials[cycle - levels]
                    winner.next, index.next = int(fold.max()) % (1 << BITS), int(fold.argmax())
                yield clk.negedge
            assert winning_class == potentials.argmax(), potentials

    run(*device, stimulus())
