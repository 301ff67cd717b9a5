"""A convolution of a kernel row a cycle: windows fire when they should."""

import pytest

from first_spike.rtl_model.layer.if_layer_rows import if_layer_rows
from first_spike.rtl_model.tests.convolution_bench import check_windows

CASES = {  # layers, image shape, lanes
    "pool": ("conv 3 3x3 same pool 2, dense 2", (6, 7), 3),
    "folds of channels": ("conv 5 2x3 padding 1 pool 1x2, dense 2", (5, 5, 2), 2),
    "sum": ("conv 3 2x3 padding 0x1 sum 2x1, dense 2", (5, 5), 2),
    "even": ("conv 4 2x4 stride 1x2 padding 1, dense 2", (4, 5, 3), 4),
}


@pytest.mark.parametrize("name, held", [
    ("pool", False), ("sum", True), *(
        pytest.param(name, held, marks=pytest.mark.thorough) for name in CASES for held in (False, True)
        if (name, held) not in (("pool", False), ("sum", True)))])
def test_windows_fire_when_they_should(name, held):
    check_windows(if_layer_rows, CASES[name], held, ("row",))
