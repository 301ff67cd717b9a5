"""What every kind of layer answers, and the dense kind: the part that integer and float layers share.

A kind is one frozen dataclass for integers and one for floats. Nothing outside asks a layer for more than these facets,
so that a network may hold kinds that nobody else knows:

kind: its name, the key of every table that has something to say for each kind, such as `golden.schedule.layers`.
title: it in the field's notation: its neurons, or channels, C and kernel, s and stride, P and pool (SP: it sums), as in
16C5P2.
inputs, neurons: how many inputs it takes, and how many spike trains it hands on, of one spike each at most.
positions: how many places of its map, before a pool, share one set of weights and thresholds, a channel each: 1 where
every neuron has its own.
takes, map: how these lie, [rows, columns, channels], numbered (row * columns + column) * channels + channel; takes is
None where that does not matter.
often: how many spike trains each unit of map has, one behind the other: neurons // prod(map), 1 but for a sum pool.
used_inputs: bool [inputs], those that some neuron listens to.
weights, thresholds: two axes and one, however neurons share them: a column of weights for each threshold.
weight_bits, bounds(most_events): integers only; the lowest and the highest potential of each neuron, int64 [neurons]
both: when each input spikes once at most, or, given a number, after so many events of any inputs.
validate(): raises UserError, naming neuron and value, unless the layer keeps the contract.
dense(): the dense layer of the same numbers that does the same, up to a pool: a pool is no layer of neurons, so
hand_on(times): the spike times of what is handed on, int16 [n, neurons], from those of the neurons of dense(), of which
bounds() speaks too.
arrays(): {part: array} in a fixed order, which its file holds; facts(): {name: value}, what the header says besides.

The kind "convolution": the same weights at every position of a map, and a pool behind.

network.py and float_network.py make an integer and a float layer of it. Dense is the convolution whose kernel is the
whole map.
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from first_spike.golden.errors import UserError


def frozen_array(array):
    """A read-only C-contiguous copy, so that a frozen layer cannot change under its hash."""
    copy = np.array(array, order="C")
    copy.setflags(write=False)
    return copy


def require_array(name, array, dtypes, ndim):
    """Raise UserError unless `array` has one of `dtypes` and `ndim` axes, none of them empty."""
    if array.dtype not in dtypes:
        raise UserError(f"{name} must be {' or '.join(dtypes)}, found {array.dtype}")
    if array.ndim != ndim or 0 in array.shape:
        raise UserError(f"{name} must have {ndim} non-empty axes, found shape {array.shape}")


@dataclass(frozen=True, eq=False)
class Dense:
    """A fully connected layer: weights [inputs, neurons] and thresholds [neurons], positive."""

    weights: np.ndarray
    thresholds: np.ndarray

    kind: ClassVar[str] = "dense"
    takes: ClassVar[None] = None
    often: ClassVar[int] = 1
    positions: ClassVar[int] = 1
    column: ClassVar[str] = "neuron"  # what a column and a row of the weights are called in messages
    row: ClassVar[str] = "input"

    def __post_init__(self):
        object.__setattr__(self, "weights", frozen_array(self.weights))
        object.__setattr__(self, "thresholds", frozen_array(self.thresholds))

    @property
    def inputs(self):
        return self.weights.shape[0]

    @property
    def neurons(self):
        return self.weights.shape[1]

    @property
    def title(self):
        return str(self.neurons)

    @property
    def map(self):
        return 1, 1, self.neurons

    @property
    def used_inputs(self):
        return self.weights.any(axis=1)

    def dense(self):
        return self

    def hand_on(self, times):
        return times

    def arrays(self):
        return {"weights": self.weights, "thresholds": self.thresholds}

    def facts(self):
        return {}

    def require_arrays(self, weights, thresholds):
        """Raise UserError unless the arrays have these dtypes (names) and belong together."""
        require_array("weights", self.weights, (weights,), 2)
        require_array("thresholds", self.thresholds, (thresholds,), 1)
        if len(self.thresholds) != self.weights.shape[1]:
            raise UserError(f"{len(self.thresholds)} thresholds for {self.weights.shape[1]} {self.column}s")


class Convolution(Dense):
    """What integer and float convolutions share, beside a field `geometry`; above stands what each facet is.

    weights [geometry.places, channels], in the order kernel row, kernel column, channel of the source; thresholds
    [channels]. Its neurons are those that count, at `geometry.positions`; it hands on the earliest spike of a window of
    the pool and channel, or, where the pool sums, all of them, unit by unit, the earliest first.
    """

    kind: ClassVar[str] = "convolution"
    column: ClassVar[str] = "channel"
    row: ClassVar[str] = "kernel place"

    @property
    def channels(self):
        return self.weights.shape[1]

    @property
    def inputs(self):
        return self.geometry.inputs

    @property
    def neurons(self):
        return math.prod(self.map) * self.often

    @property
    def often(self):
        return self.geometry.often

    @property
    def positions(self):
        return math.prod(self.geometry.positions)

    @property
    def takes(self):
        return self.geometry.source

    @property
    def title(self):
        parts = ("C", self.geometry.kernel), ("s", self.geometry.stride), (
            "SP" if self.geometry.sums else "P", self.geometry.pool)
        return str(self.channels) + "".join(
            name + "x".join(map(str, dict.fromkeys(sides)))
            for name, sides in parts if name == "C" or sides != (1, 1))

    @property
    def map(self):
        return (*self.geometry.handed, self.channels)

    @property
    def used_inputs(self):
        heard, rows, columns = self._by_place().any(axis=3), self.geometry.reached(0), self.geometry.reached(1)
        along_rows = np.zeros((len(heard), *self.takes[1:]), bool)  # [kernel rows, columns, channels]
        for j, read in enumerate(columns.T):
            along_rows[:, read[read >= 0]] |= heard[:, j, None]
        used = np.zeros(self.takes, bool)
        for i, read in enumerate(rows.T):
            used[read[read >= 0]] |= along_rows[i]
        return used.ravel()

    def dense(self):
        rows, columns = self.geometry.reached(0), self.geometry.reached(1)
        weights = np.zeros((*self.takes, *self.geometry.positions, self.channels), self.weights.dtype)
        kernel = self._by_place()
        for y, x in np.ndindex(self.geometry.positions):
            for i, j in np.ndindex(self.geometry.kernel):
                if rows[y, i] >= 0 and columns[x, j] >= 0:
                    weights[rows[y, i], columns[x, j], :, y, x] = kernel[i, j]
        count = math.prod(self.geometry.positions)
        return self._dense(weights.reshape(self.inputs, count * self.channels), np.tile(self.thresholds, count))

    def hand_on(self, times):
        return self.geometry.pooled(times)

    def facts(self):
        return self.geometry.facts()

    def require_arrays(self, weights, thresholds):
        """Raise UserError unless the arrays have these dtypes (names) and the shapes that a possible geometry needs."""
        super().require_arrays(weights, thresholds)
        self.geometry.validate()
        if len(self.weights) != self.geometry.places:
            *kernel, channels = *self.geometry.kernel, self.takes[2]
            raise UserError(f"a kernel of {kernel[0]} x {kernel[1]} on {channels} channel{'s'[:channels > 1]} needs "
                            f"weights of {self.geometry.places} rows, found {len(self.weights)}")

    def _by_place(self):
        """The weights as [kernel rows, kernel columns, channels of the source, channels]."""
        return self.weights.reshape(*self.geometry.kernel, self.takes[2], self.channels)
