"""Bench of the whole accelerator of networks that take events: the common benches, and the same pictures given as
events and as pixels."""

from dataclasses import replace

import numpy as np
import pytest

from first_spike.comparison.recorder import Recorder
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.limits import pack
from first_spike.golden.contract.network import Network
from first_spike.golden.files import ROOT
from first_spike.golden.inference.encode import encode
from first_spike.golden.inference.infer import infer
from first_spike.golden.recordings import Recordings
from first_spike.golden.schedule.cycles import predict
from tb.benches.test_accelerator import BENCHES, LEAST_TIES, MOST_SILENT
from tb.helpers.random_networks import colliding_images, on_events, worded_network
from tb.scenarios.accelerator_bench import bench_images, bench_pictures
from tb.scenarios.small_designs import random_network

SHIPPED = ROOT / "golden" / "networks" / "mnist_784_128_10_4bit.npz"
DECIDING = 250  # events: each of the 500 digits that come along is decided within them
LATENCY = 19  # cycles of 784-128-10 from the decisive event to the result, where no spikes wait on the way


def dense(seed, shape, sizes, bits, steps, most_events):
    return on_events(random_network(seed, shape, sizes, bits, steps), most_events)


def convolutional(seed, text, shape, bits, steps, most_events):
    return on_events(worded_network(np.random.default_rng(seed), text, shape, bits, steps), most_events)


COVERING = {  # a network; lanes, spikes per cycle
    "default": (dense(106, (11, 13), (17, 10), (4, 4), 16, 150), ((), 4)),
    "folds": (dense(100, (5, 6), (13, 9, 5), (2, 8, 1), 32, 40), ((5, 4, 2), 2)),
    "one lane, few events": (dense(216, (3, 5), (6, 7, 5, 4), (1, 3, 5, 6), 8, 9), ((1,), 1)),
    "most steps": (dense(212, (4, 3), (11, 6), (7, 1), 256, 60), ((), 2)),
    "one event": (dense(8, (1, 1), (1,), (8,), 4, 1), ((), 4)),
    "one layer in folds": (dense(204, (1, 5), (70,), (4,), 32, 11), ((33,), 1)),
    "convolution": (convolutional(3, "conv 4 4x4 stride 2 padding 1, conv 3 2x2 pool 2, dense 3", (10, 9, 3), (8, 1, 5),
                                  32, 200), ((4, 2, 3), 1)),
    "convolution of folds": (convolutional(2, "conv 5 5x5 same pool 2, conv 7 3x3 pool 2x1, dense 4", (8, 7),
                                           (2, 3, 4), 8, 90), ((2, 3, 2), 2)),
    "one window": (convolutional(7, "conv 3 2x2 pool 2, dense 2", (3, 3), (1, 4), 2, 12), ((), 1)),
}
OFTEN = ("folds",)  # cycle by cycle in every run; the rest in the grid


def make(name):
    """(Network, Configuration) of COVERING."""
    network, (lanes, spikes) = COVERING[name]
    return network, Configuration(lanes, spikes_per_cycle=spikes)


@pytest.mark.parametrize("name", ["default", "folds", "most steps"])
def test_covering_networks_decide_early_tie_and_see_bad_frames(name):
    """Else an early stop and its flag would hardly be tried."""
    network = make(name)[0]
    found = infer(network, bench_images(np.random.default_rng(1), network, 400))
    assert found.silent.mean() < MOST_SILENT and found.tie.mean() > LEAST_TIES
    assert found.bad.mean() > 0.05 and (found.bad & ~found.silent).any()


@pytest.mark.thorough
@pytest.mark.parametrize("name", [name if name in OFTEN else pytest.param(name, marks=pytest.mark.grid)
                                  for name in COVERING])
def test_events_in_the_common_benches(run_accelerator, name):
    assert run_accelerator("tb.benches.test_accelerator", *make(name)) == BENCHES


def recordings_of(images, steps):
    return Recordings.of_times(encode(images, steps), steps)


def compiled(network_designs, design, folder):
    """A Recorder of the design of the network."""
    return Recorder(design, network_designs(design.network, design.configuration) / "verilog", folder)


@pytest.mark.long
@pytest.mark.parametrize("name", ["folds", *(pytest.param(name, marks=pytest.mark.grid)
                                             for name in ("default", "convolution of folds"))])
def test_the_same_pictures_as_events_and_as_pixels_give_the_same_words(network_designs, tmp_path, name):
    """Spikes too; and every result comes in the predicted cycle."""
    network, configuration = make(name)
    network, pixels = replace(network, most_events=network.inputs), replace(network, most_events=None)
    rng = np.random.default_rng(2)
    images = np.concatenate([bench_pictures(rng, pixels, 40), colliding_images(rng, pixels)])
    recordings = recordings_of(images, network.steps)
    one = compiled(network_designs, Design(pixels, configuration), tmp_path / "pixels")
    other = compiled(network_designs, Design(network, configuration), tmp_path / "events")
    for stalls in (0, 40):
        found, right = other.run(recordings, stalls=stalls), one.run(images, stalls=stalls)
        assert found.words.tolist() == right.words.tolist()
        for mine, theirs in zip(found.spike_times, right.spike_times, strict=True):
            assert (mine == theirs).all()
        if not stalls:
            predicted = predict(Design(network, configuration), recordings, infer(network, recordings)).valid
            assert (found.valid - found.first_beat[0]).tolist() == predicted.tolist()


@pytest.mark.thorough
@pytest.mark.parametrize("name", [pytest.param(name, marks=() if name == "one window" else pytest.mark.grid)
                                  for name in COVERING])
def test_any_recordings_compiled(network_designs, tmp_path, name):
    """Many, bad ones among them: results, all spikes and cycles; then results and spikes under stalls, and one by
    one."""
    network, configuration = make(name)
    recordings = bench_images(np.random.default_rng(3), network, 300)
    whole = infer(network, recordings)
    expected = whole.until_decision()
    words = pack(expected.classes, expected.decision_time, expected.silent, expected.tie, expected.bad)
    recorder = compiled(network_designs, Design(network, configuration), tmp_path / "work")
    for options in ({}, {"stalls": 50}, {"alone": True}):
        found = recorder.run(recordings, **options)
        assert found.words.tolist() == words.tolist()
        for right, times in zip(expected.spike_times, found.spike_times, strict=True):
            assert (right == times).all()
        if not options:
            predicted = predict(Design(network, configuration), recordings, whole).valid
            assert (found.valid - found.first_beat[0]).tolist() == predicted.tolist()


@pytest.fixture(scope="module")
def digits():
    """(the shipped 784-128-10 fed events, recordings of the first 500 test digits)."""
    network = on_events(Network.load(SHIPPED), DECIDING)
    with np.load(ROOT / "golden" / "samples" / "mnist_test_500.npz", allow_pickle=False) as archive:
        return network, recordings_of(archive["images"], network.steps)


@pytest.mark.thorough
def test_from_the_decisive_event_to_the_result(digits):
    """The fixed part, which a digit with few hidden spikes in its last steps shows; a spike in front of the last layer
    waits for those ahead of it."""
    network, recordings = digits
    found = []
    for number in range(60):
        one = recordings[number:number + 1]
        inference = infer(network, one)
        decisive = (one.steps <= inference.decision_time[0]).sum() - 1  # the last event of the decision step
        found.append(predict(Design(network, Configuration()), one, inference, idle=True).valid[0] - decisive)
    assert min(found) == LATENCY and np.median(found) <= LATENCY + 2 and np.mean(np.array(found) <= 25) > 0.8


@pytest.mark.grid
def test_digits_on_784_128_10(network_designs, digits, tmp_path):
    """As events: the words are those of the pixels, and every cycle is predicted."""
    network, recordings = digits
    with np.load(ROOT / "golden" / "samples" / "mnist_test_500.npz", allow_pickle=False) as archive:
        right = infer(replace(network, most_events=None), archive["images"])
    recorder = compiled(network_designs, Design(network, Configuration()), tmp_path / "work")
    found = recorder.run(recordings)
    assert found.words.tolist() == pack(right.classes, right.decision_time, right.silent, right.tie).tolist()
    predicted = predict(Design(network, Configuration()), recordings, infer(network, recordings)).valid
    assert (found.valid - found.first_beat[0]).tolist() == predicted.tolist()
