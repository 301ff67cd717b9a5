"""Results that are kept: found again by what decides them, gone when that or the file changes."""

import numpy as np
import pytest

from first_spike.jobs.jobs import Kept, hash_of_arrays, hash_of_files


@pytest.fixture
def kept(tmp_path):
    return Kept(tmp_path / "kept")


def test_found_again_by_all_that_decides_it(kept):
    assert kept.find({"a": 1, "speed": "hx"}) is None
    assert kept.keep({"a": 1, "speed": "hx"}, {"cells": 3}) == {"cells": 3}
    assert kept.find({"speed": "hx", "a": 1}) == {"cells": 3} and kept.find({"a": 2, "speed": "hx"}) is None
    assert kept.keep({"a": (1, 2)}, (1, 2)) == [1, 2] == kept.find({"a": [1, 2]})
    kept.keep({"a": (1, 2)}, 4)
    assert kept.find({"a": (1, 2)}) == 4


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null"])
def test_a_damaged_file_is_none(kept, tmp_path, text):
    kept.keep({"a": 1}, 5)
    file, = (tmp_path / "kept").iterdir()
    file.write_text(text)
    assert kept.find({"a": 1}) is None
    assert kept.keep({"a": 1}, 5) == 5 == kept.find({"a": 1})


def test_hash_of_files(tmp_path):
    (tmp_path / "a").write_text("one")
    (tmp_path / "b").write_text("two")
    first = hash_of_files(tmp_path.iterdir())
    assert first == hash_of_files([tmp_path / "b", tmp_path / "a"])
    (tmp_path / "a").write_text("onet")
    (tmp_path / "b").write_text("wo")
    assert hash_of_files(tmp_path.iterdir()) != first


def test_hash_of_arrays():
    one = np.arange(6, dtype=np.uint8)
    others = [one.reshape(2, 3), one.astype(np.int8), one + 1, None]
    assert len({hash_of_arrays(one), *(hash_of_arrays(other) for other in others)}) == 5
    assert hash_of_arrays(one, None) == hash_of_arrays(one.copy(), None) != hash_of_arrays(None, one)
