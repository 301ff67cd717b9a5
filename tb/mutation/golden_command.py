"""Try faults in golden, in the files of the contract: what no test notices is a hole in the tests.

Mutants are chosen of all by a seed. Exit status 1 if too few of them are found.
"""

import argparse
from collections import Counter
from pathlib import Path

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
from tb.mutation.verdict import complaints, counts, share, table

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
        failed += complaints(found, reasons, {mutant.entry for mutant in all_of_them}, FEWEST_KILLED, of_a_module=0)
        of_files = counts(found, reasons)
        write_json(folder / "report.json", {
            "made_by": made, "seed": arguments.seed, "of": len(all_of_them), "failed": failed, "files": of_files,
            "killed_share": share(sum(of_files.values(), Counter())), "mutants": found})
    console.print(table(found, reasons, f"mutants of golden, {len(found)} of {len(all_of_them)}", "file"))
    console.print(f"report: {folder / 'report.json'}", soft_wrap=True)
    return complain(failed)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=positive, default=COUNT, help=f"mutants that are tried (default: {COUNT})")
    parser.add_argument("--seed", type=natural, default=SEED, help=f"by which they are chosen (default: {SEED})")
    add_jobs(parser)
    parser.add_argument("--build", type=Path, default=BUILD / "mutants-golden", metavar="FOLDER",
                        help="(default: build/mutants-golden)")
    return parser.parse_args()

