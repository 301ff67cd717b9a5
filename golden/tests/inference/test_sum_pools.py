"""Pools that hand on every spike: against plain loops, and against the layer behind with its kernel spread out."""

from dataclasses import replace

import numpy as np
import pytest

from first_spike.golden.contract.geometry import Geometry
from first_spike.golden.contract.network import ConvolutionLayer, Layer, Network
from first_spike.golden.inference.encode import feed
from first_spike.golden.inference.infer import float_infer, infer, run_layer
from first_spike.golden.inference.operations import operations, potentials_over_time, ranking
from first_spike.golden.recordings import Recordings
from first_spike.golden.tests.inference.test_infer import compare, stop_at_decision
from tb.helpers.convolution_oracle import classify
from tb.helpers.random_networks import (
    as_float,
    on_events,
    random_convolutional_network,
    random_images,
    random_layer,
    random_recordings,
    with_sums,
)

CASES = 80
POOLS = (1, 2), (2, 1), (2, 2), (3, 3), (1, 3)


def case(seed, max_side=9):
    rng = np.random.default_rng([7, seed])
    steps, bits = int(rng.choice([2, 4, 16, 64, 256])), int(rng.integers(1, 9))
    network = with_sums(random_convolutional_network(rng, steps, bits, 1 + seed % 3, max_side))
    return network, random_images(rng, network)


def spread(before, layer):
    """The layer behind a sum pool as it reads the neurons before the pool: each weight repeated over its window."""
    (a, b), (rows, columns, channels) = before.geometry.pool, before.map

    def repeated(kernel):
        weights = layer.weights.reshape(*kernel, channels, -1).repeat(a, axis=0).repeat(b, axis=1)
        return weights.reshape(-1, weights.shape[-1])

    if layer.kind == "dense":
        return replace(layer, weights=repeated((rows, columns)))
    own = layer.geometry
    scaled = {name: (side[0] * a, side[1] * b) for name in ("kernel", "stride", "padding")
              for side in [getattr(own, name)]}
    source = (*before.geometry.positions, channels)
    return replace(layer, weights=repeated(own.kernel), geometry=replace(own, source=source, **scaled))


def pair(rng, pool, dense):
    """A convolution that ends in this sum pool, and the layer behind: random kernels, strides and paddings."""
    source = (*(int(side) for side in rng.integers(6, 11, 2)), int(rng.integers(1, 4)))
    kernel, stride, padding = (tuple(int(n) for n in rng.integers(*ends, 2)) for ends in ((1, 4), (1, 3), (0, 3)))
    smallest = [(side + 2 * rim - reach) // step + 1 for side, rim, reach, step in zip(source, padding, kernel, stride)]
    stride = tuple(1 if many < side else step for many, side, step in zip(smallest, pool, stride))
    geometry = Geometry(source, kernel, stride, padding, pool, "sum")
    plain = random_layer(rng, geometry.places, int(rng.integers(1, 5)), 4, shared=False)
    first = ConvolutionLayer(plain.weights, plain.thresholds, 4, geometry)
    rows, columns, channels = first.map
    if dense:
        return first, random_layer(rng, rows * columns * channels, 7, 4, shared=False)
    kernel, padding = tuple(int(rng.integers(1, side + 1)) for side in (rows, columns)), rng.integers(0, 3, 2).tolist()
    behind = Geometry(first.map, kernel, tuple(int(n) for n in rng.integers(1, 3, 2)), padding)
    if rng.random() < 0.5:
        ends = behind.positions
        behind = replace(behind, pool=tuple(int(rng.integers(1, min(side, 3) + 1)) for side in ends))
        behind = behind if behind.pool == (1, 1) or rng.random() < 0.5 else replace(behind, pool_kind="sum")
    plain = random_layer(rng, behind.places, 3, 4, shared=False)
    return first, ConvolutionLayer(plain.weights, plain.thresholds, 4, behind)


@pytest.mark.parametrize("in_float", [False, pytest.param(True, marks=pytest.mark.thorough)])
@pytest.mark.parametrize("dense", [False, True])
@pytest.mark.parametrize("pool", POOLS)
def test_equals_the_kernel_spread_out(pool, dense, in_float):
    """Spike for spike and, behind dense layers, potential for potential; in float32, of 64ths, whose sums do not
    depend on the order."""
    for seed in range(12):
        rng = np.random.default_rng([*pool, dense, seed])
        first, second = pair(rng, pool, dense)
        times = rng.integers(0, 17, (9, first.inputs)).astype(np.int16)
        if in_float:
            first, second = (
                replace(layer, weights=(rng.normal(20, 64, layer.weights.shape).round() / 64).astype(np.float32),
                        thresholds=rng.uniform(0.1, 3, len(layer.thresholds)).astype(np.float32))
                for layer in (first, second))
        (rows, columns), (high, wide) = first.geometry.positions, pool
        unpooled = replace(first, geometry=replace(first.geometry, pool=(1, 1), pool_kind="first"))
        every = run_layer(unpooled, times, 16)[0].reshape(9, *first.geometry._all_positions, first.channels)
        every = every[:, :rows, :columns]
        spikes, _ = run_layer(first, times, 16)
        assert spikes.shape == (9, first.neurons) and spikes.tolist() == [
            [time for y in range(0, rows, high) for x in range(0, columns, wide) for o in range(first.channels)
             for time in sorted(image[y:y + high, x:x + wide, o].ravel().tolist())] for image in every]
        train = feed(first, spikes, 16)
        assert isinstance(train, Recordings)
        found = run_layer(second, train, 16)
        wanted = run_layer(spread(first, second), every.reshape(9, -1), 16)
        assert found[0].dtype == np.int16 and np.array_equal(found[0], wanted[0])
        assert found[1] is wanted[1] is None or np.array_equal(found[1], wanted[1])


@pytest.mark.parametrize("seed", range(CASES))
def test_matches_oracle(seed):
    network, images = case(seed)
    verdicts = [classify(network, image) for image in images]
    compare(network, infer(network, images), verdicts)
    compare(network, float_infer(as_float(network), images), verdicts)
    compare(network, infer(network, images, True), [stop_at_decision(verdict, network.steps) for verdict in verdicts])


def test_the_cases_reach_what_they_are_for():
    seen = dict.fromkeys(("sum", "ragged", "again in a step", "again later", "decided"), 0)
    for seed in range(CASES):
        network, images = case(seed)
        result = infer(network, images)
        seen["decided"] += bool((~result.silent).any())
        for layer, times in zip(network.layers, result.spike_times):
            train = feed(layer, times, network.steps)
            if isinstance(train, Recordings):
                seen["sum"] += 1
                seen["ragged"] += layer.geometry.positions != layer.geometry._all_positions
                of_units = np.unique(train.owners << 24 | train.inputs, return_counts=True)[1]
                of_steps = np.unique((train.owners << 24 | train.inputs) << 8 | train.steps, return_counts=True)[1]
                seen["again in a step"] += bool((of_steps > 1).any())
                seen["again later"] += len(of_steps) > len(of_units)
    print(seen)
    assert all(times >= 10 for times in seen.values()), seen


def test_by_hand():
    """Two neurons of a window fire in steps 0 and 7, and the weight of 2 counts twice; the fifth is in no window."""
    first = ConvolutionLayer(np.array([[3]], np.int8), np.array([2], np.int32), 4,
                             Geometry((1, 5, 1), (1, 1), pool=(1, 2), pool_kind="sum"))
    last = Layer(np.array([[2], [-1]], np.int8), np.array([3], np.int32), 4)
    network = Network(16, (1, 5), [first, last], ["only"])
    assert (first.neurons, first.map, first.often, network.sizes) == (4, (1, 2, 1), 2, (4, 1))
    images = np.array([[[255, 143, 0, 0, 255]], [[255, 255, 143, 0, 255]], [[255, 0, 255, 0, 0]]], np.uint8)
    result = infer(network, images)
    assert result.spike_times[0].tolist() == [[0, 7, 16, 16], [0, 0, 7, 16], [0, 16, 0, 16]]
    assert result.decision_time.tolist() == [7, 0, 16]
    assert [bound.tolist() for bound in network.bounds(1)] == [[-2], [4]]
    count = operations(network, images, result)
    assert [(part.arriving.tolist(), part.additions.tolist(), part.spikes.tolist()) for part in count] == [
        ([2, 2, 2], [2, 2, 2], [2, 2, 2]), ([2, 2, 2], [2, 2, 2], [1, 1, 0])]
    assert potentials_over_time(network, images[1:2], infer(network, images[1:2]))[[0, 6, 7, 15], 0].tolist() == [
        4, 4, 3, 3]
    assert ranking(network, images, result)[1].tolist() == [[4], [4], [1]]


def test_bounds_are_reached():
    """Every neuron before the pool fires, or those that the weights behind count against."""
    first = ConvolutionLayer(np.array([[3]], np.int8), np.array([2], np.int32), 4,
                             Geometry((4, 6, 1), (1, 1), pool=(2, 3), pool_kind="sum"))
    second = ConvolutionLayer(np.array([[7], [-8]], np.int8), np.array([100], np.int32), 4,
                              Geometry((2, 2, 1), (1, 2), padding=(0, 1)))
    last = Layer(np.ones((6, 1), np.int8), np.ones(1, np.int32), 2)
    network = Network(16, (4, 6), [first, second, last], ["only"])
    lowest, highest = network.bounds(1)
    assert (lowest.tolist(), highest.tolist()) == ([-48, -48, 0] * 2, [0, 42, 42] * 2)
    for threshold, fires in ((41, True), (42, False)):
        raised = replace(second, thresholds=np.array([threshold], np.int32))
        left = np.where(np.arange(6) < 3, 255, 0).astype(np.uint8) * np.ones((1, 4, 1), np.uint8)
        found = infer(replace(network, layers=[first, raised, last]), left).spike_times[1]
        assert (found.reshape(2, 3)[:, 1] == (0 if fires else 16)).all()


def test_behind_events():
    """Recordings into a network whose pool sums give what their picture gives."""
    network, images = case(1)
    rng = np.random.default_rng(3)
    recorded = on_events(network, 40)
    result = infer(recorded, random_recordings(rng, recorded))
    assert [times.shape[1] for times in result.spike_times] == list(network.sizes)
    times = rng.integers(0, network.steps + 1, (5, network.inputs)).astype(np.int16)
    as_events = on_events(network, network.inputs)
    train = times
    for layer, found in zip(network.layers, infer(as_events, Recordings.of_times(times, network.steps)).spike_times):
        wanted, _ = run_layer(layer, train, network.steps)
        assert np.array_equal(found, wanted)
        train = feed(layer, wanted, network.steps)
