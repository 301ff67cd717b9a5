"""Synthesize the hardware of a network for FPGAs: cells, clock, critical path.

What was measured stays, and a repeated run does only what is missing. Exit status 1 if something failed, after the
report of the rest.

What synthesis found, as tables.
"""

from pathlib import Path

import numpy as np
from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from first_spike.command.cli import Parser, complain, console, write_json
from first_spike.command.hardware_options import (
    add_hardware,
    check_board,
    check_design,
    design_of,
    folder_name,
)
from first_spike.command.option_values import NAMED, NetworkFile, above_zero, add_timeout, natural
from first_spike.command.places import BUILD, DEFAULT_NETWORK, check_places, make_folder, work_folder
from first_spike.comparison.design_files import read_design, top_of, write_whole_design
from first_spike.exploration.budget import share
from first_spike.exploration.synthesis_runs import Runs, place_all, synthesize_all
from first_spike.golden.contract.base_network import EVENTS
from first_spike.golden.contract.network import Network
from first_spike.golden.data.mnist import SAMPLES
from first_spike.golden.errors import UserError
from first_spike.golden.inference.encode import encode
from first_spike.golden.inference.infer import infer
from first_spike.golden.recordings import Recordings
from first_spike.golden.schedule.cycles import latency, predict
from first_spike.jobs.cluster import add_jobs, chosen_workers
from first_spike.jobs.jobs import Kept
from first_spike.rtl_model.tops import ACCELERATORS, DEFAULT
from first_spike.synthesis.rivals import microseconds, of_mnist, rivals_table
from first_spike.synthesis.targets import (
    ECP5,
    ECP5_BOARDS,
    RESOURCES,
    TARGETS,
    find_ecp5_board,
    find_target,
    fit_sentence,
    require_memory,
)
from first_spike.synthesis.toolchains import AIMS, require_programs

COLUMNS = ("logic", "lut", "carry", "ff", "lutram", "bram")


def cell_table(target, report):
    """Cells of each module for one Target; `report` has what `count_cells` gives."""
    table = Table(title=f"{target.name}, {target.device}: cells of each module", title_justify="left",
                  box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0),
                  caption=f"flattened; a cell counts where the signal stands that it drives; {units(target)}",
                  caption_justify="left")
    table.add_column("module", no_wrap=True)
    table.add_column("", justify="right", no_wrap=True)
    for name in COLUMNS:
        table.add_column(RESOURCES[name], justify="right", no_wrap=True)
    for module, counts in sorted(report["modules"].items(), key=lambda item: -item[1]["logic"]):
        if any(counts[name] for name in COLUMNS):
            table.add_row(module, f"x {counts['instances']:,}", *(f"{counts[name]:,}" for name in COLUMNS))
    table.add_section()
    table.add_row("total", "", *(f"{report['total'][name]:,}" for name in COLUMNS))
    table.add_row("of the device", "", *(f"{report['total'][name] / target.capacity[name]:.0%}"
                                         if name in target.capacity else ""
                                         for name in COLUMNS))
    return table


def units(target):
    """What the columns count, in words."""
    summed = " + ".join(f"{f'{luts} ' if luts > 1 else ''}{RESOURCES[name]}" for name, luts in target.logic.items())
    return ", ".join([f"{RESOURCES['logic']}: {summed} (before packing)",
                      *(f"{RESOURCES[name]}: {unit}" for name, unit in target.units.items() if unit)])


def clock_table(reports):
    """Clock of every target and speed that was placed, and the critical paths below."""
    table = Table(title="clock after place and route, median over the seeds", title_justify="left", box=box.SIMPLE_HEAD,
                  pad_edge=False)
    for column in ("device", "speed", "MHz", "range", "seeds"):
        table.add_column(column, justify="left" if column == "device" else "right", no_wrap=True)
    paths = []
    for report in reports.values():
        for clock in report["clock"]:
            table.add_row(report["device"], str(clock["speed"]), f"{clock['mhz_median']:.1f}",
                          f"{clock['mhz_min']:.1f} – {clock['mhz_max']:.1f}", str(len(clock["seeds"])))
            if clock["path"]:
                paths.append(f"{report['device']} speed {clock['speed']}, critical path of the median run: "
                             f"{clock['path']['words']}")
    return Group(table, *(Text(path) for path in paths))


def result_tables(reports, comparison):
    """The clocks, and our rows beside the rivals, where there are any of them."""
    if any(report["clock"] for report in reports.values()):
        yield clock_table(reports)
    if comparison:
        yield rivals_table(comparison)


def compare(design, reports, whole):
    """Return our rows for the table of rivals: one for each clock; none for a network that is not of MNIST.

    The times are means over the 500 digits that come along, or over their events, by the cycle model at that clock.
    Recordings of events have no latency, because their results do not wait for the last beat.

    Args:
        design: the Design that was synthesized.
        reports: {target: report}.
        whole: whether images begin when they are complete, as they do behind registers.
    """
    network = design.network
    if network.image_shape != (28, 28) or not of_mnist(network):
        return []
    with np.load(SAMPLES, allow_pickle=False) as archive:
        images = archive["images"]
    if network.takes == EVENTS:
        images = Recordings.of_times(encode(images, network.steps), network.steps)
    inference = infer(network, images)
    cycles = float(predict(design, images, inference, whole=whole).interval.mean())
    alone = None
    if network.takes != EVENTS:
        alone = design.beats + float(latency(design, images, inference, whole=whole).mean())
    accuracy = share(network.accuracy)
    rows = []
    for report in reports.values():
        for clock in report["clock"]:
            rows.append({"network": network.title,
                         "accuracy": "–" if accuracy is None else f"{accuracy:.2%}",
                         "interval": microseconds(cycles / clock["mhz_median"]),
                         "latency": microseconds(alone and alone / clock["mhz_median"]), "cycles": cycles,
                         "logic": f"{report['total']['logic']:,} LUT", "bram": str(report["total"]["bram"]),
                         "source": f"{report['device']} speed {clock['speed']}, {cycles:.1f} cycles at "
                                   f"{clock['mhz_median']:.0f} MHz"})
    return rows


def main():
    arguments = parse()
    check_places(arguments, folders=("build",))
    with chosen_workers(arguments) as workers:
        return synthesize(arguments, workers)


def synthesize(arguments, workers):
    network, given = Network.load(arguments.network), arguments.design
    design = read_design(given, network) if given else design_of(arguments, network)
    top = top_of(given) if given else arguments.top
    if design.configuration.in_spram:
        raise UserError("only an iCE40 UP5K has SPRAM, which is no target here: `first-spike bitstream "
                        "--board icebreaker`, or choose --weight-memory block")
    board = find_ecp5_board(arguments.board) if arguments.board else None
    targets = [find_target(arguments.target)] if arguments.target else list(TARGETS.values())
    if arguments.target:
        require_memory(network, targets[0])
    workers.everywhere(require_programs, targets, arguments.seeds)
    with work_folder(arguments.build) as folder:
        work = make_folder(folder / folder_name(arguments.network.stem, design, top))
        made = given or write_whole_design(design, work / "design", top=top)
        runs = Runs(made, work, Kept(work / "kept"), not arguments.plain, arguments.timeout, workers)
        reports, failed = synthesize_all(runs, targets)
        for target in targets:
            if target.name in reports:
                console.print(cell_table(target, reports[target.name]))
        failed += place_all(runs, targets, reports, arguments.seeds, arguments.frequency)
        comparison = compare(design, reports, whole=top != DEFAULT)
        write_json(folder / "report.json", {
            "network": arguments.network.stem, "network_sha256": network.sha256,
            "configuration": design.settings, "top": top,
            "frequency": arguments.frequency or AIMS,
            "output_registers": ECP5 in targets and not arguments.plain, "targets": reports, "comparison": comparison,
            "failed": failed})
    if board and ECP5.name in reports:
        fits, sentence = fit_sentence(board, reports[ECP5.name]["total"])
        if fits is False:
            failed.append(sentence)
        else:
            console.print(sentence, soft_wrap=True)
    for table in result_tables(reports, comparison):
        console.print(table)
    console.print(f"report: {folder / 'report.json'}", soft_wrap=True)
    misfits = [entry["misfit"] for entry in reports.values() if entry["misfit"]]
    if arguments.target:  # it was asked for this device alone
        return complain(failed + misfits)
    for sentence in misfits:
        console.print(sentence, soft_wrap=True)
    return complain(failed)


def parse():
    parser = Parser(description=__doc__)
    parser.add_argument("--network", action=NetworkFile, default=DEFAULT_NETWORK, metavar="FILE.npz",
                        help=f"integer network file, {NAMED} (default: this one)")
    add_hardware(parser, ACCELERATORS)
    parser.add_argument("--design", type=Path, metavar="FOLDER",
                        help="synthesize this design of the network instead of generating one")
    parser.add_argument("--target", metavar="NAME", help=f"of {', '.join(TARGETS)} (default: all)")
    parser.add_argument("--board", metavar="NAME",
                        help="with an ECP5: whether the design with a serial line fits onto it, of "
                             f"{', '.join(ECP5_BOARDS)}")
    parser.add_argument("--seeds", type=natural, default=3, metavar="N",
                        help="runs of place and route, 0 for none (default: 3)")
    aims = ", ".join(f"{mhz} for speed {speed}" for speed, mhz in AIMS.items())
    parser.add_argument("--frequency", type=above_zero, metavar="MHZ",
                        help=f"that nextpnr aims at; near what is reachable is best (default: {aims})")
    parser.add_argument("--plain", action="store_true",
                        help="leave the netlist as yosys makes it; without, registers that follow block RAM of ECP5 "
                             "are moved into it, where it has one for them")
    add_timeout(parser)
    add_jobs(parser)
    parser.add_argument("--build", type=Path, default=BUILD / "synth", metavar="FOLDER",
                        help="design, netlists, logs and report.json (default: build/synth)")
    arguments = parser.parse_args()
    check_design(parser, arguments)
    check_board(parser, arguments)
    if arguments.plain and arguments.target not in (None, ECP5.name):
        parser.error(f"--plain is for {ECP5.name}: nothing is moved for others")
    if arguments.board:
        if arguments.design or arguments.target not in (None, ECP5.name):
            parser.error("--board generates a design, and counts for ecp5")
        arguments.target = ECP5.name
    return arguments
