"""Simulate the gates of a design, and compare them with the golden model.

The netlist that is placed on an ECP5 (`make synth`) or an iCE40, on Verilator, result for result and cycle for cycle.
With --activity also how often each net toggles, while images come and while nothing does, as a table and as SAIF.
Exit status 1 if a result differs from the golden model's or a cycle from the cycle model's.
"""

from dataclasses import replace
from pathlib import Path

from first_spike.command.cli import Parser, console, error_console, shown, write_json
from first_spike.command.hardware_options import add_configuration, design_of
from first_spike.command.images import add_count, add_image_arguments, read_images
from first_spike.command.option_values import NAMED, NetworkFile, add_timeout
from first_spike.command.places import BUILD, DEFAULT_NETWORK, check_places, make_folder, work_folder
from first_spike.command.provenance import made_by
from first_spike.comparison.backends import AFTER, GATES
from first_spike.comparison.compare_on import Subject, compare_on
from first_spike.comparison.design_files import write_whole_design
from first_spike.comparison.recorder import decode
from first_spike.comparison.simulators import require_plain_path, require_simulator, waves_file
from first_spike.comparison.table import comparison_table
from first_spike.comparison.verdict import verdict
from first_spike.golden.contract.network import Network
from first_spike.golden.errors import UserError
from first_spike.rtl_model.record import RecordBuilder
from first_spike.synthesis.activity import BUSY, IDLE, Nets, activity_table, read_windows
from first_spike.synthesis.targets import ECP5, find_target
from first_spike.synthesis.toolchains import TOOLCHAINS
from first_spike.synthesis.yosys import synthesize, write_gates

DEFAULT_COUNT = 500
SAIF = "{}.saif"  # of a window of the simulation
SIMULATION = "simulation"


def main():
    arguments = parse()
    check_places(arguments, folders=("build",))
    made = made_by("verilator", "yosys")
    require_simulator("verilator")
    require_plain_path("verilator", arguments.build.resolve())
    network = Network.load(arguments.network)
    design = design_of(arguments, network)
    target = find_target(arguments.target)
    if target.name == "ice40":  # as it comes onto a board
        toolchain = TOOLCHAINS[target.name]
        target = replace(target, synthesis="; ".join((*toolchain.prepare, toolchain.synthesis)))
    elif design.configuration.in_spram:
        raise UserError("only an iCE40 has SPRAM: choose --target ice40 or --weight-memory block")
    images = read_images(arguments, network, DEFAULT_COUNT)
    with work_folder(arguments.build) as folder:
        saif = [folder / SAIF.format(window) for window in (BUSY, IDLE)]
        for file in saif:  # of a run before
            file.unlink(missing_ok=True)
        with error_console.status("yosys"):
            netlist, _ = synthesize(write_whole_design(design, folder / "design"), target, folder, arguments.timeout,
                                    not arguments.plain)
            nets = Nets(netlist) if arguments.activity else None
            gates = write_gates(netlist, make_folder(folder / "gates"), arguments.timeout, target.name,
                                nets and nets.rename)
        report, _ = compare_on(GATES, Subject(design, None, images.images, images.labels), gates,
                               folder / SIMULATION, waves=arguments.activity)
        title = f"{arguments.network.stem} on {images.name}"
        console.print(comparison_table(title, [report]))
        if nets:
            report["activity"] = measure(design, nets, folder, len(images.images))
            console.print(activity_table(f"toggles of {title}", report["activity"]))
            console.print(f"for power tools: {shown(saif[0])}, {shown(saif[1])}", soft_wrap=True)
        write_json(folder / "report.json", report | {
            "made_by": made, "target": target.name,
            "output_registers": target.name == ECP5.name and not arguments.plain})
    console.print(f"report: {folder / 'report.json'}", soft_wrap=True)
    return verdict([report])


def measure(design, nets, folder, images):
    """The `activity` of a simulation of gates with waves, whose SAIF files are left in `folder`.

    Busy is from the first beat to the last result, idle the second half of the cycles after it.
    """
    simulation = folder / SIMULATION
    record = decode(simulation / "record.txt", RecordBuilder(design, inside=False))
    first, last = int(record.first_beat[0]), int(record.valid[-1]) + 1
    windows = read_windows(simulation / waves_file("verilator", folder / "gates"),
                           {BUSY: (first, last), IDLE: (last + AFTER // 2, last + AFTER)})
    for name, window in windows.items():
        nets.write_saif(folder / SAIF.format(name), window)
    return nets.activity(windows, images)


def parse():
    parser = Parser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--network", action=NetworkFile, default=DEFAULT_NETWORK, metavar="FILE.npz",
                        help=f"integer network file, {NAMED} (default: this one)")
    add_configuration(parser)
    add_image_arguments(parser)
    add_count(parser, f"{DEFAULT_COUNT}, or all if fewer")
    parser.add_argument("--plain", action="store_true",
                        help="the netlist as yosys makes it, no register moved into block RAM")
    parser.add_argument("--target", choices=("ecp5", "ice40"), default="ecp5",
                        help="the family; ice40 as for the board icebreaker (default: ecp5)")
    parser.add_argument("--activity", action="store_true",
                        help="count how often each net toggles, as a table and as SAIF; takes some MB an image")
    add_timeout(parser)
    parser.add_argument("--build", type=Path, default=BUILD / "netlist", metavar="FOLDER",
                        help="(default: build/netlist)")
    arguments = parser.parse_args()
    if arguments.plain and arguments.target != ECP5.name:
        parser.error(f"--plain is for {ECP5.name}: nothing is moved for others")
    return arguments

