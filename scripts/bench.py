"""Every hardware figure of the README in one run: a whole test set through Verilator, in several configurations, bit by
bit.

Exit status 1 if a result, a spike or a cycle differs from what the golden model and the cycle model say.
"""

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from any folder

from golden.contract.configuration import Configuration
from golden.contract.network import Network
from golden.errors import UserError
from rtl_model.convert import generate
from scripts.agreement.bench_table import bench_table
from scripts.agreement.measure import Design, measure
from scripts.command.cli import console, run, write_json
from scripts.command.download_bar import load_shown
from scripts.command.folders import make_folder
from scripts.command.job_bar import run_jobs
from scripts.command.option_values import percent, positive, simulator_seed
from scripts.command.places import BUILD, NETWORKS
from tb.harness import require_simulator

# name: (network, configuration)
DESIGNS = {
    "784-128-10, 128 lanes": ("mnist_784_128_10_4bit", Configuration()),
    "784-128-10, 128 lanes, 2 events": ("mnist_784_128_10_4bit", Configuration(events_per_cycle=2)),
    "784-128-10, 128 lanes, 2 events, 16 pixels": ("mnist_784_128_10_4bit",
                                                   Configuration(events_per_cycle=2, pixels=16)),
    "784-128-10, 32 lanes, 1 spike": ("mnist_784_128_10_4bit", Configuration(lanes=(32,), spikes_per_cycle=1)),
    "784-128-10, 16 and 2 lanes, 1 pixel, 1 spike": (
        "mnist_784_128_10_4bit", Configuration(lanes=(16, 2), pixels=1, spikes_per_cycle=1)),
    "784-400-10, 400 lanes": ("mnist_784_400_10_4bit", Configuration()),
}


def main():
    arguments = parse()
    require_simulator("verilator")
    started = time.monotonic()
    data = load_shown(arguments.data, train=False, image_shape=(28, 28))
    count = len(data.test_images) if arguments.count is None else arguments.count
    if not 1 < count <= len(data.test_images):
        raise UserError(f"{data.name} holds {len(data.test_images)} test images: choose --count 2 to "
                        f"{len(data.test_images)}")
    images = data.test_images[:count]
    folder = make_folder(arguments.build)
    jobs = []
    for number, (name, (network, configuration)) in enumerate(DESIGNS.items()):
        design = Design(name, Network.load(NETWORKS / f"{network}.npz"), configuration)
        made = generate(NETWORKS / f"{network}.npz", configuration, folder / f"design{number}")
        work = make_folder(folder / f"simulation{number}")
        jobs.append((name, 1, lambda report, design=design, made=made, work=work: measure(
            design, images, data.test_labels[:count], made, work, arguments.stalls, arguments.seed, report)))
    reports = run_jobs("bench", jobs)
    seconds = time.monotonic() - started
    console.print(bench_table(f"{data.name}, {count:,} test images, Verilator", reports))
    write_json(folder / "report.json", {"data": data.name, "images": count, "seed": arguments.seed,
                                        "seconds": round(seconds, 1), "designs": reports})
    console.print(f"{seconds:.0f} s; report: {folder / 'report.json'}", soft_wrap=True)
    return verdict(reports)


def verdict(reports):
    """Say what differs; returns the exit status."""
    wrong = [f"{report['name']}, {run_name}: {sentence}" for report in reports
             for run_name, sentence in report["differences"].items() if sentence]
    for sentence in wrong:
        console.print(sentence, style="bold red", soft_wrap=True)
    if wrong:
        return 1
    console.print("Every result and every spike up to the decision is equal to the golden model's, every cycle to the "
                  "cycle model's.")
    return None


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="mnist", metavar="FOLDER",
                        help="as for evaluate.py; 28 x 28 pixels (default: mnist)")
    parser.add_argument("--count", type=positive, metavar="N", help="only the first N images (default: all)")
    parser.add_argument("--stalls", type=percent, default=30, metavar="PERCENT",
                        help="of the cycles in which each end stalls in the stalled run (default: 30)")
    parser.add_argument("--seed", type=simulator_seed, default=1,
                        help="of the stalls and of Verilator's initial values (default: 1)")
    parser.add_argument("--build", type=Path, default=BUILD / "bench", metavar="FOLDER", help="(default: build/bench)")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
