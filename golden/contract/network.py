"""The integer network, which is the contract: what the hardware computes, and the file that holds it.

The float network that an integer one is quantized from, with a file of the same kind.
"""

from dataclasses import dataclass

import numpy as np

from first_spike.golden.contract.base_network import BaseNetwork, is_int
from first_spike.golden.contract.geometry import Geometry
from first_spike.golden.contract.layers import Convolution, Dense, require_array
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

    def _plain_header(self):
        return super()._plain_header() | {"kind": self.kind}

    def _validate_calibration(self):
        if self.calibration is not None:
            raise UserError("only a network in integers has a calibration: quantize it, then calibrate")

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


INT32_MAX = np.iinfo(np.int32).max


def weight_range(bits):
    """(lowest, highest) weight that `bits` hold: two's complement, or -1 and +1 alone when `bits` is 1."""
    return (-1, 1) if bits == 1 else (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)


@dataclass(frozen=True, eq=False)
class Layer(Dense):
    """One fully connected layer in integers.

    weights: int8 [inputs, neurons]; 1 bit is stored as -1 / +1.
    thresholds: int32 [neurons], positive; a neuron fires when its potential exceeds it strictly.
    weight_bits: 1 to 8.
    """

    weight_bits: int

    def validate(self):
        """Raise UserError, naming neuron and value, unless the layer keeps the contract."""
        self.require_arrays("int8", "int32")
        if not is_int(self.weight_bits) or not 1 <= self.weight_bits <= 8:
            raise UserError(f"weight_bits must be an integer from 1 to 8, found {self.weight_bits!r}")
        self._validate_weights()
        wrong = np.flatnonzero(self.thresholds <= 0)
        if wrong.size:
            raise UserError(f"threshold {self.thresholds[wrong[0]]} of {self.column} {wrong[0]} must be positive")
        lowest, highest = self.bounds()
        if max(-lowest.min(), highest.max()) > INT32_MAX:
            raise UserError("the potentials need more than 32 bits")

    def bounds(self, most_events=None):
        """(lowest, highest) potential that each neuron can reach, both int64 [neurons].

        These are the sums of its negative and of its positive weights; 0, the potential at the start, always lies
        between them. most_events: that many events, of which all may be of one input; the sums are then of its smallest
        and of its largest weight so many times.
        """
        if most_events is not None:
            return (np.minimum(self.weights.min(axis=0), 0).astype(np.int64) * most_events,
                    np.maximum(self.weights.max(axis=0), 0).astype(np.int64) * most_events)
        return (np.minimum(self.weights, 0).sum(axis=0, dtype=np.int64),
                np.maximum(self.weights, 0).sum(axis=0, dtype=np.int64))

    def _validate_weights(self):
        low, high = weight_range(self.weight_bits)
        bad = (self.weights < low) | (self.weights > high)
        if self.weight_bits == 1:
            bad |= self.weights == 0
        if bad.any():
            row, column = np.argwhere(bad)[0]
            allowed = "-1 and +1" if self.weight_bits == 1 else f"{low} to {high}"
            raise UserError(f"weight {self.weights[row, column]} of {self.column} {column} ({self.row} {row}) does not "
                            f"fit in {self.weight_bits} bit{'s'[:self.weight_bits > 1]}, which hold {allowed}")


@dataclass(frozen=True, eq=False)
class ConvolutionLayer(Convolution, Layer):
    """A convolution in integers; weights, thresholds and weight_bits as in Layer, for each channel."""

    geometry: Geometry

    def bounds(self, most_events=None):
        # at a border neurons read less than the whole kernel
        rows, columns = ((self.geometry.reached(axis) >= 0).astype(np.int64) for axis in (0, 1))
        kernel = self._by_place().astype(np.int64)
        if most_events is not None:
            return tuple(_reached_extreme(part, kernel, rows, columns) * most_events
                         for part in (np.minimum, np.maximum))
        return tuple(np.einsum("yi,xj,ijo->yxo", rows, columns, part(kernel, 0).sum(axis=2), optimize=True).ravel()
                     for part in (np.minimum, np.maximum))

    def _dense(self, weights, thresholds):
        # -1 and +1 leave no weight for what a neuron does not read
        return Layer(weights, thresholds, self.weight_bits if weights.all() else max(self.weight_bits, 2))


def _reached_extreme(extreme, kernel, rows, columns):
    """int64 [neurons]: np.minimum or np.maximum of 0 and the weights that each neuron of a convolution reads.

    kernel [kernel rows, kernel columns, source channels, channels]; rows, columns: 0 / 1 [positions, kernel], what is
    read along each axis.
    """
    found = extreme.reduce(kernel, axis=2, initial=0)
    along_rows = extreme.reduce(rows[:, :, None, None] * found, axis=1, initial=0)
    return extreme.reduce(columns[:, :, None] * along_rows[:, None], axis=2, initial=0).ravel()


class Network(BaseNetwork):
    """A network in integers; fields as in BaseNetwork, `layers` being `Layer`s and `ConvolutionLayer`s.

    The file has the arrays `layerK_weights` (int8), `layerK_thresholds` (int32) and a `header` whose
    `weight_bits` lists the bits of each layer. A calibration, and nothing else, makes its format 4.
    """

    kind = "integer"
    header_keys = BaseNetwork.header_keys | {"weight_bits"}
    calibration_keys = {"calibration"}

    def validate(self):
        super().validate()
        wide = [(index, "behind a sum pool") for index, layer in enumerate(self.layers[:-1], 1) if layer.often > 1]
        if self.most_events is not None:
            wide.append((0, f"with {self.most_events} events"))
        for index, cause in wide:
            lowest, highest = self.bounds(index)
            if max(-lowest.min(), highest.max()) > INT32_MAX:
                raise UserError(f"layer {index}: {cause} the potentials need more than 32 bits")

    def bounds(self, index):
        """(lowest, highest) potential that each neuron of layer `index` can reach, both int64 [neurons]; the first
        layer may be fed events, and one behind a sum pool several spikes of each input."""
        if index == 0:
            return self.layers[0].bounds(self.most_events)
        return tuple(self.layers[index - 1].often * bound for bound in self.layers[index].bounds(None))

    def _bits(self):
        bits = [layer.weight_bits for layer in self.layers]
        kept = sum(layer.weights.size * width for layer, width in zip(self.layers, bits)) / 8192
        return f" of {', '.join(map(str, bits))} bits, {kept:.1f} KiB"

    def _plain_header(self):
        return super()._plain_header() | {"weight_bits": [layer.weight_bits for layer in self.layers]}

    @classmethod
    def _make_layers(cls, header, pairs, geometries):
        bits = header["weight_bits"]
        if not isinstance(bits, list) or len(bits) != len(pairs):
            raise UserError(f"weight_bits must list one width for each of the {len(pairs)} layers, found {bits!r}")
        return [
            Layer(*pair, width) if geometry is None else ConvolutionLayer(*pair, width, geometry)
            for pair, width, geometry in zip(pairs, bits, geometries)]
