"""Weights that are whole numbers of a step: the step is found, and the integers fire at the same potentials."""

from fractions import Fraction

import numpy as np
import pytest

from first_spike.golden.contract.network import Network
from first_spike.golden.files import ROOT
from first_spike.golden.foreign.layers import ForeignLayer, with_one_threshold
from first_spike.golden.foreign.steps import fewest_bits, find_step, whole, without_rounding
from first_spike.golden.foreign.steps import in_steps as find_steps

SHIPPED = ROOT / "golden" / "networks" / "mnist_784_128_10_4bit.npz"


def foreign(weights, thresholds, reached=False):
    weights = np.asarray(weights, np.float64)
    thresholds = np.broadcast_to(np.asarray(thresholds), weights.shape[1])
    return ForeignLayer("w", weights, tuple(map(Fraction, thresholds.tolist())), reached)


def in_steps(layer, last):
    found = find_steps(layer, last)
    return found and found.stepped


def fake_quantized(rng, shape, scale, bits=4):
    """(integers, the same times a scale in float32) of shape [inputs, neurons], as torch's fake quantization gives."""
    integers = rng.integers(-(1 << bits - 1), 1 << bits - 1, shape)
    return integers, (integers.astype(np.float32) * np.asarray(scale, np.float32)).astype(np.float64)


@pytest.mark.parametrize("bits", [2, 3, 4, 8])
@pytest.mark.parametrize("seed", range(6))
def test_scales_of_training(seed, bits):
    """Learned scales are any float32; each product is rounded once. The integers come back, and a threshold that is no
    multiple of the step stands between the same potentials as in exact numbers."""
    rng = np.random.default_rng(seed)
    scale = np.float32(rng.uniform(1e-4, 2))
    integers, weights = fake_quantized(rng, (50, 6), scale, bits)
    integers[:2] = weights[:2] = 0
    integers[0], weights[0] = 1, scale  # so that no larger step is one
    step, found = find_step(weights)
    assert np.array_equal(found, integers) and step.lowest <= Fraction(float(scale)) <= step.highest
    threshold = float(rng.uniform(5, 20) * scale)
    made = in_steps(foreign(weights, threshold), last=True)
    assert made.integer_layer(bits).thresholds.tolist() == [int(Fraction(threshold) // Fraction(float(scale)))] * 6
    assert np.array_equal(made.integer_layer(bits).weights, integers)
    assert made.folded == (f"whole numbers of {step}",)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("scale", [0.03, 0.07, 1 / 3, 0.1, 1e-3, 0.125])
def test_the_shipped_network_times_a_number(scale, kind):
    """Thresholds are whole numbers of the step too, but for rounding."""
    for number, layer in enumerate(Network.load(SHIPPED).layers):
        weights, thresholds = ((array.astype(kind) * kind(scale)).astype(np.float64)
                               for array in (layer.weights, layer.thresholds))
        found = whole(foreign(weights, thresholds), 4, last=number == 1)
        stepped, made = found.stepped, found.made
        steady = found.steady.float_layer()
        assert not found.steady.reached and np.array_equal(steady.weights, weights.astype(np.float32))
        parts = steady.thresholds / scale - layer.thresholds  # half a step above
        assert (0.49 < parts).all() and (parts < 0.51).all()
        assert np.array_equal(made.weights, layer.weights) and np.array_equal(made.thresholds, layer.thresholds)
        shown = {1 / 3: "0.33333335" if kind is np.float32 else "0.33333333"}.get(scale, f"{scale:g}")
        assert stepped.folded[0] == f"whole numbers of {shown}" and fewest_bits(stepped) == 4
        taken = f"{len(thresholds)} thresholds taken for whole numbers of it"
        assert stepped.folded[1:] == (() if scale == 0.125 else (taken,))


def test_a_step_that_rounding_leaves_no_room():
    """Of this float32 some products lie half way between two float32 numbers, up and down, so that no other step has
    them all; they were rounded all the same."""
    scale, counts = np.float32(6296483 / 2.0 ** 33), np.arange(1, 65)
    weights = (counts.astype(np.float32) * scale).astype(np.float64)[:, None]
    step, found = find_step(weights)
    assert step.lowest == step.highest == Fraction(float(scale)) and np.array_equal(found[:, 0], counts)
    for count in range(2, 65):
        threshold = float(np.float32(count) * scale)
        assert in_steps(foreign(weights, threshold), True).integer_layer(8).thresholds.tolist() == [count]


def test_eighths():
    """V > 0.5 is V > 4 eighths, V >= 0.5 is V > 3 of them."""
    weights = np.array([[1, -3], [7, 2], [-8, 5]]) / 8
    for reached, threshold, found in ((False, 0.5, 4), (True, 0.5, 3), (False, 0.49, 3), (True, 0.51, 4)):
        found_whole = whole(foreign(weights, threshold, reached), 4, last=True)
        stepped, made = found_whole.stepped, found_whole.made
        assert made.weights.tolist() == (weights * 8).tolist() and made.thresholds.tolist() == [found] * 2
        assert stepped.folded == ("whole numbers of 0.125",) and stepped.met() == (2 if threshold == 0.5 else 0)


def test_a_step_for_each_neuron():
    """Not in the last layer, whose potentials are compared."""
    rng, scales = np.random.default_rng(5), [0.03, 0.07, 0.2, 1.7]
    integers, weights = fake_quantized(rng, (40, 4), scales)
    weights[:, 2] = integers[:, 2] = 0
    made = in_steps(foreign(weights, 0.5), last=False)
    assert made.folded == ("whole numbers of a step for each neuron", "2 neurons doubled for a threshold above 0")
    # 0.5 is 16.7 steps and 7.1; a neuron without weights never fires; and 0.3 steps, twice of which V > 1 stands for
    assert made.integer_layer(5).thresholds.tolist() == [16, 7, 1, 1]
    assert np.array_equal(made.integer_layer(5).weights, integers * [1, 1, 1, 2])
    assert in_steps(foreign(weights, 0.5), last=True) is None and made.integer_layer(4) is None
    assert fewest_bits(made) == 5


@pytest.mark.parametrize("reached, threshold", [(False, 0.3), (False, 0.05), (True, 1.0), (True, 0.2)])
def test_a_neuron_that_fires_at_the_first_step_is_doubled(reached, threshold):
    """0 is no threshold here, but V > 0 is 2 V > 1; in the last layer all are doubled, so that they stay comparable."""
    weights = np.array([[1, 2, -3], [2, -1, 3.0]])
    for last, factors, found in ((True, [2, 2, 2], [1, 1, 1]), (False, [2, 2, 2], [1, 1, 1])):
        made = in_steps(foreign(weights, threshold, reached), last)
        assert made.weights.tolist() == (weights * factors).tolist()
        assert made.integer_layer(4).thresholds.tolist() == found
    uneven = in_steps(foreign(weights, [threshold, 2.5, 2.5], reached), last=False)
    assert uneven.weights.tolist() == (weights * [2, 1, 1]).tolist()
    assert uneven.integer_layer(4).thresholds.tolist() == [1, 2, 2]
    assert made.met() == (3 if threshold == 1.0 else 0)


def test_what_is_written_for_above_is_read_so():
    """A graph that fires at thresholds has the next float64 for "above 5 * 0.03"."""
    integers, weights = fake_quantized(np.random.default_rng(3), (30, 3), 0.03)
    threshold = float(np.float32(0.03) * np.float32(5))
    assert in_steps(foreign(weights, threshold, True), True).integer_layer(4).thresholds.tolist() == [4] * 3
    above = float(np.nextafter(threshold, np.inf))
    assert in_steps(foreign(weights, above, True), True).integer_layer(4).thresholds.tolist() == [5] * 3


@pytest.mark.parametrize("weights", [
    np.random.default_rng(1).normal(size=(60, 3)), np.arange(1, 601).reshape(200, 3) / 7,
    [[0.3, 0.3 * (1 + 1e-5), 0.7]]], ids=["any", "too many", "not quite"])
def test_no_step(weights):
    weights = np.asarray(weights).astype(np.float32).astype(np.float64)
    assert find_step(weights) is None and in_steps(foreign(weights, 0.5), last=True) is None


def test_the_largest_step_is_taken_and_integers_stay():
    assert [text for text in in_steps(foreign([[2, 4], [-6, 8]], 5), True).folded] == ["whole numbers of 2"]
    layer = foreign([[2, 4], [-6, 8]], 5)
    kept = whole(layer, 5, True)
    assert kept.steady is kept.stepped is layer and kept.made.weights.tolist() == [[2, 4], [-6, 8]]
    made = whole(layer, 4, True).made  # which do not hold 8, but 4 twos
    assert made.weights.tolist() == [[1, 2], [-3, 4]] and made.thresholds.tolist() == [2, 2]
    assert str(find_step(np.zeros((2, 2)))[0]) == "1" and find_step(np.zeros((2, 2)))[1].tolist() == [[0, 0], [0, 0]]


def test_one_threshold_in_steps():
    """Without them, a least common multiple would round the weights of the last layer."""
    integers, weights = fake_quantized(np.random.default_rng(7), (20, 3), 0.03)
    thresholds = [float(np.float32(0.03) * np.float32(count)) for count in (6, 3, 4)]
    made = with_one_threshold(without_rounding(foreign(weights, thresholds)))
    assert np.array_equal(made.weights, integers * [2, 4, 3]) and set(made.thresholds) == {12}
    dyadic = foreign([[0.5, 1], [1.5, 2]], [1, 2])
    assert without_rounding(dyadic) is dyadic
