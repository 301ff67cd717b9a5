"""Margin, spread and runner-up: by hand, at every corner of the contract, and within the bounds that give the widths.

That they equal the oracle's on random networks of every kind is a part of `compare` in test_infer.py.
"""

import numpy as np
import pytest

from first_spike.golden.contract.confidence import bounds
from first_spike.golden.contract.network import Layer, Network
from first_spike.golden.inference.infer import float_infer, infer
from first_spike.golden.recordings import Recordings
from first_spike.golden.tests.inference.test_convolution_events import case as events_of_maps
from first_spike.golden.tests.inference.test_events import case as recordings_case
from tb.helpers.oracle import classify
from tb.helpers.random_networks import as_float, random_images, random_network


def one_layer(weights, threshold):
    """A Network of one layer of 16 steps; a row of weights for each pixel."""
    weights = np.array(weights, np.int8)
    return Network(16, (1, len(weights)), [Layer(weights, np.full(weights.shape[1], threshold, np.int32), 8)],
                   [f"class {j}" for j in range(weights.shape[1])])


@pytest.mark.parametrize("weights, image, expected", [
    # (class, margin, spread, runner-up) of a plain decision
    ([[12, 3, 5, -4]], [255], (0, 7, 9 + 7 + 16, 2)),
    # equal runners-up: the lower number
    ([[5, 20, 5, 5]], [255], (1, 15, 45, 0)),
    # the class stands before its equal: margin 0, and the runner-up is the other one
    ([[3, 20, 20, 1]], [255], (1, 0, 17 + 19, 2)),
    # all are equal
    ([[20, 20, 20]], [255], (0, 0, 0, 1)),
    # silent: potentials at the end of the last step, also if they are negative
    ([[-9, -3, -5, -5]], [255], (1, 2, 6 + 2 + 2, 2)),
    # silent, and a potential that was larger before the end does not count
    ([[9, 0], [-8, 0]], [255, 1], (0, 1, 1, 1)),
    # a black image: nothing is known
    ([[12, 3, 5, -4]], [0], (0, 0, 0, 1)),
    # what comes after the decision step does not count, nor does it in the step before
    ([[11, 1], [0, 100]], [255, 128], (0, 10, 10, 1)),
    ([[6, 1], [6, 9]], [255, 128], (0, 2, 2, 1)),
    # a tie of two that fire: both keep their potentials
    ([[30, 12, 0]], [255], (0, 18, 18 + 30, 1)),
    # the only class is its own runner-up
    ([[12]], [255], (0, 0, 0, 0)),
    ([[-12]], [255], (0, 0, 0, 0)),
])
def test_by_hand(weights, image, expected):
    network = one_layer(weights, 10)
    for run, made, kind in ((infer, network, np.int64), (float_infer, as_float(network), np.float64)):
        found = run(made, np.array([image], np.uint8))
        assert (found.classes[0], found.margin[0], found.spread[0], found.runner_up[0]) == expected
        assert (found.margin.dtype, found.spread.dtype, found.runner_up.dtype) == (kind, kind, np.int64)
        assert found.margin.shape == found.spread.shape == found.runner_up.shape == (1,)
        assert run(made, np.zeros((0, *network.image_shape), np.uint8)).margin.shape == (0,)


def test_spread_needs_64_bits():
    """Four potentials at the ends of 32 bits: 2 ** 23 events of a weight of 127 or -128."""
    weights = np.array([[127, -128, -128, -128]], np.int8)
    layer = Layer(weights, np.full(4, 127 << 23, np.int32), 8)
    network = Network(2, (1, 1), [layer], list("abcd"), most_events=1 << 23)
    events = Recordings(np.array([0, 1 << 23]), np.zeros(1 << 23, np.int32), np.zeros(1 << 23, np.int16))
    found = infer(network, events)
    assert (found.margin[0], found.spread[0]) == (255 << 23, 3 * (255 << 23)) == bounds(network)


def test_the_bounds_are_reached():
    """A pixel for each class alone drives its potential to its highest bound, the pixels of all others to their lowest.
    Nothing fires, so that the end of the last step counts."""
    rng = np.random.default_rng(4)
    for count in range(1, 9):
        up, down = rng.integers(1, 100, count), rng.integers(1, 100, count)
        weights = np.concatenate([np.diag(up), -np.diag(down)])
        network = one_layer(weights, 127)
        images = np.concatenate([np.eye(count), 1 - np.eye(count)], axis=1).astype(np.uint8) * 255
        found = infer(network, images[:, None])
        assert found.silent.all() and (found.margin.max(), found.spread.max()) == bounds(network)


def test_the_decision_step_alone_counts():
    network = random_network(np.random.default_rng(8), 16, 4, 2)
    images = random_images(np.random.default_rng(9), network)
    whole, stopped = infer(network, images), infer(network, images, until_decision=True)
    for name in ("margin", "spread", "runner_up"):
        assert getattr(whole, name).tolist() == getattr(stopped, name).tolist()


def test_random_networks_reach_the_corners():
    """The comparisons with the oracle are worth something only if these cases occur in them."""
    seen = dict.fromkeys(("one class", "margin 0", "margin above 0", "equal runners-up", "runner-up first", "silent",
                          "silent below 0", "tie", "spread above margin"), 0)
    for steps in (2, 16, 256):
        for bits in (1, 4, 8):
            rng = np.random.default_rng([steps, bits])
            for index in range(12):
                network = random_network(rng, steps, bits, 1 + index % 4)
                images = random_images(rng, network)
                found, most = infer(network, images), bounds(network)
                assert found.margin.max() <= most[0] and found.spread.max() <= most[1]
                assert (found.margin >= 0).all() and (found.spread >= found.margin).all()
                several = len(network.classes) > 1
                seen["one class"] += not several
                seen["margin 0"] += several and (found.margin == 0).sum()
                seen["margin above 0"] += (found.margin > 0).sum()
                seen["runner-up first"] += (found.runner_up < found.classes).sum()
                seen["silent"] += several and found.silent.sum()
                seen["tie"] += found.tie.sum()
                seen["spread above margin"] += (found.spread > found.margin).sum()
                seen["silent below 0"] += sum(classify(network, image).highest[-1] == 0 and several and silent
                                              for image, silent in zip(images[1:2], found.silent[1:2]))
                seen["equal runners-up"] += ((found.margin > 0) & (found.spread == 2 * found.margin)
                                             & (len(network.classes) == 3)).sum()
    assert all(count >= 5 for count in seen.values()), seen


def test_maps_and_recordings_have_margins_to_compare():
    """Convolutions on pictures, and recordings: what `compare` sees there is more than zeros."""
    margins = []
    for case in (events_of_maps, recordings_case):
        for index in range(20):
            network, given = case(16, 4, index)
            margins.append(infer(network, given).margin)
    assert sum((one > 0).sum() for one in margins) > 20
