"""Try faults in the Verilog of small designs: what no test notices is a hole in the tests.

Mutants are operators, constants, conditions, signals and assignments that are changed, chosen by a seed. Exit status 1
if too few of them are found.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from any folder
if __name__ == "__main__":
    from scripts.command.interrupts import answer
    answer()

from golden.errors import UserError
from scripts.command.cli import complain, console, run, write_json
from scripts.command.folders import work_folder
from scripts.command.job_options import add_jobs, chosen_workers
from scripts.command.jobs import Files, Job, run_jobs
from scripts.command.kept import Kept, hash_of_files, hash_of_project
from scripts.command.option_values import natural, positive
from scripts.command.places import BUILD
from scripts.command.places_to_write import check_places
from scripts.command.provenance import made_by
from scripts.mutation import equivalence
from scripts.mutation.campaign import prove_survivor, try_mutants
from scripts.mutation.survivors import read
from scripts.mutation.verdict import complaints, counts, table
from scripts.synthesis.process import require_program
from tb.harness import require_simulator
from tb.small_designs import SMALL_DESIGNS

COUNT, SEED = 310, 1


def main():
    arguments = parse()
    check_places(arguments, folders=("build",))
    made = made_by("verilator", "yosys")
    names = chosen_designs(arguments.designs)
    with chosen_workers(arguments) as workers, work_folder(arguments.build) as folder:
        workers.everywhere(require_simulator, "verilator")
        for program in ("yosys", "yosys-abc"):
            workers.everywhere(require_program, program)
        reasons = read()
        jobs = [Job(name, try_mutants, (name, arguments.count, arguments.seed), folder / name,
                    {"code": hash_of_project(), "design": name, "count": arguments.count, "seed": arguments.seed})
                for name in names]
        kept = Kept(folder / "kept")
        results, failed = run_jobs("mutants", jobs, workers, kept)
        found = {name: result for name, result in zip(names, results) if result is not None}
        failed += prove_survivors(found, folder, workers, kept)
        failed += complaints(found, reasons, whole(arguments, found))
        write_json(folder / "report.json", {
            "made_by": made, "seed": arguments.seed, "failed": failed, "designs": found,
            "modules": {name: dict(count) for name, count in counts(found, reasons).items()}})
    console.print(table(found, reasons))
    console.print(f"report: {folder / 'report.json'}", soft_wrap=True)
    return complain(failed)


def chosen_designs(names):
    """The names; all if there are none. UserError for a name that is none."""
    for name in names:
        if name not in SMALL_DESIGNS:
            raise UserError(f"no design is called {name!r}: choose of {', '.join(SMALL_DESIGNS)}")
    return names or list(SMALL_DESIGNS)


def prove_survivors(found, folder, workers, kept):
    """Note in each result of {design: results} the module for which it is `proved` to be none, or ""; sentences about
    what failed."""
    survivors = [(name, result) for name, results in found.items() for result in results if not result["killed"]]
    for results in found.values():
        for result in results:
            result["proved"] = ""
    jobs = [Job(f"{name} {result['module']}", prove_survivor, (Files(folder / name / "verilog"), result),
                folder / "proofs" / str(number), {
                    "code": hash_of_files([Path(equivalence.__file__)]), "mutant": result,
                    "design": hash_of_files((folder / name / "verilog").glob("*.v"))})
            for number, (name, result) in enumerate(survivors)]
    proofs, failed = run_jobs("proofs", jobs, workers, kept)
    for (_, result), proved in zip(survivors, proofs):
        result["proved"] = proved or ""
    return failed


def whole(arguments, found):
    """Whether everything was tried for which survivors.txt is made."""
    return set(found) == set(SMALL_DESIGNS) and (arguments.count, arguments.seed) == (COUNT, SEED)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("designs", nargs="*", metavar="DESIGN",
                        help=f"of {', '.join(SMALL_DESIGNS)} (default: all)")
    parser.add_argument("--count", type=positive, default=COUNT,
                        help=f"mutants of each design (default: {COUNT})")
    parser.add_argument("--seed", type=natural, default=SEED, help=f"by which they are chosen (default: {SEED})")
    add_jobs(parser)
    parser.add_argument("--build", type=Path, default=BUILD / "mutants", metavar="FOLDER",
                        help="(default: build/mutants)")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
