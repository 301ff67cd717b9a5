"""Weights of a dense layer that are tied over windows of the columns of a map."""

from dataclasses import replace

import numpy as np
import pytest

from first_spike.golden.data.dataset import Dataset
from first_spike.golden.errors import UserError
from first_spike.golden.tests.training.test_loop import DECISION
from first_spike.golden.training.adam import Adam, TiedAdam
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


def test_a_training_keeps_weights_tied_also_at_few_bits(bumps):
    result = Training(PLAN, bumps).run()
    for network in (result.float_network, result.network):
        assert is_tied(network.layers[1].weights, (1, 18, 4), 3)
        assert not is_tied(network.layers[1].weights, (1, 18, 4), 2)


def test_no_windows_behind_a_sum_pool(bumps):
    with pytest.raises(UserError, match="what is read of a sum pool cannot be tied yet: say --set tied=0"):
        Training(replace(PLAN, layers="conv 4 1x3 sum 1x2, dense 3"), bumps)


def test_a_float_network_that_is_not_tied_is_not_changed_by_fine_tuning(bumps):
    free = replace(PLAN, options=(("batch", 16),))
    network = Training(free, bumps).run().float_network
    assert not is_tied(network.layers[1].weights, (1, 18, 4), 3)
    made = [Training(plan, bumps).quantize(network) for plan in (PLAN, free)]
    assert made[0].sha256 == made[1].sha256
