"""The last value that a network may have, and the first that it may not; the sentences in full."""

import json
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from first_spike.golden.contract.base_network import check_most_events, image_map, shown_shape
from first_spike.golden.contract.geometry import Geometry
from first_spike.golden.contract.limits import pack, unpack
from first_spike.golden.contract.network import (
    ConvolutionLayer,
    FloatConvolutionLayer,
    FloatLayer,
    FloatNetwork,
    Layer,
    Network,
)
from first_spike.golden.errors import UserError

HALF = Geometry((1, 2, 1), (1, 2))  # of one position
INTEGERS = np.ones((2, 1), np.int8), np.ones(1, np.int32), 4
FLOATS = np.ones((2, 1), np.float32), np.ones(1, np.float32)
LAYERS = [Layer(*INTEGERS), ConvolutionLayer(*INTEGERS, HALF),
          FloatLayer(*FLOATS), FloatConvolutionLayer(*FLOATS, HALF)]


def refuse(sentence, make):
    with pytest.raises(UserError) as caught:
        make()
    assert str(caught.value) == sentence


def one_layer(*columns, threshold=1, **fields):
    """A Network of one layer of a neuron for each column of weights of 8 bits."""
    weights = np.array(columns, np.int8).T
    thresholds = np.broadcast_to(threshold, weights.shape[1]).astype(np.int32)
    names = [f"class {j}" for j in range(weights.shape[1])]
    return Network(**{"steps": 16, "image_shape": (1, len(weights)), "layers": [Layer(weights, thresholds, 8)],
                      "classes": names} | fields)


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_cannot_change_and_equals_itself_alone(layer):
    with pytest.raises(FrozenInstanceError):
        layer.thresholds = layer.thresholds
    assert layer == layer and layer != replace(layer) and len({layer, replace(layer)}) == 2


def test_networks_and_results_cannot_change():
    with pytest.raises(FrozenInstanceError):
        one_layer([1]).steps = 2
    results = unpack(np.array([1, 2]))
    with pytest.raises(FrozenInstanceError):
        results.tie = results.bad
    assert results == results and results != unpack(np.array([1, 2]))
    assert int(pack(3, 1, False, False)) == 0x00010003


@pytest.mark.parametrize("steps", [2, 4, 8, 16, 32, 64, 128, 256])
def test_all_powers_of_two_are_steps(steps):
    assert one_layer([1], steps=steps).steps == steps
    for other in (steps - 1, steps + 1):
        if other not in (1 << bit for bit in range(1, 9)):
            refuse(f"steps must be a power of two from 2 to 256, found {other}", lambda: one_layer([1], steps=other))
    refuse("steps must be a power of two from 2 to 256, found True", lambda: one_layer([1], steps=True))


def test_the_most_classes():
    most = 1 << 16
    assert one_layer(*[[1]] * most).sizes == (most,)
    refuse("at most 65536 output neurons are possible, found 65537", lambda: one_layer(*[[1]] * (most + 1)))
    refuse("two classes are called 'b': a result must name one",
           lambda: one_layer([1], [1], [1], [1], [1], classes=list("abbcc")))
    refuse("3 class names for 2 output neurons", lambda: one_layer([1], [1], classes=list("abc")))
    refuse("1 class names for 2 output neurons", lambda: one_layer([1], [1], classes=["a"]))
    for wrong in ("", 3, b"a"):
        refuse(f"classes must be non-empty names, found ['a', {wrong!r}]",
               lambda: one_layer([1], [1], classes=["a", wrong]))
    assert one_layer([1], [1], classes=["\ud7ff", "\ue000\U0010ffff"]).sizes == (2,)
    for half in ("\ud800", "\udfff"):
        refuse(f"the class name 'a{half}' is no text, for it holds half a character: call the class otherwise".replace(
            half, repr(half)[1:-1]), lambda: one_layer([1], [1], classes=["b", f"a{half}"]))


def test_thresholds_of_the_output_layer():
    refuse("the output layer needs one threshold for all its neurons, but neuron 0 has 4 and neuron 1 has 3",
           lambda: one_layer([1], [1], [1], [1], threshold=[4, 3, 5, 4]))
    hidden = Layer(np.ones((1, 3), np.int8), np.array([3, 4, 5], np.int32), 2)
    last = Layer(np.ones((3, 1), np.int8), np.array([2], np.int32), 2)
    assert Network(16, (1, 1), [hidden, hidden_to(3), last], ["a"]).sizes == (3, 3, 1)


def hidden_to(neurons):
    return Layer(np.ones((3, neurons), np.int8), np.arange(1, neurons + 1, dtype=np.int32), 2)


@pytest.mark.parametrize("kernel, pool, before, found", [
    ((1, 1), (1, 1), 0, "found 1 x 2"), ((1, 1), (1, 1), 2, "found 1 x 2"), ((1, 1), (1, 2), 0, ""),
    ((1, 1), (1, 2), 2, "")])
def test_the_last_map(kernel, pool, before, found):
    """A convolution over a row of two is last, alone or behind dense layers."""
    ahead = [Layer(np.ones((2, 2), np.int8), np.ones(2, np.int32), 4)] * before
    source = (1, 2, 1) if before == 0 else (1, 1, 2)
    padding = (0, 0) if before == 0 else (0, 1)
    geometry = Geometry(source, (1, 1) if before == 0 else (1, 2), padding=padding, pool=pool)
    weights = np.ones((geometry.places, 1), np.int8)
    layer = ConvolutionLayer(weights, np.ones(1, np.int32), 4, geometry)
    said = f"layer {before} is the last, whose map must be 1 x 1, one neuron for each class"
    refuse(f"{said}: {found}" if found else f"{said}, without a pool",
           lambda: Network(16, (1, 2), [*ahead, layer], ["a"]))


def test_potentials_of_32_bits():
    """The largest potential there can be, of weights and of events."""
    inputs = np.iinfo(np.int32).max // 127 + 1
    weights = np.full((inputs, 1), 127, np.int8)
    weights[0] = np.iinfo(np.int32).max - 127 * (inputs - 1)
    for sign in (1, -1):
        Layer(sign * weights, np.ones(1, np.int32), 8).validate()
        more = weights.copy()
        more[0] += 1
        refuse("the potentials need more than 32 bits", Layer(sign * more, np.ones(1, np.int32), 8).validate)
    most = (1 << 31) - 1
    for weight in (1, -1):
        assert one_layer([weight, 0], most_events=most).most_events == most
        refuse(f"layer 0: with {1 << 30} events the potentials need more than 32 bits",
               lambda: one_layer([0, 2 * weight], most_events=1 << 30))


def test_the_most_events():
    check_most_events((1 << 31) - 1, 1)
    check_most_events(1, (1 << 24) - 1)
    for wrong in (0, 1 << 31, True):
        refuse(f"most_events must be a whole number from 1 to 2147483647, found {wrong!r}",
               lambda: check_most_events(wrong, 1))
    refuse("an event names an input up to 16777214, but there are 16777216 inputs",
           lambda: check_most_events(1, 1 << 24))


def test_weights_of_each_width():
    for bits in range(1, 9):
        low, high = (-1, 1) if bits == 1 else (-(1 << bits - 1), (1 << bits - 1) - 1)
        Layer(np.array([[low], [high]], np.int8), np.ones(1, np.int32), bits).validate()
        for wrong in {low - 1, high + 1} & set(range(-128, 128)):
            allowed = "-1 and +1" if bits == 1 else f"{low} to {high}"
            refuse(f"weight {wrong} of neuron 0 (input 1) does not fit in {bits} bit{'s' if bits > 1 else ''}, which "
                   f"hold {allowed}",
                   Layer(np.array([[high], [wrong], [wrong]], np.int8), np.ones(1, np.int32), bits).validate)
    refuse("threshold 0 of neuron 1 must be positive",
           Layer(np.ones((1, 4), np.int8), np.array([1, 0, -1, 1], np.int32), 2).validate)
    for wrong in (True, 2.0):
        refuse(f"weight_bits must be an integer from 1 to 8, found {wrong}",
               Layer(np.ones((1, 1), np.int8), np.ones(1, np.int32), wrong).validate)


def test_bounds_by_hand():
    """Of a convolution without padding, whose weights are all positive, or all negative."""
    geometry = Geometry((1, 2, 2), (1, 1))
    for sign, found in ((1, [[0, 0], [3, 3]]), (-1, [[-3, -3], [0, 0]])):
        layer = ConvolutionLayer(sign * np.array([[1], [2]], np.int8), np.ones(1, np.int32), 4, geometry)
        assert [bound.tolist() for bound in layer.bounds()] == found
        assert [bound.tolist() for bound in layer.bounds(5)] == [[side * 10 // 3 for side in ends] for ends in found]
        plain = Layer(layer.weights, layer.thresholds, 4)
        assert [bound.tolist() for bound in plain.bounds(5)] == [[ends[0] * 10 // 3] for ends in found]


def test_the_dense_layer_of_one_bit():
    """Where all is read one bit will do; else two, for the weights of what is not read."""
    weights, thresholds = np.array([[-1], [1]], np.int8), np.ones(1, np.int32)
    for bits, padding, needed in ((1, 0, 1), (1, 1, 2), (4, 1, 4)):
        layer = ConvolutionLayer(weights, thresholds, bits, Geometry((1, 2, 1), (1, 2), padding=(0, padding)))
        assert layer.dense().weight_bits == needed
        layer.dense().validate()


def test_shapes_in_words():
    assert image_map((2, 3)) == (2, 3, 1) and image_map((2, 3, 4)) == (2, 3, 4)
    assert shown_shape((28, 27)) == "28 x 27 pixels"
    assert [shown_shape((3, 4, count)) for count in (1, 2)] == [
        "3 x 4 pixels in 1 channel", "3 x 4 pixels in 2 channels"]
    geometry = Geometry((3, 4, 2), (2, 1))
    layer = ConvolutionLayer(np.ones((5, 1), np.int8), np.ones(1, np.int32), 2, geometry)
    refuse("a kernel of 2 x 1 on 2 channels needs weights of 4 rows, found 5", layer.validate)
    single = replace(layer, geometry=Geometry((3, 4, 1), (2, 1)))
    refuse("a kernel of 2 x 1 on 1 channel needs weights of 2 rows, found 5", single.validate)


def test_titles():
    assert one_layer([1, 1], [2, 2]).title == "2-2"
    comb = Geometry((4, 4, 1), (2, 2), stride=(1, 2), pool=(2, 1))
    layers = [ConvolutionLayer(np.ones((4, 3), np.int8), np.ones(3, np.int32), 2, comb), hidden_to(2)]
    layers[1] = Layer(np.ones((6, 2), np.int8), np.ones(2, np.int32), 2)
    assert Network(16, (4, 4), layers, ["a", "b"]).title == "3C2s1x2P2x1-2"


def test_weights_are_counted_and_so_is_their_memory():
    """96 * 32 of 4 bits and 32 * 2 of 8 are 12800 bits, 1.5625 KiB."""
    layers = [Layer(np.ones((rows, neurons), np.int8), np.ones(neurons, np.int32), bits)
              for rows, neurons, bits in ((96, 32, 4), (32, 2, 8))]
    network = Network(16, (1, 96), layers, ["a", "b"])
    assert repr(network).splitlines()[3] == "  weights   3,136 of 4, 8 bits, 1.6 KiB"


def test_the_inputs_that_are_used_are_those_of_the_first_layer():
    layers = [Layer(np.array([[0, 0], [1, 0], [0, 2]], np.int8), np.ones(2, np.int32), 3),
              Layer(np.array([[1, 1], [1, 1]], np.int8), np.ones(2, np.int32), 3)]
    network = Network(16, (1, 3), layers, ["a", "b"])
    assert network.used_inputs.tolist() == [False, True, True]
    assert (network.takes, replace(network, most_events=2).takes) == ("pixels", "events")
    assert (network.widths, network.sizes, network.inputs) == ((2, 2), (2, 2), 3)


def test_equality_runs_both_ways():
    networks = [one_layer([value]) for value in range(1, 9)]
    for one in networks:
        for other in networks:
            assert (one == other) == (one is other) and (one != other) == (one is not other)
    assert one_layer([1]) == one_layer([1]) and one_layer([1]) != "network"


def test_a_float_network_keeps_its_kind(tmp_path):
    layer = FloatLayer(np.array([[0.5], [70000]], np.float32), np.ones(1, np.float32))
    network = FloatNetwork(16, (1, 2), [layer], ["a"])
    network.save(tmp_path / "n.npz")
    assert FloatNetwork.load(tmp_path / "n.npz") == network
    np.savez(tmp_path / "n.npz", header=np.array(json.dumps(network._header())), layer0_weights=np.ones((2, 1)),
             layer0_thresholds=np.ones(1, np.float32))
    refuse(f"{tmp_path / 'n.npz'}: layer 0: weights must be float16 or float32, found float64",
           lambda: FloatNetwork.load(tmp_path / "n.npz"))
    for weights, sentence in (([[1, np.nan], [np.nan, 1]], "weight nan of neuron 1 (input 0) is not finite"),):
        refuse(sentence, FloatLayer(np.array(weights, np.float32), np.ones(2, np.float32)).validate)
    for thresholds in ([1, 0, -1, 1], [1, np.inf, np.nan, 1], [1, np.nan, 0, 1]):
        made = FloatLayer(np.ones((1, 4), np.float32), np.array(thresholds, np.float32))
        refuse(f"threshold {np.float32(thresholds[1])} of neuron 1 must be finite and positive", made.validate)
