"""Run the grid of benches, every combination of pixels, spikes and events per cycle and lanes, on both simulators.

What has passed is kept, so that a repeated or broken run does only what is missing. Exit status 1 if a test fails.
"""

import argparse
from pathlib import Path

from first_spike.command.cli import complain, console, write_json
from first_spike.command.folders import work_folder
from first_spike.command.places import BUILD
from first_spike.command.places_to_write import check_places
from first_spike.command.provenance import made_by
from first_spike.comparison.harness import SIMULATORS, require_simulator
from first_spike.jobs.job_options import add_jobs, chosen_workers
from first_spike.jobs.jobs import run_jobs
from first_spike.jobs.kept import Kept
from tb.benches.grid_tests import grid_jobs, grid_tests


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


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", metavar="EXPRESSION",
                        help="tests whose names fit, as with pytest -k, such as 'icarus and 8-4-1'")
    add_jobs(parser)
    parser.add_argument("--build", type=Path, default=BUILD / "grid", metavar="FOLDER", help="(default: build/grid)")
    return parser.parse_args()

