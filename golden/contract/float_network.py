"""The float network that an integer one is quantized from, with a file of the same kind."""

from dataclasses import dataclass

import numpy as np

from golden.contract.archive import write_archive
from golden.contract.base_network import BaseNetwork, frozen_array, require_array
from golden.errors import UserError


@dataclass(frozen=True, eq=False)
class FloatLayer:
    """One fully connected layer: weights float32 [inputs, neurons], thresholds float32 [neurons], positive."""

    weights: np.ndarray
    thresholds: np.ndarray

    def __post_init__(self):
        object.__setattr__(self, "weights", frozen_array(self.weights))
        object.__setattr__(self, "thresholds", frozen_array(self.thresholds))

    def validate(self):
        """Raise UserError, naming neuron and value, unless all is finite and of the right shape and type."""
        require_array("weights", self.weights, ("float32",), 2)
        require_array("thresholds", self.thresholds, ("float32",), 1)
        neurons = self.weights.shape[1]
        if len(self.thresholds) != neurons:
            raise UserError(f"{len(self.thresholds)} thresholds for {neurons} neurons")
        bad = ~np.isfinite(self.weights)
        if bad.any():
            source, neuron = np.argwhere(bad)[0]
            raise UserError(f"weight {self.weights[source, neuron]} of neuron {neuron} (input {source}) is not finite")
        wrong = np.flatnonzero(~(np.isfinite(self.thresholds) & (self.thresholds > 0)))
        if wrong.size:
            raise UserError(f"threshold {self.thresholds[wrong[0]]} of neuron {wrong[0]} must be finite and positive")


class FloatNetwork(BaseNetwork):
    """A network in floats; fields as in BaseNetwork, `layers` being `FloatLayer`s.

    The file's header says `"kind": "float"`. Weights are stored in half precision exactly when that loses
    nothing, so a trainer that wants a small file rounds its weights to float16 first.
    """

    kind = "float"

    def _header(self):
        return super()._header() | {"kind": self.kind}

    def save(self, path):
        """Write the network to `path`; the same network always gives the same bytes."""
        write_archive(path, self._header(), {name: _half_if_exact(array) if name.endswith("weights") else array
                                             for name, array in self._arrays().items()})

    @classmethod
    def _make_layers(cls, header, pairs):
        for index, (weights, _) in enumerate(pairs):
            require_array(f"layer {index}: weights", weights, ("float16", "float32"), 2)
        return [FloatLayer(weights.astype(np.float32), thresholds) for weights, thresholds in pairs]


def _half_if_exact(weights):
    with np.errstate(over="ignore"):
        half = weights.astype(np.float16)
    return half if np.array_equal(half, weights) else weights
