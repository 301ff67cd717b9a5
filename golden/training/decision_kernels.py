"""The `decision` learning rule: cross-entropy of the potentials in the step in which the network decides.

The forward pass is the inference of the contract, event by event. In the decision step c (the first one in which an
output neuron fires, or the last one when none does) the output potentials V, in units of the threshold, give

    g = softmax(V / temperature) - onehot(label)

and g is what the output layer is told, as a Loss says in full. A hidden neuron h of any layer is told

    (sum over the neurons j of the next layer of told[j] w[h, j]) * max(0, 1 - |M_h - 1| / width)

where M_h is the largest potential that it had at the end of a step, in units of its threshold, spike or no spike, so
that neurons that nearly fired learn as well. A weight's gradient is what its neuron is told, for every image in which
its input spiked by the step of that largest potential (output layer: by c); in recordings, where an input may spike
again, so many times. An image may weigh more or less than others: then g is multiplied with its weight.
"""

import math
from typing import NamedTuple

import numpy as np
from numba import njit, prange

from first_spike.golden.inference.encode import count_by_step, sort_by_step
from first_spike.golden.training.sources import EventBatch

# Errors are rounded to this grid, so that a last-bit difference between two machines' exp() does not make two
# trainings.
ERROR_GRID = 65536.0
BLOCK = 32  # neurons that are looked at together: in most blocks none fires


class Batch(NamedTuple):
    """Images as the rule sees them: train: times int16 [batch, inputs], or an EventBatch; labels int64 [batch]; endless
    bool [batch]: those for which the output layer does not fire, so that the loss sees the whole stream; image_weights
    float64 [batch]."""

    train: np.ndarray
    labels: np.ndarray
    endless: np.ndarray
    image_weights: np.ndarray


class Layers(NamedTuple):
    """What inference reads, in any unit: tuples of float32 [inputs, neurons] and [neurons], one per layer."""

    weights: tuple
    thresholds: tuple


class Loss(NamedTuple):
    """How the output is told: temperature of the softmax, in units of the output threshold. pull: how hard the label is
    pulled up where the network decides and is wrong, 1 in full. push: how much more it is pulled up where the network
    is silent. sure: where the label wins with a larger probability nothing is learnt, 1 for never."""

    temperature: float
    pull: float
    push: float
    sure: float


class Trace(NamedTuple):
    """What a forward pass over a batch leaves behind; per layer arrays over [batch, neurons of the layer]:

    spike_times int32 (T: silent), potentials float32, peaks float32 (largest potential), peak_times int32 (its step;
    for the output layer the decision step), told float32 (the error of each neuron). Over [batch]: decisions int32 (T:
    silent), ties bool, winners int32, events int64 (input and hidden spikes up to the decision).
    """

    spike_times: tuple
    potentials: tuple
    peaks: tuple
    peak_times: tuple
    told: tuple
    decisions: np.ndarray
    ties: np.ndarray
    winners: np.ndarray
    events: np.ndarray


def empty_trace(batch, sizes):
    """A Trace to be written, for layers of `sizes` neurons."""
    def per_layer(dtype):
        return tuple(np.empty((batch, size), dtype) for size in sizes)

    return Trace(per_layer(np.int32), per_layer(np.float32), per_layer(np.float32), per_layer(np.int32),
                 per_layer(np.float32), np.empty(batch, np.int32), np.empty(batch, np.bool_), np.empty(batch, np.int32),
                 np.empty(batch, np.int64))


@njit(cache=True)
def _add_rows(potentials, weights, rows, count):
    """Add rows of weights to the potentials, one after the other, but four in each pass over memory."""
    whole = count - count % 4
    for r in range(0, whole, 4):
        row0, row1, row2, row3 = weights[rows[r]], weights[rows[r + 1]], weights[rows[r + 2]], weights[rows[r + 3]]
        for j in range(potentials.size):
            potentials[j] = potentials[j] + row0[j] + row1[j] + row2[j] + row3[j]
    for r in range(whole, count):
        row = weights[rows[r]]
        for j in range(potentials.size):
            potentials[j] += row[j]


@njit(cache=True)
def _fire(potentials, thresholds, peaks, peak_times, spike_times, step, silent, fired):
    """End of a step for one layer: note peaks, fire what is above its threshold, return how many fired."""
    now, never, unknown = np.int32(step), np.int32(silent), np.int32(-1)
    # with max and min rather than ifs: no stores under a mask, which are slow on some machines
    for j in range(potentials.size):
        peak_times[j] = max(peak_times[j], now if potentials[j] > peaks[j] else unknown)
        peaks[j] = max(peaks[j], potentials[j])
        spike_times[j] = min(spike_times[j], now if potentials[j] > thresholds[j] else never)
    count = 0
    for start in range(0, potentials.size, BLOCK):
        block = spike_times[start:start + BLOCK]
        firing = 0
        for j in range(block.size):
            firing += block[j] == step
        if firing > 0:
            for j in range(block.size):
                fired[count] = start + j  # stays only if counted
                count += block[j] == step
    return count


@njit(cache=True)
def output_errors(potentials, threshold, label, winner, decided, endless, loss, image_weight, told):
    """What the output is told: softmax minus one-hot by a Loss, times the image's weight. Returns whether the network
    is so sure that nothing is learnt."""
    unit, top = threshold * loss.temperature, potentials[winner]
    silent, right = not (decided or endless), winner == label
    total = 0.0
    for j in range(potentials.size):
        total += math.exp((potentials[j] - top) / unit)
    sure = False
    for j in range(potentials.size):
        error = math.exp((potentials[j] - top) / unit) / total
        if j == label:
            pull = loss.pull if decided and not right else 1.0
            error = pull * (error - (1.0 + loss.push if silent else 1.0))
            sure = right and not silent and np.rint(error * ERROR_GRID) > (loss.sure - 1) * ERROR_GRID
        told[j] = np.rint(error * ERROR_GRID) / ERROR_GRID * image_weight
    if sure:
        told[:] = 0
    return sure


def forward(batch, layers, steps, loss, trace):
    """Run a Batch through Layers, each image to its decision, and write the Trace but for the hidden errors."""
    run = _run_recordings if isinstance(batch.train, EventBatch) else _run_images
    run(*batch, *layers, steps, loss, *trace)


@njit(cache=True, nogil=True, parallel=True)
def _run_images(times, labels, endless, image_weights, weights, thresholds, steps, loss, spike_times,
                potentials, peaks, peak_times, told, decisions, ties, winners, events):
    for n in prange(times.shape[0]):
        order, first = np.empty(times.shape[1], np.int64), np.empty(steps + 1, np.int64)
        sort_by_step(times[n], steps, order, first)
        _run(n, order, first, labels, endless, image_weights, weights, thresholds, steps, loss,
             spike_times, potentials, peaks, peak_times, told, decisions, ties, winners, events)


@njit(cache=True, nogil=True, parallel=True)
def _run_recordings(batch, labels, endless, image_weights, weights, thresholds, steps, loss, spike_times,
                    potentials, peaks, peak_times, told, decisions, ties, winners, events):
    begins, ends, inputs, event_steps = batch
    for n in prange(begins.size):
        first = np.empty(steps + 1, np.int64)
        count_by_step(event_steps[begins[n]:ends[n]], steps, first)
        order = inputs[begins[n]:ends[n]].astype(np.int64)
        _run(n, order, first, labels, endless, image_weights, weights, thresholds, steps, loss,
             spike_times, potentials, peaks, peak_times, told, decisions, ties, winners, events)


@njit(cache=True, nogil=True)
def _run(n, order, first, labels, endless, image_weights, weights, thresholds, steps, loss, spike_times,
         potentials, peaks, peak_times, told, decisions, ties, winners, events):
    """Image n of `forward`: the inputs order[first[t]:first[t + 1]] spike in step t."""
    output = len(weights) - 1
    most = 0
    for k in range(output + 1):
        most = max(most, potentials[k].shape[1])
        potentials[k][n] = 0
        peaks[k][n] = 0
        peak_times[k][n] = -1
        spike_times[k][n] = steps
    fired = np.empty(most + 1, np.int64)
    decision = steps
    ties[n] = False
    events[n] = 0
    for t in range(steps):
        count = first[t + 1] - first[t]
        rows = order[first[t]:first[t + 1]]
        for k in range(output + 1):
            if count == 0:
                break
            events[n] += count
            _add_rows(potentials[k][n], weights[k], rows, count)
            if k == output and endless[n]:
                break
            count = _fire(potentials[k][n], thresholds[k], peaks[k][n], peak_times[k][n], spike_times[k][n], t,
                          steps, fired)
            rows = fired
            if k == output and count > 0:
                decision = t
                ties[n] = count > 1
        if decision < steps:
            break
    decisions[n] = decision
    peak_times[output][n] = min(decision, steps - 1)
    winners[n] = np.argmax(potentials[output][n])
    output_errors(potentials[output][n], thresholds[output][0], labels[n], winners[n], decision < steps, endless[n],
                  loss, image_weights[n], told[output][n])


def backward(layers, width, trace):
    """Tell the hidden layers, last to first (arguments as in `forward`, which has written the rest of the trace).

    width: half the base of the triangle that stands for a spike's slope, in units of the threshold.
    """
    weights, thresholds = layers
    for k in range(len(weights) - 2, -1, -1):
        _tell(np.ascontiguousarray(weights[k + 1].T), thresholds[k], thresholds[k + 1], np.float32(width),
              trace.peaks[k], trace.told[k + 1], trace.told[k])


@njit(cache=True, nogil=True, parallel=True, error_model="numpy")
def _tell(outgoing, thresholds, next_thresholds, width, peaks, told_next, told):
    """One hidden layer: outgoing are the next layer's weights, transposed, float32 [its neurons, neurons]."""
    one, zero = np.float32(1), np.float32(0)
    for n in prange(told.shape[0]):
        errors = told[n]
        errors[:] = 0
        for j in range(outgoing.shape[0]):
            share = told_next[n, j] / next_thresholds[j]
            later = outgoing[j]
            for h in range(errors.size):
                errors[h] += share * later[h]
        for h in range(errors.size):
            errors[h] *= max(one - abs(peaks[n, h] / thresholds[h] - one) / width, zero)
