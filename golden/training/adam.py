"""Adam on mini-batches, with the gradient of each row of weights summed where it is used.

A weight's gradient is the mean over the batch of what its neuron was told, where its input had spiked in time. Each row
(one input) is summed image after image by one thread and updated at once: no gradient array exists, and the result does
not depend on the number of threads.
"""

import math

import numpy as np
from numba import njit, prange

from first_spike.golden.training.event_source import EventBatch

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
