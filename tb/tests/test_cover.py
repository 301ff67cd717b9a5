"""Coverage: what Verilator counted becomes points, and what one design reaches counts in all."""

import json

import pytest

from first_spike.golden.files import ROOT
from first_spike.jobs.jobs import Job, LocalWorkers
from tb.coverage import command as cover
from tb.coverage.points import read_points
from tb.helpers.process import command  # noqa: F401

DESIGNS = {"dense": [["layerK_lane", "line", "a <= 1; 5 block", True], ["layerK_lane", "toggle", "m[0]", False],
                     ["layerK_lane", "branch", "if (a) 5 else", False]],
           "deep": [["layerK_lane", "toggle", "m[0]", True], ["layerK_lane", "branch", "if (a) 5 else", False]]}


def counted(module, line, kind, said, count, place):
    fields = dict(f=f"/x/{module}.v", l=line, n=5, page=f"v_{kind}/{module}", o=said, h=place)
    return "C '" + "".join(f"\x01{name}\x02{value}" for name, value in fields.items()) + f"' {count}\n"


def test_instances_count_together(tmp_path):
    data = tmp_path / "coverage.dat"
    data.write_text("# SystemC::Coverage-3\n" + "".join(counted("layer0_lane", *point) for point in (
        (7, "branch", "else", 0, "a"), (7, "branch", "else", 3, "b"), (11, "branch", "else", 1, "a"),
        (2, "toggle", "clk", 0, "a"), (2, "user", "x", 0, "a"))))
    assert read_points(data) == {("layer0_lane", "branch", 7, 5, "else"): 3,
                                 ("layer0_lane", "branch", 11, 5, "else"): 1,
                                 ("layer0_lane", "toggle", 2, 5, "clk"): 0}


@pytest.fixture
def covered(command, tmp_path, monkeypatch):  # noqa: F811
    """A function that runs the command on counts made by hand, with these shares required."""
    def run(fewest, *words):
        monkeypatch.setattr(cover, "FEWEST", fewest)
        monkeypatch.setattr(cover, "TRIED_DESIGNS", DESIGNS)
        monkeypatch.setattr(cover, "BY_NAME", set())
        monkeypatch.setattr(cover, "require_simulator", lambda name: None)
        monkeypatch.setattr(cover, "run_jobs", lambda title, jobs, workers: (
            [{"images": 2, "points": DESIGNS[job.arguments[0]]} for job in jobs], []))
        done = command(cover, *words, "--build", tmp_path / "work")
        report = tmp_path / "work" / "report.json"
        return done, json.loads(report.read_text()) if report.exists() else None
    return run


def test_what_one_design_reaches_counts_in_all_and_what_none_reaches_is_named(covered):
    done, report = covered({"line": 1, "toggle": 1, "branch": 0.5})
    assert done.returncode == 1 and "0.0 % of the branch points are covered, fewer than 50 %" in done.stderr
    assert report["blocks"] == {"layerK_lane": {"line": [1, 1], "branch": [0, 1], "toggle": [1, 1]}}
    assert report["uncovered"] == ["layerK_lane | branch | if (a) 5 else"] and report["images"]["deep"] == 2
    assert covered({"line": 1, "toggle": 1, "branch": 0})[0].returncode == 0
    assert covered({"line": 1, "toggle": 1, "branch": 1}, "dense")[0].returncode == 0, "one design is not all of them"


def test_a_design_that_is_none_is_refused(covered):
    done, report = covered({}, "unknown")
    assert done.returncode == 1 and "no design is called 'unknown': choose of dense, deep" in done.stderr


def test_each_file_of_tests_is_in_one_part():
    parts = cover.parts()
    files = [file for part in parts for file in part]
    assert len(parts) == cover.PARTS == len(cover.python_jobs(ROOT)) and all(parts)
    assert len(files) == len(set(files)) and all((ROOT / file).is_file() for file in files)
    assert len(files) == sum(len(list((ROOT / folder).rglob("test_*.py"))) for folder in cover.TESTS) > 150


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a package of two branches and a test of each; they are what is covered."""
    pytest.importorskip("coverage")
    (tmp_path / "thing" / "room").mkdir(parents=True)
    (tmp_path / "thing" / "__init__.py").write_text("from thing.room import sign, quick\n")
    (tmp_path / "thing" / "room" / "__init__.py").write_text(
        "def njit(function):\n    return function\n\n\n@njit\ndef quick(x):\n    return x\n\n\n"
        "def sign(x):\n    if x < 0:\n        return -1\n    return 1\n")
    (tmp_path / "test_below.py").write_text("from thing import sign\n\ndef test():\n    assert sign(-3) == -1\n")
    (tmp_path / "test_above.py").write_text("from thing import sign\n\ndef test():\n    assert sign(3) == 1\n")
    (tmp_path / "test_wrong.py").write_text("def test():\n    assert False\n")
    monkeypatch.setattr(cover, "ROOT", tmp_path)
    monkeypatch.setattr(cover, "SETTINGS", cover.SETTINGS.replace("golden,rtl_model", "thing"))
    return tmp_path / "work"


@pytest.mark.parametrize("tests, sums", [
    (["below"], {"lines": [5, 6], "branches": [1, 2]}), (["above"], {"lines": [5, 6], "branches": [1, 2]}),
    (["below", "above"], {"lines": [6, 6], "branches": [2, 2]})])
def test_what_the_parts_reach_counts_together(folder, tests, sums):
    jobs = [Job(test, cover.cover_tests, ([f"test_{test}.py"],), folder / test) for test in tests]
    assert [result for _, result, _ in LocalWorkers(1).run(jobs, lambda index, share: None)] == [True] * len(jobs)
    assert cover.python_sums(folder, jobs) == {"thing": {"lines": [1, 1], "branches": [0, 0]}, "thing/room": sums}


def test_a_test_that_fails_is_said(folder):
    failed, job = [], Job("tests 1", cover.cover_tests, (["test_wrong.py"],), folder / "1")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cover, "python_jobs", lambda folder: [job])
        assert cover.cover_python(folder, LocalWorkers(1), failed) is None
    assert failed == [f"tests 1: coverage.py ended with status 1; its messages are in {folder / '1' / 'run.log'}"]
