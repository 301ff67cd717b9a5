"""Learning rates over the course of a training, and what they are measured by; and the threads of the kernels."""

import math

import numba
import numpy as np

from first_spike.golden.recordings import Recordings

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
