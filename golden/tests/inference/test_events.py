"""Recordings through integer and float networks, against plain loops and against the same pictures."""

from dataclasses import replace

import numpy as np
import pytest

from first_spike.golden.contract.network import Layer, Network
from first_spike.golden.errors import UserError
from first_spike.golden.inference.encode import encode, taken_in
from first_spike.golden.inference.figures import count
from first_spike.golden.inference.infer import float_infer, infer, integrate_recordings
from first_spike.golden.recordings import Recordings
from first_spike.golden.tests.inference.test_infer import compare, stop_at_decision
from tb.helpers.event_oracle import classify
from tb.helpers.random_networks import (
    as_float,
    on_events,
    random_convolutional_network,
    random_images,
    random_network,
    random_recordings,
)

CASES = [(steps, bits) for steps in (2, 16, 256) for bits in (1, 4, 8)]


def case(steps, bits, index):
    rng = np.random.default_rng([steps, bits, index])
    plain = (random_network(rng, steps, bits, 1 + index % 3) if index % 2
             else random_convolutional_network(rng, steps, bits, 1 + index % 3, max_side=5))
    network = on_events(plain, int(rng.choice([1, 5, 30])))
    return network, random_recordings(rng, network)


def lists(recordings):
    return [list(zip(one.inputs.tolist(), one.steps.tolist()))
            for one in (recordings[n:n + 1] for n in range(len(recordings)))]


@pytest.mark.parametrize("steps, bits", CASES)
def test_matches_oracle(steps, bits):
    for index in range(6):
        network, recordings = case(steps, bits, index)
        verdicts, bad = zip(*(classify(network, recording) for recording in lists(recordings)))
        for run, made in ((infer, network), (float_infer, as_float(network))):
            result = run(made, recordings)
            compare(network, result, verdicts)
            assert result.bad.tolist() == list(bad)
        stopped = [stop_at_decision(verdict, steps) for verdict in verdicts]
        compare(network, infer(network, recordings, until_decision=True), stopped)


def test_random_recordings_reach_the_corners():
    seen = dict.fromkeys(("bad", "good", "dropped after the decision", "again", "decided", "silent", "too many"), 0)
    for steps, bits in CASES:
        for index in range(6):
            network, recordings = case(steps, bits, index)
            result, kept = infer(network, recordings), taken_in(network, recordings)
            dropped = np.bincount(recordings.owners[~kept], minlength=len(recordings)) > 0
            seen["bad"] += result.bad.sum()
            seen["good"] += (~result.bad).sum()
            seen["dropped after the decision"] += (dropped & ~result.bad).sum()
            seen["again"] += sum(len(set(one)) < len(one) for one in lists(recordings))
            seen["decided"] += (~result.silent).sum()
            seen["silent"] += result.silent.sum()
            seen["too many"] += (recordings.only(kept).counts == network.most_events).sum()
    assert all(times >= 10 for times in seen.values()), seen


@pytest.mark.parametrize("seed", range(30))
def test_a_picture_as_events_is_the_picture(seed):
    rng = np.random.default_rng(seed)
    steps = int(rng.choice([2, 16, 256]))
    network = (random_network(rng, steps, 4, 2) if seed % 2
               else random_convolutional_network(rng, steps, 4, 2, max_side=6))
    images = random_images(rng, network)
    recordings = Recordings.of_times(encode(images, steps), steps)
    fed = on_events(network, network.inputs)
    for run, one, other in ((infer, network, fed), (float_infer, as_float(network), as_float(fed))):
        as_pixels, as_events = run(one, images), run(other, recordings)
        for name in ("classes", "decision_time", "silent", "tie", "bad"):
            assert np.array_equal(getattr(as_pixels, name), getattr(as_events, name))
        assert all(map(np.array_equal, as_pixels.spike_times, as_events.spike_times))
        figures = [count(*fed_with, as_pixels.classes, found)
                   for *fed_with, found in ((one, images, as_pixels), (other, recordings, as_events))]
        assert figures[0] == figures[1]


def one_neuron(weights, threshold, most_events=4, steps=16):
    layer = Layer(np.array(weights, np.int8).reshape(-1, 1), np.array([threshold], np.int32), 4)
    return Network(steps, (1, len(weights)), [layer], ["only"], most_events=most_events)


@pytest.mark.parametrize("recording, time, bad", [
    ([(0, 3), (0, 5)], 5, False),  # the same input twice: 2 + 2 > 3
    ([(0, 3), (0, 3)], 3, False),
    ([(0, 3), (1, 3), (0, 4)], 16, False),
    ([], 16, False),
    ([(0, 5), (0, 4)], 16, True),  # out of order: dropped
    ([(0, 5), (0, 4), (0, 5)], 5, True),
    ([(2, 5), (0, 5), (0, 6)], 6, True),  # no such input
    ([(0, 16), (0, 6), (0, 6)], 6, True),  # no such step; what is dropped does not count for the order
    ([(0, 1), (0, 2), (0, 1)], 2, True),  # in the decision step, or not yet known not to be
    ([(0, 1), (0, 2), (1, 3), (0, 1)], 2, False),  # later than that
    ([(1, 0), (1, 0), (1, 0), (1, 1), (0, 1)], 16, True),  # the fifth of four
    ([(0, 1), (0, 2), (1, 3), (1, 3), (1, 3)], 2, False),  # too many, behind the decision
])
def test_by_hand(recording, time, bad):
    result = infer(one_neuron([2, -3], 3), Recordings.of_lists([recording, [(0, 0), (0, 0)]]))
    assert (result.spike_times[0][:, 0].tolist(), result.bad.tolist()) == ([time, 0], [bad, False])


def test_bounds_of_the_first_layer_are_reached():
    """All events on the input of the largest weight drive a neuron to its highest potential, on the smallest to its
    lowest; layers behind it stay as they are."""
    for seed in range(40):
        rng = np.random.default_rng(seed)
        network = on_events(random_convolutional_network(rng, 16, 1 + seed % 8, 1, max_side=5) if seed % 2
                            else random_network(rng, 16, 1 + seed % 8, 2), 9)
        dense = network.layers[0].dense()
        for bound, choose in zip(network.bounds(0), (np.argmin, np.argmax)):
            for neuron, column in enumerate(dense.weights.T):
                hit = Recordings.of_lists([[(int(choose(column)), 3)] * 9])
                thresholds = np.full(dense.neurons, np.iinfo(np.int32).max, np.int32)
                _, potentials = integrate_recordings(hit.offsets, hit.inputs, hit.steps, 16, dense.weights, thresholds)
                reached = potentials[0, neuron]
                assert bound[neuron] == (min(reached, 0) if choose is np.argmin else max(reached, 0))
        assert all(map(np.array_equal, network.bounds(1), network.layers[1].bounds()))
        assert bound.dtype == np.int64


def test_figures_count_events_up_to_the_decision():
    network = replace(one_neuron([2, 0], 3), most_events=5)
    recordings = Recordings.of_lists([[(0, 1), (1, 1), (0, 2), (0, 2), (0, 3)]])  # nobody listens to input 1
    assert count(network, recordings, None, infer(network, recordings)).spikes == (3, 1)


def test_networks_of_one_kind_refuse_the_other_input():
    network = one_neuron([2, -3], 3)
    with pytest.raises(UserError, match="the network takes recordings, found images"):
        infer(network, np.zeros((1, 2), np.uint8))
    with pytest.raises(UserError, match="the network takes images, found recordings"):
        infer(replace(network, most_events=None), Recordings.of_lists([[]]))
