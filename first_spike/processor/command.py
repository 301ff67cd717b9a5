"""What `first-spike generate` and `compare` do with --top processor, which is made for limits, not for a network."""

import argparse
from dataclasses import replace
from pathlib import Path

from rich.table import Table

from first_spike.command.cli import Parser, console, error_console, write_json
from first_spike.command.images import add_count, add_image_arguments, read_images
from first_spike.command.option_values import NAMED, NetworkFile, output_file
from first_spike.command.places import BUILD, check_places, work_folder
from first_spike.comparison.backends import VERILOG
from first_spike.golden.contract.network import Network
from first_spike.golden.contract.processor import Processor
from first_spike.golden.contract.processor_fit import require_fit
from first_spike.golden.errors import UserError
from first_spike.processor.boards import find_processor
from first_spike.processor.comparing import compare_networks
from first_spike.processor.deliver import deliver
from first_spike.processor.folder import AXI, TOP

DIFFERENT = 1
GENERATED = (TOP, AXI)  # the one at a serial line is part of a board's bitstream
DEFAULT_COUNT = 200
# `--weight-words` first: a line may end at a hyphen
EPILOG = (f"--top {TOP} has {', '.join(sorted((one.flag for one in Processor.options()), reverse=True))}, and says "
          f"more: --top {TOP} --help.")


def is_wanted(arguments=None, tops=(TOP,)):
    """Whether the command line says --top processor, or another of `tops`."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--top")
    return parser.parse_known_args(arguments)[0].top in tops


def generate():
    """Write a processor into a folder; with a network the bare one's testbench loads that one and classifies."""
    parser = _parser("Generate a processor: one design for any network within its limits, loaded at run time.",
                     GENERATED)
    parser.add_argument("--out", type=Path, required=True,
                        help="folder for the design; an older design in it is replaced")
    parser.add_argument("--network", action=NetworkFile, metavar="FILE.npz",
                        help=f"network that the testbench loads, {NAMED} (default: no network, and no vectors)")
    arguments = parser.parse_args()
    if arguments.network and arguments.top != TOP:
        parser.error(f"--network is for the testbench, which the top {TOP} has, not {arguments.top}")
    limits = limits_of(arguments)
    deliver(limits, arguments.out, arguments.network and Network.load(arguments.network), arguments.top)
    console.print(f"{arguments.out}: top {arguments.top}, identity {limits.identity:08x}", soft_wrap=True)


def compare():
    """Load networks one after the other into one build of a processor, classify, and compare with the golden model and
    the cycle model; returns the exit status."""
    parser = _parser("Simulate a processor, load networks into it one after the other, and compare with golden.")
    parser.add_argument("--network", action=NetworkFile, nargs="+", required=True, metavar="FILE.npz",
                        help=f"integer network files, {NAMED}")
    parser.add_argument("--sim", required=True, choices=VERILOG, help="who simulates the Verilog")
    add_image_arguments(parser)
    add_count(parser, f"{DEFAULT_COUNT} or all there are")
    parser.add_argument("--build", type=Path, metavar="FOLDER",
                        help="work files (default: a folder of build/processor for these limits and this simulator)")
    parser.add_argument("--json", type=output_file, metavar="FILE", help="write the figures of the table")
    arguments = parser.parse_args()
    limits = limits_of(arguments)
    check_places(arguments, files=("json",), folders=("build",))
    cases = []
    for path in arguments.network:
        network = Network.load(path)
        require_fit(network, limits)
        chosen = read_images(arguments, network, DEFAULT_COUNT)
        cases.append((path.stem, network, chosen.images))
    name = "_".join(map(str, limits.settings.values()))
    with work_folder(arguments.build or BUILD / "processor" / f"{name}_{arguments.sim}") as folder:
        reports = compare_networks(cases, limits, folder, arguments.sim)
    console.print(_table(reports, arguments.sim))
    if arguments.json:
        write_json(arguments.json, {"sim": arguments.sim, "limits": limits.settings, "networks": reports})
    differences = [f"{report['network']}, {first}" for report in reports
                   for first in (report["first_mismatch"], report["cycle_model"]["first"]) if first]
    for sentence in differences:
        error_console.print(sentence, style="bold red", soft_wrap=True)
    if differences:
        return DIFFERENT
    console.print("Every result is equal to the golden model's, every cycle to the cycle model's.")
    return None


def parse_image():
    """The arguments of `first-spike network-image`."""
    parser = _parser("Write a network as the driver in C loads it into a processor of these limits.", GENERATED)
    parser.add_argument("--network", action=NetworkFile, required=True, metavar="FILE.npz",
                        help=f"integer network file, {NAMED}")
    parser.add_argument("--out", type=output_file, required=True, metavar="FILE", help="what is written")
    return parser.parse_args()


def _parser(description, tops=(TOP,)):
    parser = Parser(description=description)
    parser.add_argument("--top", choices=tops, required=True,
                        help="the processor" + (", bare or with registers around it" if AXI in tops else ""))
    add_limits(parser)
    return parser


def add_limits(parser, default=""):
    """Add an option for each field of a Processor to an argparse parser, which is None where nothing is said; default:
    what it is then called, where it is not that of Processor."""
    for one in Processor.options():
        parser.add_argument(one.flag, type=type(one.default), metavar=one.letter,
                            help=f"{one.help} (default: {default or one.default})")


def given_limits(arguments):
    """{name: value} of the limits that the command line says."""
    values = {one.name: getattr(arguments, one.name) for one in Processor.options()}
    return {name: value for name, value in values.items() if value is not None}


def limits_of(arguments):
    """The Processor that the command line asks for."""
    return Processor(**given_limits(arguments))


def chosen_processor(arguments, name):
    """The ProcessorBoard of the board called `name`, with the limits that the command line asks for instead of its own.

    Raises UserError for an unknown board, for limits that cannot be, and for a kind of memory that the board has not.
    """
    own = find_processor(name)
    limits = replace(own.limits, **given_limits(arguments))
    if limits.memory not in (Processor.memory, *own.board.device.capacity):
        raise UserError(f"{name} has no {limits.memory.upper()}: choose --memory {Processor.memory}")
    return replace(own, limits=limits)


def _table(reports, simulator):
    table = Table(title=f"networks loaded one after the other, {simulator}", title_justify="left")
    for heading in ("network", "images", "equal", "cycles, mean", "max", "unlike the cycle model"):
        table.add_column(heading, justify="left" if heading == "network" else "right", overflow="fold")
    for report in reports:
        table.add_row(report["network"], f"{report['images']:,}", f"{report['equal_images']:,}",
                      f"{report['cycles']['mean']:,.1f}", f"{report['cycles']['max']:,}",
                      f"{report['cycle_model']['mismatches']:,}")
    return table
