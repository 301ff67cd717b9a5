"""From float weights to few bits: the grid of levels, its scale, and the integer network.

A neuron fires when V > threshold. Multiplying its weights and its threshold by one factor changes nothing, so each
neuron may have its own scale: level = round(weight * scale), and an integer threshold of about the scale itself when the
float threshold is 1. Output neurons share one scale, because their potentials are compared with each other.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit, prange


def levels(bits):
    """Lowest level, highest level and distance of levels for `bits` bits: 1 is -1/+1, 2 is ternary, the rest two's complement."""
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


@njit(cache=True, parallel=True)
def _round(weights, scales, low, high, step, out):
    for i in prange(weights.shape[0]):
        for j in range(weights.shape[1]):
            level = np.rint((weights[i, j] * scales[j] - low) / step) * step + low
            out[i, j] = min(max(level, low), high)


@njit(cache=True, parallel=True)
def _hold(weights, scales, low, high):
    for i in prange(weights.shape[0]):
        for j in range(weights.shape[1]):
            weights[i, j] = min(max(weights[i, j], low / scales[j]), high / scales[j])


def choose_grid(weights, bits, per_neuron, highest=1024):
    """The grid, and the integer thresholds, that lose least of float weights whose threshold is 1.

    weights: float32 [inputs, neurons]. Candidates are the integer thresholds k = 1 .. highest with the scale k + 1/2 (V > k
    in integers is V > k + 1/2, so the float threshold of 1 falls in the middle); the one with the smallest squared
    error of the weights wins, outliers being clipped. per_neuron: each its own, else one for the layer.
    Returns (Grid, thresholds int32 [neurons]).
    """
    neurons = weights.shape[1]
    best, thresholds = np.full(neurons, np.inf), np.ones(neurons, np.int32)
    out = np.empty_like(weights)
    candidates = np.unique(np.geomspace(1, highest, 120).astype(np.int32))
    for k in candidates:
        scale = np.float32(k + 0.5)
        Grid(bits, np.full(neurons, scale)).round(weights, out)
        error = np.square(out / scale - weights).sum(axis=0, dtype=np.float64)
        if not per_neuron:
            error[:] = error.sum()
        better = error < best
        best[better], thresholds[better] = error[better], k
    return Grid(bits, (thresholds + 0.5).astype(np.float32)), thresholds
