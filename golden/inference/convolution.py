"""Inference of a convolution, event by event: a spike adds to all positions whose kernel reaches it."""

import numpy as np
from numba import njit, prange

from first_spike.golden.inference.encode import count_by_step, sort_by_step
from first_spike.golden.recordings import Recordings

CHUNK = 256  # images at a time: the spike times of all neurons, before a pool, take much memory


def run_convolution(layer, train, steps, dtype):
    """Spike times int16 [n, neurons] of what a convolution hands on, `steps` where silent.

    train: int16 [n, inputs] or Recordings, as for `golden.inference.infer.run_layer`.
    """
    geometry, handed = layer.geometry, np.empty((len(train), layer.neurons), np.int16)
    weights, thresholds = layer.weights.astype(dtype), layer.thresholds.astype(dtype)
    shape = geometry.source, geometry.kernel, geometry.stride, geometry.padding, geometry.positions
    for start in range(0, len(train), CHUNK):
        part = train[start:start + CHUNK]
        if isinstance(part, Recordings):
            spikes = integrate_recorded(part.offsets, part.inputs, part.steps, steps, weights, thresholds, *shape)
        else:
            spikes = integrate_events(part, steps, weights, thresholds, *shape)
        handed[start:start + CHUNK] = layer.hand_on(spikes)
    return handed


@njit(cache=True, nogil=True, parallel=True)
def integrate_events(times, steps, weights, thresholds, source, kernel, stride, padding, positions):
    """Spike times int16 [n, neurons that count] of a convolution: the first step at whose end V > threshold.

    times: int16 [n, inputs], `steps` where silent. weights [places, channels], thresholds [channels], of one type. The
    others as in a Geometry.
    """
    count, channels = positions[0] * positions[1], weights.shape[1]
    spikes = np.full((len(times), count * channels), steps, np.int16)
    for image in prange(len(times)):
        order, first = np.empty(times.shape[1], np.int32), np.empty(steps + 1, np.int64)
        sort_by_step(times[image], steps, order, first)
        _visit(order, first, steps, weights, thresholds, source, kernel, stride, padding, positions, spikes[image])
    return spikes


@njit(cache=True, nogil=True, parallel=True)
def integrate_recorded(offsets, inputs, event_steps, steps, weights, thresholds, source, kernel, stride, padding,
                       positions):
    """The same of recordings, the three arrays of Recordings."""
    count, channels = positions[0] * positions[1], weights.shape[1]
    spikes = np.full((offsets.size - 1, count * channels), steps, np.int16)
    for image in prange(offsets.size - 1):
        first = np.empty(steps + 1, np.int64)
        count_by_step(event_steps[offsets[image]:offsets[image + 1]], steps, first)
        _visit(inputs[offsets[image]:offsets[image + 1]], first, steps, weights, thresholds, source, kernel, stride,
               padding, positions, spikes[image])
    return spikes


@njit(cache=True, nogil=True)
def _visit(order, first, steps, weights, thresholds, source, kernel, stride, padding, positions, spikes):
    """One image: the inputs order[first[t]:first[t + 1]] spike in step t; writes spikes [neurons that count], `steps`
    everywhere before."""
    count, channels = positions[0] * positions[1], weights.shape[1]
    v = np.zeros((count, channels), weights.dtype)
    touched, visited = np.empty(count, np.int64), np.full(count, -1, np.int64)
    for step in range(steps):
        many = 0
        for event in range(first[step], first[step + 1]):
            place, channel = order[event] // source[2], order[event] % source[2]
            y, x = place // source[1] + padding[0], place % source[1] + padding[1]
            for row in range(max((y - kernel[0]) // stride[0] + 1, 0), min(y // stride[0] + 1, positions[0])):
                for column in range(max((x - kernel[1]) // stride[1] + 1, 0),
                                    min(x // stride[1] + 1, positions[1])):
                    i, j = y - row * stride[0], x - column * stride[1]
                    weight, position = (i * kernel[1] + j) * source[2] + channel, row * positions[1] + column
                    for o in range(channels):
                        v[position, o] += weights[weight, o]
                    if visited[position] != step:
                        visited[position] = step
                        touched[many] = position
                        many += 1
        for n in range(many):  # no other potential has changed
            position = touched[n]
            for o in range(channels):
                if v[position, o] > thresholds[o] and spikes[position * channels + o] == steps:
                    spikes[position * channels + o] = step
