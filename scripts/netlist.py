"""Simulate the gates: the netlist that `make synth` places on an ECP5, on Verilator, result for result and cycle for
cycle.

Exit status 1 if a result differs from the golden model's or a cycle from the cycle model's.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from any folder
if __name__ == "__main__":
    from scripts.command.interrupts import answer
    answer()

from golden.contract.network import Network
from scripts.agreement.backends import GATES
from scripts.agreement.compare_on import compare_on
from scripts.agreement.subject import Subject
from scripts.agreement.table import comparison_table
from scripts.agreement.verdict import verdict
from scripts.agreement.whole_design import write_whole_design
from scripts.command.cli import console, error_console, run, write_json
from scripts.command.configuration_options import add_configuration, configuration
from scripts.command.folders import make_folder, work_folder
from scripts.command.images import add_count, add_image_arguments, read_images
from scripts.command.option_values import add_timeout
from scripts.command.places import BUILD, DEFAULT_NETWORK
from scripts.command.places_to_write import check_places
from scripts.command.provenance import made_by
from scripts.synthesis.gates import write_gates
from scripts.synthesis.targets import find_target
from scripts.synthesis.yosys import synthesize
from tb.harness import require_plain_path, require_simulator

DEFAULT_COUNT = 500


def main():
    arguments = parse()
    check_places(arguments, folders=("build",))
    made = made_by("verilator", "yosys")
    require_simulator("verilator")
    require_plain_path("verilator", arguments.build.resolve())
    network = Network.load(arguments.network)
    parallelism = configuration(arguments)
    parallelism.layer_lanes(network.widths)
    images = read_images(arguments, network).first(arguments.count, DEFAULT_COUNT)
    with work_folder(arguments.build) as folder:
        with error_console.status("yosys"):
            design = write_whole_design(arguments.network, parallelism, folder / "design")
            netlist, _ = synthesize(design, find_target("ecp5"), folder, arguments.timeout, not arguments.plain)
            gates = write_gates(netlist, make_folder(folder / "gates"), arguments.timeout)
        report, _ = compare_on(GATES, Subject(network, None, images.images, images.labels), parallelism, gates,
                               folder / "simulation")
        write_json(folder / "report.json", report | {"made_by": made, "output_registers": not arguments.plain})
    console.print(comparison_table(f"{arguments.network.stem} on {images.name}", [report]))
    console.print(f"report: {folder / 'report.json'}", soft_wrap=True)
    return verdict([report])


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--network", type=Path, default=DEFAULT_NETWORK, metavar="FILE.npz",
                        help="(default: the shipped 784-128-10)")
    add_configuration(parser)
    add_image_arguments(parser)
    add_count(parser, f"{DEFAULT_COUNT}, or all if fewer")
    parser.add_argument("--plain", action="store_true",
                        help="the netlist as yosys makes it, no register moved into block RAM")
    add_timeout(parser)
    parser.add_argument("--build", type=Path, default=BUILD / "netlist", metavar="FOLDER",
                        help="(default: build/netlist)")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
