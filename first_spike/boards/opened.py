"""The board that the options name: at a serial port, or in simulation."""

from contextlib import contextmanager
from pathlib import Path

from first_spike.boards.simulated_board import SimulatedBoard
from first_spike.command.cli import error_console
from first_spike.command.configuration_options import CONSTANTS, add_configuration, folder_name, options_of
from first_spike.command.folders import work_folder
from first_spike.command.networks import NAMED, NetworkFile
from first_spike.command.option_values import cycles_of_a_bit, positive
from first_spike.command.places import BUILD, DEFAULT_NETWORK
from first_spike.device.design import LoadableDesign
from first_spike.device.device import PATIENCE, Device
from first_spike.device.line import BAUD, SerialLine
from first_spike.jobs.job_bar import JobBar
from first_spike.rtl_model.convert import generate
from first_spike.synthesis.bitstream import require_memory
from first_spike.synthesis.board_simulation import write_top
from first_spike.synthesis.boards import BOARDS, find_board

SIMULATED = "sim"
CYCLES_PER_BIT = 4  # of the board in simulation: as few as can be
SIMULATED_PATIENCE, SIMULATED_ANSWER = 30, 5  # seconds: a simulation is as slow as the machine is busy


def add_board(parser):
    """Add what `opened` asks for to an argparse parser."""
    parser.add_argument("--port", required=True,
                        help=f"serial port of the board, such as /dev/ttyUSB0, or {SIMULATED} for a board in "
                             f"simulation")
    parser.add_argument("--board", metavar="NAME",
                        help=f"of {', '.join(BOARDS)}: what is not said of the configuration is as "
                             f"`first-spike bitstream` has it for this board (default: none)")
    parser.add_argument("--baud", type=positive, default=BAUD, metavar="N", help="of the port (default: %(default)s)")
    parser.add_argument("--cycles-per-bit", type=cycles_of_a_bit, default=CYCLES_PER_BIT, metavar="N",
                        help="of a board in simulation, 4 at the least; its clock in MHz is what a line of 1 Mbaud has "
                             "(default: %(default)s)")
    parser.add_argument("--network", action=NetworkFile, default=DEFAULT_NETWORK, metavar="FILE.npz",
                        help=f"the network that the design was made with, {NAMED} (default: this one)")
    add_configuration(parser)
    parser.add_argument("--build", type=Path, default=BUILD / "board", metavar="FOLDER",
                        help="work files of the board in simulation (default: build/board)")


def take_board(parser, name):
    """The configuration of the board called `name` becomes the default of a parser with the options of `add_board`; a
    command that is about loadable weights keeps them. UserError for an unknown board."""
    options = options_of(find_board(name).configuration)
    if parser.get_default("weights") != CONSTANTS:
        del options["weights"]
    parser.set_defaults(**options)


@contextmanager
def opened(arguments, network, parallelism):
    """The Device that the arguments ask for. A board in simulation is the top of a board, and holds `network` at once,
    loaded or not."""
    if arguments.board:
        require_memory(find_board(arguments.board), parallelism)
    if arguments.port != SIMULATED:
        with Device(SerialLine(arguments.port, arguments.baud), PATIENCE) as device:
            yield device
        return
    with work_folder(arguments.build) as folder:
        place = folder / folder_name(arguments.network, network, parallelism)
        design = generate(arguments.network, parallelism, place / "design", top="accelerator_serial",
                          parameters={"cycles_per_bit": arguments.cycles_per_bit})
        with error_console.status("building the board in simulation"):
            simulated = SimulatedBoard(write_top(design, place / "top"), place / "board",
                                       arguments.cycles_per_bit)
        with simulated, Device(simulated.port, SIMULATED_PATIENCE, SIMULATED_ANSWER) as device:
            if parallelism.is_loadable:
                device.identify()
                with JobBar(arguments.port, [f"loading {arguments.network.stem}"]) as bar:
                    device.load(network, LoadableDesign(network, parallelism), lambda share: bar.report(0, share))
            yield device
