"""Time-to-first-spike coding of pixels, the brighter the earlier, and spikes in the order of their times."""

import math

import numpy as np
from numba import njit

from first_spike.golden.errors import UserError


def encode(images, steps):
    """Spike time of every pixel: (255 - p) >> (8 - log2 T) for p >= 1, and T, "silent", for p = 0.

    At T = 256 this is S4NN's floor((255 - p) * T / 255) exactly; at smaller T it is the same code with the
    low bits dropped.

    images: uint8 [n, rows, columns], with the channels behind where there are some, or [n, inputs]; steps: T, a power
    of two from 2 to 256.
    Returns int16 [n, inputs], inputs in raster order, channels fastest. Raises UserError for another dtype or shape.
    """
    if images.dtype != np.uint8:
        raise UserError(f"images must be uint8, found {images.dtype}")
    if images.ndim not in (2, 3, 4):
        raise UserError(f"images must have the axes [n, rows, columns], [n, rows, columns, channels] or [n, inputs], "
                        f"found shape {images.shape}")
    shift = 8 - (steps.bit_length() - 1)
    table = ((255 - np.arange(256)) >> shift).astype(np.int16)
    table[0] = steps
    return table.take(images).reshape(len(images), math.prod(images.shape[1:]))


@njit(cache=True)
def sort_by_step(times, steps, order, first):
    """Counting sort: order[first[t]:first[t + 1]] become the inputs that spike in step t, by number.

    times: integers [inputs], `steps` or more where silent. order: int32 [inputs] and first: int64 [steps + 1], both
    written.
    """
    first[:] = 0
    for i in range(times.size):
        if times[i] < steps:
            first[times[i] + 1] += 1
    for t in range(steps):
        first[t + 1] += first[t]
    for i in range(times.size):
        if times[i] < steps:
            order[first[times[i]]] = i
            first[times[i]] += 1
    for t in range(steps, 0, -1):
        first[t] = first[t - 1]
    first[0] = 0


@njit(cache=True)
def count_by_step(event_steps, steps, first):
    """Where each step begins among events in order: those of step t are numbers first[t] to first[t + 1].

    event_steps: integers [events] below `steps`, never falling. first: int64 [steps + 1], written.
    """
    first[:] = 0
    for event in range(event_steps.size):
        first[event_steps[event] + 1] += 1
    for t in range(steps):
        first[t + 1] += first[t]
