"""Results that are kept: found again by what decides them, made again when that or the file changes."""

import pytest

from golden.errors import UserError
from scripts.command.job_bar import run_jobs
from scripts.command.kept import Kept, hash_of_files


@pytest.fixture
def kept(tmp_path):
    """A function get(decides, result) on a Kept, which says whether the result had to be made."""
    store = Kept(tmp_path / "kept")

    def get(decides, result, **options):
        made = []
        found = store.get_or_make(decides, lambda: made.append(True) or result, **options)
        return found, bool(made)

    return get


def test_found_again_by_all_that_decides_it(kept):
    assert kept({"a": 1, "speed": "hx"}, {"cells": 3}) == ({"cells": 3}, True)
    assert kept({"speed": "hx", "a": 1}, None) == ({"cells": 3}, False)
    assert kept({"a": 2, "speed": "hx"}, [1, 2]) == ([1, 2], True)
    assert kept({"a": (1, 2)}, (1, 2)) == ([1, 2], True) and kept({"a": [1, 2]}, None) == ([1, 2], False)


def test_what_may_not_be_used_any_more_is_made_again(kept):
    assert kept({"a": 1}, 5) == (5, True)
    assert kept({"a": 1}, 6, still=lambda result: result != 5) == (6, True)
    assert kept({"a": 1}, 7) == (6, False)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null"])
def test_a_damaged_file_is_made_again(kept, tmp_path, text):
    kept({"a": 1}, 5)
    file, = (tmp_path / "kept").iterdir()
    file.write_text(text)
    assert kept({"a": 1}, 5) == (5, True) and kept({"a": 1}, 5) == (5, False)


def test_what_fails_is_not_kept(tmp_path):
    store = Kept(tmp_path / "kept")

    def fail():
        raise UserError("no")

    with pytest.raises(UserError):
        store.get_or_make({"a": 1}, fail)
    assert store.get_or_make({"a": 1}, lambda: 5) == 5


def test_hash_of_files(tmp_path):
    (tmp_path / "a").write_text("one")
    (tmp_path / "b").write_text("two")
    first = hash_of_files(tmp_path.iterdir())
    assert first == hash_of_files([tmp_path / "b", tmp_path / "a"])
    (tmp_path / "a").write_text("onet")
    (tmp_path / "b").write_text("wo")
    assert hash_of_files(tmp_path.iterdir()) != first


def test_jobs_go_on_when_one_fails():
    def fail(_):
        raise UserError("it was stopped after 1 s")

    results, failed = run_jobs("title", [("a", lambda _: 1), ("b", fail), ("c", lambda report: report(0.5) or 3)])
    assert (results, failed) == ([1, None, 3], ["b: it was stopped after 1 s"])
    with pytest.raises(ZeroDivisionError):  # an error of ours is none of the job's
        run_jobs("title", [("a", lambda _: 1 // 0)])
