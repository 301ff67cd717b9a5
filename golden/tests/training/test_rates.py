"""Shares and rates over the course of a training."""

import pytest

from first_spike.golden.training.rates import newest_share


def test_a_running_average_forgets_what_it_started_from():
    average = 1000.0  # as far off as random weights may be
    for update, value in enumerate([3.0, 5.0, 10.0]):
        average += newest_share(update, 0.01) * (value - average)
    assert average == pytest.approx(6.0)  # the even mean of what came


def test_a_long_average_has_the_share_that_was_asked_for():
    assert newest_share(10_000, 0.01) == 0.01
