"""Convolutions in inference against the oracle of plain loops, and against their dense layers."""

import numba
import numpy as np
import pytest

from first_spike.golden.contract.geometry import Geometry
from first_spike.golden.contract.network import ConvolutionLayer, Layer, Network
from first_spike.golden.inference.convolution import CHUNK
from first_spike.golden.inference.encode import encode
from first_spike.golden.inference.figures import count
from first_spike.golden.inference.infer import float_infer, infer, integrate, run_layer
from first_spike.golden.tests.inference.test_infer import compare, stop_at_decision
from tb.helpers.convolution_oracle import classify
from tb.helpers.random_networks import as_float, random_convolutional_network, random_images

STEPS = (2, 4, 8, 16, 32, 64, 128, 256)
NETWORKS_PER_CASE = 6  # times 8 step counts and 8 weight widths


def case(steps, bits, index):
    rng = np.random.default_rng([steps, bits, index])
    network = random_convolutional_network(rng, steps, bits, 1 + index % 3)
    return network, random_images(rng, network)


@pytest.mark.parametrize("steps", STEPS)
@pytest.mark.parametrize("bits", range(1, 9))
def test_matches_oracle(steps, bits):
    for index in range(NETWORKS_PER_CASE):
        network, images = case(steps, bits, index)
        verdicts = [classify(network, image) for image in images]
        compare(network, infer(network, images), verdicts)
        compare(network, float_infer(as_float(network), images), verdicts)
        stopped = [stop_at_decision(verdict, steps) for verdict in verdicts]
        compare(network, infer(network, images, until_decision=True), stopped)


def test_random_networks_reach_the_corners():
    """The comparison above is worth something only if these cases occur in it."""
    seen = dict.fromkeys(("silent", "decided", "tie", "late", "padding", "stride", "pool", "ragged pool", "even kernel",
                          "kernel of 7", "channels", "rise and fall", "several in a window", "last convolution"), 0)
    for steps in STEPS:
        for bits in range(1, 9):
            for index in range(NETWORKS_PER_CASE):
                network, images = case(steps, bits, index)
                result = infer(network, images)
                seen["silent"] += result.silent.sum()
                seen["decided"] += (~result.silent).sum()
                seen["tie"] += result.tie.sum()
                seen["late"] += (~result.silent & (result.decision_time > 0)).sum()
                seen["channels"] += len(network.image_shape) == 3
                seen["last convolution"] += network.layers[-1].kind == "convolution"
                for layer in network.layers[:-1]:
                    shape, whole = layer.geometry, layer.geometry._all_positions
                    seen["padding"] += any(shape.padding)
                    seen["stride"] += shape.stride != (1, 1)
                    seen["pool"] += shape.pool != (1, 1)
                    seen["ragged pool"] += shape.positions != whole
                    seen["even kernel"] += any(side % 2 == 0 for side in shape.kernel)
                    seen["kernel of 7"] += 7 in shape.kernel
                first = network.layers[0]
                times = encode(images, steps)
                spikes, _ = integrate(times, steps, first.dense().weights, first.dense().thresholds)
                seen["several in a window"] += ((spikes < steps).sum() > (first.hand_on(spikes) < steps).sum())
                seen["rise and fall"] += rises_and_falls(first, times[3], steps)
    print(seen)
    assert all(times >= 20 for times in seen.values()), seen


def rises_and_falls(layer, times, steps):
    """Whether some potential is above its threshold between two spikes of a step, and below at the step's end."""
    dense = layer.dense()
    order = np.argsort(times, kind="stable")
    order = order[times[order] < steps]
    potentials = np.cumsum(dense.weights[order].astype(int), axis=0)
    above = potentials > dense.thresholds
    ends = np.append(times[order][1:] != times[order][:-1], True)[:len(order)]
    return bool(above[~ends].any(axis=0)[~above[ends].any(axis=0)].any())


@pytest.mark.parametrize("seed", range(20))
def test_equals_its_dense_layer_and_the_pool(seed):
    rng = np.random.default_rng(seed)
    network = random_convolutional_network(rng, 16, 4, 2, max_side=14)
    times = rng.integers(0, 17, (2 * CHUNK + 3, network.inputs)).astype(np.int16)  # more than one chunk
    for layer in network.layers:
        dense = layer.dense()
        spikes, _ = integrate(times, 16, dense.weights, dense.thresholds)
        found, _ = run_layer(layer, times, 16)
        assert found.dtype == np.int16 and found.shape == (len(times), layer.neurons)
        assert np.array_equal(found, layer.hand_on(spikes))
        times = found


def test_by_hand():
    """Weights 3 and -2 beside each other, threshold 2, over pixels of steps 0, 0, 7, pooled in two."""
    layer = ConvolutionLayer(np.array([[3], [-2]], np.int8), np.array([2], np.int32), 4,
                             Geometry((1, 4, 1), (1, 2), padding=(0, 1), pool=(1, 2)))
    # positions read (-, 0), (0, 1), (1, 2), (2, 3), (3, -): potentials -2; 3 - 2; 3 then 3 - 2; 3 in step 7; the
    # last is in no window
    times, potentials = run_layer(layer, np.array([[0, 0, 7, 16]], np.int16), 16)
    assert times.tolist() == [[16, 0]] and potentials is None
    # both in one step: the third neuron rises above its threshold and falls again, the fourth fires in step 0
    assert run_layer(layer, np.array([[16, 5, 5, 16]], np.int16), 16)[0].tolist() == [[16, 5]]
    assert run_layer(layer, np.array([[16, 5, 5, 5]], np.int16), 16)[0].tolist() == [[16, 16]]


def test_result_does_not_depend_on_threads():
    network, _ = case(16, 4, 2)
    images = np.random.default_rng(5).integers(0, 256, (50, *network.image_shape), dtype=np.uint8)
    before, results = numba.get_num_threads(), []
    for threads in (1, before):
        numba.set_num_threads(threads)
        results.append([times.tobytes() for times in infer(network, images).spike_times])
    numba.set_num_threads(before)
    assert results[0] == results[1]


def test_figures_of_spikes_count_what_is_handed_on():
    layer = ConvolutionLayer(np.full((1, 1), 3, np.int8), np.array([2], np.int32), 4,
                             Geometry((2, 3, 1), (1, 1), pool=(2, 2)))
    last = Layer(np.full((1, 1), 3, np.int8), np.array([2], np.int32), 4)
    network = Network(16, (2, 3), [layer, last], ["only"])
    images = np.full((1, 2, 3), 255, np.uint8)
    # the third column is in no window, so nobody listens to it
    assert count(network, images, None, infer(network, images)).spikes == (4, 1, 1)
