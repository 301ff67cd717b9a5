"""Classify digits with a processor's help: a small SoC in simulation, PicoRV32 with the accelerator on its bus.

Its firmware identifies the accelerator, loads the network, and classifies by registers and interrupt; every result and
its number of cycles is compared with golden and the cycle model. Exit status 1 if one differs, after naming the first.
"""

import argparse
import time
from pathlib import Path

if __name__ == "__main__":
    import entry  # noqa: F401

import numpy as np
from rich.table import Table

from first_spike.boards.run import board_report
from first_spike.command.cli import complain, console, error_console, run, write_json
from first_spike.command.hardware_options import add_configuration, design_of, folder_name
from first_spike.command.images import add_count, add_image_arguments, read_images
from first_spike.command.option_values import NetworkFile, output_file
from first_spike.command.places import BUILD, DEFAULT_NETWORK, check_places, work_folder
from first_spike.device.device import Answers
from first_spike.device.identity import network_image
from first_spike.golden.contract.limits import pack
from first_spike.golden.contract.network import Network
from first_spike.golden.errors import UserError
from first_spike.golden.inference.infer import infer
from first_spike.rtl_model.convert import generate
from tb.benches.soc.simulated_soc import require_tools, run_soc

DEFAULT_COUNT = 20


def main():
    arguments = parse()
    check_places(arguments, files=("json",), folders=("build",))
    network = Network.load(arguments.network)
    network.require_images("firmware")
    design = design_of(arguments, network)
    if not design.configuration.is_loadable:
        raise UserError("the firmware loads the network: choose --weights loadable")
    image = network_image(network, design)
    images = read_images(arguments, network, DEFAULT_COUNT)
    require_tools()
    with work_folder(arguments.build) as folder:
        place = folder / folder_name(arguments.network.stem, design)
        with error_console.status("the SoC in simulation"):
            made = generate(design, place / "design", top="accelerator_axi")
            begin = time.monotonic()
            said = run_soc(made, place / "soc", design.configuration.pixels, image, images.images)
        report = soc_report(design, images, said, time.monotonic() - begin)
    console.print(table(f"{arguments.network.stem} on {images.name}, by PicoRV32", report))
    if arguments.json:
        write_json(arguments.json, report)
    if report["first"]:
        return complain(report["first"])
    console.print("Every result is equal to the golden model's, every number of cycles to the cycle model's, every "
                  "counter to its count.")
    return None


def soc_report(design, images, said, seconds):
    """`board_report` of what the firmware said, with what it said beside the results."""
    found = {word: value for word, value in said if word != "digit"}
    digits = [value for word, value in said if word == "digit"]
    if len(digits) != len(images.images):
        raise UserError(f"the firmware gave {len(digits)} results of {len(images.images)} images")
    answers = Answers(np.array([pack(digit["class"], digit["step"], digit["silent"], digit["tie"], digit["bad"])
                                for digit in digits]), np.array([digit["cycles"] for digit in digits]))
    report = board_report(design, images.images, images.labels, answers, seconds) | found
    network = design.network
    expected = infer(network, images.images)
    wanted = {
        "device": {"pixels": network.inputs, "classes": len(network.classes), "steps": network.steps,
                   "banks": design.configuration.weight_banks},
        "counters": {"images": len(digits), "silent": int(expected.silent.sum()), "ties": int(expected.tie.sum()),
                     "bad": 0, "interrupts": len(digits)},
        "refused": "the network has another number of words than the memories need",
    }
    for word, value in wanted.items():
        if isinstance(value, dict):
            report["first"] += [f"{word}, {name}: the firmware says {found[word][name]}, not {number}"
                                for name, number in value.items() if found[word][name] != number]
        elif found[word] != value:
            report["first"].append(f"{word}: the firmware says {found[word]!r}, not {value!r}")
    return report


def table(title, report):
    made = Table(title=title, title_justify="left", show_header=False)
    made.add_column()
    made.add_column(justify="right")
    right = None if report["accuracy"]["board"] is None else report["accuracy"]["board"] * report["images"]
    rows = [
        ("digits", f"{report['images']:,}"),
        ("right classes", "–" if right is None else f"{right:,.0f}"),
        ("mismatches: class, time, flags", f"{report['mismatches']:,}"),
        ("cycles from last pixels to result, mean", f"{report['cycles']['board']:,.1f}"),
        ("  by the cycle model", f"{report['cycles']['model']:,.1f}"),
        ("mismatches: cycles", f"{report['cycle_mismatches']:,}"),
        ("words loaded", f"{report['loaded']['words']:,}"),
        ("cycles of the load", f"{report['loaded']['cycles']:,}"),
        ("a network that was cut short", f"refused: {report['refused']}"),
        ("interrupts", f"{report['counters']['interrupts']:,}"),
        ("silent, ties, bad frames by the counters", ", ".join(str(report["counters"][name])
                                                               for name in ("silent", "ties", "bad"))),
        ("cycles in all", f"{report['counters']['cycles']:,}"),
    ]
    for row in rows:
        made.add_row(*row)
    return made


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--network", action=NetworkFile, default=DEFAULT_NETWORK, metavar="FILE.npz",
                        help="what the firmware loads (default: the shipped 784-128-10)")
    add_image_arguments(parser)
    add_count(parser, f"{DEFAULT_COUNT} or all there are")
    add_configuration(parser)
    parser.set_defaults(weights="loadable")
    parser.add_argument("--json", type=output_file, metavar="FILE", help="write the figures of the table")
    parser.add_argument("--build", type=Path, default=BUILD / "soc", metavar="FOLDER",
                        help="work files (default: build/soc)")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
