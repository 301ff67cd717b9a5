"""Try faults in the netlists of small designs: a fault that no scenario notices is a hole in the tests.

yosys draws the faults by a seed. Exit status 1 if too few of them are noticed.
"""

import argparse
from pathlib import Path

from first_spike.command.cli import complain, console, write_json
from first_spike.command.option_values import natural, positive
from first_spike.command.places import BUILD, check_places, work_folder
from first_spike.command.provenance import made_by
from first_spike.comparison.simulators import require_simulator
from first_spike.golden.errors import UserError
from first_spike.jobs.cluster import add_jobs, chosen_workers
from first_spike.jobs.jobs import Files, Job, run_jobs
from first_spike.synthesis.toolchains import require_program
from tb.mutation.campaign import build_faults, play_faults, prove_fault
from tb.mutation.verdict import counts, fault_table, share, too_few
from tb.scenarios.small_designs import BY_NAME, TRIED_DESIGNS

COUNT = 260
PLAYED = 20  # faults in one job
FEWEST, USUAL = {"core": 0.97, "streams": 0.95, "processor": 0.93}, 0.85  # shares of the faults of an area


def main():
    arguments = parse()
    check_places(arguments, folders=("build",))
    made, names = made_by("verilator", "yosys"), chosen_designs(arguments.designs)
    with chosen_workers(arguments) as workers, work_folder(arguments.build) as folder:
        workers.everywhere(require_simulator, "verilator")
        for program in ("yosys", "yosys-abc"):
            workers.everywhere(require_program, program)
        builds = [Job(name, build_faults, (name, arguments.count, arguments.seed), folder / name,
                      brings=("bench/*", "verilog/*")) for name in names]
        faults, failed = run_jobs("builds", builds, workers)
        results = play(dict(zip(names, faults)), folder, workers, failed)
        prove([result for result in results if not result["noticed"]], folder, workers, failed)
        failed += too_few(results, FEWEST, USUAL)
        write_json(folder / "report.json", {
            "made_by": made, "seed": arguments.seed, "count": arguments.count, "failed": failed,
            "areas": {area: {**count, "share": share(count)} for area, count in counts(results, "area").items()},
            "faults": results})
    console.print(fault_table(results, "faults in netlists", "module"))
    for result in results:
        if not (result["noticed"] or result["equivalent"]):
            console.print(f"survives: {result['design']} | {result['module']} | {result['place']}", soft_wrap=True)
    console.print(f"report: {folder / 'report.json'}", soft_wrap=True)
    return complain(failed)


def play(faults, folder, workers, failed):
    """The results of {design: faults, or None where its build failed}; sentences about jobs that failed go to the list
    `failed`, and their faults are left out."""
    parts = [(name, range(first, min(first + PLAYED, len(listed) + 1)))
             for name, listed in faults.items() if listed for first in range(1, len(listed) + 1, PLAYED)]
    jobs = [Job(f"{name} {numbers[0]} to {numbers[-1]}", play_faults, (Files(folder / name / "bench"), list(numbers)))
            for name, numbers in parts]
    noticed, sentences = run_jobs("faults", jobs, workers)
    failed += sentences
    return [{**faults[name][number - 1], "noticed": said, "equivalent": False}
            for (name, numbers), part in zip(parts, noticed) for number, said in zip(numbers, part or ())]


def prove(survivors, folder, workers, failed):
    """Note in each result whether it is `equivalent`."""
    jobs = [Job(f"{result['design']} {result['module']}", prove_fault,
                (Files(folder / result["design"] / "verilog"), result), folder / "proofs" / str(number))
            for number, result in enumerate(survivors)]
    proofs, sentences = run_jobs("proofs", jobs, workers)
    failed += sentences
    for result, proved in zip(survivors, proofs):
        result["equivalent"] = bool(proved)


def chosen_designs(names):
    """The names; if there are none, all but those of BY_NAME. Raises UserError for a name that is none."""
    for name in names:
        if name not in TRIED_DESIGNS:
            raise UserError(f"no design is called {name!r}: choose of {', '.join(TRIED_DESIGNS)}")
    return names or [name for name in TRIED_DESIGNS if name not in BY_NAME]


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("designs", nargs="*", metavar="DESIGN",
                        help=f"of {', '.join(TRIED_DESIGNS)} (default: all but {', '.join(sorted(BY_NAME))})")
    parser.add_argument("--count", type=positive, default=COUNT, metavar="N",
                        help="faults in each design (default: %(default)s)")
    parser.add_argument("--seed", type=natural, default=1, metavar="N",
                        help="by which they are drawn (default: %(default)s)")
    add_jobs(parser)
    parser.add_argument("--build", type=Path, default=BUILD / "mutants", metavar="FOLDER",
                        help="work files and report.json (default: build/mutants)")
    return parser.parse_args()
