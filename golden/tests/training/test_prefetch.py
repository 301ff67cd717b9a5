"""Preparing ahead changes where things are made, never what."""

import threading

import numba
import numpy as np
import pytest

from first_spike.golden.training import augment
from first_spike.golden.training.adam import use_threads
from first_spike.golden.training.s4nn_rule import PART, Ahead, S4nnLearner, S4nnSettings

needs_two = pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="one core")


@pytest.fixture(params=[1, pytest.param(2, marks=needs_two)])
def threads(request):
    before = use_threads(request.param)
    yield request.param
    use_threads(before)


def test_each_is_made_once_and_all_but_the_first_elsewhere(threads):
    makers = []

    def make(index):
        makers.append((index, threading.current_thread() is threading.main_thread()))
        return index * index

    ahead = Ahead(make, 4)
    assert [ahead.take(index) for index in range(4)] == [0, 1, 4, 9]
    assert makers == [(0, True)] + [(index, threads == 1) for index in (1, 2, 3)]


def test_begins_anywhere(threads):
    ahead = Ahead(lambda index: index, 9)
    assert [ahead.take(index) for index in (5, 6, 2, 3)] == [5, 6, 2, 3]


def test_a_failure_comes_when_it_is_asked_for(threads):
    ahead = Ahead([0, 1, 2].__getitem__, 9)
    assert [ahead.take(index) for index in range(3)] == [0, 1, 2]
    with pytest.raises(IndexError):
        ahead.take(3)


@needs_two
@pytest.mark.parametrize("augmentation", [augment.Augmentation(), augment.DIGITS])
def test_s4nn_learns_the_same_on_one_thread_and_on_two(augmentation):
    def learned(count):
        before = use_threads(count)
        rng = np.random.default_rng(5)
        images = rng.integers(0, 256, (3 * PART + 7, 6, 6)).astype(np.uint8)
        learner = S4nnLearner(rng, [36, 9, 3], images, rng.integers(0, 3, len(images)), 16,
                              S4nnSettings(epochs=1, threshold=30.0, augmentation=augmentation))
        learner.begin_epoch(rng)
        tallies = [learner.learn(index, index) for index in range(learner.batches)]
        use_threads(before)
        return learner.weights, tallies

    (one, one_tallies), (two, two_tallies) = learned(1), learned(2)
    assert one_tallies == two_tallies and sum(tally.images for tally in one_tallies) == 3 * PART + 7
    assert all(np.array_equal(a, b) for a, b in zip(one, two))
