"""Random networks, configurations, images, stalls, resets and wrong frames, in compiled code and on both simulators,
and on a processor, for a given time or so many rounds.

What fails is shrunk to a small case, kept in a folder, and printed as a command. Exit status 1 if something fails.
"""

import argparse
import time
from pathlib import Path

from first_spike.command.bars import JobBar
from first_spike.command.cli import console, write_json
from first_spike.command.option_values import above_zero, natural, positive
from first_spike.command.places import BUILD, check_places, work_folder
from first_spike.command.provenance import made_by
from first_spike.comparison.simulators import SIMULATORS, require_simulator
from first_spike.golden.errors import UserError
from first_spike.jobs.jobs import cores
from tb.scenarios.cases import Case
from tb.soak.rounds import PROCESSORS, Backends, shrink, soak

MINUTES = 5


def main():
    arguments = parse()
    check_places(arguments, folders=("build",))
    made = made_by("verilator", "iverilog")
    for simulator in SIMULATORS:
        require_simulator(simulator)
    with work_folder(arguments.build) as folder:
        backends = Backends(folder / "designs")
        if arguments.case:
            return try_case(backends, Case.load(arguments.case), arguments.backend)
        with JobBar("soak", [f"seed {arguments.seed}"]) as bar:
            minutes = arguments.minutes or (float("inf") if arguments.rounds else MINUTES)
            started = time.monotonic()
            tally = soak(backends, 60 * minutes, arguments.seed, arguments.jobs or cores(),
                         lambda share: bar.report(0, share), (arguments.first, arguments.rounds),
                         1 if arguments.processors else PROCESSORS)
            seconds = time.monotonic() - started
        write_json(folder / "report.json", {"made_by": made, "seed": arguments.seed,
                                            "minutes": round(seconds / 60, 1), "first": arguments.first,
                                            "networks": tally.networks, "images": tally.images,
                                            "failed": tally.failure is not None})
        checked = ", ".join(f"{count:,} on {name}" for name, count in tally.images.items())
        console.print(f"{tally.networks} networks, seed {arguments.seed}, from round {arguments.first} on, in "
                      f"{seconds:.0f} s; images: {checked}", soft_wrap=True)
        console.print(f"report: {folder / 'report.json'}", soft_wrap=True)
        if tally.failure:
            raise UserError(explain(backends, tally.failure, folder / "failure"))


def try_case(backends, case, names):
    """Run a Case on the back ends of these names. Raises UserError where it fails."""
    for name in [names] if names else backends.names:
        said = backends.run(name, case)
        if said is not None:
            raise UserError(f"{name}: {said}")
        console.print(f"{name}: {case.images} images are right")


def explain(backends, failure, folder):
    """Shrink the Case that failed, keep it in `folder`, and say in a sentence how to try it again."""
    number, name, case, said = failure
    console.print(f"round {number} fails on {name}: {said.splitlines()[-1]}; looking for a small case", soft_wrap=True)
    small = shrink(case, lambda smaller: backends.run(name, smaller) is not None)
    small.save(folder)
    frames = sum(len(batch.frames) for batch in small.batches)
    return (f"{backends.run(name, small)} (round {number}, shrunk to {frames} frames); again with: "
            f".venv/bin/python -m tb soak --case {folder} --backend {name}")


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--minutes", type=above_zero, help=f"after which no round begins (default: {MINUTES}, with "
                        "--rounds any)")
    parser.add_argument("--rounds", type=positive, metavar="N", help="so many, each of one network")
    parser.add_argument("--first", type=natural, default=0, metavar="ROUND", help="the first of them (default: 0)")
    parser.add_argument("--processors", action="store_true", help="networks that are loaded into a processor alone")
    parser.add_argument("--seed", type=natural, default=1, help="of everything (default: 1)")
    parser.add_argument("--case", type=Path, metavar="FOLDER", help="try this case instead")
    parser.add_argument("--backend", choices=Backends.names, help="with --case: on this one (default: on all)")
    parser.add_argument("--jobs", type=positive, metavar="N", help="rounds at a time (default: one for each core)")
    parser.add_argument("--build", type=Path, default=BUILD / "soak", metavar="FOLDER", help="(default: build/soak)")
    arguments = parser.parse_args()
    if arguments.backend and not arguments.case:
        parser.error("--backend goes with --case: rounds run on all")
    return arguments

