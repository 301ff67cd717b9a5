"""The board that the options name: at a serial port, or in simulation."""

from contextlib import contextmanager
from pathlib import Path

from rtl_model.convert import generate
from scripts.command.cli import error_console
from scripts.command.configuration_options import add_configuration, folder_name
from scripts.command.folders import work_folder
from scripts.command.job_bar import JobBar
from scripts.command.places import BUILD, DEFAULT_NETWORK
from scripts.device.design import LoadableDesign
from scripts.device.device import PATIENCE, Device
from scripts.device.line import BAUD, SerialLine
from tb.simulated_board import SimulatedBoard

SIMULATED = "sim"
CYCLES_PER_BIT = 4  # of the board in simulation: as few as can be
SIMULATED_PATIENCE = 30  # seconds: a simulation is as slow as the machine is busy


def add_board(parser):
    """Add what `opened` asks for to an argparse parser."""
    parser.add_argument("--port", required=True,
                        help=f"serial port of the board, such as /dev/ttyUSB0, or {SIMULATED} for a board in "
                             f"simulation")
    parser.add_argument("--baud", type=int, default=BAUD, metavar="N", help="of the port (default: %(default)s)")
    parser.add_argument("--network", type=Path, default=DEFAULT_NETWORK, metavar="FILE.npz",
                        help="what the design was made with (default: the shipped 784-128-10)")
    add_configuration(parser)
    parser.add_argument("--build", type=Path, default=BUILD / "board", metavar="FOLDER",
                        help="work files of the board in simulation (default: build/board)")


@contextmanager
def opened(arguments, network, parallelism):
    """The Device that the arguments ask for. A board in simulation holds `network` at once, loaded or not."""
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
            if parallelism.is_loadable:
                device.identify()
                with JobBar(arguments.port, [f"loading {arguments.network.stem}"]) as bar:
                    device.load(network, LoadableDesign(network, parallelism), lambda share: bar.report(0, share))
            yield device
