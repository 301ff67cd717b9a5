"""Small designs of every kind, whose images decide early and late, tie and stay silent: what a bench in compiled code
can try in milliseconds."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from golden.contract.configuration import Configuration
from golden.contract.network import Layer, Network
from golden.tests.random_networks import worded_network
from rtl_model.tops import DEFAULT
from tb.test_accelerator import random_network


@dataclass(frozen=True)
class SmallDesign:
    """network: a function that makes its Network; configuration; top: one of the tops."""

    network: Callable
    configuration: Configuration
    top: str = DEFAULT


def dense():
    return random_network(78, (5, 5), (18, 4), (4, 4), 16)


def folded():
    return random_network(4, (5, 6), (14, 5), (3, 8), 32)


def deep():
    """One more neuron of the first layer fires with each pixel that spikes, so that the queue behind it fills."""
    rng, neurons = np.random.default_rng(6), 40
    layers = [Layer(np.ones((neurons + 1, neurons), np.int8), np.arange(1, neurons + 1, dtype=np.int32), 2),
              Layer(rng.integers(-3, 4, (neurons, 8)).astype(np.int8), rng.integers(1, 16, 8).astype(np.int32), 3),
              Layer(rng.integers(-4, 8, (8, 3)).astype(np.int8), np.full(3, 8, np.int32), 4)]
    return Network(64, (1, neurons + 1), layers, list("abc"), "random, seed 6")


def convolutional():
    return worded_network(np.random.default_rng(2), "conv 3 3x3 same pool 2, conv 5 3x3 pool 2x1, dense 3", (8, 6),
                          (3, 3, 4), 8)


def loadable():
    return random_network(100, (3, 5), (6, 4), (4, 4), 16)


SMALL_DESIGNS = {
    "dense": SmallDesign(dense, Configuration((), 4, 1, 1)),
    "folded": SmallDesign(folded, Configuration((3, 2), 8, 4, 2)),
    "deep": SmallDesign(deep, Configuration((40, 1, 3), 2, 1, 1)),
    "convolutional": SmallDesign(convolutional, Configuration((2, 3, 2), 4, 2)),
    "loadable": SmallDesign(loadable, Configuration((), 4, 2, 1, weights="loaded", weight_banks=2, potential_margin=1),
                            "accelerator_axi"),
}
