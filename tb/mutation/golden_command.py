"""Try faults in golden, in the files of the contract: what no test notices is a hole in the tests.

Mutants are chosen of all by a seed. Exit status 1 if too few of them are found.
"""

import argparse
from collections import Counter
from pathlib import Path

from rich.table import Table

from first_spike.command.cli import complain, console, write_json
from first_spike.command.folders import work_folder
from first_spike.command.option_values import natural, positive
from first_spike.command.places import BUILD
from first_spike.command.places_to_write import check_places
from first_spike.command.provenance import made_by
from first_spike.golden.errors import UserError
from first_spike.jobs.job_options import add_jobs, chosen_workers
from first_spike.jobs.jobs import Job, run_jobs
from first_spike.jobs.kept import Kept, hash_of_files
from tb.mutation import campaign, golden_campaign, survivors
from tb.mutation.golden_mutants import golden_mutants

COUNT, SEED = 400, 1
SHARE = 100  # mutants that are run in one job
FEWEST_KILLED = 0.95  # share of all that are tried: what survives with a reason is not killed
REASONS = Path(golden_campaign.__file__).with_name("golden_survivors.txt")


def main():
    arguments = parse()
    check_places(arguments, folders=("build",))
    try:
        all_of_them = list(golden_mutants())
    except ModuleNotFoundError:
        raise UserError("cosmic-ray is not installed: `make mutants-golden` installs it") from None
    made, reasons = made_by(), survivors.read(REASONS)
    chosen = sorted(all_of_them, key=lambda mutant: mutant.order(arguments.seed))[:arguments.count]
    parts = [chosen[first:first + SHARE] for first in range(0, len(chosen), SHARE)]
    code = hash_of_files(campaign.sources())
    with chosen_workers(arguments) as workers, work_folder(arguments.build) as folder:
        jobs = [Job(f"{number * SHARE + 1} to {number * SHARE + len(part)}", golden_campaign.try_golden, (part,),
                    folder / str(number), {"code": code, "seed": arguments.seed, "number": number, "count": len(part)})
                for number, part in enumerate(parts)]
        results, failed = run_jobs("mutants of golden", jobs, workers, Kept(folder / "kept"))
        found = [result for part in results for result in part or ()]
        failed += complaints(found, reasons)
        write_json(folder / "report.json", {
            "made_by": made, "seed": arguments.seed, "of": len(all_of_them), "failed": failed,
            "killed_share": share(found), "files": counts(found, reasons), "mutants": found})
    console.print(table(found, reasons, len(all_of_them)))
    console.print(f"report: {folder / 'report.json'}", soft_wrap=True)
    return complain(failed)


def entry(result):
    """The line of a mutant in the list of those that survive with a reason."""
    return " | ".join([result["file"], result["before"], result["after"]])


def share(found):
    return sum(result["killed"] is not None for result in found) / len(found) if found else 1.0


def counts(found, reasons):
    """{file: {"tried", "killed", "listed", "missed"}}."""
    made = {}
    for result in found:
        fate = "killed" if result["killed"] else "listed" if entry(result) in reasons else "missed"
        made.setdefault(result["file"], Counter(tried=0, killed=0, listed=0, missed=0)).update(["tried", fate])
    return {file: dict(made[file]) for file in sorted(made)}


def complaints(found, reasons):
    """Sentences about too few that are killed, and those that survive without a reason."""
    if share(found) < FEWEST_KILLED:
        yield f"{100 * share(found):.1f} % of the mutants are killed, fewer than {100 * FEWEST_KILLED:g} %"
    for result in found:
        if not result["killed"] and entry(result) not in reasons:
            yield f"a mutant survives: {result['file']}:{result['line']} | {result['before']} | {result['after']}"


def table(found, reasons, of):
    made = Table(title=f"mutants of golden, {len(found)} of {of}", title_justify="left")
    made.add_column("file", no_wrap=True)
    for heading in ("tried", "killed", "listed", "missed"):
        made.add_column(heading, justify="right")
    of_files = counts(found, reasons)
    for file, count in of_files.items():
        made.add_row(file, *map(str, count.values()))
    made.add_section()
    made.add_row("all", *(str(sum(count[fate] for count in of_files.values()))
                          for fate in ("tried", "killed", "listed", "missed")))
    return made


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=positive, default=COUNT, help=f"mutants that are tried (default: {COUNT})")
    parser.add_argument("--seed", type=natural, default=SEED, help=f"by which they are chosen (default: {SEED})")
    add_jobs(parser)
    parser.add_argument("--build", type=Path, default=BUILD / "mutants-golden", metavar="FOLDER",
                        help="(default: build/mutants-golden)")
    return parser.parse_args()

