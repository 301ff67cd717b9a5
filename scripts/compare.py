"""Compare the hardware of a network, simulated, with the golden model: every result, and every spike up to the
decision.

Exit status 1 if anything differs, after naming the first image, step, layer and neuron, expected and got.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from any folder

from golden.contract.network import Network
from golden.errors import UserError
from rtl_model.convert import generate
from scripts.agreement.backends import BACKENDS, VERILOG
from scripts.agreement.compare_on import Subject, compare_on, load_float
from scripts.agreement.design_files import expected_folder, read_configuration
from scripts.agreement.table import comparison_table
from scripts.agreement.verdict import check_files, verdict
from scripts.command.cli import console, run, shown, write_json, write_predictions
from scripts.command.configuration_options import add_configuration, configuration
from scripts.command.images import add_image_arguments, read_images
from scripts.command.option_values import output_file, simulator_seed
from scripts.command.places import BUILD
from tb.harness import WAVES, require_simulator

DEFAULT_COUNT = 200
ALL = sys.maxsize


def main():
    arguments = parse()
    build = arguments.build or BUILD / "compare" / f"{arguments.network.stem}_{arguments.sim}"
    subject, title = read_subject(arguments)
    if arguments.design:
        chosen = read_configuration(arguments.design, subject.network)
    else:
        chosen = configuration(arguments)
        chosen.layer_lanes(subject.network.sizes)
    different_files = prepare_design(arguments, chosen, build) if arguments.sim in VERILOG else []
    report, outcome = compare_on(arguments.sim, subject, chosen, arguments.design or build / "design",
                                 build / "simulation", waves=arguments.waves, seed=arguments.seed)
    console.print(comparison_table(title, [report]))
    if arguments.waves:
        console.print(f"waves: {shown(build / 'simulation' / WAVES[arguments.sim])}", soft_wrap=True)
    if arguments.json:
        write_json(arguments.json, {**report, "different_files": different_files})
    if arguments.predictions:
        write_predictions(arguments.predictions, outcome)
    return verdict([report], different_files)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--network", type=Path, required=True, metavar="FILE.npz", help="integer network file")
    parser.add_argument("--float", type=Path, metavar="FILE.npz",
                        help="float network that it was made from (default: NAME_float.npz beside it, if there)")
    parser.add_argument("--sim", required=True, choices=BACKENDS,
                        help="who classifies; myhdl is MyHDL's own simulation of the " "same blocks, golden the golden "
                                                                                       "model itself")
    add_image_arguments(parser)
    parser.add_argument("--count", type=count, metavar="N|all",
                        help=f"the first N images (default: {DEFAULT_COUNT} or all there are)")
    add_configuration(parser)
    parser.add_argument("--design", type=Path, metavar="FOLDER",
                        help="simulate this design instead of generating one, and compare its files with the "
                             "generator's; "
                             "its manifest gives lanes and the like")
    parser.add_argument("--build", type=Path, metavar="FOLDER", help="work files (default: build/compare/NETWORK_SIM)")
    parser.add_argument("--waves", action="store_true", help="keep the waves of a Verilog simulation")
    parser.add_argument("--seed", type=simulator_seed, default=1,
                        help="of the simulator's random numbers (default: %(default)s)")
    parser.add_argument("--json", type=output_file, metavar="FILE", help="write the figures of the table")
    parser.add_argument("--predictions", type=output_file, metavar="FILE.npz",
                        help="write class, decision_time, silent, tie and layerK_spike_times up to the decision, as "
                             "the hardware gave them")
    arguments = parser.parse_args()
    if arguments.sim not in VERILOG and (arguments.design or arguments.waves):
        parser.error(f"--design and --waves go with --sim {' or '.join(VERILOG)}")
    if arguments.design and any(getattr(arguments, name) != parser.get_default(name)
                                for name in ("lanes", "pixels", "spikes_per_cycle", "events_per_cycle")):
        parser.error("--design brings its own --lanes, --pixels, --spikes-per-cycle and --events-per-cycle")
    return arguments


def count(text):
    """Number of images that --count names."""
    if text == "all":
        return ALL
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"must be a positive number or all, found {text!r}")
    return int(text)


def read_subject(arguments):
    """The Subject that the arguments name, with no more images than wanted, and a title for its table."""
    network = Network.load(arguments.network)
    images = read_images(arguments, network)
    there = len(images.images)
    wanted = arguments.count or min(there, DEFAULT_COUNT)
    if ALL > wanted > there:
        raise UserError(f"{images.name} holds {there} images: choose --count {there} or fewer, or all")
    subject = Subject(network, load_float(network, arguments.network, arguments.float), images.images, images.labels)
    return subject.first(wanted), f"{arguments.network.stem} on {images.name}"


def prepare_design(arguments, chosen, build):
    """Generate the design into `build`; returns where --design differs from it, if that is given."""
    require_simulator(arguments.sim)
    if arguments.design is None:
        generate(arguments.network, chosen, build / "design")
        return []
    return check_files(generate(arguments.network, chosen, expected_folder(build, arguments.design)), arguments.design)


if __name__ == "__main__":
    run(main)
