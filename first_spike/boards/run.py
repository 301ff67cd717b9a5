"""Classify images on a board, and compare every result and every number of cycles with the models.

What a board answered beside what golden and the cycle model say.
"""

import time

import numpy as np
from rich.table import Table

from first_spike.boards.opened import add_board, design_asked, opened
from first_spike.command.bars import JobBar
from first_spike.command.cli import EXIT_USER_ERROR, console, error_console, write_json
from first_spike.command.images import add_count, add_image_arguments, read_images
from first_spike.command.option_values import output_file
from first_spike.command.places import check_places
from first_spike.golden.contract.base_network import EVENTS
from first_spike.golden.contract.limits import pack, unpack
from first_spike.golden.errors import UserError
from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.cycles import latency


def board_report(design, images, labels, answers, seconds):
    """The figures of a run, as a dict. answers: Answers to `images`; labels: int64 [n] or None."""
    expected = infer(design.network, images)
    # events come as the line has them, which no model knows of
    cycles = None if design.network.takes == EVENTS else latency(design, images, expected, whole=True)
    return compared(expected, cycles, labels, answers, seconds)


def compared(expected, cycles, labels, answers, seconds):
    """The same from the Inference of golden, and the cycles of the model, None where there is no such number."""
    right = pack(expected.classes, expected.decision_time, expected.silent, expected.tie, expected.bad)
    wrong = np.flatnonzero(answers.words != right)
    slow = np.flatnonzero(answers.latency != cycles) if cycles is not None else []
    accuracies = {"board": unpack(answers.words).classes, "golden": expected.classes}
    return {
        "images": len(right), "mismatches": len(wrong), "seconds": seconds,
        "cycle_mismatches": None if cycles is None else len(slow),
        "accuracy": {name: None if labels is None else float((classes == labels).mean())
                     for name, classes in accuracies.items()},
        "cycles": {name: None if values is None else float(values.mean())
                   for name, values in (("board", answers.latency), ("model", cycles))},
        "first": [f"image {k}: the board says {answers.words[k]:08x}, golden {right[k]:08x}" for k in wrong[:1]] + [
            f"image {k}: the board took {answers.latency[k]} cycles, the cycle model says {cycles[k]}"
            for k in slow[:1]],
    }


def board_table(title, report):
    """The rich Table of `board_report`."""
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    accuracy = report["accuracy"]
    rows = [
        ("images", f"{report['images']:,}"),
        ("accuracy, board", _percent(accuracy["board"])),
        ("accuracy, golden model", _percent(accuracy["golden"])),
        ("mismatches: result", f"{report['mismatches']:,}"),
        ("cycles from last beat to result, mean", _mean(report["cycles"]["board"])),
        ("  by the cycle model", _mean(report["cycles"]["model"])),
        ("mismatches: cycles", "–" if report["cycle_mismatches"] is None else f"{report['cycle_mismatches']:,}"),
        ("images a second over the line", f"{report['images'] / report['seconds']:,.1f}"),
    ]
    for row in rows:
        table.add_row(*row)
    return table


def _percent(value):
    return "–" if value is None else f"{value:.2%}"


def _mean(value):
    return "–" if value is None else f"{value:,.1f}"


DEFAULT_COUNT = 100


def add_images(parser):
    """Add the images that are classified, and where the figures go, to an argparse parser."""
    add_image_arguments(parser)
    add_count(parser, f"{DEFAULT_COUNT} or all there are")
    parser.add_argument("--json", type=output_file, metavar="FILE", help="write the figures of the table")


def add_options(parser):
    add_board(parser)
    add_images(parser)


def work(arguments):
    """Do it; returns the exit status."""
    check_places(arguments, files=("json",), folders=("build",))
    design = design_asked(arguments)
    network = design.network
    pixels = 0 if network.takes == EVENTS else design.configuration.pixels
    images = read_images(arguments, network, DEFAULT_COUNT)
    with opened(arguments, design) as device:
        identity = device.identify(network)
        if identity.pixels != pixels and pixels:
            raise UserError(f"the board takes {identity.pixels} pixels a beat, not {pixels}: choose "
                            f"--pixels {identity.pixels}")
        report = classified(device, design, images, str(arguments.port))
    console.print(board_table(f"{arguments.network.stem} on {images.name}, port {arguments.port}", report))
    return finish(arguments, report, report["first"], cycles=network.takes != EVENTS)


def classified(device, design, images, title):
    """The figures of ChosenImages on a Device that holds the network of a Design."""
    begin = time.monotonic()
    with JobBar(title, ["images"]) as bar:
        answers = device.classify(images.images, lambda count: bar.report(0, count / len(images.images)))
    return board_report(design, images.images, images.labels, answers, time.monotonic() - begin)


def finish(arguments, figures, wrong, cycles=True):
    """Write the figures, and say each sentence of what was wrong, or that nothing was; returns the exit status. cycles:
    all of them were compared."""
    if arguments.json:
        write_json(arguments.json, figures)
    for sentence in wrong:
        error_console.print(sentence, style="bold red", soft_wrap=True)
    if wrong:
        return EXIT_USER_ERROR
    rest = ", every number of cycles to the cycle model's." if cycles else "; cycles of recordings were not compared."
    console.print(f"Every result is equal to the golden model's{rest}", soft_wrap=True)
    return None
