"""The grid of benches as long jobs: each test in a process of its own, on the cores or the cluster that one chooses."""

import subprocess
import sys

from first_spike.command.provenance import version
from first_spike.golden.errors import UserError
from first_spike.golden.files import ROOT
from first_spike.jobs.jobs import Job
from first_spike.jobs.kept import PACKAGES, hash_of_files, hash_of_project

PYTEST = [sys.executable, "-m", "pytest", "-q", "-m", "grid", "-p", "no:cacheprovider"]
FOLDERS = ("tb", "rtl_model", "first_spike")  # with tests of the grid
NONE_COLLECTED = 5  # exit status of pytest


def grid_tests(expression=""):
    """The tests of the grid, as pytest names them; of those that fit pytest's `expression`, if there is one.

    Raises UserError where none fits, or the expression is none.
    """
    chosen = ["-k", expression] if expression else []
    done = subprocess.run([*PYTEST, "--collect-only", *chosen, *FOLDERS], cwd=ROOT,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode == NONE_COLLECTED:
        raise UserError(f"no test of the grid fits {expression!r}")
    if done.returncode:
        raise UserError(f"pytest cannot tell the tests of the grid: {(done.stderr or done.stdout).strip()}")
    return [line for line in done.stdout.splitlines() if "::" in line]


def grid_jobs(tests, folder, workers):
    """A Job for each of the `tests`, with its messages in a folder of its own in `folder`."""
    decides = {"code": hash_of_project(), "tests": hash_of_files(files_of_tests()), "simulators": [
        workers.everywhere(version, "iverilog", "-V"), workers.everywhere(version, "verilator", "--version")]}
    return [Job(test.partition("::")[2], run_test, (test,), folder / f"test{number}", decides | {"test": test},
                brings=("pytest.log",)) for number, test in enumerate(tests)]


def files_of_tests():
    """Those that hash_of_project leaves out."""
    return [path for package in PACKAGES for path in (ROOT / package).rglob("tests/**/*.py")]


def run_test(folder, report, test):
    """Run one test of the grid; True if it passes, UserError if not. report is not called: a test has no parts."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "pytest.log"
    with open(log, "wb") as messages:
        status = subprocess.run([*PYTEST, "-p", "no:xdist", test], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=messages,
                                stderr=subprocess.STDOUT).returncode
    if status:
        raise UserError(f"failed; its messages are in {log}")
    return True
