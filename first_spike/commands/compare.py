"""Simulate the hardware of a network, and compare it with the golden model.

Every result, and of an accelerator every spike up to the decision; of a processor, into which networks are loaded one
after the other, every result and every number of cycles.
Exit status 1 if anything differs, after naming the first image, step, layer and neuron, expected and got.
"""

from pathlib import Path

from first_spike.command.calibrations import with_calibration
from first_spike.command.cli import Parser, console, shown, write_json, write_predictions
from first_spike.command.hardware_options import add_hardware, check_design, check_hardware, design_of, folder_name
from first_spike.command.images import add_count, add_image_arguments, read_images
from first_spike.command.option_values import NAMED, NetworkFile, output_file, simulator_seed
from first_spike.command.places import BUILD, check_places
from first_spike.command.silence import most_silent, most_ties, silence, ties, warn
from first_spike.comparison.backends import BACKENDS, VERILOG
from first_spike.comparison.compare_on import Subject, compare_on, compare_verilog, float_file, read_float
from first_spike.comparison.design_files import read_design, require_core
from first_spike.comparison.simulators import require_plain_path, waves_file
from first_spike.comparison.table import comparison_table, doubt_lines
from first_spike.comparison.verdict import verdict
from first_spike.golden.contract.network import Network
from first_spike.processor.compare_command import compare_processor
from first_spike.rtl_model.tops import DEFAULT, PROCESSOR, TOPS

DEFAULT_COUNT = 200


def main():
    arguments = parse()
    check_places(arguments, files=("json", "predictions"), folders=("build",))
    if TOPS[arguments.top].is_processor:
        return compare_processor(arguments, DEFAULT_COUNT)
    return compare_accelerator(arguments)


def compare_accelerator(arguments):
    """Do it for the accelerator of a network; returns the exit status."""
    path, = arguments.network
    network = with_calibration(Network.load(path), path)
    if arguments.design:
        require_core(arguments.design)
    images = read_images(arguments, network, DEFAULT_COUNT)
    design = read_design(arguments.design, network) if arguments.design else design_of(arguments, network)
    subject = Subject(design, read_float(arguments.float, network, path), images.images, images.labels)
    if arguments.sim in VERILOG:
        build = arguments.build or BUILD / "compare" / f"{folder_name(path.stem, design)}_{arguments.sim}"
        require_plain_path(arguments.sim, build.resolve(), (arguments.design or build).resolve())
        report, outcome = compare_verilog(arguments.sim, subject, arguments.design, build, waves=arguments.waves,
                                          seed=arguments.seed)
    else:
        report, outcome = compare_on(arguments.sim, subject)
    console.print(comparison_table(f"{path.stem} on {images.name}", [report]))
    for line in doubt_lines(network, images.name, report):
        console.print(line, soft_wrap=True)
    name, count, found = path.name, report["images"], outcome.inference(network.steps)
    report["warnings"] = warn(silence(name, found.silent.mean(), most_silent(network, count))
                              + ties(name, found.tie.mean(), most_ties(count)))
    if arguments.waves:
        file = waves_file(arguments.sim, arguments.design or build / "design")
        console.print(f"waves: {shown(build / 'simulation' / file)}", soft_wrap=True)
    if arguments.json:
        write_json(arguments.json, report)
    if arguments.predictions:
        write_predictions(arguments.predictions, found)
    return verdict([report], report["different_files"])


def parse():
    parser = Parser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--network", action=NetworkFile, nargs="+", required=True, metavar="FILE.npz",
                        help=f"integer network file, {NAMED}; with --top {PROCESSOR} several, loaded one after the "
                             "other")
    parser.add_argument("--float", action=NetworkFile, metavar="FILE.npz",
                        help="float network that it was made from (default: NAME_float.npz beside it, if there)")
    parser.add_argument("--sim", required=True, choices=BACKENDS,
                        help="who classifies; myhdl is MyHDL's own simulation of the same blocks, golden the golden "
                             "model itself")
    add_image_arguments(parser)
    add_count(parser, f"{DEFAULT_COUNT} or all there are")
    add_hardware(parser, (DEFAULT, PROCESSOR))
    parser.add_argument("--design", type=Path, metavar="FOLDER",
                        help="simulate this design instead of generating one, and compare its files with the "
                             "generator's; its manifest gives lanes and the like")
    parser.add_argument("--build", type=Path, metavar="FOLDER",
                        help="work files (default: a folder of build/compare, or of build/processor, for these "
                             "networks, options and simulator)")
    parser.add_argument("--waves", action="store_true", help="keep the waves of a Verilog simulation")
    parser.add_argument("--seed", type=simulator_seed, default=1,
                        help="of the values in which Verilator's registers begin; Icarus Verilog begins them unknown "
                             "(default: %(default)s)")
    parser.add_argument("--json", type=output_file, metavar="FILE", help="write the figures of the table")
    parser.add_argument("--predictions", type=output_file, metavar="FILE.npz",
                        help="write class, decision_time, silent, tie and layerK_spike_times up to the decision, as "
                             "the hardware gave them")
    arguments = parser.parse_args()
    check_hardware(parser, arguments, accelerators=("float", "design", "waves", "seed", "predictions"))
    of_verilog = arguments.design, arguments.waves, arguments.build, arguments.seed != parser.get_default("seed")
    if arguments.sim not in VERILOG and any(of_verilog):
        parser.error(f"--design, --waves, --build and --seed go with --sim {' or '.join(VERILOG)}")
    if TOPS[arguments.top].is_processor:
        if arguments.sim not in VERILOG:
            parser.error(f"--sim of a processor is {' or '.join(VERILOG)}, not {arguments.sim}")
        return arguments
    if len(arguments.network) > 1:
        parser.error(f"one --network is compared at a time, but with --top {PROCESSOR}")
    check_design(parser, arguments)
    arguments.float = float_file(*arguments.network, arguments.float)
    return arguments

