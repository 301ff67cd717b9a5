"""What the hardware of each kind of layer is built as, and filled with: nothing else knows which kinds there are."""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from first_spike.golden.contract.configuration import ROW
from first_spike.rtl_model.shape.derived import derived
from first_spike.rtl_model.shape.layer_shape import layer_contents, layer_shape, needed_bits
from first_spike.rtl_model.shape.map_shape import map_contents, map_shape
from first_spike.rtl_model.shape.placement import layer_feeds
from first_spike.rtl_model.shape.row_shape import row_contents, row_shape

SPRAM_BITS = 1 << 16  # of a memory of weights from which on SPRAM is worth it: a quarter of one, 16 block RAMs of iCE40


class Kind(NamedTuple):
    """How a golden layer of one kind becomes hardware.

    shape(layer, lanes, feed, name): what its block is built as; contents(layer, shape, feed): what fills it.
    """

    shape: Callable
    contents: Callable


def shape_of_convolution(layer, lanes, feed, name):
    """At one position a convolution is a dense layer."""
    return (layer_shape if layer.positions == 1 else map_shape)(as_built(layer), lanes, feed, name)


def contents_of_convolution(layer, shape, feed):
    """As the shape asks for."""
    return (layer_contents if layer.positions == 1 else map_contents)(as_built(layer), shape, feed)


def as_built(layer):
    """The golden layer that the hardware is built for."""
    return layer.dense() if layer.positions == 1 else layer


KINDS = {"dense": Kind(layer_shape, layer_contents),
         "convolution": Kind(shape_of_convolution, contents_of_convolution)}
KINDS_BY_ROWS = {"convolution": Kind(row_shape, row_contents)}  # a kernel row a cycle


def kinds_of_layers(design):
    """For each layer its Kind."""
    parts = zip(design.network.layers, design.taps, strict=True)
    return [(KINDS_BY_ROWS if taps == ROW else KINDS)[layer.kind] for layer, taps in parts]


@derived
def layer_shapes(design):
    """For each layer its shape. Raises UserError for a kind of layer that has no hardware."""
    network = design.network
    network.require_kinds(KINDS, "hardware")
    parts = zip(kinds_of_layers(design), network.layers, design.lanes, layer_feeds(design), strict=True)
    shapes = []
    for k, (kind, layer, lanes, feed) in enumerate(parts):
        shape = kind.shape(layer, lanes, feed, f"layer{k}")
        if shape.is_map:
            shape = replace(shape, distributed=design.configuration.is_distributed)
        shapes.append(loaded_shape(shape, as_built(layer), feed, design.configuration)
                      if design.configuration.is_loadable else shape)
    return shapes


def loaded_shape(shape, layer, feed, configuration):
    """The shape of a golden layer, fed by `feed`, made into one with loaded weights: as wide as the layer needs, and
    wider by the margin that the Configuration leaves to others."""
    needed, margin = needed_bits(layer, shape.lanes, feed.most_events, feed.often), configuration.potential_margin
    return replace(shape, weight_banks=configuration.weight_banks, potential_bits=needed.potential + margin,
                   start_bits=needed.start + margin,
                   spram=configuration.in_spram and shape.weight_memory_bits > SPRAM_BITS)


@derived
def contents_of_layers(design):
    """For each layer what fills its hardware."""
    parts = zip(kinds_of_layers(design), design.network.layers, layer_shapes(design),
                layer_feeds(design), strict=True)
    return [kind.contents(layer, shape, feed) for kind, layer, shape, feed in parts]
