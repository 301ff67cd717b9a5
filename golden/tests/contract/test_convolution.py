"""Convolutions as layers and in files: round trip, shapes by hand, and one sentence for every bad one."""

import json
from dataclasses import replace

import numpy as np
import pytest

from first_spike.golden.contract.geometry import Geometry
from first_spike.golden.contract.network import ConvolutionLayer, FloatNetwork, Layer, Network
from first_spike.golden.errors import UserError
from tb.helpers.random_networks import as_float, random_convolutional_network, worded_network

HEADER = {"format": 2, "steps": 16, "image_shape": [6, 5], "weight_bits": [4, 4], "classes": ["a", "b"],
          "source": "by hand", "input": "pixels", "layers": [{"kernel": [3, 3], "padding": [1, 1], "pool": [2, 2]}, {}]}


def good_arrays():
    """What a user writes with plain numpy: 4 channels of 3 x 3 over 6 x 5 pixels, pools, two classes."""
    rng = np.random.default_rng(1)
    return {
        "layer0_weights": rng.integers(-8, 8, (9, 4)).astype(np.int8), "layer0_thresholds": np.full(4, 9, np.int32),
        "layer1_weights": rng.integers(-8, 8, (24, 2)).astype(np.int8), "layer1_thresholds": np.full(2, 5, np.int32),
    }


def write(path, header=HEADER, **changes):
    arrays = {name: array for name, array in (good_arrays() | changes).items() if array is not None}
    np.savez(path, header=np.array(json.dumps(header)), **arrays)
    return path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "network.npz"


def test_reads_what_plain_numpy_wrote(path):
    network = Network.load(write(path))
    first, last = network.layers
    assert (first.kind, last.kind) == ("convolution", "dense")
    assert (first.takes, first.map, first.inputs, first.neurons, first.channels) == ((6, 5, 1), (3, 2, 4), 30, 24, 4)
    assert (first.geometry.positions, first.geometry.handed) == ((6, 4), (3, 2))
    assert network.sizes == (24, 2) and network.inputs == 30


@pytest.mark.parametrize("seed", range(40))
def test_round_trip(path, seed):
    rng = np.random.default_rng(seed)
    made = random_convolutional_network(rng, 2 ** int(rng.integers(1, 9)), int(rng.integers(1, 9)), 1 + seed % 3)
    for network in (made, as_float(made)):
        network.save(path)
        again = type(network).load(path)
        assert again == network and again.sha256 == network.sha256
        first = path.read_bytes()
        again.save(path)
        assert path.read_bytes() == first
        for layer, other in zip(again.layers, network.layers):
            assert type(layer) is type(other) and layer.facts() == other.facts() and layer.map == other.map
            assert layer.weights.dtype == other.weights.dtype and np.array_equal(layer.weights, other.weights)
            assert np.array_equal(layer.thresholds, other.thresholds)


def test_the_oldest_format_that_will_do(path):
    dense = Layer(np.ones((6, 2), np.int8), np.ones(2, np.int32), 4)
    for shape, form in (((2, 3), 1), ((1, 2, 3), 2)):
        Network(16, shape, [dense], ["a", "b"]).save(path)
        with np.load(path) as archive:
            header = json.loads(str(archive["header"]))
        assert header["format"] == form and ("layers" in header) == ("input" in header) == (form == 2)
        assert Network.load(path).image_shape == shape


def test_networks_that_take_events(path):
    """Also dense ones are then of format 2; the hash sees most_events."""
    network = Network.load(write(path, events(300)))
    assert network.most_events == 300
    dense = Network(16, (2, 3), [Layer(np.ones((6, 2), np.int8), np.ones(2, np.int32), 4)], ["a", "b"], most_events=7)
    for made in (network, dense, as_float(network)):
        made.save(path)
        again = type(made).load(path)
        assert again == made and again.most_events == made.most_events
        others = [replace(made, most_events=5), replace(made, most_events=None)]
        assert len({made.sha256, *(other.sha256 for other in others)}) == 3 and made not in others
    with pytest.raises(UserError, match="takes events, for which there is no serial line yet: choose one that takes"):
        network.require_images("serial line")


def test_an_event_has_24_bits_for_its_input():
    layer = Layer(np.ones(((1 << 24), 1), np.int8), np.ones(1, np.int32), 2)
    with pytest.raises(UserError, match="names an input up to 16777214, but there are 16777216 inputs"):
        Network(16, (1 << 12, 1 << 12), [layer], ["a"], most_events=1)


def test_equality_and_hash_see_the_geometry(path):
    network = Network.load(write(path))
    seen = {network.sha256}
    for facts in ({"padding": [1, 1], "pool": [2, 2], "stride": [1, 1]}, {"stride": [2, 2], "padding": [1, 1]},
                  {"padding": [0, 1], "pool": [1, 2]}, {"padding": [2, 1], "pool": [2, 2]}):
        layer = replace(network.layers[0], geometry=Geometry.from_facts((6, 5, 1), {"kernel": [3, 3]} | facts))
        last = Layer(np.ones((layer.neurons, 2), np.int8), np.ones(2, np.int32), 4)
        seen.add(Network(16, (6, 5), [layer, last], ["a", "b"]).sha256)
    assert len(seen) == 5


def test_pooled_by_hand():
    geometry = Geometry((3, 5, 1), (1, 1), pool=(2, 2))
    assert (geometry.positions, geometry.handed) == ((2, 4), (1, 2))
    times = np.array([[[1, 9], [7, 7], [3, 8], [4, 9]], [[5, 2], [7, 6], [9, 9], [9, 7]]], np.int16)
    assert geometry.pooled(times.reshape(1, -1)).reshape(2, 2).tolist() == [[1, 2], [3, 7]]


@pytest.mark.parametrize("text, shape, title", [
    ("conv 3 5x5 same pool 2, dense 4, conv 2 1x1", (8, 8), "3C5P2-4-2C1"),
    ("conv 3 2x3 stride 2x1 pool 1x2, dense 4", (8, 8, 2), "3C2x3s2x1P1x2-4"), ("dense 5, dense 4", (3, 3), "9-5-4")])
def test_title(text, shape, title):
    assert worded_network(np.random.default_rng(0), text, shape, (4,) * len(text.split(",")), 4).title == title


def test_dense_bounds_and_used_inputs_by_hand():
    """A kernel of 1 x 3 with weights -1, 0, 2 over a row of four, padded by one."""
    layer = ConvolutionLayer(np.array([[-1], [0], [2]], np.int8), np.array([1], np.int32), 4,
                             Geometry((1, 4, 1), (1, 3), padding=(0, 1)))
    assert layer.dense().weights.tolist() == [[0, -1, 0, 0], [2, 0, -1, 0], [0, 2, 0, -1], [0, 0, 2, 0]]
    assert [bound.tolist() for bound in layer.bounds()] == [[0, -1, -1, -1], [2, 2, 2, 0]]
    assert layer.used_inputs.tolist() == [True] * 4
    ends = replace(layer, weights=np.array([[0], [0], [2]], np.int8))
    assert ends.used_inputs.tolist() == [False, True, True, True]


@pytest.mark.parametrize("seed", range(60))
def test_bounds_and_used_inputs_are_those_of_the_dense_layer(seed):
    rng = np.random.default_rng(seed)
    for layer in random_convolutional_network(rng, 16, int(rng.integers(1, 9)), 2).layers:
        dense = layer.dense()
        dense.validate()
        assert layer.used_inputs.tolist() == dense.used_inputs.tolist()
        for mine, other in zip(layer.bounds(), dense.bounds()):
            assert mine.dtype == np.int64 and mine.tolist() == other.tolist()


def events(most_events):
    return HEADER | {"input": {"kind": "events", "most_events": most_events}}


def facts(**changes):
    return HEADER | {"layers": [{"kernel": [3, 3], "padding": [1, 1], "pool": [2, 2]} | changes, {}]}


@pytest.mark.parametrize("header, changes, message", [
    (facts(kernel=[9, 3]), {}, r"layer 0: a kernel of 9 x 3 is larger than the map of 8 x 7 that it reads "
                               r"\(with padding 1 x 1\)"),
    (facts(kernel=[7, 3], padding=[0, 0]), {},
     "layer 0: a kernel of 7 x 3 is larger than the map of 6 x 5 that it reads"),
    (facts(stride=[0, 1]), {},
     r"layer 0: stride must be two whole numbers from 1 on, \[rows, columns\], found \[0, 1\]"),
    (facts(stride=[9, 9]), {}, "layer 0: a pool of 2 x 2 is larger than the map of 1 x 1 before it"),
    (facts(pool=[7, 1]), {}, "layer 0: a pool of 7 x 1 is larger than the map of 6 x 5 before it"),
    (facts(kernel=[3]), {}, r"layer 0: kernel must be two whole numbers from 1 on, \[rows, columns\], found \[3\]"),
    (facts(kernel=3), {}, "layer 0: kernel must be two whole numbers from 1 on, .* found 3"),
    (facts(kernel=[3, 3.0]), {}, "layer 0: kernel must be two whole numbers"),
    (facts(padding=[-1, 0]), {}, "layer 0: padding must be two whole numbers from 0 on"),
    (facts(stride=[10 ** 30, 1]), {}, r"layer 0: stride must be at most 16,777,216, found \[1000000000"),
    (HEADER | {"image_shape": [2000, 2000], "layers": [{"kernel": [1000, 1000]}, {}]}, {},
     "layer 0: a kernel of 1000 x 1000 at 1001 x 1001 positions reads more than 268,435,456 times"),
    (facts(padding=[90000, 90000]), {}, "layer 0: a map of .* has more than 16,777,216 positions"),
    (facts(dilation=[1, 1]), {}, "layer 0: has the unknown fact 'dilation'"),
    (HEADER | {"layers": [{"padding": [1, 1]}, {}]}, {}, "layer 0: has no kernel, which a convolution needs"),
    (HEADER | {"layers": [{}]}, {}, r"layers must list one object for each of the 2 layers, found \[\{\}\]"),
    (HEADER | {"layers": 3}, {}, "layers must list one object for each of the 2 layers, found 3"),
    (HEADER | {"layers": [[], {}]}, {}, "layers must list one object for each of the 2 layers"),
    ({k: v for k, v in HEADER.items() if k != "layers"}, {}, "the header lacks 'layers'"),
    ({k: v for k, v in HEADER.items() if k != "input"}, {}, "the header lacks 'input'"),
    (HEADER | {"format": 1}, {}, "the header has the unknown key 'input' and has the unknown key 'layers'"),
    (HEADER | {"input": "events"}, {},
     "input must be 'pixels' or {'kind': 'events', 'most_events': N}, found 'events'"),
    (HEADER | {"input": {"kind": "events"}}, {}, "input must be 'pixels' or .*, found {'kind': 'events'}"),
    (HEADER | {"input": ["pixels"]}, {}, r"input must be 'pixels' or .*, found \['pixels'\]"),
    (events(0), {}, "most_events must be a whole number from 1 to 2147483647, found 0"),
    (events(True), {}, "most_events must be a whole number from 1 to 2147483647, found True"),
    (events(None), {}, "most_events must be a whole number.*found None"),
    (events(1.5), {}, "most_events must be a whole number from 1 to 2147483647, found 1.5"),
    (events(1 << 29), {}, "layer 0: with 536870912 events the potentials need more than 32 bits"),
    (HEADER | {"image_shape": [6, 5, 3]}, {},
     "layer 0: a kernel of 3 x 3 on 3 channels needs weights of 27 rows, found 9"),
    (HEADER | {"image_shape": [6, 5, 0]}, {}, r"image_shape must be two or three positive integers, found \[6, 5, 0\]"),
    (HEADER | {"image_shape": 6}, {}, "image_shape must be a list, found 6"),
    (HEADER, {"layer0_weights": np.ones((8, 4), np.int8)},
     "layer 0: a kernel of 3 x 3 on 1 channel needs weights of 9 rows, found 8"),
    (HEADER, {"layer0_thresholds": np.ones(3, np.int32)}, "layer 0: 3 thresholds for 4 channels"),
    (HEADER, {"layer0_thresholds": np.array([1, 1, 0, 1], np.int32)},
     "layer 0: threshold 0 of channel 2 must be positive"),
    (HEADER, {"layer0_weights": np.full((9, 4), 9, np.int8)},
     r"layer 0: weight 9 of channel 0 \(kernel place 0\) does not fit in 4 bits"),
    (HEADER, {"layer1_weights": np.ones((30, 2), np.int8)}, "layer 1 takes 30 inputs, but layer 0 gives 24"),
    (HEADER | {"layers": [HEADER["layers"][0], {"kernel": [3, 1]}]}, {"layer1_weights": np.ones((12, 2), np.int8)},
     "layer 1 is the last, whose map must be 1 x 1, one neuron for each class: found 1 x 2"),
    (HEADER | {"layers": [HEADER["layers"][0], {"kernel": [2, 1], "pool": [2, 2]}]},
     {"layer1_weights": np.ones((8, 2), np.int8)},
     "layer 1 is the last, whose map must be 1 x 1, one neuron for each class, without a pool"),
])
def test_bad_content(path, header, changes, message):
    write(path, header, **changes)
    with pytest.raises(UserError, match=message) as caught:
        Network.load(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_maps_must_fit():
    layer = ConvolutionLayer(np.ones((4, 2), np.int8), np.ones(2, np.int32), 4, Geometry((3, 4, 1), (2, 2)))
    with pytest.raises(UserError, match="layer 0 takes a map of 3 x 4 x 1, but an image of 4 x 3 pixels gives"):
        Network(16, (4, 3), [layer], ["a"])


def test_what_is_large_takes_no_time():
    """A kernel of a million places; a last layer that is refused for its pool."""
    ones, threshold = np.ones((1 << 20, 1), np.int8), np.ones(1, np.int32)
    whole = ConvolutionLayer(ones, threshold, 4, Geometry((1024, 1025, 1), (1024, 1024), stride=(1, 2)))
    network = Network(16, (1024, 1025), [whole], ["a"])
    assert network.used_inputs.reshape(1024, 1025).all(axis=0).tolist() == [True] * 1024 + [False]
    pooled = replace(whole, weights=ones[:1 << 14], geometry=Geometry((254, 254, 1), (128, 128), pool=(127, 127)))
    with pytest.raises(UserError, match="layer 0 is the last, .* without a pool"):
        Network(16, (254, 254), [pooled], ["a"])


def test_float_values(path):
    made = as_float(Network.load(write(path)))
    weights = made.layers[0].weights.copy()
    weights[3, 1] = np.nan
    with pytest.raises(UserError, match=r"layer 0: weight nan of channel 1 \(kernel place 3\) is not finite"):
        replace(made, layers=[replace(made.layers[0], weights=weights), made.layers[1]])
    made.save(path)
    assert FloatNetwork.load(path) == made
