"""The arrays of recordings: choosing among them, times as events, and a sentence for arrays that are none."""

import numpy as np
import pytest

from first_spike.golden.errors import UserError
from first_spike.golden.recordings import Recordings

THREE = Recordings.of_lists([[(4, 0), (5, 2)], [], [(6, 1)]])


def content(recordings):
    return recordings.offsets.tolist(), recordings.inputs.tolist(), recordings.steps.tolist()


def test_plain_arrays():
    assert content(THREE) == ([0, 2, 2, 3], [4, 5, 6], [0, 2, 1])
    assert [THREE.offsets.dtype, THREE.inputs.dtype, THREE.steps.dtype] == [np.int64, np.int32, np.int16]
    assert len(THREE) == 3 and THREE.counts.tolist() == [2, 0, 1] and THREE.owners.tolist() == [0, 0, 2]
    assert len(Recordings.of_lists([])) == 0


def test_some_of_them():
    assert content(THREE[1:]) == ([0, 0, 1], [6], [1])
    assert content(THREE[np.array([2, 0, 2])]) == ([0, 1, 3, 4], [6, 4, 5, 6], [1, 0, 2, 1])
    assert content(THREE[np.array([False, True, False])]) == ([0, 0], [], [])
    assert content(THREE.only(np.array([False, True, True]))) == ([0, 1, 1, 2], [5, 6], [2, 1])


def test_of_times():
    assert content(Recordings.of_times(np.array([[3, 16, 0, 3], [16, 16, 16, 16]]), 16)) == (
        [0, 3, 3], [2, 0, 3], [0, 3, 3])


def test_first_times_of_inputs_that_spike_again():
    two = Recordings.of_lists([[(0, 1), (2, 1), (0, 3), (0, 7), (2, 9)], [(1, 0), (1, 0)]])
    assert two.first_times(3, 16).tolist() == [[1, 16, 1], [16, 0, 16]]


@pytest.mark.parametrize("parts, message", [
    (([0, 1], [0, 1], [0, 1]), "offsets of recordings must run from 0 to the number of events, 2"),
    (([1, 2], [0, 1], [0, 1]), "offsets of recordings must run from 0"),
    (([], [], []), "offsets of recordings must be integers with one axis, found float64"),
    (([0, 2, 1, 2], [0, 1], [0, 1]), "offsets of recordings must never fall, but that behind recording 1 does"),
    (([0, 2], [0, 1], [0]), "2 inputs of events, but 1 steps"),
    (([0, 2], [0, -1], [0, 0]), "input -1 of event 1 must be from 0 to 16777214"),
    (([0, 2], [0, 1 << 24], [0, 0]), "input 16777216 of event 1 must be from 0"),
    (([0, 2], [0, 1 << 40], [0, 0]), "inputs of recordings must fit in int32, found 0 to 1099511627776"),
    (([0, 2], [0, 0], [0, 256]), "step 256 of event 1 must be from 0 to 255"),
    (([0, 2], [0, 0], [[0, 0]]), r"steps of recordings must be integers with one axis, found int64 of shape \[1, 2\]"),
    (([0, 2], [0.5, 0], [0, 0]), "inputs of recordings must be integers"),
])
def test_arrays_that_hold_no_recordings(parts, message):
    with pytest.raises(UserError, match=message):
        Recordings(*map(np.array, parts))
