"""Layers whose neurons share fewer lanes."""

import pytest

from first_spike.rtl_model.layer.if_layer_folded import if_layer_folded
from tb.benches.layer_bench import KEYS, TESTS, arguments

# with weights in block RAM and, fewer than SHALLOW_WORDS a way, in LUTs; values of KEYS
DESIGNS = {
    "folds": (5, 27, 11, 5, 32, 4, 1, 4, True, True),
    "one bit in folds": (6, 12, 5, 1, 2, 3, 2, 0, False, True),
    "four ways in folds": (7, 18, 7, 8, 16, 1, 4, 0, True, True),
    "no potentials in folds": (9, 12, 5, 3, 4, 2, 2, 4, True, False),
}


def make(**parameters):
    """The block and its arguments."""
    return if_layer_folded, arguments(**parameters)


QUICK = ("four ways in folds",)  # in every run


@pytest.mark.parametrize("name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.long)
                                  for name in DESIGNS])
def test_if_layer_folded(run_block, name):
    assert run_block("tb.benches.layer_bench", make, dict(zip(KEYS, DESIGNS[name]))) == TESTS
