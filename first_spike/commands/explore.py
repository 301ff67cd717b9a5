"""Find the configuration for a budget: exact cycles, area, a Pareto plot.

With bounds, or several networks: every design that keeps them, the fastest first, and the nearest miss where none does.
With --top processor: which networks fit the processors of which boards, with exact cycles.
What was counted and measured stays, and a repeated run does only what is missing. Exit status 1 if yosys failed on a
design, after the report of the rest, or if nothing keeps the bounds.
"""

import time
from pathlib import Path

from first_spike.command.cli import Parser, complain, console, write_json
from first_spike.command.figure import require_matplotlib
from first_spike.command.hardware_options import add_hardware, check_board, check_hardware
from first_spike.command.images import add_image_arguments, read_images
from first_spike.command.option_values import (
    NAMED,
    NetworkFile,
    above_zero,
    add_timeout,
    output_file,
    percentage,
    positive,
)
from first_spike.command.places import BUILD, check_places, work_folder
from first_spike.command.silence import warn
from first_spike.exploration.budget import CLOCK, Budget, missing, offers, within
from first_spike.exploration.energy import FOR_BOUNDS
from first_spike.exploration.points import candidates, cells, error_sentence, explored, measure_areas
from first_spike.exploration.table_and_plot import budget_table, exploration_table, write_budget_plot, write_plot
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.network import Network
from first_spike.golden.errors import UserError
from first_spike.jobs.cluster import add_jobs, chosen_workers
from first_spike.jobs.jobs import Kept
from first_spike.processor.boards import PROCESSORS
from first_spike.processor.explore import explore_processors
from first_spike.rtl_model.tops import ACCELERATORS, PROCESSOR, TOPS
from first_spike.synthesis.targets import ECP5_BOARDS, find_ecp5_board, surplus, verdict
from first_spike.synthesis.toolchains import require_program

COUNT, COUNT_OF_PROCESSORS = 1000, 100
OF_ACCELERATORS = ("max_us", "min_accuracy", "max_uj", "max_mw", "rate", "energy_model", "clock", "synth", "timeout",
                   "jobs", "scheduler", "out")


def main():
    arguments = parse()
    if TOPS[arguments.top].is_processor:
        return explore_processors(arguments, COUNT_OF_PROCESSORS)
    check_places(arguments, folders=("out",))
    with chosen_workers(arguments) as workers:
        if chooses(arguments):
            return choose(arguments, workers)
        return explore(arguments, workers)


def chooses(arguments):
    """Whether parsed arguments ask for the designs that keep bounds."""
    return len(arguments.networks) > 1 or budget_of(arguments).is_bounded


def choose(arguments, workers):
    """The designs that keep the bounds; returns the exit status."""
    budget = budget_of(arguments).check()
    if budget.asks_for_energy:
        require_matplotlib()
    looked_at, found, left_out, absent = [], [], [], []
    with work_folder(arguments.out) as folder:
        (folder / "pareto.png").unlink(missing_ok=True)  # of a run before
        for path, name in zip(arguments.networks, names_of(arguments.networks), strict=True):
            network = Network.load(path)
            try:
                chosen = read_images(arguments, network).spread(arguments.count)
            except UserError as error:
                if len(arguments.networks) == 1:
                    raise
                left_out.append(f"{name}: {error}")
                absent += missing(name, [], [error], budget)
                continue
            looked_at.append({"network": name, "network_sha256": network.sha256, "data": chosen.name,
                              "images": len(chosen.images)})
            made, refused = offers(name, network, chosen.images, choices(arguments), budget, arguments.top,
                                   workers, Kept(folder / "kept"))
            found += made
            absent += missing(name, made, refused, budget)
            left_out += [f"{name}: {sentence}" for sentence in refused]
        kept, nearest = within(found, budget, left_out)
        write_json(folder / "report.json", {"networks": looked_at, "clock_mhz": budget.mhz,
                                            "top": arguments.top, "board": arguments.board, "max_us": budget.max_us,
                                            "min_accuracy": budget.min_accuracy, "max_uj": budget.max_uj,
                                            "max_mw": budget.max_mw, "rate": budget.rate,
                                            "energy_model": budget.energy_model, "left_out": left_out,
                                            "missing": absent, "nearest": nearest,
                                            "found": [offer.report() for offer in kept]})
        if budget.asks_for_energy:
            write_budget_plot(folder / "pareto.png", found, kept, budget)
    if kept:
        console.print(budget_table(kept, budget))
        warn(absent)
    for sentence in left_out:
        console.print(f"left out: {sentence}", soft_wrap=True)
    drawn = f", {folder / 'pareto.png'}" if budget.asks_for_energy else ""
    console.print(f"{len(kept):,} of {len(found):,} designs; {folder / 'report.json'}{drawn}", soft_wrap=True)
    return complain([nearest] if nearest else [])


def names_of(paths):
    """What networks are called: by their files' names, or by the paths of those with the same name."""
    stems = [path.stem for path in paths]
    return [str(path) if stems.count(path.stem) > 1 else path.stem for path in paths]


def budget_of(arguments):
    """The Budget of parsed arguments, with their board if they name one."""
    board = find_ecp5_board(arguments.board[0]) if len(arguments.board) == 1 else None
    return Budget(board, arguments.max_us, arguments.min_accuracy, arguments.max_uj, arguments.max_mw, arguments.rate,
                  arguments.energy_model or FOR_BOUNDS[0], arguments.clock)


def choices(arguments):
    """{option: values to try} of parsed arguments."""
    return {option.name: getattr(arguments, option.name) for option in Configuration.options()}


def explore(arguments, workers):
    boards = [find_ecp5_board(name) for name in arguments.board]
    path, budget = arguments.networks[0], budget_of(arguments)
    network = Network.load(path)
    chosen = read_images(arguments, network).spread(arguments.count)
    images = chosen.images
    designs, refused = candidates(network, choices(arguments), arguments.top)
    if not designs:
        raise UserError(f"no design was found: {refused[0]}")
    if arguments.synth:
        workers.everywhere(require_program, "yosys")
    require_matplotlib()
    with work_folder(arguments.out) as folder:
        kept = Kept(folder / "kept")
        started = time.monotonic()
        points = explored(designs, arguments.top, images, budget.mhz, workers, kept)
        seconds = time.monotonic() - started
        failed = (measure_areas(path.stem, designs, arguments.top, points, folder, arguments.timeout,
                                workers, kept) if arguments.synth else [])
        for one in points:
            counts, error = cells(one)
            one["boards"] = {board.name: {"fits": verdict(board, counts, error), "too_many": surplus(board, counts)}
                             for board in boards}
        write_json(folder / "report.json", {
            "network": path.stem, "network_sha256": network.sha256, "images": len(images),
            "data": chosen.name, "clock_mhz": budget.mhz, "top": arguments.top,
            "points": points, "left_out": refused, "failed": failed})
        write_plot(folder / "pareto.png", points, path.stem, arguments.energy_model)
    console.print(exploration_table(f"{path.stem} on {len(images):,} images of {chosen.name}, at "
                                    f"{budget.mhz:g} MHz", points, boards, arguments.energy_model, budget.clock_words))
    for sentence in refused:
        console.print(f"left out: {sentence}", soft_wrap=True)
    if arguments.synth:
        console.print(error_sentence(points), soft_wrap=True)
    console.print(f"{len(points)} configurations in {seconds:.0f} s; {folder / 'report.json'}, {folder / 'pareto.png'}",
                  soft_wrap=True)
    return complain(failed)


def parse():
    parser = Parser(description=__doc__)
    parser.add_argument("--networks", "--network", action=NetworkFile, nargs="+", metavar="FILE.npz",
                        help=f"integer network files, {NAMED} (default: with --top {PROCESSOR} all of these)")
    add_hardware(parser, (*ACCELERATORS, PROCESSOR), several=True)
    parser.add_argument("--board", nargs="+", default=[], metavar="NAME",
                        help="with an ECP5: whether the designs with a serial line fit onto it, as far as the model "
                             f"can tell, or with --synth for sure, of {', '.join(ECP5_BOARDS)}; with --top {PROCESSOR} "
                             f"of {', '.join(PROCESSORS)}, whose limits are the defaults")
    add_image_arguments(parser)
    parser.add_argument("--count", type=positive, metavar="N",
                        help=f"N images, evenly spaced over all (default: {COUNT}, with --top {PROCESSOR} "
                             f"{COUNT_OF_PROCESSORS})")
    parser.add_argument("--json", type=output_file, metavar="FILE",
                        help=f"write the figures of the table of --top {PROCESSOR}")
    parser.add_argument("--max-us", type=above_zero, metavar="US",
                        help="bound: the mean time of an image in microseconds, at the --clock")
    parser.add_argument("--min-accuracy", type=percentage, metavar="PERCENT",
                        help="bound: the accuracy on held-out training images that the network's file names")
    parser.add_argument("--max-uj", type=above_zero, metavar="UJ",
                        help="bound: the energy of an image in microjoules, estimated by the --energy-model")
    parser.add_argument("--max-mw", type=above_zero, metavar="MW",
                        help="bound: the power in milliwatts at the --rate, estimated by the --energy-model")
    parser.add_argument("--rate", type=above_zero, metavar="N", help="bound: images a second that have to be kept")
    parser.add_argument("--energy-model", choices=FOR_BOUNDS,
                        help=f"estimates energy by this model, see docs/explanation/energy.md (default: "
                             f"{FOR_BOUNDS[0]}); without bounds table and plot have it where this is given")
    parser.add_argument("--clock", type=above_zero, metavar="MHZ",
                        help=f"compute times and images a second at this clock, whatever the --board has (default: "
                             f"the clock of the --board if there is one, else {CLOCK:g})")
    parser.add_argument("--synth", action="store_true",
                        help="measure the area with yosys (ECP5) beside the model: one network, no bounds")
    add_timeout(parser)
    add_jobs(parser)
    parser.add_argument("--out", type=Path, default=BUILD / "explore", metavar="FOLDER",
                        help="report.json, pareto.png (with bounds, if energy is one) and, with --synth, the designs "
                             "(default: build/explore)")
    arguments = parser.parse_args()
    check_hardware(parser, arguments, accelerators=OF_ACCELERATORS, processors=("json",))
    if TOPS[arguments.top].is_processor:
        return arguments
    if arguments.networks is None:
        parser.error("the following arguments are required: --networks/--network")
    arguments.count = arguments.count or COUNT
    if len(arguments.board) > 1 and chooses(arguments):
        parser.error("bounds, and several networks, go with one --board")
    if arguments.timeout != parser.get_default("timeout") and not arguments.synth:
        parser.error("--timeout is for yosys, which runs with --synth")
    if arguments.synth and chooses(arguments):
        parser.error("--synth measures the designs of one network without bounds")
    check_board(parser, arguments)
    return arguments

