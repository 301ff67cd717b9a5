"""Prove claims about blocks and a small accelerator for all inputs, with sby, yosys, abc and z3.

For each claim several runs: it holds; what it speaks of can happen; and each of its faults, put into the Verilog, does
not survive it. Exit status 1 if a run ends otherwise.
"""

import argparse
from pathlib import Path

from rich.table import Table

from first_spike.command.cli import complain, console, write_json
from first_spike.command.option_values import add_timeout
from first_spike.command.places import BUILD, check_places, work_folder
from first_spike.command.provenance import made_by
from first_spike.golden.errors import UserError
from first_spike.jobs.cluster import add_jobs, chosen_workers
from first_spike.jobs.jobs import Job, run_jobs
from first_spike.synthesis.toolchains import require_program
from tb.formal.claims import CLAIMS
from tb.formal.designs import UNBOUNDED
from tb.formal.runs import HOLDS, REACHED, prove, require_sby


def main():
    arguments = parse()
    check_places(arguments, folders=("build",))
    made = made_by("yosys", "z3")
    with chosen_workers(arguments) as workers, work_folder(arguments.build) as folder:
        for program in ("yosys", "yosys-abc", "z3"):
            workers.everywhere(require_program, program)
        workers.everywhere(require_sby)
        jobs = [Job(claim.name, prove, (claim, arguments.timeout), folder / claim.name)
                for claim in chosen_claims(arguments.claims, arguments.deep)]
        claims = [job.arguments[0] for job in jobs]
        results, failed = run_jobs("proofs", jobs, workers)
        write_json(folder / "report.json", {"made_by": made, "failed": failed, "claims": [
            {"name": claim.name, "claim": claim.text, "sizes": claim.sizes, "cycles": claim.cycles or None,
             "modules": claim.modules, "seconds": seconds}
            for claim, seconds in zip(claims, results)]})
    console.print(table(claims, results))
    console.print(f"report: {folder / 'report.json'}", soft_wrap=True)
    return complain(failed)


def chosen_claims(names, deep):
    """Those of these names; if there are none the quick ones, or, with `deep`, the others. UserError for a name that
    is none, and for both."""
    if names and deep:
        raise UserError("--deep chooses the claims: leave it out where claims are named")
    known = {claim.name: claim for claim in CLAIMS}
    for name in names:
        if name not in known:
            raise UserError(f"no claim is called {name!r}: choose of {', '.join(known)}")
    return [known[name] for name in names] or [claim for claim in CLAIMS if claim.deep == deep]


def table(claims, results):
    made = Table(title="proved for all inputs", title_justify="left")
    for heading in ("claim", "for", "how deep"):
        made.add_column(heading)
    for heading in (HOLDS, REACHED, "faults"):
        made.add_column(f"{heading}, s", justify="right")
    for claim, seconds in zip(claims, results):
        deep = "all times" if claim.cycles == UNBOUNDED else f"{claim.cycles} cycles"
        found = ["failed"] * 3
        if seconds:
            others = [value for name, value in seconds.items() if name not in (HOLDS, REACHED)]
            found = [str(seconds[HOLDS]), str(seconds[REACHED]), f"{len(others)} in {sum(others):.1f}"]
        made.add_row(f"{claim.name}: {claim.text}", claim.sizes, deep, *found)
    return made


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("claims", nargs="*", metavar="CLAIM", help=f"of {', '.join(c.name for c in CLAIMS)} (default: "
                                                                  f"the quick ones)")
    parser.add_argument("--deep", action="store_true", help="those that take long instead")
    add_timeout(parser)
    add_jobs(parser)
    parser.add_argument("--build", type=Path, default=BUILD / "prove", metavar="FOLDER", help="(default: build/prove)")
    return parser.parse_args()

