"""What is left of the beginning in a running average."""

import numpy as np
import pytest

from golden.training.rates import newest_share


@pytest.mark.parametrize("updates", [1, 8, 40, 200, 3000])
def test_a_running_average_forgets_where_it_started(updates):
    start, left = 1.0, []
    for update in range(updates):
        start *= 1 - newest_share(update, updates, 0.01)
        left.append(start)
    assert left == [0.0] * updates


def test_a_running_average_looks_back_at_a_tenth_of_a_short_training_and_at_a_hundred_updates_of_a_long_one():
    assert newest_share(99, 100, 0.01) == 0.1
    assert newest_share(999, 5000, 0.01) == 0.01 and newest_share(999, 5000, 0.02) == 0.02
    assert [newest_share(update, 5000, 0.01) for update in range(3)] == pytest.approx([1, 1 / 2, 1 / 3])
    assert np.isclose(newest_share(3, 2, 0.01), 1)  # never more than all of the newest
