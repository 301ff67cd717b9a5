"""Operations and words of memory against plain loops: dense, convolutional and event-fed networks, whatever their
lanes."""

from dataclasses import replace

import numpy as np
import pytest

from first_spike.golden.contract.configuration import has_row
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Layer, Network
from first_spike.golden.inference.infer import infer
from first_spike.golden.inference.operations import connections, is_masked, memory_words, operations, reach_of
from first_spike.golden.recordings import Recordings
from tb.helpers import operations_oracle as oracle
from tb.helpers.random_networks import (
    on_events,
    random_convolutional_network,
    random_images,
    random_network,
    random_recordings,
    with_sums,
    worded_network,
)


def dense_case(rng):
    network = random_network(rng, 16, int(rng.integers(1, 6)), 2)
    return network, random_images(rng, network)


def convolution_case(rng):
    network = random_convolutional_network(rng, 8, int(rng.integers(1, 6)), 2, max_side=7)
    return network, random_images(rng, network)


def sum_case(rng):
    network = with_sums(random_convolutional_network(rng, 8, int(rng.integers(1, 6)), 2, max_side=7))
    return network, random_images(rng, network)


def event_case(rng):
    network = on_events(random_convolutional_network(rng, 8, 4, 1, max_side=6) if rng.random() < 0.5
                        else random_network(rng, 8, 3, 2), int(rng.integers(1, 30)))
    return network, random_recordings(rng, network)


def lists(given):
    """What the oracle takes of images or Recordings."""
    if not isinstance(given, Recordings):
        return given
    return [list(zip(given[[n]].inputs.tolist(), given[[n]].steps.tolist())) for n in range(len(given))]


@pytest.mark.parametrize("make", [dense_case, convolution_case, sum_case, event_case])
@pytest.mark.parametrize("index", range(8))
def test_operations_as_plain_loops_count(make, index):
    network, given = make(np.random.default_rng([71, index]))
    found = operations(network, given, infer(network, given))
    expected = np.array([oracle.operations(network, one) for one in lists(given)])
    for k, layer in enumerate(found):
        assert np.array_equal(np.stack([layer.arriving, layer.spikes, layer.additions, layer.effective], 1),
                              expected[:, k])


@pytest.mark.parametrize("make", [dense_case, convolution_case, sum_case, event_case])
@pytest.mark.parametrize("index", range(8))
def test_words_as_plain_loops_count(make, index):
    rng = np.random.default_rng([71, index])
    network, given = make(rng)
    result, widths = infer(network, given), network.widths
    taps = tuple("row" if has_row(layer) and rng.random() < 0.7 else 1 for layer in network.layers)
    design = Design(network, lanes=tuple(int(rng.integers(1, width + 1)) for width in widths), taps=taps, pixels=1,
                    spikes_per_cycle=int(rng.choice([1, 2])))
    by_row = [tap == "row" for tap in taps]
    expected = np.array([oracle.words(network, one, design.lanes, by_row, not is_masked(design))
                         for one in lists(given)])
    for k, layer in enumerate(memory_words(design, given, result)):
        assert np.array_equal(np.stack([layer.weights, layer.potentials], 1), expected[:, k])
        assert layer.shared == (design.ways[k] > 1)
        assert layer.in_registers == (network.layers[k].positions == 1 and design.lanes[k] == widths[k])
        reached = 1
        while by_row[k] and reached * network.layers[k].geometry.stride[1] < network.layers[k].geometry.kernel[1]:
            reached += 1  # positions of a row, by one spike
        assert (layer.weights_side_by_side, layer.lanes) == (reached * design.lanes[k], design.lanes[k])


def test_by_hand():
    """Two inputs spike in step 0 and one in step 2; the decision falls in step 0, so that the last is not worked on."""
    layers = (Layer(np.array([[1, 0, 2], [2, 1, 1], [1, 1, 1]], np.int8), np.array([2, 2, 2], np.int32), 3),
              Layer(np.array([[3, 0], [0, 1], [1, 1]], np.int8), np.array([2, 2], np.int32), 3))
    network = Network(4, (1, 3), layers, ("a", "b"))
    images = np.array([[[255, 255, 100]]], np.uint8)
    result = infer(network, images)
    assert result.decision_time[0] == 0 and result.spike_times[0].tolist() == [[0, 4, 0]]
    first, last = operations(network, images, result)
    assert (first.arriving[0], first.spikes[0], first.additions[0], first.effective[0]) == (2, 2, 6, 5)
    assert (last.arriving[0], last.spikes[0], last.additions[0], last.effective[0]) == (2, 1, 4, 3)
    words = memory_words(Design(network, lanes=2), images, result)
    assert [(layer.weights[0], layer.potentials[0], layer.in_registers) for layer in words] == [(4, 4, False),
                                                                                              (2, 2, True)]


def test_inputs_that_nobody_uses_are_sent_where_no_table_says_so():
    layers = (Layer(np.array([[1, 2], [0, 0]], np.int8), np.array([9, 9], np.int32), 4),)
    network, images = Network(4, (1, 2), layers, ("a", "b")), np.full((3, 1, 2), 255, np.uint8)
    result = infer(network, images)
    assert operations(network, images, result)[0].arriving.tolist() == [1, 1, 1]
    assert memory_words(Design(network), images, result)[0].weights.tolist() == [1, 1, 1]
    two = Design(network, weights="loadable", weight_banks=2)
    assert memory_words(two, images, result)[0].weights.tolist() == [2, 2, 2]
    recorded = replace(network, most_events=4)
    events = Recordings.of_lists([[(0, 0), (1, 1), (1, 1)]])
    result = infer(recorded, events)
    assert operations(recorded, events, result)[0].arriving.tolist() == [1]
    assert memory_words(Design(recorded), events, result)[0].weights.tolist() == [3]


def test_more_images_than_are_counted_at_once():
    network = worded_network(np.random.default_rng(3), "conv 2 3x3 pool 2x2, dense 3", (6, 7), (4, 4), 8)
    images = np.random.default_rng(4).integers(0, 256, (1100, 6, 7), dtype=np.uint8)
    whole = operations(network, images, infer(network, images))
    parts = [operations(network, one, infer(network, one)) for one in (images[:3], images[3:])]
    for k, layer in enumerate(whole):
        assert np.array_equal(layer.additions, np.concatenate([part[k].additions for part in parts]))


def test_the_reach_of_a_kernel_is_its_dense_layer():
    for index in range(20):
        rng = np.random.default_rng([8, index])
        layer = random_convolutional_network(rng, 4, 8, 1).layers[0]
        reach = reach_of(layer)
        assert np.array_equal(reach.nonzero, np.count_nonzero(layer.dense().weights, axis=1))
        if layer.positions > 1:
            assert connections(layer) == reach.positions.sum() * layer.channels
