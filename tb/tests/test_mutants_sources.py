"""Faults in sources: how they are drawn, placed and tried, and the list of survivors."""

import csv
import json
from pathlib import Path

import pytest

from tb.helpers.process import assert_refused, command  # noqa: F401
from tb.mutation import source_command
from tb.mutation.source_command import SURVIVORS, first_failure, known_survivors, listed
from tb.mutation.source_faults import AREAS, SourceFault, drawn, placed, with_fault

CODE = "def double(x):\n    return 2 * x\n\n\ndef more(x):\n    return 2 * x\n"
TEST = "from golden.rule import double\n\n\ndef test_nought():\n    assert double(3) == 6\n"
FAULT = SourceFault("golden", "golden/rule.py", 2, "return 2 * x", "return 3 * x")


@pytest.fixture
def tree(tmp_path):
    """A tree with a module and a test."""
    for name, text in (("golden/__init__.py", ""), ("golden/rule.py", CODE), ("golden/tests/test_rule.py", TEST)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_a_fault_stands_in_the_nearest_line_with_its_text(tree):
    assert placed(FAULT, tree) == (tree / "golden/rule.py", 2)
    assert with_fault(CODE, 2, FAULT) == CODE.replace("2 * x", "3 * x", 1)
    later = SourceFault("golden", "golden/rule.py", 9, "return 2 * x", "return 3 * x")
    assert placed(later, tree) == (tree / "golden/rule.py", 6)


def test_a_line_that_moved_is_found_and_one_that_is_gone_or_stands_twice_is_not(tree):
    moved = SourceFault("golden", "golden/gone.py", 2, "def double(x):", "def double(y):")
    assert placed(moved, tree) == (tree / "golden/rule.py", 1)
    for text in ("return 2 * x", "return 5"):
        assert placed(SourceFault("golden", "golden/gone.py", 2, text, ""), tree) is None


def test_the_first_test_that_fails_is_named(tree):
    tests = ("golden/tests",)
    assert first_failure(tree, tree / "golden/rule.py", tests) == ""
    (tree / "golden/rule.py").write_text(with_fault(CODE, 2, FAULT))
    assert first_failure(tree, tree / "golden/rule.py", tests) == "golden/tests/test_rule.py::test_nought"
    (tree / "golden/rule.py").write_text("def double(x:\n")
    assert first_failure(tree, tree / "golden/rule.py", tests) == "golden/tests/test_rule.py"


@pytest.mark.parametrize("area", [name for name, area in AREAS.items() if area.files])
def test_faults_of_an_area_change_one_line_each(area):
    pytest.importorskip("cosmic_ray")
    faults = drawn(area, 8, 1)
    assert len({fault.entry for fault in faults}) == 8 and faults[:3] == drawn(area, 3, 1) != drawn(area, 3, 2)
    assert all(fault.before != fault.after and placed(fault) for fault in faults)


def test_survivors_have_a_reason_and_their_line_is_there():
    reasons = known_survivors()
    assert reasons and all(reasons.values())
    for entry in reasons:
        file, before, after = entry.split(" | ")[0], *entry.split(" | ", 1)[1].rsplit(" | ", 1)
        assert placed(SourceFault("", file, 1, before, after)), f"{SURVIVORS.name} speaks of what is gone: {entry}"


def test_a_list_is_tried_again(command, tmp_path, monkeypatch):  # noqa: F811
    file = tmp_path / "faults.csv"
    with open(file, "w", newline="") as rows:
        csv.writer(rows).writerows([("id", "area", "file", "line", "before", "after"),
                                    (1, "golden", "golden/rule.py", 2, "return 2 * x", "return 3 * x")] * 1)
    assert listed(file) == [FAULT]
    answer = {"area": "golden", "file": "f.py", "line": 2, "before": "a", "after": "b", "entry": "f.py | a | b",
              "block": "f.py"}
    for noticed, status, text in (("a test", 0, None), ("", 1, "survives: f.py:2: a => b"),
                                  (None, 0, "its line is gone: f.py | a | b")):
        monkeypatch.setattr(source_command, "run_jobs", lambda title, jobs, workers, noticed=noticed: (
            [[{**answer, "noticed": noticed}]], []))
        done = command(source_command, "--list", file, "--build", tmp_path / "work")
        assert done.returncode == status and (text is None or text in done.stdout), done.stdout
        assert json.loads((tmp_path / "work" / "report.json").read_text())["faults"][0]["noticed"] == noticed


def test_the_faults_that_were_drawn_before_still_have_their_places():
    faults = listed(Path(__file__).parents[1] / "faults.csv")
    assert len(faults) == 100 and {fault.area for fault in faults} == set(AREAS)
    assert all(map(placed, faults))


def test_an_area_that_is_none_is_refused(command, tmp_path):  # noqa: F811
    assert_refused(command(source_command, "everything", "--build", tmp_path), "no area is called 'everything'")
