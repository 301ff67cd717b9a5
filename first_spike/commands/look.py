"""Pictures of a network and of what it does, on one page.

Spikes of an image, potentials, decision times, confusions, the most doubtful images, mistakes, weights.
--out becomes a folder with index.html, which any browser shows, the pictures as PNG and SVG, and their figures in
look.json. Exit status 1 if --compare finds hardware that differs from the golden model.
"""

import math
from pathlib import Path

from first_spike.command.calibrations import with_calibration
from first_spike.command.cli import Parser, console, shown
from first_spike.command.figure import literal_text
from first_spike.command.hardware_options import (
    add_configuration,
    check_design,
    design_of,
    folder_name,
    is_chosen,
)
from first_spike.command.images import add_count, add_image_arguments, read_images
from first_spike.command.option_values import NAMED, NetworkFile, load_network, natural
from first_spike.command.places import BUILD, check_places
from first_spike.comparison.backends import BACKENDS, VERILOG
from first_spike.comparison.compare_on import Subject, compare_on, compare_verilog, float_file, read_float
from first_spike.comparison.design_files import read_design, require_core
from first_spike.comparison.table import figures_rows, network_title, summarise
from first_spike.comparison.verdict import verdict
from first_spike.golden.contract.network import Network
from first_spike.plots.comparison import comparison_section
from first_spike.plots.page import PAGE, figures_of, page, replacing_page, sections, table, write_page
from first_spike.plots.run import run_network

COMPARED = 20  # images, the one to look at and those behind it


def main():
    arguments = parse()
    check_places(arguments, files=("out",))
    with literal_text(), replacing_page(arguments.out) as folder:
        network = (Network.load if arguments.compare else load_network)(arguments.network)
        network = with_calibration(network, arguments.network)
        others = read_others(arguments, network) if arguments.compare else None
        chosen = read_images(arguments, network, math.inf)
        found = run_network(network, chosen, arguments.index)
        report = summarise(network, chosen, found.result)
        facts = [("network", network_title(network)), *figures_rows(report)]
        parts, comparison = sections(folder, found), None
        if others:
            comparison, section = compare(arguments, folder, found, *others)
            parts.insert(1, section)
        write_page(folder, page(f"{arguments.network.stem} on {chosen.name}", [("", [table(facts)]), *parts]),
                   {"network": arguments.network.stem, "data": chosen.name, **report, **figures_of(found),
                    "comparison": comparison})
    console.print(shown(arguments.out / PAGE), soft_wrap=True)
    return verdict([comparison], comparison["different_files"]) if comparison else None


def read_others(arguments, network):
    """(float network or None, Design of the hardware) that the network is compared with."""
    if arguments.design:
        require_core(arguments.design)
    design = read_design(arguments.design, network) if arguments.design else design_of(arguments, network)
    return read_float(arguments.float, network, arguments.network), design


def compare(arguments, folder, found, float_network, design):
    """(report of the comparison from the image to look at on, section of the page)."""
    part, labels = slice(found.index, found.index + COMPARED), found.chosen.labels
    subject = Subject(design, float_network, found.chosen.images[part], None if labels is None else labels[part],
                      found.index)
    if arguments.compare in VERILOG:
        build = BUILD / "compare" / f"{folder_name(arguments.network.stem, design)}_{arguments.compare}"
        made = compare_verilog(arguments.compare, subject, arguments.design, build)
    else:
        made = compare_on(arguments.compare, subject)
    return comparison_section(folder, subject, *made)


def parse():
    parser = Parser(description=__doc__.splitlines()[0])
    parser.add_argument("--network", action=NetworkFile, required=True, metavar="FILE.npz",
                        help=f"network file, of either kind, {NAMED}")
    add_image_arguments(parser)
    add_count(parser, "all there are")
    parser.add_argument("--index", type=natural, default=0, metavar="I", help="the image to look at (default: 0)")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER",
                        help="folder for the page; an older page in it is replaced")
    parser.add_argument("--compare", choices=[name for name in BACKENDS if name != "golden"], metavar="SIM",
                        help=f"float, golden and hardware over each other, of that image and in figures of {COMPARED} "
                             f"images from it on; SIM: icarus, verilator or myhdl")
    parser.add_argument("--float", action=NetworkFile, metavar="FILE.npz",
                        help="for --compare: float network that it was made from (default: NAME_float.npz beside it, "
                             "if there)")
    parser.add_argument("--design", type=Path, metavar="FOLDER",
                        help="for --compare on Verilog: this design instead of a new one")
    add_configuration(parser)
    arguments = parser.parse_args()
    if not arguments.compare and (arguments.float or arguments.design or is_chosen(parser, arguments)):
        parser.error("--float, --design and the options of a configuration go with --compare")
    if arguments.design and arguments.compare not in VERILOG:
        parser.error(f"--design goes with --compare {' or '.join(VERILOG)}")
    check_design(parser, arguments)
    arguments.float = float_file(arguments.network, arguments.float)
    return arguments

