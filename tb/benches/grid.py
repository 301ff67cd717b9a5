"""Run the grid of benches, every combination of pixels, spikes and events per cycle and lanes, on Icarus every pair.

What has passed is kept, so that a repeated or broken run does only what is missing. Exit status 1 if a test fails.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from first_spike.command.cli import complain, console, shown, write_json
from first_spike.command.places import BUILD, check_places, work_folder
from first_spike.command.provenance import made_by, version
from first_spike.comparison.simulators import SIMULATORS, require_simulator
from first_spike.golden.errors import UserError
from first_spike.golden.files import ROOT
from first_spike.jobs.cluster import add_jobs, chosen_workers
from first_spike.jobs.jobs import Job, Kept, hash_of_project, run_jobs

PYTEST = [sys.executable, "-m", "pytest", "-q", "-m", "grid", "-p", "no:cacheprovider"]
FOLDERS = ("tb", "rtl_model", "first_spike/tests")  # with tests of the grid; the package has rtl_model as a link
NONE_COLLECTED = 5  # exit status of pytest


def main():
    arguments = parse()
    check_places(arguments, folders=("build",))
    made = made_by(*SIMULATORS.values())
    with chosen_workers(arguments) as workers, work_folder(arguments.build) as folder:
        for simulator in SIMULATORS:
            workers.everywhere(require_simulator, simulator)
        jobs = grid_jobs(grid_tests(arguments.only), folder, workers)
        results, failed = run_jobs("grid", jobs, workers, Kept(folder / "kept"))
        passed = sum(result is not None for result in results)
        write_json(folder / "report.json", {
            "made_by": made, "failed": failed, "of": len(grid_tests()),
            "tests": {"passed": passed, "failed": len(results) - passed, "skipped": 0}})
    console.print(f"{passed} of {len(results)} tests of the grid pass")
    console.print(f"report: {folder / 'report.json'}", soft_wrap=True)
    return complain(failed)


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
        messages = (done.stderr or done.stdout).strip().splitlines()
        raise UserError(f"pytest cannot tell the tests of the grid: {' | '.join(messages)}")
    return [line for line in done.stdout.splitlines() if "::" in line]


def grid_jobs(tests, folder, workers):
    """A Job for each of the `tests`, with its messages in a folder of its own in `folder`."""
    decides = {"code": hash_of_project(tests=True), "simulators": [
        workers.everywhere(version, "iverilog", "-V"), workers.everywhere(version, "verilator", "--version")]}
    return [Job(test.partition("::")[2], run_test, (test,), folder / f"test{number}", decides | {"test": test},
                brings=("pytest.log",)) for number, test in enumerate(tests)]


def run_test(folder, report, test):
    """Run one test of the grid; True if it passes, UserError if not. report is not called: a test has no parts."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "pytest.log"
    with open(log, "wb") as messages:
        status = subprocess.run([*PYTEST, "-p", "no:xdist", test], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=messages,
                                stderr=subprocess.STDOUT).returncode
    if status:
        raise UserError(f"failed; its messages are in {shown(log)}")
    return True


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", metavar="EXPRESSION",
                        help="tests whose names fit, as with pytest -k, such as 'icarus and 8-4-1'")
    add_jobs(parser)
    parser.add_argument("--build", type=Path, default=BUILD / "grid", metavar="FOLDER", help="(default: build/grid)")
    return parser.parse_args()
