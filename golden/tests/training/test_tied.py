"""Weights of a dense layer that are tied over windows of the columns of a map."""

from dataclasses import replace

import numpy as np
import pytest

from first_spike.golden.data.dataset import Dataset
from first_spike.golden.tests.training.test_loop import DECISION
from first_spike.golden.training.adam import Adam, TiedAdam, TiedKernelAdam
from first_spike.golden.training.convolution_rule import tied_rows
from first_spike.golden.training.loop import Training

LAYERS = "conv 4 1x3, dense 3"
PLAN = replace(DECISION, hidden=(), layers=LAYERS, bits=(4, 4), epochs=2, finetune=1, augmentation="none",
               held_out=10, options=(("batch", 16), ("tied", 3)), scale_per="channel")


@pytest.fixture(scope="module")
def bumps():
    """A Dataset of 3 classes, each with its own place of a bump in 20 columns of two channels."""
    rng = np.random.default_rng(1)
    labels = np.arange(90) % 3
    images = rng.integers(0, 100, (90, 1, 20, 2)).astype(np.uint8)
    images[np.arange(90), 0, 4 + 5 * labels] = 255
    return Dataset(images, labels, images[:9], labels[:9], ("a", "b", "c"), "bumps")


def is_tied(weights, map_shape, windows):
    """Whether inputs of one row, channel and window have equal weights, by loops."""
    rows, columns, channels = map_shape
    own = weights.reshape(rows, columns, channels, -1)
    return all((own[y, x] == own[y, x - 1]).all() for y in range(rows) for x in range(1, columns)
               if x * windows // columns == (x - 1) * windows // columns)


def test_which_rows_are_tied():
    assert tied_rows((1, 5, 2), 2).tolist() == [0, 1, 0, 1, 0, 1, 2, 3, 2, 3]
    assert tied_rows((2, 3, 1), 1).tolist() == [0, 0, 0, 1, 1, 1]
    assert tied_rows((2, 3, 2), 8).tolist() == list(range(12))  # fewer columns than windows: none


def test_tied_rows_learn_as_one_that_is_told_the_sum():
    """Rows 0, 2 and 3 of 4 are one: what they hear is heard by row 0 of two, of which a spike that two hear counts
    twice. Told are halves and their like, so that sums are exact in any order."""
    rng = np.random.default_rng(1)
    start, steps = rng.normal(0, 1, (2, 3)).astype(np.float32), 8
    tied, plain = start[[0, 1, 0, 0]].copy(), start.copy()
    ours, theirs = TiedAdam(tied, np.array([0, 1, 0, 0])), Adam(plain)
    for _ in range(5):
        times = rng.integers(0, steps + 1, (6, 4))
        told = (rng.integers(-4, 5, (6, 3)) / 4).astype(np.float32)
        peaks = rng.integers(0, steps, (6, 3)).astype(np.int32)
        ours.step(tied, tied, None, times, told, peaks, 0.1, 0.05)
        apart = np.full((24, 2), steps)  # four recordings for each; in one nothing is heard, so that means are exact
        apart[:6], apart[6:12, 0], apart[12:18, 0] = times[:, :2], times[:, 2], times[:, 3]
        theirs.step(plain, plain, None, apart, np.tile(told, (4, 1)) * np.float32(4), np.tile(peaks, (4, 1)), 0.1, 0.05)
        assert np.array_equal(tied, plain[[0, 1, 0, 0]]) and ours.ties(tied)


@pytest.mark.parametrize("layers, shape", [
    (LAYERS, (1, 18, 4)), pytest.param("conv 4 1x3 sum 1x2, dense 3", (1, 9, 4), marks=pytest.mark.thorough)])
def test_a_training_keeps_weights_tied_also_at_few_bits(bumps, layers, shape):
    result = Training(replace(PLAN, layers=layers), bumps).run()
    for network in (result.float_network, result.network):
        assert is_tied(network.layers[1].weights, shape, 3)
        assert not is_tied(network.layers[1].weights, shape, 2)


def test_what_is_read_of_a_sum_pool_learns_tied(bumps):
    """With a window for each column it learns as if it were not."""
    def learned(tied):
        plan = replace(PLAN, layers="conv 4 1x3 sum 1x2, dense 3", options=(("batch", 16), ("tied", tied)))
        learner = Training(plan, bumps)._float_learner()
        learner.begin_epoch(np.random.default_rng(1))
        learner.learn(0, 0)
        return learner.weights[1]

    assert is_tied(learned(3), (1, 9, 4), 3) and np.array_equal(learned(9), learned(0))


@pytest.mark.parametrize("decay", [0.0, 0.05])
def test_gradients_that_come_summed(decay):
    """As rows that are told them in the usual way: two parts of an image each, spikes and peaks of step 0."""
    rng, group_of = np.random.default_rng(2), np.array([0, 1, 0, 0])
    start = rng.normal(0, 1, (2, 3)).astype(np.float32)
    ours, theirs, gradients = start[group_of], start[group_of], np.empty((2, 4, 3), np.float32)
    summed, plain = TiedKernelAdam(ours, group_of, gradients), TiedAdam(theirs, group_of)
    for _ in range(5):
        times, told = rng.integers(0, 2, (2, 4)), (rng.integers(-4, 5, (2, 3)) / 4).astype(np.float32)
        gradients[:] = (times == 0)[..., None] * told[:, None]
        for one, weights in ((summed, ours), (plain, theirs)):
            one.step(weights, weights, None, times, told, np.zeros((2, 3), np.int32), 0.1, decay)
        assert np.array_equal(ours, theirs) and (ours != start[group_of]).any() and summed.ties(ours)


def test_a_float_network_that_is_not_tied_is_not_changed_by_fine_tuning(bumps):
    free = replace(PLAN, options=(("batch", 16),))
    network = Training(free, bumps).run().float_network
    assert not is_tied(network.layers[1].weights, (1, 18, 4), 3)
    made = [Training(plan, bumps).quantize(network) for plan in (PLAN, free)]
    assert made[0].sha256 == made[1].sha256
