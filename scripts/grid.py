"""Run the grid of benches, every combination of pixels, spikes and events per cycle and lanes, on both simulators.

What has passed is kept, so that a repeated or broken run does only what is missing. Exit status 1 if a test fails.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from any folder
if __name__ == "__main__":
    from scripts.command.interrupts import answer
    answer()

from scripts.agreement.grid_tests import grid_jobs, grid_tests
from scripts.command.cli import complain, console, run, write_json
from scripts.command.folders import work_folder
from scripts.command.job_options import add_jobs, chosen_workers
from scripts.command.jobs import run_jobs
from scripts.command.kept import Kept
from scripts.command.places import BUILD
from scripts.command.places_to_write import check_places
from scripts.command.provenance import made_by
from tb.harness import SIMULATORS, require_simulator


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


if __name__ == "__main__":
    run(main)
