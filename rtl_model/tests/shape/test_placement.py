"""Where each neuron and each weight sits: everything is there once, and the words decode to the network."""

from dataclasses import replace

import numpy as np
import pytest

from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Layer
from first_spike.rtl_model.shape.kinds import layer_shapes
from first_spike.rtl_model.shape.layer_shape import layer_contents, layer_shape
from first_spike.rtl_model.shape.placement import event_feed, layer_feed, layer_feeds, pixel_feed
from tb.helpers.random_networks import random_layer, worded_network


def places(feed):
    """{source: (way, row)}; asserts that no source has two places, and that every row has an address."""
    found = {}
    for way, rows in enumerate(feed.sources):
        assert len(rows) == feed.rows <= 1 << feed.row_bits
        for row, source in enumerate(rows):
            if source >= 0:
                assert source not in found
                found[source] = (way, row)
    return found


@pytest.mark.parametrize("inputs", [1, 2, 7, 16, 33, 784])
@pytest.mark.parametrize("pixels, ways", [(1, 1), (2, 1), (2, 2), (8, 1), (8, 2), (16, 2)])
def test_each_pixel_has_one_place(inputs, pixels, ways):
    found = places(pixel_feed(inputs, pixels, ways))
    assert sorted(found) == list(range(inputs))
    for source, (way, row) in found.items():  # the row is {beat, place in the way's part of the beat}
        share = pixels // ways
        assert row // share * pixels + way * share + row % share == source


def test_the_row_of_an_event_is_its_input():
    for inputs, bits in ((1, 2), (4, 2), (5, 3), (784, 10), (1024, 10), (1025, 11)):
        feed = event_feed(inputs, 9)
        assert places(feed) == {source: (0, source) for source in range(inputs)} and feed.row_bits == bits


@pytest.mark.parametrize("weights, most_events, bits", [
    ([[7, -1], [0, 0]], 10, 8), ([[7, -1], [0, 0]], 100, 11), ([[-8, 3], [1, 3]], 31, 9), ([[-8, 3], [1, 3]], 33, 10)])
def test_potentials_of_events_are_bounded_by_their_number(weights, most_events, bits):
    """From most_events times the smallest weight to as often the largest, less threshold and one: -5."""
    layer = Layer(np.array(weights, np.int8), np.full(2, 4, np.int32), 4)
    assert layer_shape(layer, 2, event_feed(2, most_events), "layer").potential_bits == bits


@pytest.mark.parametrize("neurons", [1, 2, 5, 16, 37, 400])
@pytest.mark.parametrize("lanes", [1, 3, 16, 37])
@pytest.mark.parametrize("ways", [1, 2, 4])
def test_each_neuron_has_one_place(neurons, lanes, ways):
    lanes = min(neurons, lanes)
    assert sorted(places(layer_feed(neurons, lanes, ways))) == list(range(neurons))


def test_a_row_is_fold_and_place():
    """By hand: seven neurons in three lanes, two ways. Way 0 has lanes 0 and 1, way 1 lane 2; four bits for the
    place."""
    feed = layer_feed(7, 3, 2)
    assert places(feed) == {0: (0, 0), 1: (0, 1), 2: (1, 0), 3: (0, 8), 4: (0, 9), 5: (1, 8), 6: (0, 16)}
    assert feed.row_bits == 5


@pytest.mark.parametrize("bits", range(1, 9))
@pytest.mark.parametrize("lanes", [1, 4, 11])
@pytest.mark.parametrize("source", ["pixels", "layer"])
def test_weight_words_decode_to_the_weights(bits, lanes, source):
    seed = 10 * bits + lanes
    print(f"seed {seed}")
    layer = random_layer(np.random.default_rng(seed), 13, 11, bits, shared=False)
    feed = pixel_feed(13, 4, 2) if source == "pixels" else layer_feed(13, 5, 4)
    shape = layer_shape(layer, lanes, feed, "layer")
    contents = layer_contents(layer, shape, feed)
    assert (shape.folds, shape.ways, shape.rows) == (-(-11 // lanes), feed.ways, feed.rows)
    found = np.zeros_like(layer.weights)
    for input_index, (way, row) in places(feed).items():
        for neuron in range(11):
            fold, lane = divmod(neuron, lanes)
            code = contents.words[way][fold * shape.rows + row] >> (lane * bits) & ((1 << bits) - 1)
            found[input_index, neuron] = (2 * code - 1) if bits == 1 else code - ((code << 1) & (1 << bits))
    assert (found == layer.weights).all()
    for way in range(shape.ways):
        assert len(contents.words[way]) == shape.weight_words
        assert max(contents.words[way]).bit_length() <= lanes * bits


def test_a_neuron_starts_below_zero_by_its_threshold_and_one():
    layer = random_layer(np.random.default_rng(1), 6, 5, 4, shared=False)
    feed = pixel_feed(6, 1, 1)
    contents = layer_contents(layer, layer_shape(layer, 2, feed, "layer"), feed)
    initials = [value for fold in contents.initials for value in fold]
    assert initials[:5] == (-layer.thresholds - 1).tolist()
    assert len(initials) == 6 and initials[5] <= min(initials[:5]), "the surplus neuron never wins"


def bits_of(weights, thresholds, weight_bits, lanes, often=1):
    layer = Layer(np.array(weights, np.int8), np.array(thresholds, np.int32), weight_bits)
    return layer_shape(layer, lanes, replace(pixel_feed(len(weights), 1, 1), often=often), "layer").potential_bits


def test_the_potential_is_as_wide_as_its_bounds():
    """V - threshold - 1 from its lowest to its highest value, in two's complement."""
    assert bits_of([[1]], [1], 2, 1) == 2  # -2 .. -1
    assert bits_of([[1]], [2], 2, 1) == 3  # -3 .. -2
    assert bits_of([[7], [7], [-8]], [1], 4, 1) == 5  # -10 .. 12
    assert bits_of([[7], [7], [-8]], [5], 4, 1) == 5  # -14 .. 8
    assert bits_of([[7], [7], [-8]], [7], 4, 1) == 5  # -16 .. 6
    assert bits_of([[7], [7], [-8]], [8], 4, 1) == 6  # -17 .. 5
    assert bits_of([[7], [7], [4]], [1], 4, 1) == 6  # -2 .. 16
    assert bits_of([[7], [7], [3]], [1], 4, 1) == 5  # -2 .. 15


def test_behind_a_sum_pool_each_input_counts_several_times():
    assert bits_of([[7], [7], [-8]], [1], 4, 1, 3) == 7  # -26 .. 40
    assert bits_of([[7], [7], [-8]], [1], 4, 1, 4) == 7  # -34 .. 54
    assert bits_of([[7], [7], [-8]], [1], 4, 1, 5) == 8  # -42 .. 68
    assert bits_of([[1, 1, 1]] * 4, [1, 1, 1], 1, 2, 3) == 5  # -2 - 12 .. 10, with a surplus lane
    network = worded_network(np.random.default_rng(1), "conv 3 3x3 same sum 2x3, conv 2 1x1, dense 2", (6, 6), (4,) * 3,
                             16)
    assert [feed.often for feed in layer_feeds(Design(network))] == [1, 6, 1]
    for k, shape in enumerate(layer_shapes(Design(network))):
        starts = -np.tile(network.layers[k].thresholds, network.layers[k].positions).astype(int) - 1
        lowest, highest = (starts + bound for bound in network.bounds(k))
        half = 1 << shape.potential_bits - 1
        assert -half <= lowest.min() and highest.max() < half
        assert lowest.min() < -half // 2 or highest.max() >= half // 2, "a bit too wide"


def test_a_surplus_lane_of_a_one_bit_layer_has_room():
    """Its code 0 means -1: from the lowest start it falls by one for each input."""
    assert bits_of([[1, 1, 1]] * 4, [1, 1, 1], 1, 3) == 3  # -2 .. 2, no surplus
    assert bits_of([[1, 1, 1]] * 4, [1, 1, 1], 1, 2) == 4  # -2 - 4 .. 2


def test_bounds_hold_for_every_neuron_on_its_own():
    layer = random_layer(np.random.default_rng(3), 40, 9, 5, shared=False)
    shape = layer_shape(layer, 9, pixel_feed(40, 1, 1), "layer")
    half = 1 << (shape.potential_bits - 1)
    starts = -layer.thresholds.astype(int) - 1
    lows, highs = (starts + clip(layer.weights, 0).sum(axis=0, dtype=int) for clip in (np.minimum, np.maximum))
    assert lows.min() >= -half and highs.max() < half
    assert lows.min() < -half // 2 or highs.max() >= half // 2, "a bit too wide"
