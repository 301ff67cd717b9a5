"""Layers as a processor works on them: which of them are maps, and in which order their inputs are numbered; see
docs/howto/processor.md.

A map is visited position by position: a convolution of several positions is one, and each layer in front of one, since
its spikes have to name the places that the convolution reads. Every other layer is dense, whatever its kind.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from first_spike.golden.contract.geometry import Geometry
from first_spike.golden.contract.processor import NIBBLE


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
