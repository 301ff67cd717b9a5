"""Files of recordings: what plain numpy writes is read, and one sentence for every bad one."""

import numpy as np
import pytest

from first_spike.golden.data import npz
from first_spike.golden.data.npz import read_event_file, write_event_file
from first_spike.golden.errors import UserError
from first_spike.golden.recordings import Recordings

GOOD = {"offsets": [0, 2, 2, 3], "input": [4, 4, 6], "step": [0, 2, 1], "labels": [1, 0, 1]}


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.uint64, np.int16])
def test_what_plain_numpy_wrote(tmp_path, dtype):
    np.savez(tmp_path / "e.npz", **{name: np.array(values, dtype) for name, values in GOOD.items()}, note="mine")
    recordings, labels = read_event_file(tmp_path / "e.npz")
    assert (recordings.offsets.tolist(), recordings.inputs.tolist(), recordings.steps.tolist(), labels.tolist()) == \
        tuple(GOOD.values())
    assert labels.dtype == np.int64


def test_round_trip_without_labels(tmp_path):
    write_event_file(tmp_path / "e.npz", Recordings.of_lists([[(1, 2)], []]))
    recordings, labels = read_event_file(tmp_path / "e.npz")
    assert recordings.offsets.tolist() == [0, 1, 1] and labels is None


@pytest.mark.parametrize("changes, message", [
    ({"step": None}, "holds no array 'step'; it has offsets, input, labels"),
    ({"offsets": [0, 2]}, "offsets of recordings must run from 0 to the number of events, 3"),
    ({"step": [0, 2, 300]}, "step 300 of event 2 must be from 0 to 255"),
    ({"step": [0.0, 2, 1]}, "steps of recordings must be integers with one axis, found float64"),
    ({"labels": [1, 0]}, "labels must be one integer for each of 3 recordings, found int64 of shape \\[2\\]"),
    ({"input": np.array([{}, {}, {}])}, "holds an object array, which is never loaded"),
])
def test_bad_files(tmp_path, changes, message):
    arrays = {name: np.array(values) for name, values in (GOOD | changes).items() if values is not None}
    np.savez(tmp_path / "e.npz", **arrays)
    with pytest.raises(UserError, match=message) as caught:
        read_event_file(tmp_path / "e.npz")
    assert str(caught.value).startswith(str(tmp_path / "e.npz"))


def test_files_that_are_no_archives(tmp_path, monkeypatch):
    path = tmp_path / "e.npz"
    with pytest.raises(UserError, match="cannot read .*No such file"):
        read_event_file(path)
    path.write_bytes(b"offsets,input\n")
    with pytest.raises(UserError, match="is no .npz archive of arrays"):
        read_event_file(path)
    np.savez(path, **{name: np.array(values) for name, values in GOOD.items()})
    whole = path.read_bytes()
    path.write_bytes(whole[:60] + bytes(40) + whole[100:])
    with pytest.raises(UserError, match="is truncated, damaged, or no .npz archive of arrays"):
        read_event_file(path)
    path.write_bytes(whole)
    monkeypatch.setattr(npz, "MOST_NUMBERS", 5)
    with pytest.raises(UserError, match="holds 7 numbers; at most 5 are read"):
        read_event_file(path)
