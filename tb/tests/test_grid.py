"""The grid of benches as long jobs: what passes is kept, what fails is named."""

import json

import pytest

from first_spike.golden.errors import UserError
from first_spike.golden.files import ROOT
from first_spike.jobs.jobs import PACKAGES, Kept, LocalWorkers, run_jobs
from tb.benches import grid
from tb.benches.grid import grid_jobs, grid_tests
from tb.helpers.process import assert_refused, command  # noqa: F401

SMALL = """
import pathlib
import pytest
here = pathlib.Path(__file__).parent
@pytest.mark.grid
def test_good():
    (here / "runs").open("a").write("good ")
@pytest.mark.grid
def test_bad():
    (here / "runs").open("a").write("bad ")
    assert (here / "mended").exists()
"""


@pytest.mark.thorough
def test_what_passes_is_kept_and_what_fails_is_named(tmp_path, monkeypatch):
    file = tmp_path / "test_small.py"
    file.write_text(SMALL)
    workers, kept = LocalWorkers(1), Kept(tmp_path / "kept")
    jobs = grid_jobs([f"{file}::test_good", f"{file}::test_bad"], tmp_path / "work", workers)
    log = tmp_path / "work" / "test1" / "pytest.log"
    assert run_jobs("grid", jobs, workers, kept) == ([True, None], [f"test_bad: failed; its messages are in {log}"])
    assert "assert" in log.read_text()
    (tmp_path / "mended").touch()
    assert run_jobs("grid", jobs, workers, kept) == ([True, True], [])
    assert (tmp_path / "runs").read_text() == "good bad bad "
    monkeypatch.setattr(grid, "hash_of_project", lambda tests: "another")
    changed = grid_jobs([f"{file}::test_good"], tmp_path / "work", workers)
    assert run_jobs("grid", changed, workers, kept) == ([True], [])
    assert (tmp_path / "runs").read_text() == "good bad bad good "


@pytest.mark.thorough
def test_the_report_counts_what_passes_of_all(command, tmp_path, monkeypatch):  # noqa: F811
    file = tmp_path / "test_small.py"
    file.write_text(SMALL)
    every = [f"{file}::test_good", f"{file}::test_bad", f"{file}::test_left_out"]
    monkeypatch.setattr(grid, "grid_tests", lambda only="": every[:2] if only else every)
    done = command(grid, "--only", "good or bad", "--jobs", "1", "--build", tmp_path / "grid")
    assert done.returncode == 1 and "1 of 2 tests of the grid pass" in done.stdout
    report = json.loads((tmp_path / "grid" / "report.json").read_text())
    assert report["of"] == 3 and report["tests"] == {"passed": 1, "failed": 1, "skipped": 0}
    assert [sentence.partition(":")[0] for sentence in report["failed"]] == ["test_bad"]
    assert set(report["made_by"]["tools"]) == {"python", "iverilog", "verilator"}


@pytest.mark.long
def test_the_tests_are_those_of_the_grid():
    every = grid_tests()
    places = [(ROOT / file).resolve() / test for file, _, test in (test.partition("::") for test in every)]
    assert len(every) == len(set(places)) > 100 and sum("test_accelerator_grid[" in test for test in every) > 100
    marked = {str(path.relative_to(ROOT)) for package in PACKAGES for path in (ROOT / package).rglob("test_*.py")
              if "mark.grid" in path.read_text() and path.name != "test_grid.py"}
    assert {test.partition("::")[0] for test in every} >= marked
    assert grid_tests("icarus") == [test for test in every if "icarus" in test] != []
    with pytest.raises(UserError, match="^no test of the grid fits 'nothing'$"):
        grid.grid_tests("nothing")


@pytest.mark.thorough
def test_nothing_fits(command, tmp_path):  # noqa: F811
    assert_refused(command(grid, "--only", "nothing", "--build", tmp_path / "b"), "no test of the grid fits 'nothing'")
