"""Values of NIR nodes: 1 / dt but for rounding, and numbers for each channel, row or column of a map."""

from fractions import Fraction

import numpy as np
import pytest

from first_spike.golden.foreign.nir_graph import read_graph
from first_spike.golden.foreign.nir_layers import read_layers
from first_spike.golden.tests.foreign.nir_files import neurons, nir, two_layers, write


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("dt", ["1e-4", "3e-4", "7e-4", "1e-3", "3e-3", "6e-3", "0.007", "0.01", "11e-3", "1/3", "7"])
def test_r_is_one_by_dt_but_for_rounding(tmp_path, dt, kind):
    """So that thresholds stay what they are, and potentials may meet them."""
    r = float(kind(1) / kind(Fraction(dt)))
    nodes = two_layers(np.random.default_rng(4)) | {
        "fc1": nir.Linear(np.arange(-30, 30).reshape(5, 12) / 4.0), "if1": neurons(1.5, r, (5,)),
        "if2": neurons(0.75, r)}
    for reached in (True, False):
        layers = read_layers(read_graph(write(tmp_path / "g.nir", nodes))[0], (3, 4, 1), reached, Fraction(dt))
        assert [set(layer.thresholds) for layer in layers] == [{Fraction(3, 2)}, {Fraction(3, 4)}]
        assert [layer.folded for layer in layers] == [(), ()] and layers[0].met() == 5


def test_another_r_is_no_rounding(tmp_path):
    nodes = two_layers(np.random.default_rng(4)) | {"if1": neurons(1.5, 1 + 1e-6, (5,))}
    for dt in (None, Fraction(1)):
        layer = read_layers(read_graph(write(tmp_path / "g.nir", nodes))[0], (3, 4, 1), True, dt)[0]
        assert set(layer.thresholds) == {Fraction(3, 2) / Fraction(1 + 1e-6)} and layer.folded == ("r in thresholds",)


@pytest.mark.parametrize("shape", [(1,), (1, 1, 1, 1), (2, 1, 1), (1, 2, 1, 1), (2, 3, 4), (1, 2, 3, 4)])
def test_thresholds_of_channels(tmp_path, shape):
    of_channel = np.array([1.5, 2.5]).reshape(2, 1, 1) if 2 in shape else 1.5
    nodes = {"input": nir.Input(np.array([1, 3, 4])),
             "conv": nir.Conv2d((3, 4), np.ones((2, 1, 3, 3)), 1, 1, 1, 1, np.zeros(2)),
             "if": neurons(of_channel, shape=shape), "flat": nir.Flatten(np.array([2, 3, 4]), 0, -1),
             "fc": nir.Linear(np.ones((3, 24))), "last": neurons(2), "output": nir.Output(np.array([3]))}
    layer = read_layers(read_graph(write(tmp_path / "g.nir", nodes))[0], (3, 4, 1), True)[0]
    assert layer.thresholds == (Fraction(3, 2), Fraction(5 if 2 in shape else 3, 2))


def test_a_row_of_pixels_is_a_map_of_one_row(tmp_path):
    """So that a convolution may follow, and a Linear node as well."""
    conv_of_row = nir.Conv2d((1, 12), np.ones((1, 1, 1, 10)), 1, 0, 1, 1, np.zeros(1))
    for first in ({"conv": conv_of_row, "if": neurons(1.5, shape=(1, 1, 3)), "fc": nir.Linear(np.ones((3, 3)))},
                  {"fc": nir.Linear(np.ones((3, 12)))}):
        nodes = {"input": nir.Input(np.array([1, 12])), **first, "last": neurons(2),
                 "output": nir.Output(np.array([3]))}
        layers = read_layers(read_graph(write(tmp_path / "g.nir", nodes))[0], (1, 12, 1), True)
        assert [layer.geometry is not None for layer in layers] == [True, False][-len(layers):]
