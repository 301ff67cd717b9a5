"""From float weights to few bits: the grid of levels, its scale, and the integer network.

A neuron fires when V > threshold. Multiplying its weights and its threshold by one factor changes nothing, so each
layer may have its own scale: level = round(weight * scale), and an integer threshold of about the scale itself when the
float threshold is 1.

The making of integer layers and networks, in the shape of the float ones that they stand for.

Quantization after training: the scale of each layer, hence what is clipped, chosen on training images.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit, prange

from first_spike.golden.contract.network import ConvolutionLayer, Layer, Network
from first_spike.golden.inference.encode import feed, take_in
from first_spike.golden.inference.infer import run_layer


def _dense(_, weights, thresholds, bits):
    return Layer(weights, thresholds, bits)


def _convolution(layer, weights, thresholds, bits):
    return ConvolutionLayer(weights, thresholds, bits, layer.geometry)


LAYERS = {"dense": _dense, "convolution": _convolution}  # kind -> maker of an integer layer


def integer_layer(layer, weights, thresholds, bits):
    """The integer layer that has the kind and shape of a float `layer`: weights int8 and thresholds int32, in arrays as
    `layer` has them, and bits of a weight. Not validated: a network does that."""
    return LAYERS[layer.kind](layer, weights, thresholds, bits)


def integer_network(float_network, layers, source):
    """The Network of integer `layers` with the steps, images and classes of `float_network`; source: text for its
    file. Raises UserError where the layers do not keep the contract."""
    return Network(float_network.steps, float_network.image_shape, layers, float_network.classes, source,
                   most_events=float_network.most_events)


HIGHEST = 1 << 24  # threshold
CLIPPED = 16  # at most this part of the largest weight is left by clipping


def levels(bits):
    """Lowest level, highest level and distance of levels for `bits` bits: 1 is -1/+1, 2 is ternary, the rest two's
    complement."""
    if bits == 1:
        return -1, 1, 2
    if bits == 2:
        return -1, 1, 1
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1, 1


@dataclass(frozen=True, eq=False)
class Grid:
    """The levels of one layer: `bits` and the factor from weight to level of each neuron (float32 [neurons])."""

    bits: int
    scales: np.ndarray

    def round(self, weights, out):
        """Write the nearest level of each weight (as float32) to `out`."""
        low, high, step = levels(self.bits)
        _round(weights, self.scales, np.float32(low), np.float32(high), np.float32(step), out)

    def hold(self, weights):
        """Keep float masters within half a level of the grid, so that a clipped weight can come back soon."""
        low, high, _ = levels(self.bits)
        _hold(weights, self.scales, np.float32(low - 0.5), np.float32(high + 0.5))


@njit(cache=True, nogil=True, parallel=True)
def _round(weights, scales, low, high, step, out):
    for i in prange(weights.shape[0]):
        for j in range(weights.shape[1]):
            level = np.rint((weights[i, j] * scales[j] - low) / step) * step + low
            out[i, j] = min(max(level, low), high)


@njit(cache=True, nogil=True, parallel=True)
def _hold(weights, scales, low, high):
    for i in prange(weights.shape[0]):
        for j in range(weights.shape[1]):
            weights[i, j] = min(max(weights[i, j], low / scales[j]), high / scales[j])


def candidates(weights, bits):
    """Integer thresholds to try: about 6 % apart, up to where the largest weight would be 16 times the top level."""
    ratio, top = 1024 ** (1 / 119), CLIPPED * max(map(abs, levels(bits)[:2]))
    largest = max(float(np.abs(weights).max()), top / HIGHEST)
    count = max(120, 1 + int(np.ceil(np.log(max(top / largest, 1)) / np.log(ratio))))
    return np.unique((ratio ** np.arange(count) * (1 + 1e-12)).astype(int))


def choose_grid(weights, bits, factor=1.0, per_channel=False):
    """The grid, and the integer threshold, that lose least of float weights whose threshold is 1.

    weights: float32 [inputs, neurons]. Candidates are integer thresholds k with the scale k + 1/2 (V > k
    in integers is V > k + 1/2, so the float threshold of 1 falls in the middle); the one with the smallest squared
    error of the weights wins, outliers being clipped. One for the whole layer, or with per_channel one for each column:
    dense networks of two layers did a little worse with it, because neurons of large weights got thresholds of few
    levels. factor: what the winner is multiplied with; the smallest error is not always where training goes best.
    Returns (Grid, thresholds int32 [neurons]).
    """
    neurons = weights.shape[1]
    if per_channel:
        grids, thresholds = zip(*(choose_grid(np.ascontiguousarray(column[:, None]), bits, factor)
                                  for column in weights.T))
        return Grid(bits, np.concatenate([grid.scales for grid in grids])), np.concatenate(thresholds)
    best, threshold = np.inf, 1
    out = np.empty_like(weights)
    for k in candidates(weights, bits):
        scale = np.float32(k + 0.5)
        Grid(bits, np.full(neurons, scale)).round(weights, out)
        error = np.square(out / scale - weights).sum(dtype=np.float64)
        if error < best:
            best, threshold = error, k
    threshold = max(round(threshold * factor), 1)
    return Grid(bits, np.full(neurons, threshold + 0.5, np.float32)), np.full(neurons, threshold, np.int32)


FACTORS = (0.4, 0.5, 0.63, 0.8, 1.0, 1.25, 1.6, 2.0)  # of the threshold with the smallest squared error of the weights


def calibrate(float_network, bits, images, labels, known=None):
    """Integer layers for a float network, as a list. known: of each layer the integer layer that it already has, or
    None (default: none has).

    The finer the levels, the more large weights are clipped. Layer by layer, the integer threshold that stands for the
    float one is chosen on `images` (uint8 [n, r, c], or Recordings), the layers after it being float still: by how many
    are classified as by the float network, and how many as `labels` say, in one sum. Labels alone would choose by
    chance where all of them are right nearly always; the float network alone, where bits are too few to do as it does.
    At equal sums the one nearest to the smallest squared error of the weights wins. bits: one per layer. The output
    threshold stands for that of the float network; `thresholds.retune` chooses it anew.
    """
    (train, _), layers = take_in(float_network, images), []
    theirs = _classes(train, float_network.steps, float_network.layers)
    for k, (layer, width) in enumerate(zip(float_network.layers, bits)):
        if known and known[k]:
            layers.append(known[k])
            train = feed(layers[-1], run_layer(layers[-1], train, float_network.steps)[0], float_network.steps)
            continue
        normal = (layer.weights / layer.thresholds.astype(np.float64)).astype(np.float32)
        _, best = choose_grid(normal, width)
        tried = []
        for factor in FACTORS:
            threshold = max(int(round(best[0] * factor)), 1)
            grid = Grid(width, np.full(len(best), threshold + 0.5, np.float32))
            levels = np.empty_like(normal)
            grid.round(normal, levels)
            made = integer_layer(layer, levels.astype(np.int8), np.full(len(best), threshold, np.int32), width)
            found = _classes(train, float_network.steps, [made, *float_network.layers[k + 1:]])
            tried.append((np.sum(found == theirs) + np.sum(found == labels), -abs(np.log(factor)), made))
        layers.append(max(tried, key=lambda entry: entry[:2])[2])
        train = feed(layers[-1], run_layer(layers[-1], train, float_network.steps)[0], float_network.steps)
    return layers


def _classes(train, steps, layers):
    """Of each image the class that the layers find, the first being fed `train`, as for `run_layer`."""
    for layer in layers:
        sums = np.float64 if np.issubdtype(layer.thresholds.dtype, np.floating) else None
        times, potentials = run_layer(layer, train, steps, sums)
        train = feed(layer, times, steps)
    return potentials.argmax(axis=1)
