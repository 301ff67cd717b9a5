"""Compare the configurations of a network's hardware: exact cycles on your images, area by a model, bandwidth, a Pareto
plot."""

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from any folder

from golden.contract.network import Network
from golden.errors import UserError
from golden.inference.infer import infer
from scripts.command.cli import console, run, write_json
from scripts.command.folders import make_folder
from scripts.command.images import add_image_arguments, read_images
from scripts.command.job_bar import run_jobs
from scripts.command.option_values import above_zero, positive
from scripts.command.places import BUILD
from scripts.exploration.points import candidates, error_sentence, measure_area, point
from scripts.exploration.table_and_plot import exploration_table, write_plot
from scripts.synthesis.process import require_program

DEFAULT_COUNT = 1000


def main():
    arguments = parse()
    network = Network.load(arguments.network)
    chosen = read_images(arguments, network)
    images = chosen.images[:arguments.count]
    configurations, refused = candidates(network, arguments)
    if not configurations:
        raise UserError(f"none of the configurations can be made: {refused[0]}")
    if arguments.synth:
        require_program("yosys")
    folder = make_folder(arguments.out)
    started = time.monotonic()
    inference = infer(network, images)
    points = run_jobs("cycles", [(str(number), 1, lambda _, configuration=configuration: point(
        network, configuration, images, inference, arguments.clock))
        for number, configuration in enumerate(configurations)])
    seconds = time.monotonic() - started
    if arguments.synth:
        run_jobs("yosys", [(str(number), 1, lambda _, number=number, configuration=configuration: points[number].update(
            measured=measure_area(arguments.network, configuration, folder / f"design{number}", arguments.timeout)))
            for number, configuration in enumerate(configurations)])
    console.print(exploration_table(f"{arguments.network.stem} on {len(images):,} images of {chosen.name}, at "
                                    f"{arguments.clock:g} MHz", points))
    for sentence in refused:
        console.print(f"left out: {sentence}", soft_wrap=True)
    if arguments.synth:
        console.print(error_sentence(points), soft_wrap=True)
    write_plot(folder / "pareto.png", points, arguments.network.stem)
    write_json(folder / "report.json", {"network": arguments.network.stem, "network_sha256": network.sha256,
                                        "images": len(images), "data": chosen.name, "clock_mhz": arguments.clock,
                                        "points": points, "left_out": refused})
    console.print(f"{len(points)} configurations in {seconds:.0f} s; {folder / 'report.json'}, {folder / 'pareto.png'}",
                  soft_wrap=True)


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", type=Path, required=True, metavar="FILE.npz", help="integer network file")
    parser.add_argument("--lanes", type=lanes, nargs="+", default=None, metavar="P[,P...]",
                        help="to try: one number, of every layer at most, or one for each layer, as in 16,2 (default: "
                             "all neurons, and "
                             "halves of that down to 8)")
    parser.add_argument("--pixels", type=int, nargs="+", default=[4, 8, 16], metavar="B",
                        help="to try (default: 4 8 16)")
    parser.add_argument("--spikes-per-cycle", type=int, nargs="+", default=[1, 4], metavar="G",
                        help="to try (default: 1 4)")
    parser.add_argument("--events-per-cycle", type=int, nargs="+", default=[1, 2], metavar="E",
                        help="to try (default: 1 2)")
    add_image_arguments(parser)
    parser.add_argument("--count", type=positive, default=DEFAULT_COUNT, metavar="N",
                        help="the first N images (default: 1000)")
    parser.add_argument("--clock", type=above_zero, default=130.0, metavar="MHZ",
                        help="for images a second (default: 130)")
    parser.add_argument("--synth", action="store_true", help="measure the area with yosys (ECP5) beside the model")
    parser.add_argument("--timeout", type=above_zero, default=1800.0, metavar="SECONDS",
                        help="for each run of yosys (default: 1800)")
    parser.add_argument("--out", type=Path, default=BUILD / "explore", metavar="FOLDER",
                        help="report.json, pareto.png and, with --synth, the designs (default: build/explore)")
    return parser.parse_args()


def lanes(text):
    """Lanes of every layer, or of each."""
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a number, or one for each layer with commas between, found "
                                         f"{text!r}") from None


if __name__ == "__main__":
    run(main)
