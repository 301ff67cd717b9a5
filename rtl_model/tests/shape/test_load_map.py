"""Where words go, which they are, and which networks fit a design."""

import json
from dataclasses import replace

import numpy as np
import pytest

from first_spike.golden.contract.configuration import ROW, Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Layer, Network
from first_spike.golden.errors import UserError
from first_spike.rtl_model.delivery.manifest import describe
from first_spike.rtl_model.shape.kinds import contents_of_layers, layer_shapes
from first_spike.rtl_model.shape.load_map import fits, load_map, load_words, weight_map
from tb.helpers.random_networks import random_convolutional_network, random_network, worded_network

FOLDED = dict(lanes=(3,), pixels=4)
MORE = ": --potential-margin gives it more"


def network_of(weights, thresholds, steps=8, bits=4):
    layers = [Layer(np.array(each, np.int8), np.array(limits, np.int32), bits)
              for each, limits in zip(weights, thresholds, strict=True)]
    return Network(steps, (1, len(weights[0])), layers, [f"class {j}" for j in range(len(weights[-1][0]))], "by hand")


SMALL = network_of([[[1, -2, 3], [0, 0, 0], [4, 5, -6]], [[1, 2], [3, 4], [5, 6]]], [[7, 8, 9], [3, 3]])


def test_the_words_of_a_small_network_are_those_found_by_hand():
    configuration = Configuration(pixels=1, spikes_per_cycle=1, weights="loadable")
    regions = {region.name: region for region in load_map(Design(SMALL, configuration))}
    words = load_words(Design(SMALL, configuration))
    assert words.dtype == np.uint16 and len(words) == max(each.first + each.words for each in regions.values())

    def found(name):
        return words[regions[name].first:regions[name].first + regions[name].words].tolist()

    assert found("layer0_weights_0") == [0x3E1, 0x000, 0xA54]
    assert found("layer0_starts") == [0x10000 - 8, 0x10000 - 9, 0x10000 - 10]
    assert found("layer1_weights_0") == [0x21, 0x43, 0x65]
    assert found("layer1_starts") == [0x10000 - 4, 0x10000 - 4]
    assert found("pixel_mask") == [1, 0, 1]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("banks", [1, 2])
@pytest.mark.parametrize("choice", [{}, FOLDED])
def test_regions_are_apart_and_lie_at_multiples_of_their_size(seed, banks, choice):
    network = random_network(np.random.default_rng(seed), 16, [1, 4, 7], 3)
    configuration = Configuration(**choice, weights="loadable", weight_banks=banks)
    taken = np.zeros(1 << 23, bool)
    for region in load_map(Design(network, configuration)):
        size = 1 << region.address_bits
        assert region.first % size == 0 and region.words <= size and 1 <= region.bits <= 16
        assert not taken[region.first:region.first + size].any()
        taken[region.first:region.first + size] = True
    assert (load_map(Design(network, configuration))[-1].name == "pixel_mask") == (banks == 1)


def test_potentials_and_starts_have_their_margin():
    plain, wide = (layer_shapes(Design(SMALL, Configuration(weights="loadable",
                                                            potential_margin=margin))) for margin in (0, 3))
    constant = layer_shapes(Design(SMALL, Configuration()))
    for one, two, three in zip(constant, plain, wide, strict=True):
        assert one.potential_bits == two.potential_bits == three.potential_bits - 3
        assert one.start_bits is None and two.start_bits == three.start_bits - 3
    assert [shape.start_bits for shape in plain] == [4, 2]


def changed(**changes):
    made = dict(weights=[layer.weights.tolist() for layer in SMALL.layers],
                thresholds=[layer.thresholds.tolist() for layer in SMALL.layers]) | changes
    return network_of(**made)


@pytest.mark.parametrize("network, sentence", [
    (changed(steps=16), "the network has 16 steps, the design 8 steps"),
    (changed(bits=5), "the network has weight bits of 5, 5, the design weight bits of 4, 4"),
    (changed(weights=[[[1, -2, 3]] * 4, [[1, 2]] * 3]),
     "the network has an image shape of 1 x 4, the design an image shape of 1 x 3"),
    (changed(weights=[[[1, -2]] * 3, [[1, 2]] * 2], thresholds=[[7, 8], [3, 3]]),
     "the network has layers of 2, 2, the design layers of 3, 2"),
    (changed(weights=[[[7, -8, 7]] * 3, [[1, 2]] * 3]),
     f"layer 0 of the network needs potentials of 7 bits, the design has 5{MORE}"),
    (changed(thresholds=[[7, 8, 16], [3, 3]]),
     f"layer 0 of the network needs potentials of 6 bits, the design has 5{MORE}"),
    (changed(thresholds=[[1, 2, 3], [4, 4]]),
     f"layer 1 of the network needs thresholds of 3 bits, the design has 2{MORE}"),
])
def test_a_network_that_does_not_fit_is_named_in_a_sentence(network, sentence):
    design = json.loads(json.dumps(describe(Design(SMALL, Configuration(weights="loadable")))))
    assert fits(SMALL, design) is None
    assert fits(network, design) == sentence


def test_recordings_are_for_designs_that_take_as_many_events():
    """The first layer is bounded by them, and has no mask."""
    fed, configuration = replace(SMALL, most_events=9), Configuration(weights="loadable")
    described = json.loads(json.dumps(describe(Design(fed, configuration))))
    assert fits(fed, described) is None
    assert fits(SMALL, described) == "the network takes images, the design recordings of up to 9 events"
    assert fits(replace(SMALL, most_events=8), described) == (
        "the network takes recordings of up to 8 events, the design recordings of up to 9 events")
    larger = replace(changed(weights=[[[7, -8, 3], [0, 0, 0], [4, 5, -6]], [[1, 2], [3, 4], [5, 6]]]), most_events=9)
    assert fits(larger, described) == f"layer 0 of the network needs potentials of 8 bits, the design has 7{MORE}"
    assert [shape.potential_bits for shape in layer_shapes(Design(fed, configuration))] == [7, 5]
    assert "pixel_mask" not in {region.name for region in load_map(Design(fed, configuration))}
    designs = [Design(replace(SMALL, most_events=most), configuration) for most in (None, 8, 9)]
    assert len({weight_map(design) for design in designs}) == 3


def test_a_sum_pool_is_for_designs_that_have_one():
    """And what is behind it is as wide as all of its spikes ask for."""
    summed, first = (worded_network(np.random.default_rng(2), f"conv 2 1x1 {pool} 2, dense 2", (2, 2), (4, 4), 8)
                     for pool in ("sum", "pool"))
    configuration = Configuration(weights="loadable")
    described = json.loads(json.dumps(describe(Design(summed, configuration))))
    assert described["layers"][0]["neurons"] == 8
    assert described["layers"][0]["convolution"]["pool_kind"] == "sum" and fits(summed, described) is None
    assert fits(first, described) == "the network has layers of 2, 2, the design layers of 8, 2"
    again = dict(described, layers=[dict(described["layers"][0], neurons=2), described["layers"][1]])
    assert fits(first, again) == (
        "layer 0 of the network is a convolution of kernel 1 x 1, pool 2 x 2, that of the design a convolution of "
        "kernel 1 x 1, pool 2 x 2, pool_kind sum")
    heavy = replace(summed, layers=[summed.layers[0], Layer(np.full((2, 2), 7, np.int8), np.full(2, 1, np.int32), 4)])
    light = replace(heavy, layers=[summed.layers[0], Layer(np.ones((2, 2), np.int8), np.full(2, 1, np.int32), 4)])
    described = json.loads(json.dumps(describe(Design(light, configuration))))
    assert fits(light, described) is None  # -2 .. 6
    assert fits(heavy, described) == f"layer 1 of the network needs potentials of 7 bits, the design has 4{MORE}"


def test_convolutions_are_for_designs_of_the_same_kernels():
    network, conv = (worded_network(np.random.default_rng(2), f"{text}, dense 3", (6, 6), (4, 4), 8)
                     for text in ("conv 4 3x3 same", "conv 4 5x5 padding 2"))
    for taps in (1, ROW):
        configuration = Configuration((2, 3), taps=(taps,), weights="loadable", potential_margin=4)
        described = json.loads(json.dumps(describe(Design(network, configuration))))
        assert described["layers"][0]["convolution"] == {"kernel": [3, 3], "padding": [1, 1]}
        assert fits(network, described) is None
        assert fits(conv, described) == (
            "layer 0 of the network is a convolution of kernel 5 x 5, padding 2 x 2, that of the design a convolution "
            "of kernel 3 x 3, padding 1 x 1")
        dense = worded_network(np.random.default_rng(2), "dense 144, dense 3", (6, 6), (4, 4), 8)
        assert fits(dense, described).startswith("layer 0 of the network is dense, that of the design a convolution of")
        assert weight_map(Design(network, configuration)) != weight_map(Design(conv, configuration))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("taps", [1, ROW])
def test_regions_of_convolutions_hold_their_contents(seed, taps):
    """Whatever kernel, stride, padding and pool: each word lies in its region, and nothing lies outside."""
    network = random_convolutional_network(np.random.default_rng(seed), 8, 3, 2)
    design = Design(network, Configuration((1,), taps=(taps,), weights="loadable"))
    words, left = load_words(design).astype(int), np.zeros(1 << 23, bool)
    for region in load_map(design):
        left[region.first:region.first + region.words] = True
        assert words[region.first:region.first + region.words].max(initial=0) < 1 << 16
    assert not words[~left[:len(words)]].any()
    for shape, contents in zip(layer_shapes(design), contents_of_layers(design)):
        region = next(region for region in load_map(design) if region.name == f"{shape.name}_weights_0")
        for number, word in enumerate(contents.words[0]):
            first = region.first + (number << region.part_bits)
            assert sum(int(words[first + part]) << 16 * part for part in range(shape.write_parts)) == word


def test_designs_that_want_other_words_have_another_map():
    """The number of words tells some of them apart, the map all."""
    network = changed(weights=[[[1, -2, 3]] * 8, [[1, 2]] * 3])
    wider = changed(weights=[[[1, -2, 7]] * 8, [[1, 2]] * 3])
    choices = [{}, dict(lanes=(1,)), dict(pixels=4), dict(spikes_per_cycle=1), dict(events_per_cycle=2),
               dict(weight_banks=2), dict(potential_margin=1),
               *(dict(events_per_cycle=2, weight_banks=2, pixels=pixels) for pixels in (2, 4, 8))]
    cases = [(network, choice) for choice in choices] + [(wider, {}), (changed(steps=4), {})]
    codes = [weight_map(Design(each, Configuration(**choice, weights="loadable"))) for each, choice in cases]
    lengths = [len(load_words(Design(each, Configuration(**choice, weights="loadable")))) for each, choice in cases]
    assert len(set(codes)) == len(codes) > len(set(lengths)) and max(codes) < 1 << 32
    others = changed(weights=[[[-1, 2, 3]] * 8, [[0, 1]] * 3], thresholds=[[9, 8, 7], [2, 2]])
    assert fits(others, describe(Design(network, Configuration(weights="loadable")))) is None
    assert weight_map(Design(others, Configuration(weights="loadable"))) == codes[0]


def test_what_cannot_be_loaded_is_refused():
    wide = [Layer(np.full((600, 3), -128, np.int8), np.ones(3, np.int32), 8),
            Layer(np.ones((3, 2), np.int8), np.ones(2, np.int32), 8)]
    network = Network(4, (1, 600), wide, ["a", "b"], "")
    assert load_map(Design(network, Configuration(weights="loadable")))
    with pytest.raises(UserError, match="^layer 0 needs thresholds of 17 bits, and 16 can be loaded: choose fewer"):
        load_map(Design(network, Configuration((2,), weights="loadable")))


def test_margins_and_banks_are_for_loaded_weights_only():
    for choice in (dict(weight_banks=2), dict(potential_margin=1)):
        with pytest.raises(UserError, match="need loadable weights"):
            Configuration(**choice)
    with pytest.raises(UserError, match="weights must be constants or loadable, found 'ram'"):
        Configuration(weights="ram")
