"""The `decision` learning rule: cross-entropy of the potentials in the step in which the network decides.

The forward pass is the inference of the contract, event by event. In the decision step c (the first one in which an
output neuron fires, or the last one when none does) the output potentials V, in units of the threshold, give

    g = softmax(V / temperature) - onehot(label)

and g is what the output layer is told. A hidden neuron h of any layer is told

    (sum over the neurons j of the next layer of told[j] w[h, j]) * max(0, 1 - |M_h - 1| / width)

where M_h is the largest potential that it had at the end of a step, in units of its threshold, spike or no spike, so that
neurons that nearly fired learn as well. A weight's gradient is what its neuron is told, for every image in which its
input spiked by the step of that largest potential (output layer: by c).
"""

import math

import numpy as np
from numba import njit, prange

from golden.learner import sort_by_step

SILENT_PUSH = 0.5
# Errors are rounded to this grid, so that a last-bit difference between two machines' exp() does not make two trainings.
ERROR_GRID = 65536.0


class Trace:
    """What a forward pass over a batch leaves behind: arrays over [batch, neurons of all layers, one after the other].

    spike_times int32 (T: silent), potentials float32, peaks float32 (largest potential), peak_times int32 (its step; for
    the output layer the decision step), told float32 (the error of each neuron); decisions int32 [batch] (T: silent),
    ties bool [batch], winners int32 [batch].
    """

    def __init__(self, batch, sizes):
        shape = (batch, sum(sizes))
        self.spike_times = np.empty(shape, np.int32)
        self.potentials = np.empty(shape, np.float32)
        self.peaks = np.empty(shape, np.float32)
        self.peak_times = np.empty(shape, np.int32)
        self.told = np.empty(shape, np.float32)
        self.decisions = np.empty(batch, np.int32)
        self.ties = np.empty(batch, np.bool_)
        self.winners = np.empty(batch, np.int32)
        self.starts = np.cumsum([0, *sizes]).astype(np.int64)

    def layer(self, name, index):
        """The columns of array `name` that belong to layer `index` (a view)."""
        return getattr(self, name)[:, self.starts[index]:self.starts[index + 1]]


@njit(cache=True)
def _add_rows(potentials, weights, rows, count):
    for r in range(count):
        row = weights[rows[r]]
        for j in range(potentials.size):
            potentials[j] += row[j]


@njit(cache=True)
def _fire(potentials, thresholds, peaks, peak_times, spike_times, step, silent, fired):
    """End of a step for one layer: note peaks, fire what is above its threshold, return how many fired."""
    for j in range(potentials.size):
        higher = potentials[j] > peaks[j]
        peaks[j] = potentials[j] if higher else peaks[j]
        peak_times[j] = step if higher else peak_times[j]
    count = 0
    for j in range(potentials.size):
        fires = potentials[j] > thresholds[j] and spike_times[j] == silent
        spike_times[j] = step if fires else spike_times[j]
        fired[count] = j  # stays only if counted: without a branch, this loop is three times as fast
        count += fires
    return count


@njit(cache=True)
def _output_errors(potentials, unit, label, decided, told):
    """Softmax of potentials / unit minus one-hot; when nothing fired, push the label's potential up."""
    top = potentials[0]
    for j in range(1, potentials.size):
        top = max(top, potentials[j])
    total = 0.0
    for j in range(potentials.size):
        total += math.exp((potentials[j] - top) / unit)
    for j in range(potentials.size):
        error = math.exp((potentials[j] - top) / unit) / total
        if j == label:
            error -= 1.0 if decided else 1.0 + SILENT_PUSH
        told[j] = np.rint(error * ERROR_GRID) / ERROR_GRID


@njit(cache=True, parallel=True)
def forward(times, steps, weights, thresholds, temperature, endless, labels, starts,
            spike_times, potentials, peaks, peak_times, told, decisions, ties, winners):
    """Run a batch, each image to its decision, and write the output errors.

    times int16 [batch, inputs]; weights, thresholds: tuples of float32 [inputs, neurons] and [neurons], in any unit;
    temperature: of the softmax, in units of the output threshold; endless bool [batch]: images for which the output
    layer does not fire, so that the loss sees the whole stream; labels int64 [batch]. The remaining arguments are those of a Trace.
    """
    layers = len(weights)
    for n in prange(times.shape[0]):
        order = np.empty(times.shape[1], np.int64)
        first = np.empty(steps + 1, np.int64)
        fired = np.empty(starts[layers] + 1, np.int64)
        sort_by_step(times[n], steps, order, first)
        potentials[n] = 0
        peaks[n] = 0
        peak_times[n] = -1
        spike_times[n] = steps
        decision = steps
        output = starts[layers - 1]
        for t in range(steps):
            count = first[t + 1] - first[t]
            rows = order[first[t]:first[t + 1]]
            for k in range(layers):
                if count == 0:
                    break
                a, b = starts[k], starts[k + 1]
                _add_rows(potentials[n, a:b], weights[k], rows, count)
                if k == layers - 1 and endless[n]:
                    break
                count = _fire(potentials[n, a:b], thresholds[k], peaks[n, a:b], peak_times[n, a:b],
                              spike_times[n, a:b], t, steps, fired[a:b + 1])
                rows = fired[a:b + 1]
                if k == layers - 1 and count > 0:
                    decision = t
                    ties[n] = count > 1
            if decision < steps:
                break
        decisions[n] = decision
        if decision == steps:
            ties[n] = False
        peak_times[n, output:] = min(decision, steps - 1)
        winner = 0
        for j in range(1, starts[layers] - output):
            if potentials[n, output + j] > potentials[n, output + winner]:
                winner = j
        winners[n] = winner
        _output_errors(potentials[n, output:], thresholds[layers - 1][0] * temperature, labels[n],
                       decision < steps or endless[n], told[n, output:])


@njit(cache=True, parallel=True)
def backward(weights, thresholds, width, starts, peaks, told):
    """Tell the hidden layers, last to first (arguments as in `forward`; `told` of the output layer is given).

    width: half the base of the triangle that stands for a spike's slope, in units of the threshold.
    """
    layers = len(weights)
    for n in prange(told.shape[0]):
        for k in range(layers - 2, -1, -1):
            a, b, c = starts[k], starts[k + 1], starts[k + 2]
            later = weights[k + 1]
            share = told[n, b:c] / thresholds[k + 1]
            for h in range(b - a):
                peak = peaks[n, a + h] / thresholds[k][h]
                slope = np.float32(1) - abs(peak - np.float32(1)) / width
                error = np.float32(0)
                if slope > 0:
                    for j in range(c - b):
                        error += share[j] * later[h, j]
                    error *= slope
                told[n, a + h] = error
