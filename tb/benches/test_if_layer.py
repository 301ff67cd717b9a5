"""Layers with a lane for each neuron."""

import pytest

from first_spike.rtl_model.layer.if_layer import if_layer
from tb.benches.layer_bench import KEYS, TESTS, arguments

# with weights in block RAM and, fewer than SHALLOW_WORDS a way, in LUTs; values of KEYS
DESIGNS = {
    "a lane for each": (1, 75, 9, 4, 16, 9, 1, 4, False, True),
    "four ways": (2, 270, 6, 3, 8, 6, 4, 0, True, True),
    "one bit": (3, 10, 5, 1, 4, 5, 2, 8, True, True),
    "eight bits, one neuron": (4, 1, 1, 8, 256, 1, 1, 1, False, True),
    "no potentials": (8, 12, 5, 3, 4, 5, 1, 4, True, False),
}


def make(**parameters):
    """The block and its arguments."""
    return if_layer, arguments(**parameters)


QUICK = ("four ways",)  # in every run


@pytest.mark.parametrize("name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.long)
                                  for name in DESIGNS])
def test_if_layer(run_block, name):
    assert run_block("tb.benches.layer_bench", make, dict(zip(KEYS, DESIGNS[name]))) == TESTS
