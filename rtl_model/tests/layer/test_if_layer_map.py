"""A convolution of one place of the kernel a cycle: windows fire when they should."""

import pytest

from first_spike.rtl_model.layer.if_layer_map import if_layer_map
from first_spike.rtl_model.tests.convolution_bench import check_windows

CASES = {  # layers, image shape, lanes
    "pool": ("conv 3 3x3 same pool 2, dense 2", (6, 7), 3),
    "folds of channels": ("conv 5 2x3 padding 1 pool 1x2, dense 2", (3, 4, 2), 2),
    "sum": ("conv 3 2x2 sum 2x3, dense 2", (4, 5), 2),
    "one by one": ("conv 4 1x1, dense 2", (3, 3, 3), 4),
}
EMPTIED = 25  # cycles after which the words that an image empties are so


@pytest.mark.parametrize("held", [True, pytest.param(False, marks=pytest.mark.thorough)])
@pytest.mark.parametrize("name", CASES)
def test_windows_fire_when_they_should(name, held):
    check_windows(if_layer_map, CASES[name], held, (1,), emptied=EMPTIED)
