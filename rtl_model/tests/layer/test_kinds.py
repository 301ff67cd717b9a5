"""Kinds of layers: nothing but the table knows them."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Layer, Network
from first_spike.golden.errors import UserError
from first_spike.golden.schedule.layers import describe
from first_spike.rtl_model.accelerator import block_of
from first_spike.rtl_model.layer.if_layer import if_layer
from first_spike.rtl_model.layer.if_layer_folded import if_layer_folded
from first_spike.rtl_model.layer.if_layer_map import if_layer_map
from first_spike.rtl_model.shape.kinds import KINDS, contents_of_layers, layer_shapes
from first_spike.rtl_model.simulate import simulate
from tb.helpers.random_networks import random_images, random_layer, worded_network

CONFIGURATION = Configuration((4,), 4)


@dataclass(frozen=True, eq=False)
class Twin(Layer):
    """A dense layer under another name."""

    kind: ClassVar[str] = "twin"


def network_of(layer_type):
    rng = np.random.default_rng(1)
    layers = [random_layer(rng, 12, 6, 3, shared=False), random_layer(rng, 6, 3, 4, shared=True)]
    layers[0] = layer_type(layers[0].weights, layers[0].thresholds, layers[0].weight_bits)
    return Network(8, (3, 4), layers, list("abc"), "random, seed 1")


def test_dense_layers_take_folds_only_where_lanes_are_fewer():
    network = network_of(Layer)
    shapes = layer_shapes(Design(network, CONFIGURATION))
    assert [block_of(shape) for shape in shapes] == [if_layer_folded, if_layer]
    assert [shape.folds for shape in shapes] == [2, 1]
    assert [len(contents.initials) for contents in contents_of_layers(Design(network, CONFIGURATION))] == [2, 1]


def test_a_convolution_of_one_position_is_a_dense_layer():
    network = worded_network(np.random.default_rng(1), "conv 5 3x3 pool 2, conv 3 2x2", (6, 6), (4, 4), 8)
    shapes, contents = layer_shapes(Design(network, CONFIGURATION)), contents_of_layers(Design(network, CONFIGURATION))
    assert [block_of(shape) for shape in shapes] == [if_layer_map, if_layer]
    assert [(shape.lanes, shape.folds, shape.ways) for shape in shapes] == [(4, 8, 1), (3, 1, 4)]
    assert [len(each.words) for each in contents] == [1, 4]


@pytest.mark.parametrize("pool, most", [("pool", 2 * 4 + 4), ("sum", 2 * 4 * 6 + 4)])
def test_a_map_hands_on_a_vector_for_each_spike_and_each_step_at_the_most(pool, most):
    """Of two windows and three channels in two folds of two lanes, one of which nobody has; six neurons in each."""
    network = worded_network(np.random.default_rng(1), f"conv 3 1x1 {pool} 2x3, dense 2", (4, 3), (4, 4), 4)
    design = Design(network, Configuration((2, 2), 1))
    shape = layer_shapes(design)[0]
    assert shape.most_vectors(4) == describe(design)[1].vectors[0] == most


@pytest.mark.long
def test_a_second_kind_is_an_entry_in_the_table(monkeypatch):
    network = network_of(Twin)
    with pytest.raises(UserError, match="twin, for which there is no hardware"):
        layer_shapes(Design(network, CONFIGURATION))
    asked = []

    def contents(layer, shape, feed):
        asked.append(shape.name)
        return KINDS["dense"].contents(layer, shape, feed)

    monkeypatch.setitem(KINDS, "twin", KINDS["dense"]._replace(contents=contents))
    images = random_images(np.random.default_rng(2), network)[3:5]
    found, expected = (simulate(Design(each, CONFIGURATION), images) for each in (network, network_of(Layer)))
    assert found.words.tolist() == expected.words.tolist() and asked == ["layer0"]
