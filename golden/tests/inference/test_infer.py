"""Integer and float inference against the oracle of plain loops."""


import numpy as np
import pytest

from first_spike.golden.contract.network import FloatLayer, FloatNetwork, Layer, Network
from first_spike.golden.data.catalogue import load
from first_spike.golden.errors import UserError
from first_spike.golden.files import ROOT
from first_spike.golden.inference.encode import encode
from first_spike.golden.inference.infer import float_infer, infer, integrate
from tb.helpers.oracle import classify, pixel_time
from tb.helpers.random_networks import as_float, random_images, random_network

STEPS = (2, 4, 8, 16, 32, 64, 128, 256)
NETWORKS = ROOT / "golden" / "networks"
NETWORKS_PER_CASE = 12  # times 8 step counts and 8 weight widths


def compare(network, result, verdicts):
    """Assert that an Inference says of every image what the oracle says, to the last spike."""
    for n, verdict in enumerate(verdicts):
        assert result.classes[n] == verdict.class_index
        assert result.decision_time[n] == verdict.decision_time
        assert result.silent[n] == verdict.silent
        assert result.tie[n] == verdict.tie
        assert (result.margin[n], result.spread[n]) == (verdict.margin, verdict.spread)
        assert result.runner_up[n] == verdict.runner_up
        for k in range(len(network.layers)):
            assert result.spike_times[k][n].tolist() == verdict.spike_times[k]


def stop_at_decision(verdict, steps):
    verdict.spike_times = [[time if time <= verdict.decision_time else steps for time in layer]
                           for layer in verdict.spike_times]
    return verdict


@pytest.mark.parametrize("steps", STEPS)
@pytest.mark.parametrize("bits", range(1, 9))
def test_matches_oracle(steps, bits):
    rng = np.random.default_rng([steps, bits])
    for index in range(NETWORKS_PER_CASE):
        layers = 1 + index % 4
        widths = bits if index < 4 else [bits] + [int(width) for width in rng.integers(1, 9, layers - 1)]
        network = random_network(rng, steps, widths, layers)
        images = random_images(rng, network)
        verdicts = [classify(network, image) for image in images]
        compare(network, infer(network, images), verdicts)
        compare(network, float_infer(as_float(network), images), verdicts)
        stopped = [stop_at_decision(verdict, steps) for verdict in verdicts]
        compare(network, infer(network, images, until_decision=True), stopped)


def test_random_networks_reach_the_corners():
    """The comparison above is worth something only if these cases occur in it."""
    seen = dict.fromkeys(("silent", "tie", "equal potentials", "late", "negative", "decided", "later spikes"), 0)
    for steps in STEPS:
        for bits in range(1, 9):
            rng = np.random.default_rng([steps, bits])
            for index in range(4):
                network = random_network(rng, steps, bits, 1 + index % 4)
                images = random_images(rng, network)
                result = infer(network, images)
                output = result.spike_times[-1]
                seen["silent"] += result.silent.sum()
                seen["tie"] += result.tie.sum()
                seen["decided"] += (~result.silent).sum()
                seen["late"] += (~result.silent & (result.decision_time > 0)).sum()
                seen["later spikes"] += ((output > output.min(axis=1)[:, None]) & (output < steps)).any(axis=1).sum()
                verdict = classify(network, images[3])
                seen["negative"] += min(verdict.lowest) < 0
                _, at_decision = integrate(encode(images, steps), steps, network.layers[0].weights,
                                           network.layers[0].thresholds)
                seen["equal potentials"] += ((at_decision == at_decision.max(axis=1)[:, None]).sum(axis=1) > 1).sum()
    print(seen)
    assert all(count >= 30 for count in seen.values()), seen


DENSE = [path for path in sorted(NETWORKS.glob("*bit.npz"))
         if all(layer.kind == "dense" for layer in Network.load(path).layers)]


@pytest.mark.parametrize("path", DENSE, ids=lambda path: path.stem)
def test_shipped_networks(path):
    """On real digits, where they are networks for those; else on random images of their size."""
    network = Network.load(path)
    if network.image_shape == (28, 28):
        images = load("samples", train=False).test_images[:12]
    else:
        images = np.random.default_rng(12).integers(0, 256, (2, *network.image_shape), dtype=np.uint8)
    compare(network, infer(network, images), [classify(network, image) for image in images])


def one_layer(weights, threshold, steps=16, bits=8):
    weights = np.array(weights, np.int8)
    classes = [str(j) for j in range(weights.shape[1])]
    thresholds = np.full(weights.shape[1], threshold, np.int32)
    return Network(steps, (1, len(weights)), [Layer(weights, thresholds, bits)], classes)


@pytest.mark.parametrize("weights, image, expected", [
    # strictly above the threshold of 10: 10 is not enough, 11 is
    ([[10, 0]], [255], (0, 16, True, False)),
    ([[0, 11]], [255], (1, 0, False, False)),
    # the earlier spike wins over the larger potential; pixel 128 spikes at step 7
    ([[11, 0], [0, 100]], [255, 128], (0, 0, False, False)),
    # in the same step the larger potential wins, then the lower index
    ([[11, 12, 12]], [255], (1, 0, False, True)),
    # a potential is looked at only at the end of a step: +20 and -20 in one step cancel
    ([[20, 5], [-20, 0]], [255, 255], (1, 16, True, False)),
    # ... but in two steps the first is enough
    ([[20, 5], [-20, 0]], [255, 128], (0, 0, False, False)),
    # silent with negative potentials: the largest, then the lower index
    ([[-3, -2, -2]], [255], (1, 16, True, False)),
    # black image: nothing ever arrives, the lowest index
    ([[100, 100]], [0], (0, 16, True, False)),
    # a spike at the last step that the coding can give (pixel 1) still counts
    ([[0, 11]], [1], (1, 15, False, False)),
    # the potential that decides is that of the decision step, not of the end
    ([[12, 11], [0, 50]], [255, 128], (0, 0, False, True)),
])
def test_read_out_by_hand(weights, image, expected):
    result = infer(one_layer(weights, 10), np.array([image], np.uint8))
    assert (result.classes[0], result.decision_time[0], result.silent[0], result.tie[0]) == expected


def test_layers_have_no_delay():
    """A spike goes through three layers in the step in which it arrives."""
    layers = [Layer(np.array([[5]], np.int8), np.array([4], np.int32), 4)] * 3
    result = infer(Network(256, (1, 1), layers, ["only"]), np.array([[101]], np.uint8))
    assert [times[0, 0] for times in result.spike_times] == [154] * 3


@pytest.mark.parametrize("steps", STEPS)
def test_encode_all_pixels(steps):
    pixels = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)
    times = encode(pixels, steps)
    assert times.dtype == np.int16 and times.shape == (1, 256)
    assert times[0].tolist() == [pixel_time(pixel, steps) for pixel in range(256)]
    if steps == 256:
        assert times[0, 1:].tolist() == [(255 - pixel) * 256 // 255 if pixel > 0 else 256 for pixel in range(1, 256)]


@pytest.mark.parametrize("bits", range(1, 9))
def test_the_bounds_of_every_neuron_are_reached(bits):
    """White where its weights are positive drives a neuron to its highest potential, white elsewhere to its lowest."""
    rng = np.random.default_rng(bits)
    for _ in range(20):
        network = random_network(rng, 16, bits, 1)
        layer = network.layers[0]
        low, high = layer.bounds()
        highs = [np.where(column > 0, 255, 0) for column in layer.weights.T]
        lows = [np.where(column < 0, 255, 0) for column in layer.weights.T]
        images = np.array(highs + lows, np.uint8).reshape(-1, *network.image_shape)
        _, potentials = integrate(encode(images, 16), 16, layer.weights, layer.thresholds)
        assert np.diagonal(potentials[:layer.neurons]).tolist() == high.tolist() == potentials.max(axis=0).tolist()
        assert np.diagonal(potentials[layer.neurons:]).tolist() == low.tolist() == potentials.min(axis=0).tolist()
        verdicts = [classify(network, image) for image in images]
        assert max(verdict.highest[0] for verdict in verdicts) == high.max()
        assert min(verdict.lowest[0] for verdict in verdicts) == low.min()


def test_until_decision_leaves_out_what_comes_after_it():
    """By hand: three pixels one after the other, each of which fires its own neuron of both layers."""
    one, two = (Layer(np.diag([5] * 3).astype(np.int8), np.full(3, 4, np.int32), 4) for _ in range(2))
    whole = infer(Network(16, (1, 3), [one, two], list("abc")), np.array([[128, 255, 1], [0, 0, 0]], np.uint8))
    stopped = whole.until_decision()
    for times, early in zip(whole.spike_times, stopped.spike_times):
        assert times.tolist() == [[7, 0, 15], [16, 16, 16]] and early.tolist() == [[16, 0, 16], [16, 16, 16]]
        assert early.dtype == np.int16
    for name in ("classes", "decision_time", "silent", "tie", "steps"):
        assert np.array_equal(getattr(whole, name), getattr(stopped, name))


def test_float_threshold_is_strict():
    def classes_at(weight):
        layer = FloatLayer(np.array([[weight]], np.float32), np.array([0.1], np.float32))
        return float_infer(FloatNetwork(16, (1, 1), [layer], ["only"]), np.array([[255]], np.uint8)).silent[0]
    assert classes_at(np.float32(0.1))
    assert not classes_at(np.nextafter(np.float32(0.1), np.float32(1)))


def test_result_types_and_flat_images():
    network = random_network(np.random.default_rng(3), 16, 4, 2)
    images = random_images(np.random.default_rng(4), network)
    result = infer(network, images)
    assert [result.classes.dtype, result.decision_time.dtype] == [np.int64, np.int64]
    assert [result.silent.dtype, result.tie.dtype] == [np.bool_, np.bool_]
    assert [times.dtype for times in result.spike_times] == [np.int16] * 2
    assert [times.shape for times in result.spike_times] == [(7, size) for size in network.sizes]
    flat = infer(network, images.reshape(7, -1))
    assert flat.classes.tolist() == result.classes.tolist()
    assert infer(network, images[:0]).classes.shape == (0,)


@pytest.mark.parametrize("images, message", [
    (np.zeros((2, 3, 4), np.uint8), r"the network takes images of 4 x 3 pixels, found an array of shape \[2, 3, 4\]"),
    (np.zeros((2, 13), np.uint8), r"found an array of shape \[2, 13\]"),
    (np.zeros(12, np.uint8), r"found an array of shape \[12\]"),
    (np.zeros((2, 4, 3)), "images must be uint8, found float64"),
])
def test_wrong_images(images, message):
    network = Network(16, (4, 3), [Layer(np.ones((12, 2), np.int8), np.ones(2, np.int32), 2)], ["a", "b"])
    with pytest.raises(UserError, match=message):
        infer(network, images)
    with pytest.raises(UserError, match=message):
        float_infer(as_float(network), images)


def test_each_network_has_its_own_inference():
    network = random_network(np.random.default_rng(5), 16, 4, 1)
    with pytest.raises(TypeError):
        float_infer(network, random_images(np.random.default_rng(6), network))
    with pytest.raises(TypeError):
        infer(as_float(network), random_images(np.random.default_rng(6), network))
