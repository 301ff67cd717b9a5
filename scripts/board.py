"""Classify images on a board at a serial line, and compare every result with the golden model.

The port `sim` is the board in simulation: its own top in Verilator, the serial line on a pseudo-terminal. Exit status 1
if a result or its number of cycles differs, after naming the first.
"""

import argparse
import sys
import time
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from any folder
if __name__ == "__main__":
    from scripts.command.interrupts import answer
    answer()

from golden.contract.network import Network
from golden.errors import UserError
from rtl_model.convert import generate
from scripts.command.cli import EXIT_USER_ERROR, console, error_console, run, write_json
from scripts.command.configuration_options import add_configuration, configuration, folder_name
from scripts.command.folders import work_folder
from scripts.command.images import add_count, add_image_arguments, read_images
from scripts.command.job_bar import JobBar
from scripts.command.option_values import output_file
from scripts.command.places import BUILD, DEFAULT_NETWORK
from scripts.command.places_to_write import check_places
from scripts.device.board_table import board_report, board_table
from scripts.device.device import PATIENCE, Device
from scripts.device.line import BAUD, SerialLine
from tb.simulated_board import SimulatedBoard

SIMULATED = "sim"
CYCLES_PER_BIT = 4  # of the board in simulation: as few as can be
SIMULATED_PATIENCE = 30  # seconds: a simulation is as slow as the machine is busy
DEFAULT_COUNT = 100


def main():
    arguments = parse()
    check_places(arguments, files=("json",), folders=("build",))
    network = Network.load(arguments.network)
    parallelism = configuration(arguments)
    parallelism.layer_lanes(network.sizes)
    images = read_images(arguments, network).first(arguments.count, DEFAULT_COUNT)
    with board(arguments, network, parallelism) as device:
        identity = device.identify(network)
        if identity.pixels != parallelism.pixels:
            raise UserError(f"the board takes {identity.pixels} pixels a beat, not {parallelism.pixels}: choose "
                            f"--pixels {identity.pixels}")
        begin = time.monotonic()
        with JobBar(str(arguments.port), ["images"]) as bar:
            answers = device.classify(images.images, lambda count: bar.report(0, count / len(images.images)))
        seconds = time.monotonic() - begin
    report = board_report(network, parallelism, images.images, images.labels, answers, seconds)
    console.print(board_table(f"{arguments.network.stem} on {images.name}, port {arguments.port}", report))
    if arguments.json:
        write_json(arguments.json, report)
    for sentence in report["first"]:
        error_console.print(sentence, style="bold red", soft_wrap=True)
    if report["first"]:
        return EXIT_USER_ERROR
    console.print("Every result is equal to the golden model's, every number of cycles to the cycle model's.")
    return None


@contextmanager
def board(arguments, network, parallelism):
    """The Device that the arguments ask for."""
    if arguments.port != SIMULATED:
        with Device(SerialLine(arguments.port, arguments.baud), PATIENCE) as device:
            yield device
        return
    with work_folder(arguments.build) as folder:
        place = folder / folder_name(arguments.network, network, parallelism)
        design = generate(arguments.network, parallelism, place / "design", top="accelerator_serial",
                          parameters={"cycles_per_bit": CYCLES_PER_BIT})
        with error_console.status("building the board in simulation"):
            simulated = SimulatedBoard(design, place / "board", CYCLES_PER_BIT)
        with simulated, Device(simulated.port, SIMULATED_PATIENCE) as device:
            yield device


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", required=True,
                        help=f"serial port of the board, such as /dev/ttyUSB0, or {SIMULATED} for a board in "
                             f"simulation")
    parser.add_argument("--baud", type=int, default=BAUD, metavar="N", help="of the port (default: %(default)s)")
    parser.add_argument("--network", type=Path, default=DEFAULT_NETWORK, metavar="FILE.npz",
                        help="what the board holds (default: the shipped 784-128-10)")
    add_image_arguments(parser)
    add_count(parser, f"{DEFAULT_COUNT} or all there are")
    add_configuration(parser)
    parser.add_argument("--json", type=output_file, metavar="FILE", help="write the figures of the table")
    parser.add_argument("--build", type=Path, default=BUILD / "board", metavar="FOLDER",
                        help="work files of the board in simulation (default: build/board)")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
