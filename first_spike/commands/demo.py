"""The whole way on real digits: network, Verilog, two simulators, every spike.

Writes build/demo/report.json. Exit status 1 if anything differs, after naming the first place.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from first_spike.command.cli import Parser, console, shown, write_json
from first_spike.command.hardware_options import add_configuration, check_design, design_of, is_chosen
from first_spike.command.images import add_image_arguments, read_images
from first_spike.command.option_values import NAMED, NetworkFile
from first_spike.command.places import (
    BUILD,
    CONVOLUTIONAL_NETWORK,
    DEFAULT_DESIGN,
    DEFAULT_NETWORK,
    check_places,
    make_folder,
    plain_name,
    work_folder,
)
from first_spike.comparison.compare_on import Subject, compare_on, float_file, read_float
from first_spike.comparison.design_files import read_design, require_core, write_like
from first_spike.comparison.simulators import SIMULATORS, require_plain_path, require_simulator
from first_spike.comparison.table import comparison_table
from first_spike.comparison.verdict import check_files, verdict
from first_spike.golden.contract.network import Network
from first_spike.rtl_model.delivery.manifest import files_of, read_manifest

DIGITS = {"dense": {"icarus": 50, "verilator": 500}, "convolutional": {"icarus": 3, "verilator": 50}}


def main():
    arguments = parse()
    check_places(arguments, folders=("build",))
    if arguments.design:
        require_core(arguments.design)
    start = time.monotonic()
    for simulator in SIMULATORS:
        require_simulator(simulator)
        require_plain_path(simulator, arguments.build.resolve(), (arguments.design or arguments.build).resolve())
    shown_networks = [(arguments.network, arguments.design)]
    if arguments.both:
        shown_networks.append((CONVOLUTIONAL_NETWORK, None))
    with work_folder(arguments.build) as folder, ThreadPoolExecutor(len(SIMULATORS)) as pool:
        compared = [begin(arguments, *network, folder / plain_name(network[0].stem), pool)
                    for network in shown_networks]
        parts = [show(*network) for network in compared]
        write_json(folder / "report.json", {"networks": [report for report, _ in parts]})
    console.print(f"report: {shown(folder / 'report.json')} ({time.monotonic() - start:.0f} s in all)", soft_wrap=True)
    return max(status or 0 for _, status in parts) or None


def begin(arguments, path, given, folder, pool):
    """Make the network in the file `path` into Verilog, or take the design `given`, and let the threads of `pool`
    compare it on each simulator; its float network lies beside it. Returns what `show` takes."""
    start = time.monotonic()
    network = Network.load(path)
    images = read_images(arguments, network)
    design = read_design(given, network) if given else design_of(arguments, network)
    subject = Subject(design, read_float(float_file(path), network, path), images.images, images.labels)
    made = write_like(given, design, make_folder(folder))
    modules = files_of(read_manifest(made), "module")
    console.print(f"{path.name} made into Verilog: {len(modules)} modules in {time.monotonic() - start:.1f} s")
    different_files = check_files(made, given) if given else []
    counts = DIGITS["dense" if all(layer.kind == "dense" for layer in network.layers) else "convolutional"]
    reports = [pool.submit(compare_on, simulator, subject.first(count), given or made, folder / simulator)
               for simulator, count in counts.items()]
    return path, "real test digits" if images.name == "samples" else images.name, different_files, reports


def show(path, images, different_files, reports):
    """Print what the futures `reports` found of the network in the file `path` on the `images` of that name; returns
    (what report.json says of it, the exit status)."""
    reports = [report.result()[0] for report in reports]
    console.print(comparison_table(f"{path.stem}, {images}", reports))
    return {"network": path.name, "different_files": different_files,
            **{report["sim"]: report for report in reports}}, verdict(reports, different_files)


def parse():
    parser = Parser(description=__doc__.splitlines()[0])
    parser.add_argument("--network", action=NetworkFile, metavar="FILE.npz",
                        help=f"an integer network of one's own, {NAMED} (default: this one, then the convolutional "
                             f"one, on the digits that come along)")
    add_image_arguments(parser)
    add_configuration(parser)
    parser.add_argument("--design", type=Path, metavar="FOLDER",
                        help="simulate this folder, and compare its files with the generator's (default: in a "
                             "checkout hdl/, for the network that comes along)")
    parser.add_argument("--build", type=Path, default=BUILD / "demo", metavar="FOLDER",
                        help="work files and report.json (default: build/demo)")
    arguments = parser.parse_args()
    check_design(parser, arguments)
    of_its_own = (arguments.images, arguments.data, arguments.design) != (None,) * 3 or is_chosen(parser, arguments)
    arguments.both = arguments.network is None and not of_its_own
    if arguments.network is None:
        arguments.network = DEFAULT_NETWORK
        if arguments.images is None and arguments.data is None:
            arguments.data = "samples"
        if arguments.design is None and not is_chosen(parser, arguments):
            arguments.design = DEFAULT_DESIGN
    return arguments

