"""Adam on mini-batches, with the gradient of each row of weights summed where it is used.

A weight's gradient is the mean over the batch of what its neuron was told, where its input had spiked in time. Each row
(one input) is summed image after image by one thread and updated at once: no gradient array exists, and the result does
not depend on the number of threads.

Learning rates over the course of a training, and what they are measured by; and the threads of the kernels.

Adam for weights that many positions share: their gradient comes summed, a sum for each group of images.

Adam for weights that are tied: rows that stay alike.
"""

import math

import numba
import numpy as np
from numba import njit, prange

from first_spike.golden.recordings import Recordings
from first_spike.golden.training.sources import EventBatch

TYPICAL_SPIKES = 150.0  # of an MNIST image


def crowding(images):
    """How many more spikes than an MNIST image the images (uint8 [n, r, c], or Recordings) have on average.

    An update moves a potential by the learning rate for every spike that the neuron saw. Rates and initial weights that
    are given for MNIST serve other inputs when the first layer's are divided by this (initial random weights: by its
    root).
    """
    spikes = len(images.inputs) if isinstance(images, Recordings) else np.count_nonzero(images)
    return max(spikes / len(images) / TYPICAL_SPIKES, 1e-3)


def cosine(done, total, final):
    """Share of the learning rate after `done` of `total` steps: from 1 down to `final`."""
    return final + (1 - final) * 0.5 * (1 + math.cos(math.pi * done / total))


def warm(done, warmup):
    """Share of the learning rate after `done` steps: it rises linearly over the first `warmup`."""
    return min(1, (done + 1) / warmup) if warmup else 1


def newest_share(update, least):
    """Weight of the newest in a running average, for number `update` (from 0).

    The first ones are averaged evenly, so that nothing is left of the values that the average started from.
    """
    return max(least, 1 / (1 + update))


def side_by_side():
    """Whether several threads of this process may run kernels at a time: where numba finds no OpenMP, they may not."""
    numba.get_num_threads()  # chooses the layer
    return numba.threading_layer() != "workqueue"


def use_threads(count):
    """Let the kernels use `count` threads from now on; returns how many they used before."""
    before = numba.get_num_threads()
    numba.set_num_threads(count)
    return before


BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


class Adam:
    """Moments of one layer's weights (float32 [inputs, neurons]) and the number of steps made."""

    def __init__(self, weights):
        self.mean = np.zeros_like(weights)
        self.square = np.zeros_like(weights)
        self.steps = 0

    def step(self, weights, used, grid, times, told, peak_times, rate, decay=0.0):
        """One update from a batch.

        weights: the float masters, changed in place. used: what inference reads, rewritten from them on `grid` (a
        quantization.grid.Grid); without a grid, the masters themselves. times int [batch, inputs], later than every
        peak where there was no spike, or an EventBatch; told float32 and peak_times int32 [batch, neurons]. rate:
        learning rate. decay: weight decay per step, relative to the rate.
        """
        self.steps += 1
        rate = rate * math.sqrt(1 - BETA2 ** self.steps) / (1 - BETA1 ** self.steps)
        self._update(weights, times, told, peak_times, np.float32(rate), np.float32(decay))
        if grid is not None:
            grid.hold(weights)
            grid.round(weights, used)

    def _update(self, weights, times, told, peak_times, rate, decay):
        if isinstance(times, EventBatch):
            by_input = _by_input(times, len(weights))
            _step_recorded(weights, self.mean, self.square, *by_input, told, peak_times, rate, decay)
        else:
            _step(weights, self.mean, self.square, times, told, peak_times, rate, decay)


# a check for division by zero would keep it from running 8 at a time
@njit(cache=True, nogil=True, parallel=True, error_model="numpy")
def _step(weights, mean, square, times, told, peak_times, rate, decay):
    zero, share = np.float32(0), np.float32(1 / told.shape[0])
    batch, neurons = told.shape
    latest = np.zeros(batch, np.int32)  # when the last neuron of an image peaks: later spikes change nothing
    for n in range(batch):
        for j in range(neurons):
            latest[n] = max(latest[n], peak_times[n, j])
    for i in prange(weights.shape[0]):
        gradient = np.zeros(neurons, np.float32)
        for n in range(batch):
            time = np.int32(times[n, i])
            if time <= latest[n]:
                for j in range(neurons):
                    gradient[j] += told[n, j] if peak_times[n, j] >= time else zero
        update_row(weights[i], mean[i], square[i], gradient, share, rate, decay)


@njit(cache=True, nogil=True)
def _by_input(batch, inputs):
    """(first, owners, steps): the events of input i are those from first[i] to first[i + 1], each with the number of
    its recording and its step, in the order of the batch."""
    first = np.zeros(inputs + 1, np.int64)
    for n in range(batch.begins.size):
        for event in range(batch.begins[n], batch.ends[n]):
            first[batch.inputs[event] + 1] += 1
    first = np.cumsum(first)
    places = first.copy()
    owners, steps = np.empty(first[-1], np.int32), np.empty(first[-1], np.int32)
    for n in range(batch.begins.size):
        for event in range(batch.begins[n], batch.ends[n]):
            place = places[batch.inputs[event]]
            owners[place], steps[place] = n, batch.steps[event]
            places[batch.inputs[event]] = place + 1
    return first, owners, steps


@njit(cache=True, nogil=True, parallel=True, error_model="numpy")
def _step_recorded(weights, mean, square, first, owners, steps, told, peak_times, rate, decay):
    zero, share = np.float32(0), np.float32(1 / told.shape[0])
    neurons = told.shape[1]
    for i in prange(weights.shape[0]):
        gradient = np.zeros(neurons, np.float32)
        for event in range(first[i], first[i + 1]):
            n, time = owners[event], steps[event]
            for j in range(neurons):
                gradient[j] += told[n, j] if peak_times[n, j] >= time else zero
        update_row(weights[i], mean[i], square[i], gradient, share, rate, decay)


@njit(cache=True, error_model="numpy")
def update_row(weights, mean, square, gradient, share, rate, decay):
    """Adam's formulas for one row of weights: `gradient` times `share` is its gradient."""
    beta1, beta2, epsilon, one = np.float32(BETA1), np.float32(BETA2), np.float32(EPSILON), np.float32(1)
    for j in range(weights.size):
        g = gradient[j] * share
        m = beta1 * mean[j] + (one - beta1) * g
        s = beta2 * square[j] + (one - beta2) * g * g
        mean[j] = m
        square[j] = s
        weights[j] -= rate * (m / (np.sqrt(s) + epsilon) + decay * weights[j])


class KernelAdam(Adam):
    """As Adam, but the gradient of each step stands in `gradients`, float32 [groups, rows, columns], and that of row
    rows[i] of the weights in row i; of what `step` is given of spikes and errors only the number of images counts."""

    def __init__(self, weights, gradients, rows):
        super().__init__(weights)
        self.gradients, self.rows = gradients, rows

    def _update(self, weights, times, told, peak_times, rate, decay):
        _kernel_step(weights, self.mean, self.square, self.gradients, self.rows, np.float32(1 / len(told)), rate, decay)


@njit(cache=True, nogil=True, parallel=True, error_model="numpy")
def _kernel_step(weights, mean, square, gradients, rows, share, rate, decay):
    for n in prange(weights.shape[0]):
        i, gradient = rows[n], np.zeros(weights.shape[1], np.float32)
        for group in range(len(gradients)):
            gradient += gradients[group, n]
        update_row(weights[i], mean[i], square[i], gradient, share, rate, decay)


class TiedAdam(Adam):
    """As Adam, but rows of weights with one number stay alike, as if they were one that is told the sum.

    group_of: int64 [rows], from 0 on, none left out.
    """

    def __init__(self, weights, group_of):
        super().__init__(weights)
        self.members = np.argsort(group_of, kind="stable")
        self.first = np.searchsorted(group_of[self.members], np.arange(group_of.max() + 2))
        self.model = self.members[self.first[group_of]]

    def tie(self, weights):
        """Give each row the weights of the first of its group."""
        weights[:] = weights[self.model]

    def ties(self, weights):
        """Whether the rows of each group are alike."""
        return np.array_equal(weights, weights[self.model])

    def _update(self, weights, times, told, peak_times, rate, decay):
        _tied_step(weights, self.mean, self.square, self.members, self.first, times, told, peak_times, rate, decay)


@njit(cache=True, nogil=True, parallel=True, error_model="numpy")
def _tied_step(weights, mean, square, members, first, times, told, peak_times, rate, decay):
    batch, neurons = told.shape
    zero, share = np.float32(0), np.float32(1 / batch)
    for group in prange(first.size - 1):
        gradient, rows = np.zeros(neurons, np.float32), members[first[group]:first[group + 1]]
        for i in rows:
            for n in range(batch):
                time = np.int32(times[n, i])
                for j in range(neurons):
                    gradient[j] += told[n, j] if peak_times[n, j] >= time else zero
        own = rows[0]
        update_row(weights[own], mean[own], square[own], gradient, share, rate, decay)
        for i in rows:
            weights[i] = weights[own]


class TiedKernelAdam(TiedAdam):
    """As TiedAdam, but the gradient of each step stands in `gradients`, float32 [groups, *shape of the weights]."""

    def __init__(self, weights, group_of, gradients):
        super().__init__(weights, group_of)
        self.gradients = gradients

    def _update(self, weights, times, told, peak_times, rate, decay):
        _tied_kernel_step(weights, self.mean, self.square, self.members, self.first, self.gradients,
                          np.float32(1 / len(told)), rate, decay)


@njit(cache=True, nogil=True, parallel=True, error_model="numpy")
def _tied_kernel_step(weights, mean, square, members, first, gradients, share, rate, decay):
    for group in prange(first.size - 1):
        gradient, rows = np.zeros(weights.shape[1], np.float32), members[first[group]:first[group + 1]]
        for i in rows:
            for part in range(len(gradients)):
                gradient += gradients[part, i]
        own = rows[0]
        update_row(weights[own], mean[own], square[own], gradient, share, rate, decay)
        for i in rows:
            weights[i] = weights[own]
