"""What every kind of layer answers, and the dense kind: the part that integer and float layers share.

A kind is one frozen dataclass for integers and one for floats. Nothing outside asks a layer for more than these facets,
so that a network may hold kinds that nobody else knows:

kind: its name, the key of every table that has something to say for each kind, such as `golden.schedule.layers`.
inputs, neurons: how many spike trains it takes and hands on.
weights, thresholds: two axes and one, however neurons share them: a column of weights for each threshold.
weight_bits, bounds(): integers only; the lowest and the highest potential of each neuron, int64 [neurons] both.
validate(): raises UserError, naming neuron and value, unless the layer keeps the contract.
dense(): the dense layer of the same numbers that does the same.
arrays(): {part: array} in a fixed order, which its file holds; facts(): {name: value}, what the header says besides.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from golden.errors import UserError


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

    def __post_init__(self):
        object.__setattr__(self, "weights", frozen_array(self.weights))
        object.__setattr__(self, "thresholds", frozen_array(self.thresholds))

    @property
    def inputs(self):
        return self.weights.shape[0]

    @property
    def neurons(self):
        return self.weights.shape[1]

    def dense(self):
        return self

    def arrays(self):
        return {"weights": self.weights, "thresholds": self.thresholds}

    def facts(self):
        return {}

    def require_arrays(self, weights, thresholds):
        """Raise UserError unless the arrays have these dtypes (names) and belong together."""
        require_array("weights", self.weights, (weights,), 2)
        require_array("thresholds", self.thresholds, (thresholds,), 1)
        if len(self.thresholds) != self.neurons:
            raise UserError(f"{len(self.thresholds)} thresholds for {self.neurons} neurons")
