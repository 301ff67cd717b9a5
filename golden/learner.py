"""What the learning rules share towards the training loop."""

import math
from dataclasses import dataclass

import numba
import numpy as np
from numba import njit

TYPICAL_SPIKES = 150.0  # of an MNIST image


@dataclass
class Tally:
    """Counts over the training images of an epoch; silent and ties only among those whose output may fire (`free`)."""

    images: int = 0
    right: int = 0
    free: int = 0
    silent: int = 0
    ties: int = 0
    events: int = 0

    def add(self, other):
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def shares(self):
        """accuracy, silent, ties as shares, and input and hidden spikes up to the decision per image."""
        free, images = max(self.free, 1), max(self.images, 1)
        return {"accuracy": self.right / images, "silent": self.silent / free, "ties": self.ties / free,
                "spikes": self.events / images}


def crowding(images):
    """How many more spikes than an MNIST image the images (uint8 [n, r, c]) have on average.

    An update moves a potential by the learning rate for every spike that the neuron saw. Rates and initial weights that are
    given for MNIST serve other inputs when the first layer's are divided by this (initial random weights: by its root).
    """
    return max(np.count_nonzero(images) / len(images) / TYPICAL_SPIKES, 1e-3)


def cosine(done, total, final):
    """Share of the learning rate after `done` of `total` steps: from 1 down to `final`."""
    return final + (1 - final) * 0.5 * (1 + math.cos(math.pi * done / total))


def use_threads(count):
    """Let the kernels use `count` threads from now on; returns how many they used before."""
    before = numba.get_num_threads()
    numba.set_num_threads(count)
    return before


@njit(cache=True)
def sort_by_step(times, steps, order, first):
    """Counting sort: order[first[t]:first[t + 1]] are the inputs that spike in step t."""
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
