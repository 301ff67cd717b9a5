"""Potentials over time say when neurons fire, and the ranking begins with the class of the read-out."""

import numpy as np
import pytest

from first_spike.golden.inference.infer import float_infer, infer
from first_spike.golden.inference.operations import potentials_over_time, ranking
from tb.helpers.random_networks import (
    as_float,
    on_events,
    random_convolutional_network,
    random_images,
    random_network,
    random_recordings,
)


def networks():
    rng = np.random.default_rng(5)
    made = [random_network(rng, steps, 3, layers) for steps in (2, 16, 256) for layers in (1, 2, 3)]
    made += [random_convolutional_network(rng, 16, 4, count) for count in (0, 1, 2)]
    fed = [on_events(network, 2 * network.inputs) for network in made]
    return [(network, random_images(rng, network)) for network in made] + [
        (network, random_recordings(rng, network)) for network in fed]


def one_by_one(images):
    return [images[k:k + 1] for k in range(len(images))]


@pytest.mark.parametrize("in_float", [False, True])
def test_neurons_fire_where_the_potential_first_exceeds_the_threshold(in_float):
    fired = 0
    for network, images in networks():
        subject, run = (as_float(network), float_infer) if in_float else (network, infer)
        for image in one_by_one(images):
            result = run(subject, image)
            above = potentials_over_time(subject, image, result) > subject.layers[-1].thresholds
            expected = np.where(above.any(axis=0), above.argmax(axis=0), network.steps)
            assert np.array_equal(expected, result.spike_times[-1][0])
            fired += int(above.any())
    assert 40 < fired < 160  # silent images too


def test_ranking_is_that_of_the_read_out():
    decided = 0
    for network, images in networks():
        result = infer(network, images)
        order, potentials = ranking(network, images, result)
        assert np.array_equal(order[:, 0], result.classes)
        for k, image in enumerate(one_by_one(images)):
            over_time = potentials_over_time(network, image, infer(network, image))
            last = over_time[min(result.decision_time[k], network.steps - 1)]
            expected = sorted(range(len(last)), key=lambda j: (-last[j], j))
            assert order[k].tolist() == expected and potentials[k].tolist() == last[expected].tolist()
            decided += not result.silent[k]
    assert decided > 20
