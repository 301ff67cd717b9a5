"""Inference of a convolution, event by event: a spike adds to all positions whose kernel reaches it."""

import numpy as np
from numba import njit, prange

from golden.inference.encode import sort_by_step

CHUNK = 256  # images at a time: the spike times of all neurons, before a pool, take much memory


def run_convolution(layer, times, steps, dtype):
    """Spike times int16 [n, neurons] of what a convolution hands on, int16 [n, inputs] given; `steps` where silent."""
    geometry, handed = layer.geometry, np.empty((len(times), layer.neurons), np.int16)
    weights, thresholds = layer.weights.astype(dtype), layer.thresholds.astype(dtype)
    for start in range(0, len(times), CHUNK):
        part = slice(start, start + CHUNK)
        spikes = integrate_events(times[part], steps, weights, thresholds, geometry.source, geometry.kernel,
                                  geometry.stride, geometry.padding, geometry.positions)
        handed[part] = layer.hand_on(spikes)
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
                    if v[position, o] > thresholds[o] and spikes[image, position * channels + o] == steps:
                        spikes[image, position * channels + o] = step
    return spikes
