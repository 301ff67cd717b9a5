"""What stands beside the weights of a file: thresholds, biases and batch normalisations, and to which layers they
belong."""

from fractions import Fraction

import numpy as np
import pytest

from first_spike.golden.errors import UserError
from first_spike.golden.foreign.beside import EPSILON, read_beside
from first_spike.golden.foreign.named_arrays import choose_layers
from first_spike.golden.foreign.weights import in_order_of_classes, weighted_layers

A, B, C = np.ones((5, 12)), np.ones((5, 5)), np.ones((3, 5))


def read(arrays, once=True, names=None):
    arrays = {name: np.asarray(array, np.float64) for name, array in arrays.items()}
    matrices, dropped = choose_layers(arrays, 12, 3, names=names, once=once)
    return matrices, dropped, read_beside(arrays, matrices, once)


def thresholds(arrays, names=None):
    found = read(arrays, names=names)[2].thresholds
    return found and [(name, array.tolist()) for name, array in found]


FIVE = [1.0, 2, 3, 4, 5]


@pytest.mark.parametrize("arrays, names", [
    ({"fc1.weight": A, "lif1.threshold": 1.5, "fc2.weight": C, "lif2.threshold": 2}, ["lif1.threshold",
                                                                                    "lif2.threshold"]),
    ({"fc1.weight": A, "fc2.weight": C, "lif1.threshold": FIVE, "lif2.threshold": 2}, ["lif1.threshold",
                                                                                   "lif2.threshold"]),
    ({"0.weight": A, "1.v_th": 3, "2.weight": B, "3.v_th": 1, "10.weight": C, "11.v_th": 2}, ["1.v_th", "3.v_th",
                                                                                            "11.v_th"]),
    ({"10.weight": C, "11.v_th": 2, "0.weight": A, "1.v_th": 3, "2.weight": B, "3.v_th": 1}, ["1.v_th", "3.v_th",
                                                                                            "11.v_th"]),
    ({"z.weight": A, "z.thresh": 1, "a.weight": C, "a.thresh": 2}, ["z.thresh", "a.thresh"]),
    ({"fc1.weight": A, "one.threshold": 2, "fc2.weight": C, "a.threshold": 2}, ["one.threshold", "a.threshold"])])
def test_thresholds_of_layers(arrays, names):
    assert [name for name, _ in thresholds(arrays)] == names


@pytest.mark.parametrize("arrays", [
    {"fc1.weight": A, "fc2.weight": C}, {"fc1.weight": A, "fc2.weight": C, "lif1.threshold": 1},
    {"fc1.weight": A, "fc2.weight": C, "out.threshold": 1, "hidden.threshold": 2},  # which of them is of which
    {"a_out.weight": C, "b_in.weight": A, "x.threshold": 1, "y.threshold": 2},
    {"fc1.weight": A, "fc2.weight": C, "lif1.threshold": [1, 2, 3], "lif2.threshold": FIVE}])
def test_thresholds_that_are_not_said(arrays):
    assert thresholds(arrays) is None


def norm(prefix, scale, shift, mean=0.0, variance=1 - EPSILON):
    """The arrays of a batch normalisation of 5 neurons."""
    parts = {"weight": scale, "bias": shift, "running_mean": mean, "running_var": variance}
    return {f"{prefix}.{part}": np.full(5, value) for part, value in parts.items()} | {
        f"{prefix}.num_batches_tracked": 7}


def fires(layer, potentials):
    """bool [potentials]: column 0 of a ForeignLayer fires at these."""
    return [potential >= layer.thresholds[0] if layer.reached else potential > layer.thresholds[0]
            for potential in potentials]


@pytest.mark.parametrize("scale, shift, mean, bias", [(0.5, 0, 0, 0), (2, 0.25, 0.5, 0), (-1, 0.5, -2, 0.75),
                                                      (0.5, -3, 1, -0.5)])
def test_a_batch_normalisation_behind_weights(scale, shift, mean, bias):
    """By a plain loop: scale * (V + bias - mean) / deviation + shift > threshold."""
    arrays = {"fc1.weight": A, "fc1.bias": np.full(5, bias), **norm("bn1", scale, shift, mean, 0.25), "fc2.weight": C}
    matrices, dropped, beside = read(arrays)
    layer = weighted_layers(matrices, [1.5, 2], False, beside)[0]
    deviation = Fraction(float(scale / np.sqrt(0.25 + EPSILON))) / Fraction(scale)
    sign = 1 if scale > 0 else -1
    assert np.array_equal(layer.weights, sign * A.T) and not layer.rounded
    potentials = [Fraction(count, 16) for count in range(-200, 200)]
    theirs = [Fraction(scale) * (sign * one + Fraction(bias) - Fraction(mean)) * deviation + Fraction(shift) > 1.5
              for one in potentials]
    assert fires(layer, potentials) == theirs and 0 < sum(theirs) < len(theirs)
    assert layer.folded == ("bn1 of eps 1e-05", *["bias in thresholds"] * bool(shift or mean or bias),
                            "scale in thresholds")
    assert not any("bn1" in name for name in dropped)


def test_a_batch_normalisation_of_the_last_layer():
    """It is in the weights there, so that potentials compare as those of the file do."""
    rng = np.random.default_rng(1)
    weights, sizes = rng.normal(size=(3, 5)), rng.uniform(0.5, 2, 3)
    parts = {name: array[:3] for name, array in norm("bn2", 1, 0).items() if np.ndim(array)}
    matrices, _, beside = read({"fc1.weight": A, "fc2.weight": weights, **parts, "bn2.weight": sizes})
    last = in_order_of_classes(weighted_layers(matrices, [1.5, 1.5], False, beside), "abc", "abc")[-1]
    scale = np.array([float(one) for one in beside.scales[1]])
    assert np.array_equal(last.weights, np.float32(np.float32(weights.T) * scale))
    assert set(last.thresholds) == {Fraction(3, 2)} and not last.rescaled()


def test_a_shift_in_each_step_is_refused():
    arrays = {"fc1.weight": A, **norm("bn1", 0.5, 0.25), "fc2.weight": C}
    with pytest.raises(UserError, match="'bn1' is a batch normalisation that adds 0.25 to the input of neuron 0, which "
                                        "would fire without input: train without one, or choose --bias once if"):
        read(arrays, once=False)
    assert read({"fc1.weight": A, **norm("bn1", 0.5, 0), "fc2.weight": C}, once=False)[2].biases[0].tolist() == [0] * 5


def test_biases_that_are_added_once():
    arrays = {"fc1.weight": A, "fc1.bias": [0, 0.5, 0, -1, 0], "fc2.weight": C, "fc2.bias": np.zeros(3)}
    matrices, dropped, beside = read(arrays)
    layers = weighted_layers(matrices, [1.5, 2], False, beside)
    assert dropped == {"fc2.bias": "a bias of zeros"} and layers[0].folded == ("bias in thresholds",)
    assert list(map(float, layers[0].thresholds)) == [1.5, 1, 1.5, 2.5, 1.5] and set(layers[1].thresholds) == {2}
    with pytest.raises(UserError, match="'fc1.weight': the bias 0.5 of its output 1 reaches the threshold, 0.5: that "):
        weighted_layers(matrices, [0.5, 2], False, beside)
    with pytest.raises(UserError, match="or choose --bias once if the framework adds it once, before the first step"):
        read(arrays, once=False)


@pytest.mark.parametrize("arrays, layers", [
    ({"w1": A, "w2": B, "w3": C, "bias1": FIVE, "bias2": FIVE, "bias3": [1, 2, 3]}, [0, 1, 2]),
    ({"w1": A, "w2": B, "w3": C, "bias": [1, 2, 3]}, [2]),
    ({"w1": A, "bias_a": FIVE, "w2": B, "bias_c": FIVE, "w3": C, "bias_b": [1, 2, 3]}, [0, 1, 2]),
    ({"fc1.weight": A, "fc2.weight": B, "fc3.weight": C, "fc2.bias": FIVE}, [1]),
    ({"w1": A, "w2": B, "w3": C, "bias": FIVE}, None), ({"w1": A, "w2": B, "w3": C, "bias": [1.0] * 4}, None)])
def test_to_which_layers_biases_belong(arrays, layers):
    if layers is None:
        with pytest.raises(UserError, match="to which layers 'bias' belong cannot be told from names and sizes"):
            read(arrays)
    else:
        found = read(arrays)[2].biases
        assert [layer for layer, bias in enumerate(found) if bias is not None] == layers


def test_to_which_layers_normalisations_belong():
    both = {"fc1.weight": A, "fc2.weight": B, "fc3.weight": C}
    found = read({**both, **norm("bn1", 0.5, 1), **norm("bn2", 0.25, 2)})[2]
    assert found.folded == [("bn1 of eps 1e-05",), ("bn2 of eps 1e-05",), ()] and found.scales[2] is None
    assert float(found.scales[0][0]) == 0.5 and float(found.scales[1][0]) == 0.25
    with pytest.raises(UserError, match="to which layers 'bn1.running_var' belong cannot be told from names and sizes"):
        read({**both, **norm("bn1", 0.5, 1)})


@pytest.mark.parametrize("changes, sentence", [
    ({"bn1.running_var": [1, 1, -1, 1, 1]}, "'bn1' is a batch normalisation of a variance below 0, -1"),
    ({"bn1.weight": [1, 1]}, "'bn1' is a batch normalisation whose arrays are of different sizes"),
    ({"fc2.bias": [1, 1]}, "'fc2.bias' holds 2 numbers for the 3 neurons of layer 1")])
def test_arrays_that_are_wrong(changes, sentence):
    with pytest.raises(UserError, match=sentence):
        read({"fc1.weight": A, **norm("bn1", 0.5, 1), "fc2.weight": C} | changes)


def test_a_bias_of_a_weight_that_is_not_taken():
    arrays = {"fc1.weight": A, "fc2.weight": C, "spare.weight": np.ones((5, 4)), "spare.bias": FIVE}
    assert read(arrays, names=["fc1.weight", "fc2.weight"])[2].biases == [None, None]
