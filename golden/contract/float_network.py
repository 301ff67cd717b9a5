"""The float network that an integer one is quantized from, with a file of the same kind."""

from dataclasses import dataclass

import numpy as np

from first_spike.golden.contract.base_network import BaseNetwork
from first_spike.golden.contract.convolution import Convolution
from first_spike.golden.contract.dense import Dense, require_array
from first_spike.golden.contract.geometry import Geometry
from first_spike.golden.errors import UserError


@dataclass(frozen=True, eq=False)
class FloatLayer(Dense):
    """One fully connected layer in floats: weights float32 [inputs, neurons], thresholds float32 [neurons] > 0."""

    def validate(self):
        """Raise UserError, naming neuron and value, unless all is finite and of the right shape and type."""
        self.require_arrays("float32", "float32")
        bad = ~np.isfinite(self.weights)
        if bad.any():
            source, neuron = np.argwhere(bad)[0]
            raise UserError(f"weight {self.weights[source, neuron]} of {self.column} {neuron} ({self.row} {source}) is "
                            f"not finite")
        wrong = np.flatnonzero(~(np.isfinite(self.thresholds) & (self.thresholds > 0)))
        if wrong.size:
            raise UserError(f"threshold {self.thresholds[wrong[0]]} of {self.column} {wrong[0]} must be finite and "
                            f"positive")


@dataclass(frozen=True, eq=False)
class FloatConvolutionLayer(Convolution, FloatLayer):
    """A convolution in floats; weights and thresholds as in FloatLayer, for each channel."""

    geometry: Geometry

    def _dense(self, weights, thresholds):
        return FloatLayer(weights, thresholds)


class FloatNetwork(BaseNetwork):
    """A network in floats; fields as in BaseNetwork, `layers` being `FloatLayer`s and `FloatConvolutionLayer`s.

    The file's header says `"kind": "float"`. Weights are stored in half precision exactly when that loses
    nothing, so a trainer that wants a small file rounds its weights to float16 first.
    """

    kind = "float"

    def _header(self):
        return super()._header() | {"kind": self.kind}

    def _stored_arrays(self):
        return {name: _half_if_exact(array) if name.endswith("weights") else array
                for name, array in self._arrays().items()}

    @classmethod
    def _make_layers(cls, header, pairs, geometries):
        for index, (weights, _) in enumerate(pairs):
            require_array(f"layer {index}: weights", weights, ("float16", "float32"), 2)
        pairs = [(weights.astype(np.float32), thresholds) for weights, thresholds in pairs]
        return [FloatLayer(*pair) if geometry is None else FloatConvolutionLayer(*pair, geometry)
                for pair, geometry in zip(pairs, geometries)]


def _half_if_exact(weights):
    with np.errstate(over="ignore"):
        half = weights.astype(np.float16)
    return half if np.array_equal(half, weights) else weights
