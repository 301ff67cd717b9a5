"""Every figure of cycles in docs/explanation/results.md, or those of a network of one's own: a whole test set through
Verilator, bit by bit.

Exit status 1 if a result, a spike or a cycle differs from what the golden model and the cycle model say.
"""

import argparse
import math
import time
from pathlib import Path

if __name__ == "__main__":
    import entry  # noqa: F401

from first_spike.command.cli import console, run, write_json
from first_spike.command.hardware_options import add_configuration, design_of, is_chosen
from first_spike.command.images import add_count, add_image_arguments, read_images
from first_spike.command.option_values import NetworkFile, percent, simulator_seed
from first_spike.command.places import BUILD, check_places, work_folder
from first_spike.command.provenance import made_by
from first_spike.comparison.bench_runs import bench_table, measure_all, own_case, shipped_cases
from first_spike.comparison.simulators import require_plain_path, require_simulator
from first_spike.comparison.verdict import bench_verdict
from first_spike.golden.contract.network import Network
from first_spike.golden.errors import UserError
from first_spike.jobs.cluster import add_jobs, chosen_workers


def main():
    arguments = parse()
    check_places(arguments, folders=("build",))
    with chosen_workers(arguments) as workers:
        return bench(arguments, workers)


def bench(arguments, workers):
    workers.everywhere(require_simulator, "verilator")
    if not arguments.scheduler:
        require_plain_path("verilator", arguments.build.resolve())
    started, made = time.monotonic(), made_by("verilator")
    cases = shipped_cases()
    if arguments.network:
        cases = [own_case(arguments.network, design_of(arguments, Network.load(arguments.network)))]
    images = read_images(arguments, cases[0].design.network, math.inf)
    count = len(images.images)
    if count < 2:
        raise UserError("cycles are counted from one result to the next: choose 2 images or more")
    with work_folder(arguments.build) as folder:
        reports, failed = measure_all(cases, images, folder, arguments.stalls, arguments.seed, workers)
        seconds = time.monotonic() - started
        if reports:
            console.print(bench_table(f"{images.name}, {count:,} images, Verilator", reports))
        write_json(folder / "report.json", {"made_by": made, "data": images.name, "images": count,
                                            "seed": arguments.seed,
                                            "seconds": round(seconds, 1), "designs": reports, "failed": failed})
    console.print(f"{seconds:.0f} s; report: {folder / 'report.json'}", soft_wrap=True)
    return bench_verdict(reports, failed)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--network", action=NetworkFile, metavar="FILE.npz",
                        help="an integer network of one's own, in the configuration that the options name (default: "
                             "the designs of docs/explanation/results.md)")
    add_configuration(parser)
    add_image_arguments(parser)
    add_count(parser, "all")
    parser.add_argument("--stalls", type=percent, default=30, metavar="PERCENT",
                        help="of the cycles in which each end stalls in the stalled run (default: 30)")
    parser.add_argument("--seed", type=simulator_seed, default=1,
                        help="of the stalls and of Verilator's initial values (default: 1)")
    parser.add_argument("--build", type=Path, default=BUILD / "bench", metavar="FOLDER", help="(default: build/bench)")
    add_jobs(parser)
    arguments = parser.parse_args()
    if arguments.network is None and is_chosen(parser, arguments):
        parser.error("the options of a configuration go with --network: the designs of docs/explanation/results.md "
                     "have theirs")
    return arguments


if __name__ == "__main__":
    run(main)
