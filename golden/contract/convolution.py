"""The kind "convolution": the same weights at every position of a map, and a pool behind.

network.py and float_network.py make an integer and a float layer of it. Dense is the convolution whose kernel is the
whole map.
"""

import math
from typing import ClassVar

import numpy as np

from first_spike.golden.contract.dense import Dense
from first_spike.golden.errors import UserError


class Convolution(Dense):
    """What integer and float convolutions share, beside a field `geometry`; dense.py says what each facet is.

    weights [geometry.places, channels], in the order kernel row, kernel column, channel of the source; thresholds
    [channels]. Its neurons are those that count, at `geometry.positions`; it hands on those of the pool.
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
        return math.prod(self.map)

    @property
    def positions(self):
        return math.prod(self.geometry.positions)

    @property
    def takes(self):
        return self.geometry.source

    @property
    def title(self):
        parts = ("C", self.geometry.kernel), ("s", self.geometry.stride), ("P", self.geometry.pool)
        return str(self.channels) + "".join(
            name + "x".join(map(str, dict.fromkeys(sides)))
            for name, sides in parts if name == "C" or sides != (1, 1))

    @property
    def map(self):
        return (*self.geometry.handed, self.channels)

    @property
    def used_inputs(self):
        used, heard = np.zeros(self.takes, bool), self._by_place().any(axis=3)
        rows, columns = self.geometry.reached(0), self.geometry.reached(1)
        for i, j in np.ndindex(self.geometry.kernel):
            used[np.ix_(rows[rows[:, i] >= 0, i], columns[columns[:, j] >= 0, j])] |= heard[i, j]
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
