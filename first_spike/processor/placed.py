"""Layers as a processor works on them: which of them are maps, in which order their inputs are numbered, and the tables
of the maps; see docs/howto/processor.md.

A map is visited position by position: a convolution of several positions is one, and each layer in front of one, since
its spikes have to name the places that the convolution reads. Every other layer is dense, whatever its kind.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from first_spike.golden.contract.geometry import Geometry
from first_spike.rtl_model.processor.limits import NIBBLE


@dataclass(frozen=True, eq=False)
class PlacedLayer:
    """weights int8 [inputs, neurons] and thresholds [neurons]: of a map a row for each place of its kernel, a column
    for each channel. geometry: of a map, else None. windows: what it hands on of each channel, 1 where it is no
    map."""

    weights: np.ndarray
    thresholds: np.ndarray
    weight_bits: int
    geometry: Geometry | None
    lanes: int

    @property
    def inputs(self):
        return len(self.weights)

    @property
    def neurons(self):
        return self.weights.shape[1]

    @property
    def folds(self):
        """Turns that the lanes take for its neurons, or channels."""
        return -(-self.neurons // self.lanes)

    @property
    def parts(self):
        """Nibbles of a weight."""
        return 1 if self.weight_bits <= NIBBLE else 2

    @property
    def positions(self):
        return 1 if self.geometry is None else int(np.prod(self.geometry.positions))

    @property
    def windows(self):
        return 1 if self.geometry is None else int(np.prod(self.geometry.handed))

    @property
    def groups(self):
        """Of up to P neurons that are handed on together."""
        return self.windows * self.folds

    @property
    def handed(self):
        """Spikes that are handed on in a step at the most, the surplus ones of a group among them."""
        if self.geometry is None:
            return self.neurons
        return self.groups * self.lanes * self.geometry.often

    @cached_property
    def reached(self):
        """(rows, columns), each int [side of the source, 3]: first position that reads it, how many do, and the place
        in the kernel that the first one reads it by."""
        found = []
        for axis in (0, 1):
            kernel, stride, padding = (sides[axis] for sides in (
                self.geometry.kernel, self.geometry.stride, self.geometry.padding))
            side = np.arange(self.geometry.source[axis]) + padding
            first = np.maximum(-((kernel - 1 - side) // stride), 0)
            last = np.minimum(side // stride, self.geometry.positions[axis] - 1)
            found.append(np.stack([first, np.maximum(last - first + 1, 0), side - first * stride], axis=1))
        return tuple(found)


def place_layers(network, lanes):
    """[PlacedLayer] of a Network in so many lanes."""
    last_map = max((number for number, layer in enumerate(network.layers)
                    if layer.kind == "convolution" and layer.positions > 1), default=-1)
    placed, source = [], network.layers[0].takes or (1, 1, network.inputs)
    for number, layer in enumerate(network.layers):
        if number <= last_map:
            geometry = layer.geometry if layer.kind == "convolution" else Geometry(source, source[:2])
            weights = layer.weights
        else:
            geometry, weights = None, layer.dense().weights
            if placed and placed[-1].geometry is not None:
                weights = _spread(weights, placed[-1])
        placed.append(PlacedLayer(weights, layer.thresholds, layer.weight_bits, geometry, lanes))
        source = layer.map
    return placed


def _spread(weights, before):
    """Rows of a dense layer behind a map: a window's channels begin with a new group of P."""
    by_window = weights.reshape(before.windows, before.neurons, -1)
    rows = np.zeros((before.windows, before.folds * before.lanes, by_window.shape[2]), weights.dtype)
    rows[:, :before.neurons] = by_window
    return rows.reshape(-1, by_window.shape[2])


def map_fields(layer):
    """{field: value} of a slot, beyond those of every layer; 0 where it is no map."""
    if layer.geometry is None:
        return {"positions": 0, "row_words": 0, "row_weights": 0, "column_weights": 0}
    (kernel_rows, kernel_columns), stride = layer.geometry.kernel, layer.geometry.stride
    channels = layer.geometry.source[2]
    return {"positions": layer.positions, "row_words": layer.geometry.positions[1],
            "row_weights": stride[0] * kernel_columns * channels if stride[0] < kernel_rows else 0,
            "column_weights": stride[1] * channels if stride[1] < kernel_columns else 0}


def reaches(layers, slots):
    """int64 [entries, 5]: for each input of the first map, then for each place and group of channels that a later one
    reads: the word of the position that reads it first, the word of weights that this one adds for the first of the
    channels, how many rows and how many columns of positions read it, each less one, and whether any do."""
    found = [np.zeros((0, 5), np.int64)]
    for number, (layer, slot) in enumerate(zip(layers, slots)):
        if layer.geometry is None:
            break
        channels = np.arange(layer.geometry.source[2])[::layer.lanes if number else 1]
        (y, y_count, i), (x, x_count, j) = (axis.T for axis in layer.reached)
        shape = len(y), len(x), len(channels)
        columns = layer.geometry.kernel[1]
        some = np.broadcast_to(((y_count > 0)[:, None] & (x_count > 0))[:, :, None], shape)
        entries = [slot["word"] + (y * layer.geometry.positions[1])[:, None, None] + x[:, None],
                   slot["weights"] + ((i * columns)[:, None, None] + j[:, None]) * layer.geometry.source[2] + channels,
                   (y_count - 1)[:, None, None], (x_count - 1)[:, None]]
        found.append(np.stack([np.where(some, entry, 0).ravel() for entry in entries] + [some.ravel()], axis=1))
    return np.concatenate(found)


def windows(layers, slots):
    """int64 [words, 2]: for each word of potentials of the maps the word of the pool that its window has, where that
    sums its own, and the number of its group of neurons for who reads it."""
    found = [np.zeros((0, 2), np.int64)]
    for number, (layer, slot) in enumerate(zip(layers, slots)):
        if layer.geometry is None:
            break
        (rows, columns), (pool_rows, pool_columns) = layer.geometry.positions, layer.geometry.pool
        window = (np.arange(rows)[:, None] // pool_rows * layer.geometry.handed[1]
                  + np.arange(columns) // pool_columns).ravel()
        folds = np.arange(layer.folds)[:, None]
        group = window * layer.folds + folds
        if layers[number + 1].geometry is not None:
            group = group + first_reach(layers, number + 1)
        pool = folds * layer.windows + window
        if layer.geometry.sums:
            pool = folds * layer.positions + np.arange(layer.positions)
        found.append(np.stack([slot["word"] + pool, group], axis=2).reshape(-1, 2))
    return np.concatenate(found)


def first_reach(layers, number):
    """The entry of the table of reaches at which those of a map begin."""
    return sum(_sources(layers, before) for before in range(number))


def count_reaches(layers):
    return sum(_sources(layers, number) for number, layer in enumerate(layers) if layer.geometry is not None)


def _sources(layers, number):
    """Entries of a map."""
    rows, columns, channels = layers[number].geometry.source
    return rows * columns * (-(-channels // layers[number].lanes) if number else channels)
