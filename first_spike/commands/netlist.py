"""Simulate the gates of a design, and compare them with the golden model.

The netlist that `make synth` places on an ECP5, on Verilator, result for result and cycle for cycle.
Exit status 1 if a result differs from the golden model's or a cycle from the cycle model's.
"""

from pathlib import Path

from first_spike.command.cli import Parser, console, error_console, made_by, write_json
from first_spike.command.configuration_options import add_configuration, design_of
from first_spike.command.images import add_count, add_image_arguments, read_images
from first_spike.command.option_values import NAMED, NetworkFile, add_timeout
from first_spike.command.places import BUILD, DEFAULT_NETWORK, check_places, make_folder, work_folder
from first_spike.comparison.backends import GATES
from first_spike.comparison.compare_on import Subject, compare_on
from first_spike.comparison.design_files import write_whole_design
from first_spike.comparison.harness import require_plain_path, require_simulator
from first_spike.comparison.table import comparison_table
from first_spike.comparison.verdict import verdict
from first_spike.golden.contract.network import Network
from first_spike.synthesis.targets import find_target
from first_spike.synthesis.yosys import synthesize, write_gates

DEFAULT_COUNT = 500


def main():
    arguments = parse()
    check_places(arguments, folders=("build",))
    made = made_by("verilator", "yosys")
    require_simulator("verilator")
    require_plain_path("verilator", arguments.build.resolve())
    network = Network.load(arguments.network)
    design = design_of(arguments, network)
    images = read_images(arguments, network).first(arguments.count, DEFAULT_COUNT)
    with work_folder(arguments.build) as folder:
        with error_console.status("yosys"):
            netlist, _ = synthesize(write_whole_design(design, folder / "design"), find_target("ecp5"), folder,
                                    arguments.timeout, not arguments.plain)
            gates = write_gates(netlist, make_folder(folder / "gates"), arguments.timeout)
        report, _ = compare_on(GATES, Subject(design, None, images.images, images.labels), gates,
                               folder / "simulation")
        write_json(folder / "report.json", report | {"made_by": made, "output_registers": not arguments.plain})
    console.print(comparison_table(f"{arguments.network.stem} on {images.name}", [report]))
    console.print(f"report: {folder / 'report.json'}", soft_wrap=True)
    return verdict([report])


def parse():
    parser = Parser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--network", action=NetworkFile, default=DEFAULT_NETWORK, metavar="FILE.npz",
                        help=f"integer network file, {NAMED} (default: this one)")
    add_configuration(parser)
    add_image_arguments(parser)
    add_count(parser, f"{DEFAULT_COUNT}, or all if fewer")
    parser.add_argument("--plain", action="store_true",
                        help="the netlist as yosys makes it, no register moved into block RAM")
    add_timeout(parser)
    parser.add_argument("--build", type=Path, default=BUILD / "netlist", metavar="FOLDER",
                        help="(default: build/netlist)")
    return parser.parse_args()

