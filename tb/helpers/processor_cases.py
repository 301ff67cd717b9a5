"""Networks that a small processor takes, and what golden says of them."""

from dataclasses import replace
from zlib import crc32

import numpy as np
import pytest

from first_spike.golden.contract.limits import pack
from first_spike.golden.contract.network import Layer, Network
from first_spike.golden.contract.processor import MAGIC, Processor
from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.processor_cycles import predict
from first_spike.processor.boards import DEFAULT, PROCESSORS, ProcessorBoard
from first_spike.processor.simulated import SimulatedProcessor
from first_spike.synthesis.targets import find_board
from tb.helpers.random_networks import on_events, random_images, random_network, random_recordings

LIMITS = Processor(lanes=8, weight_words=1024, inputs=36, steps=16, neurons=32, words=16, layers=4, pixels=4)
BOARD_LIMITS = replace(LIMITS, inputs=40, pixels=8)


def random_case(rng, limits=LIMITS):
    """A Network within the limits, and images in any order."""
    count = int(rng.integers(1, 4))
    network = random_network(rng, 1 << int(rng.integers(1, limits.step_bits + 1)),
                             [int(bits) for bits in rng.integers(1, 9, count)], count, max_side=6, max_neurons=28)
    if rng.random() < 0.3:
        network = on_events(network, int(rng.integers(1, 60)))
        return network, random_recordings(rng, network, 7)
    return network, random_images(rng, network)[rng.permutation(7)]


def words_of(network, images):
    found = infer(network, images)
    return pack(found.classes, found.decision_time, found.silent, found.tie, found.bad).tolist()


def predicted(network, limits, images):
    """The cycles from result to result of images back to back, those of the first from its first beat on."""
    return predict(network, limits, images, infer(network, images)).interval.tolist()


def framed(payload, limits):
    """A whole load of any payload."""
    return [MAGIC, limits.identity, len(payload), *payload.tolist(), crc32(payload.astype("<u4").tobytes())]


def dense(shape, bits=4, steps=16, threshold=1):
    sizes = [int(size) for size in shape]
    layers = [Layer(np.ones((one, other), np.int8), np.full(other, threshold, np.int32), bits)
              for one, other in zip(sizes, sizes[1:])]
    return Network(steps, (1, sizes[0]), layers, [str(k) for k in range(sizes[-1])], "by hand")


def lone_firing(second):
    """A Network of one layer in two folds, in each of which one neuron fires, in the same step: 2, whose weights are 3,
    and 10, whose are `second`. And images in which both fire, and none."""
    weights = np.zeros((4, 12), np.int8)
    weights[:, 2], weights[:, 10] = 3, second
    network = Network(16, (1, 4), [Layer(weights, np.full(12, 5, np.int32), 4)], [str(k) for k in range(12)], "by hand")
    return network, np.array([[[255, 255, 0, 0]], [[9, 0, 0, 0]], [[0, 0, 0, 0]], [[90, 255, 17, 255]]], np.uint8)


def board_case(seed, **changes):
    """A Network of two layers that a processor of BOARD_LIMITS takes, but for `changes`, and images."""
    rng = np.random.default_rng(seed)
    network = dense((33, 20, 5))
    layers = [replace(layer, weights=rng.integers(-8, 8, layer.weights.shape).astype(np.int8)) for layer in
              network.layers]
    network = replace(network, layers=tuple(layers), **changes)
    return network, random_images(rng, network)


def one_build(limits):
    """A fixture: the SimulatedProcessor of a Processor, one for all tests of a module."""

    @pytest.fixture(scope="module")
    def processor(tmp_path_factory):
        return SimulatedProcessor(limits, tmp_path_factory.mktemp("processor"))

    return processor


@pytest.fixture
def small(monkeypatch, tmp_path):
    """The default board has a small processor, and an empty folder is the current one; tests import this fixture by
    name."""
    monkeypatch.setitem(PROCESSORS, DEFAULT, ProcessorBoard(find_board(DEFAULT), BOARD_LIMITS))
    monkeypatch.chdir(tmp_path)
