"""Shares and rates over the course of a training."""

import numpy as np
import pytest

from first_spike.golden.training.adam import newest_share, warm
from first_spike.golden.training.decision_rule import DecisionLearner, DecisionSettings, rates


def test_a_running_average_forgets_what_it_started_from():
    average = 1000.0  # as far off as random weights may be
    for update, value in enumerate([3.0, 5.0, 10.0]):
        average += newest_share(update, 0.01) * (value - average)
    assert average == pytest.approx(6.0)  # the even mean of what came


def test_a_long_average_has_the_share_that_was_asked_for():
    assert newest_share(10_000, 0.01) == 0.01


def test_rates_rise_over_the_first_batches():
    assert [warm(done, 4) for done in range(6)] == [0.25, 0.5, 0.75, 1, 1, 1]
    assert warm(0, 0) == 1


def test_hidden_layers_behind_the_first_have_a_share_of_the_rate():
    settings = DecisionSettings(1, hidden_rate=8.0, output_rate=3.0, deep=0.25)
    assert [rates(settings, layers) for layers in (1, 2, 4)] == [[3.0], [8.0, 3.0], [8.0, 2.0, 2.0, 3.0]]


@pytest.mark.parametrize("warmup, epochs, first", [(0, 10, 1), (4, 10, 1 / 4), (1000, 10, 1 / 5), (1000, 1, 1)])
def test_a_training_warms_up_for_a_tenth_of_its_batches_at_most(warmup, epochs, first):
    """Adam's first step is as long as the rate, whatever the gradient."""
    rng = np.random.default_rng(1)
    images, labels = rng.integers(0, 256, (20, 3, 3)).astype(np.uint8), rng.integers(0, 2, 20)
    weights = [rng.normal(0.3, 0.1, shape).astype(np.float32) for shape in ((9, 4), (4, 2))]
    before = weights[1].copy()
    settings = DecisionSettings(epochs, batch=4, output_rate=0.01, decay=0.0, warmup=warmup)
    learner = DecisionLearner(weights, [np.ones(size, np.float32) for size in (4, 2)], [None] * 2, images, labels, 16,
                              settings)
    learner.begin_epoch(rng)
    learner.learn(0, 0)
    moved = np.abs(weights[1] - before).max()
    assert learner.batches == 5 and moved == pytest.approx(0.01 * first, rel=1e-3)
