"""The levels of few bits, the grid that loses least, and the choice of scales and thresholds."""

from dataclasses import replace

import numpy as np
import pytest

from first_spike.golden.contract.network import FloatLayer, FloatNetwork, Layer, Network, weight_range
from first_spike.golden.data.catalogue import load
from first_spike.golden.files import ROOT
from first_spike.golden.inference.encode import encode
from first_spike.golden.inference.infer import float_infer, infer
from first_spike.golden.quantization.grid import Grid, calibrate, choose_grid, integer_network, levels
from first_spike.golden.quantization.thresholds import choose_output_threshold, retune
from first_spike.golden.recordings import Recordings


@pytest.mark.parametrize("bits", range(1, 9))
def test_every_level_is_nearest_and_in_range(bits):
    low, high, step = levels(bits)
    allowed = np.arange(low, high + 1, step, dtype=np.float32)
    assert allowed.min() >= weight_range(bits)[0] and allowed.max() <= weight_range(bits)[1]
    weights = np.random.default_rng(bits).normal(0, 0.5, (40, 6)).astype(np.float32)
    scale = np.float32(high + 0.5)
    out = np.empty_like(weights)
    Grid(bits, np.full(6, scale)).round(weights, out)
    assert set(np.unique(out)) <= set(allowed)
    nearest = np.abs(weights[..., None] * scale - allowed).min(axis=2)
    assert np.array_equal(np.abs(weights * scale - out), nearest)


@pytest.mark.parametrize("bits", range(1, 9))
def test_masters_are_held_near_the_grid(bits):
    low, high, _ = levels(bits)
    weights = np.array([[-100.0, 0.25], [100.0, -0.25]], np.float32)
    Grid(bits, np.full(2, 4, np.float32)).hold(weights)
    assert weights.tolist() == [[(low - 0.5) / 4, 0.25], [(high + 0.5) / 4, -0.25]]


@pytest.mark.parametrize("bits", range(1, 9))
def test_grid_with_the_smallest_error(bits):
    weights = np.random.default_rng(bits).normal(0, 0.1, (60, 8)).astype(np.float32)
    grid, thresholds = choose_grid(weights, bits)
    assert thresholds.dtype == np.int32 and (thresholds == thresholds[0]).all() and thresholds[0] > 0
    assert np.array_equal(grid.scales, thresholds + np.float32(0.5))

    def error(threshold):
        out = np.empty_like(weights)
        Grid(bits, np.full(8, threshold + 0.5, np.float32)).round(weights, out)
        return np.square(out / (threshold + 0.5) - weights).sum()
    best = error(thresholds[0])
    assert all(best <= error(other) * 1.0001 for other in (1, max(thresholds[0] // 2, 1), thresholds[0] * 2, 500))
    coarse, fewer = choose_grid(weights, bits, 0.6)
    assert (fewer == max(round(int(thresholds[0]) * 0.6), 1)).all() and np.array_equal(coarse.scales,
                                                                                       fewer + np.float32(0.5))


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_a_grid_for_each_channel(bits):
    """As each would be alone, however small the others are."""
    rng = np.random.default_rng(bits)
    weights = (rng.normal(0, 1, (60, 8)) * 10.0 ** rng.uniform(-3, 0, 8)).astype(np.float32)
    weights[:, 3] = 0
    grid, thresholds = choose_grid(weights, bits, 0.8, per_channel=True)
    assert grid.bits == bits and thresholds.dtype == np.int32 and grid.scales.dtype == np.float32
    alone = [choose_grid(weights[:, [j]].copy(), bits, 0.8) for j in range(8)]
    assert thresholds.tolist() == [own[0] for _, own in alone] and len(set(thresholds.tolist())) > 4
    assert grid.scales.tolist() == [own.scales[0] for own, _ in alone]


def small_task():
    """A float network of one layer that tells two halves of an image apart, and images for it."""
    rng = np.random.default_rng(5)
    labels = rng.integers(0, 2, 200)
    images = rng.integers(0, 60, (200, 4, 4)).astype(np.uint8)
    for image, label in zip(images, labels):
        image[2 * label:2 * label + 2] += 120
    weights = np.zeros((16, 2), np.float32)
    weights[:8, 0] = weights[8:, 1] = 0.3
    weights[:8, 1] = weights[8:, 0] = -0.2
    weights[0, 0] = 40.0  # an outlier that clipping has to deal with
    network = FloatNetwork(16, (4, 4), (FloatLayer(weights, np.ones(2, np.float32)),), ("top", "bottom"))
    return network, images, labels


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_calibration_survives_outliers(bits):
    network, images, labels = small_task()
    layers = calibrate(network, (bits,), images, labels)
    assert layers[0].weights.dtype == np.int8 and layers[0].thresholds.dtype == np.int32
    made = integer_network(network, layers, "made")  # within its bits
    assert (made.steps, made.image_shape, made.classes, made.source) == (16, (4, 4), network.classes, "made")
    assert choose_output_threshold(layers, 16, images, labels, 1.0, [1.0]).accuracy > 0.95


@pytest.mark.parametrize("name, bits, labelled, most", [("mnist_784_400_10_s4nn", 8, True, 1),
                                                        ("mnist_784_128_10_4bit", 4, False, 8)])
def test_calibration_keeps_to_the_float_network(name, bits, labelled, most):
    """Of 250 other images `most` are classified otherwise than in floats, even where the labels say nothing."""
    network = FloatNetwork.load(ROOT / "golden" / "networks" / f"{name}_float.npz")
    samples = load("samples", train=False)
    order = np.random.default_rng(1).permutation(500)
    images, labels = samples.test_images[order], samples.test_labels[order] * labelled
    made = integer_network(network, calibrate(network, (bits, bits), images[:250], labels[:250]), "")
    assert np.sum(infer(made, images[250:]).classes != float_infer(network, images[250:]).classes) <= most


def test_threshold_respects_the_silent_share():
    network, images, labels = small_task()
    layers = calibrate(network, (4,), images, labels)
    choice = choose_output_threshold(layers, 16, images, labels, 0.02)
    assert choice.silent <= 0.02
    tuned = retune(layers, 16, images, labels, 0.02)
    assert tuned[0].thresholds[0] == max(round(layers[0].thresholds[0] * choice.factor), 1)
    never = [replace(layers[0], thresholds=np.full(2, 10_000, np.int32))]
    assert choose_output_threshold(never, 16, images, labels, 0.02).silent == 1.0  # the fewest that there are


@pytest.mark.parametrize("count, patient, within, without", [(1000, False, 1.2, 1.4), (3, False, 1.0, 1.0),
                                                             (3, True, 1.2, 1.4)])
def test_of_equally_good_thresholds(count, patient, within, without):
    """Of many images the one that waits longest, of few the one that was trained with; the layer fires while
    1 > 0.83 * factor, and 1.4 keeps silent."""
    layers = [FloatLayer(np.array([[1.0, 0.0]], np.float32), np.full(2, 0.83, np.float32))]
    images, labels = np.full((count, 1, 1), 255, np.uint8), np.zeros(count, np.int64)
    assert round(choose_output_threshold(layers, 16, images, labels, 0.0, patient=patient).factor, 2) == within
    assert round(choose_output_threshold(layers, 16, images, labels, 1.0, patient=patient).factor, 2) == without


@pytest.mark.parametrize("count", [1, 2])
def test_an_image_that_is_always_misread_allows_no_silence(count):
    """The wrong neuron fires, while 4 * 0.225 > factor: one held-out image is within an image of everything."""
    layers = [FloatLayer(np.array([[0, 0.225]] * 4, np.float32), np.ones(2, np.float32))]
    images, labels = np.full((count, 2, 2), 255, np.uint8), np.zeros(count, np.int64)
    assert round(choose_output_threshold(layers, 16, images, labels, 0.0).factor, 2) == 0.89


def test_deformed_copies_help_to_choose_and_count_in_no_figure():
    """The images as they came are right at any threshold; of the copies, a second input changes the class of those that
    wait for it, and they are never silent."""
    layers = [FloatLayer(np.array([[0.0, 1.0], [1.5, 0.0]], np.float32), np.full(2, 0.83, np.float32))]
    images = np.array([[[255, 0]]] * 2000 + [[[255, 9]]] * 2000, np.uint8)
    alone = choose_output_threshold(layers, 16, images[:2000], np.ones(2000), 1.0)
    assert (round(alone.factor, 2), alone.silent) == (1.4, 1.0)
    helped = choose_output_threshold(layers, 16, images, np.ones(4000), 1.0, plain=2000)
    assert (round(helped.factor, 2), helped.accuracy, helped.silent) == (1.18, 1.0, 0.0)
    misled = choose_output_threshold(layers, 16, images, np.r_[np.ones(2000), np.zeros(2000)], 0.0, plain=2000)
    assert (round(misled.factor, 2), misled.accuracy, misled.silent) == (1.2, 1.0, 0.0)


@pytest.mark.parametrize("dtype", [np.float32, np.int32])
def test_threshold_is_judged_by_inference(dtype):
    """Accuracy and silence of a choice are those of the network that it makes."""
    rng = np.random.default_rng(8)
    images, labels = rng.integers(0, 256, (300, 5, 4)).astype(np.uint8), rng.integers(0, 3, 300)
    first, second = rng.normal(0, 9, (20, 12)).round(), rng.normal(0, 9, (12, 3)).round()
    if dtype is np.float32:
        layers = [FloatLayer(weights.astype(dtype), np.full(len(weights.T), 20, dtype)) for weights in (first, second)]
        make, run = FloatNetwork, float_infer
    else:
        layers = [Layer(weights.astype(np.int8), np.full(len(weights.T), 20, dtype), 8) for weights in (first, second)]
        make, run = Network, infer
    silent = set()
    for factor in (0.2, 0.83, 1.37, 6.0):
        choice = choose_output_threshold(layers, 16, images, labels, 1.0, [factor])
        threshold = 20 * factor if dtype is np.float32 else round(20 * factor)
        output = replace(layers[1], thresholds=np.full(3, threshold, dtype))
        found = run(make(16, (5, 4), (layers[0], output), ("a", "b", "c")), images)
        assert (choice.accuracy, choice.silent) == (np.mean(found.classes == labels), found.silent.mean())
        silent.add(choice.silent)
    assert len(silent) == 4


@pytest.mark.parametrize("factor", [0.5, 1.0, 1.3])
def test_recordings_of_the_same_spikes_make_the_same_choice(factor):
    network, images, labels = small_task()
    layers = calibrate(network, (4,), images[:40], labels[:40])
    recordings = Recordings.of_times(encode(images[:40], 16), 16)
    assert choose_output_threshold(layers, 16, recordings, labels[:40], 0.1, [factor]) == choose_output_threshold(
        layers, 16, images[:40], labels[:40], 0.1, [factor])


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_small_weights_of_many_inputs_get_all_levels(bits):
    """The scale follows the weights, however small: 40,000 inputs have weights of a thousandth of the threshold."""
    weights = np.random.default_rng(bits).normal(0, 1, (500, 3)).astype(np.float32)
    used, errors = [], []
    for size in (0.1, 1e-5):
        grid, thresholds = choose_grid(weights * np.float32(size), bits)
        out = np.empty_like(weights)
        grid.round(weights * np.float32(size), out)
        used.append(len(np.unique(out)))
        errors.append(np.abs(out / grid.scales / size - weights).mean())
    assert abs(used[1] / used[0] - 1) < 0.1 and abs(errors[1] / errors[0] - 1) < 0.1
