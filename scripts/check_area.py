"""How far the area model is from what yosys makes of random designs, none of which it was fitted to: LUTs of an ECP5
beside the error that it states, and block RAM.

What was synthesized stays, and a repeated run does only what is missing. Exit status 1 if a block RAM differs, more
than one design of fifteen is off by more than stated, or the median error is above 5 %.
"""

import argparse
from pathlib import Path

if __name__ == "__main__":
    import entry  # noqa: F401

from first_spike.command.cli import complain, console, run
from first_spike.command.option_values import add_timeout, positive
from first_spike.command.places import BUILD, check_places, make_folder, work_folder
from first_spike.exploration import area_check
from first_spike.exploration.area import design_parts, estimate_area
from first_spike.exploration.area_check import judge, random_designs, yardstick_table
from first_spike.exploration.synthesis_runs import Runs, synthesize_all
from first_spike.golden.errors import UserError
from first_spike.jobs.cluster import add_jobs, chosen_workers
from first_spike.jobs.jobs import Kept
from first_spike.rtl_model.convert import generate
from first_spike.synthesis.targets import ECP5
from first_spike.synthesis.toolchains import require_program

SEED, COUNT = 2, 30
FIT_SEED, FIT_COUNT = 11, 64  # of the designs that the model is fitted to


def main():
    arguments = parse()
    check_places(arguments, folders=("build",))
    with chosen_workers(arguments) as workers, work_folder(arguments.build) as folder:
        workers.everywhere(require_program, "yosys")
        if arguments.fit:
            area_check.write(*area_check.fit([
                (design_parts(design, top), counts) for _, design, top, counts
                in synthesized(FIT_SEED, FIT_COUNT, arguments, folder, workers)]))
            console.print(f"written: {area_check.FILE}", soft_wrap=True)
            return None
        rows = [(name, design.network.title, top, estimate_area(design, top), counts["total"])
                for name, design, top, counts
                in synthesized(SEED, arguments.count, arguments, folder, workers)]
    console.print(yardstick_table(rows))
    wrong, sentence = judge(rows)
    console.print(sentence, soft_wrap=True)
    return complain(wrong)


def synthesized(seed, count, arguments, folder, workers):
    """What `random_designs` gives, each with what `count_cells` gives."""
    for name, design, top in random_designs(seed, count):
        work = make_folder(folder / f"{seed}_{name.replace(' ', '_')}")
        made = generate(design, work / "design", top=top)
        reports, failed = synthesize_all(Runs(made, work, Kept(work / "kept"), True, arguments.timeout, workers),
                                         [ECP5])
        if failed:
            raise UserError(failed[0])
        yield name, design, top, reports[ECP5.name]


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    designs = parser.add_mutually_exclusive_group()
    designs.add_argument("--count", type=positive, default=COUNT, metavar="N", help=f"designs (default: {COUNT})")
    designs.add_argument("--fit", action="store_true", help="find the model's coefficients anew, from other designs, "
                                                            "and write them into exploration/coefficients.py")
    add_timeout(parser)
    add_jobs(parser)
    parser.add_argument("--build", type=Path, default=BUILD / "area", metavar="FOLDER",
                        help="designs and netlists (default: build/area)")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
