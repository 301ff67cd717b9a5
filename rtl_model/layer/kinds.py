"""What the hardware has to say for each kind of layer: nothing else in this package knows which kinds there are."""

from collections.abc import Callable
from typing import NamedTuple

from first_spike.golden.contract.configuration import ROW
from first_spike.rtl_model.layer.if_layer import if_layer
from first_spike.rtl_model.layer.if_layer_folded import if_layer_folded
from first_spike.rtl_model.layer.if_layer_map import if_layer_map
from first_spike.rtl_model.layer.if_layer_rows import if_layer_rows
from first_spike.rtl_model.shape.layer_shape import layer_contents, layer_shape, loaded_shape
from first_spike.rtl_model.shape.map_shape import map_contents, map_shape
from first_spike.rtl_model.shape.placement import layer_feeds
from first_spike.rtl_model.shape.row_shape import row_contents, row_shape


class Kind(NamedTuple):
    """How a golden layer of one kind becomes hardware.

    shape(layer, lanes, feed, name): its LayerShape; contents(layer, shape, feed): its LayerContents; block(shape): the
    block that does its work, with the ports of `if_layer`.
    """

    shape: Callable
    contents: Callable
    block: Callable


def dense_block(shape):
    """A lane to each neuron needs no folds, nor what counts them."""
    return if_layer if shape.folds == 1 else if_layer_folded


def shape_of_convolution(layer, lanes, feed, name):
    """At one position a convolution is a dense layer."""
    if layer.positions == 1:
        return layer_shape(layer.dense(), lanes, feed, name)
    return map_shape(layer, lanes, feed, name)


def contents_of_convolution(layer, shape, feed):
    """As the shape asks for."""
    if layer.positions == 1:
        return layer_contents(layer.dense(), shape, feed)
    return map_contents(layer, shape, feed)


def block_of_convolution(shape):
    """As the shape asks for."""
    return if_layer_map if shape.is_map else dense_block(shape)


KINDS = {"dense": Kind(layer_shape, layer_contents, dense_block),
         "convolution": Kind(shape_of_convolution, contents_of_convolution, block_of_convolution)}
KINDS_BY_ROWS = {"convolution": Kind(row_shape, row_contents, lambda shape: if_layer_rows)}  # a kernel row a cycle
LOADED_KINDS = ("dense",)  # whose blocks take loaded weights


def kinds_of_layers(design):
    """For each layer its Kind."""
    parts = zip(design.network.layers, design.taps, strict=True)
    return [(KINDS_BY_ROWS if taps == ROW else KINDS)[layer.kind] for layer, taps in parts]


def layer_shapes(design):
    """For each layer its LayerShape. Raises UserError for a kind of layer that has no hardware."""
    network = design.network
    network.require_kinds(KINDS, "hardware")
    lanes = design.lanes
    parts = zip(kinds_of_layers(design), network.layers, layer_feeds(design),
                strict=True)
    shapes = [kind.shape(layer, lanes[k], feed, f"layer{k}") for k, (kind, layer, feed) in enumerate(parts)]
    if not design.configuration.is_loadable:
        return shapes
    network.require_images("hardware with loaded weights")
    network.require_kinds(LOADED_KINDS, "hardware with loaded weights")
    return [loaded_shape(shape, layer, design.configuration) for shape, layer in zip(shapes, network.layers,
                                                                                     strict=True)]


def contents_of_layers(design):
    """For each layer its LayerContents."""
    parts = zip(kinds_of_layers(design), design.network.layers, layer_shapes(design),
                layer_feeds(design), strict=True)
    return [kind.contents(layer, shape, feed) for kind, layer, shape, feed in parts]


def blocks_of_layers(design):
    """For each layer the block that does its work."""
    parts = zip(kinds_of_layers(design), layer_shapes(design), strict=True)
    return [kind.block(shape) for kind, shape in parts]
