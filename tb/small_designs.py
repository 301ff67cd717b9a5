"""Small designs of every kind, whose images decide early and late, tie and stay silent: what a bench in compiled code
can try in milliseconds."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from golden.contract.configuration import Configuration
from golden.contract.network import Layer, Network
from golden.tests.random_networks import on_events, worded_network
from rtl_model.tops import DEFAULT
from tb.test_accelerator import random_network


@dataclass(frozen=True)
class SmallDesign:
    """network: a function that makes its Network; configuration; top: one of the tops."""

    network: Callable
    configuration: Configuration
    top: str = DEFAULT


def dense():
    """Many neurons fire in few steps, and nobody listens to some of the pixels."""
    return two_layers(205, (5, 5), (20, 4), (4, 4), 16, (30, 8))


def folded():
    return two_layers(102, (5, 6), (14, 5), (3, 5), 32, (8, 14))


def two_layers(seed, shape, sizes, bits, steps, thresholds):
    """A Network of random weights, those of the first layer positive for the most part, and a fifth of its pixels
    without; thresholds: of its hidden neurons all below the first, of the others the second."""
    rng = np.random.default_rng(seed)
    inputs = shape[0] * shape[1]
    hidden = rng.integers(-2, 1 << bits[0] - 1, (inputs, sizes[0]))
    hidden[rng.random(inputs) < 0.2] = 0
    layers = [Layer(hidden.astype(np.int8), rng.integers(1, thresholds[0], sizes[0]).astype(np.int32), bits[0])]
    low = -(1 << bits[1] - 1)
    last = rng.integers(low, -low, sizes)
    layers.append(Layer(last.astype(np.int8), np.full(sizes[1], thresholds[1], np.int32), bits[1]))
    return Network(steps, shape, layers, [f"class {j}" for j in range(sizes[1])], f"random, seed {seed}")


def deep():
    """One more neuron of the first layer fires with each pixel that spikes, so that the queue behind it fills."""
    rng, neurons = np.random.default_rng(13), 40
    layers = [Layer(np.ones((neurons + 1, neurons), np.int8), np.arange(1, neurons + 1, dtype=np.int32), 2),
              Layer(rng.integers(-3, 4, (neurons, 8)).astype(np.int8), rng.integers(1, 16, 8).astype(np.int32), 3),
              Layer(rng.integers(-4, 8, (8, 3)).astype(np.int8), np.full(3, 8, np.int32), 4)]
    return Network(64, (1, neurons + 1), layers, list("abc"), "random, seed 13")


def convolutional():
    return worded_network(np.random.default_rng(89), "conv 3 3x3 same pool 2, conv 5 3x3 pool 2x1, dense 3", (10, 8),
                          (3, 3, 4), 8)


def event_fed():
    """Recordings are longer than the network takes in now and then, and both layers have folds."""
    return on_events(two_layers(251, (5, 5), (12, 6), (4, 4), 16, (30, 8)), 40)


def loadable():
    return random_network(16, (3, 5), (6, 4), (4, 4), 16)


SMALL_DESIGNS = {
    "dense": SmallDesign(dense, Configuration((), 4, 1, 1)),
    "folded": SmallDesign(folded, Configuration((7, 2), 8, 1, 2)),
    "deep": SmallDesign(deep, Configuration((40, 1, 3), 2, 1, 1)),
    "convolutional": SmallDesign(convolutional, Configuration((2, 3, 2), 4, 2, taps=(1, "row", 1))),
    "event-fed": SmallDesign(event_fed, Configuration((6, 3), spikes_per_cycle=2)),
    "loadable": SmallDesign(loadable, Configuration((), 4, 2, 1, weights="loaded", weight_banks=2, potential_margin=4),
                            "accelerator_axi"),
}
