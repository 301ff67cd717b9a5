"""Compare the configurations of a network's hardware: exact cycles on your images, area by a model, bandwidth, a Pareto
plot.

What was counted and measured stays, and a repeated run does only what is missing. Exit status 1 if yosys failed on a
design, after the report of the rest.
"""

import argparse
import time
from pathlib import Path

from first_spike.command.cli import complain, console, write_json
from first_spike.command.configuration_options import add_top, add_weights, check_board
from first_spike.command.figure import require_matplotlib
from first_spike.command.folders import work_folder
from first_spike.command.images import add_image_arguments, read_images
from first_spike.command.networks import NAMED, NetworkFile
from first_spike.command.option_values import above_zero, add_timeout, numbers, positive, taps_of_layers
from first_spike.command.places import BUILD
from first_spike.command.places_to_write import check_places
from first_spike.exploration.points import candidates, cells, error_sentence, explored, measure_areas
from first_spike.exploration.table_and_plot import exploration_table, write_plot
from first_spike.golden.contract.network import Network
from first_spike.golden.errors import UserError
from first_spike.jobs.job_options import add_jobs, chosen_workers
from first_spike.jobs.kept import Kept
from first_spike.synthesis.boards import BOARDS
from first_spike.synthesis.fit import find_ecp5_board, surplus, verdict
from first_spike.synthesis.process import require_program


def main():
    arguments = parse()
    check_places(arguments, folders=("out",))
    with chosen_workers(arguments) as workers:
        return explore(arguments, workers)


def explore(arguments, workers):
    boards = [find_ecp5_board(name) for name in arguments.board]
    network = Network.load(arguments.network)
    chosen = read_images(arguments, network)
    images = chosen.images[:arguments.count]
    configurations, refused = candidates(network, arguments)
    if not configurations:
        raise UserError(f"none of the configurations can be made: {refused[0]}")
    if arguments.synth:
        workers.everywhere(require_program, "yosys")
    require_matplotlib()
    with work_folder(arguments.out) as folder:
        kept = Kept(folder / "kept")
        started = time.monotonic()
        points = explored(network, configurations, arguments.top, images, arguments.clock, workers, kept)
        seconds = time.monotonic() - started
        failed = (measure_areas(arguments.network, network, configurations, arguments.top, points, folder,
                                arguments.timeout, workers, kept) if arguments.synth else [])
        for one in points:
            counts, error = cells(one)
            one["boards"] = {board.name: {"fits": verdict(board, counts, error), "too_many": surplus(board, counts)}
                             for board in boards}
        write_json(folder / "report.json", {
            "network": arguments.network.stem, "network_sha256": network.sha256, "images": len(images),
            "data": chosen.name, "clock_mhz": arguments.clock, "top": arguments.top,
            "points": points, "left_out": refused, "failed": failed})
        write_plot(folder / "pareto.png", points, arguments.network.stem)
    console.print(exploration_table(f"{arguments.network.stem} on {len(images):,} images of {chosen.name}, at "
                                    f"{arguments.clock:g} MHz", points, boards))
    for sentence in refused:
        console.print(f"left out: {sentence}", soft_wrap=True)
    if arguments.synth:
        console.print(error_sentence(points), soft_wrap=True)
    console.print(f"{len(points)} configurations in {seconds:.0f} s; {folder / 'report.json'}, {folder / 'pareto.png'}",
                  soft_wrap=True)
    return complain(failed)


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--network", action=NetworkFile, required=True, metavar="FILE.npz",
                        help=f"integer network file, {NAMED}")
    parser.add_argument("--lanes", type=numbers, nargs="+", default=None, metavar="P[,P...]",
                        help="to try: one number, of every layer at most, or one for each layer, as in 16,2 (default: "
                             "all neurons, and halves of that down to 8)")
    parser.add_argument("--pixels", type=int, nargs="+", default=[4, 8, 16], metavar="B",
                        help="to try (default: 4 8 16)")
    parser.add_argument("--spikes-per-cycle", type=int, nargs="+", default=[1, 4], metavar="G",
                        help="to try (default: 1 4)")
    parser.add_argument("--events-per-cycle", type=int, nargs="+", default=[1, 2], metavar="E",
                        help="to try (default: 1 2)")
    parser.add_argument("--taps", type=taps_of_layers, nargs="+", default=[(1,)], metavar="N[,N...]",
                        help="of convolutions, to try: 1 or row, for every layer, or one for each layer, as in row,1,1 "
                             "(default: 1)")
    add_weights(parser)
    add_top(parser)
    parser.add_argument("--board", nargs="+", default=[], metavar="NAME",
                        help="with an ECP5: whether the designs with a serial line fit onto it, as far as the model "
                             f"can tell, or with --synth for sure, of {', '.join(BOARDS)}")
    add_image_arguments(parser)
    parser.add_argument("--count", type=positive, default=1000, metavar="N", help="the first N images (default: 1000)")
    parser.add_argument("--clock", type=above_zero, default=130.0, metavar="MHZ",
                        help="for images a second (default: 130)")
    parser.add_argument("--synth", action="store_true", help="measure the area with yosys (ECP5) beside the model")
    add_timeout(parser)
    add_jobs(parser)
    parser.add_argument("--out", type=Path, default=BUILD / "explore", metavar="FOLDER",
                        help="report.json, pareto.png and, with --synth, the designs (default: build/explore)")
    arguments = parser.parse_args()
    check_board(parser, arguments)
    return arguments

