"""The board that the options name: at a serial port, or in simulation.

A board in simulation: a design with a serial line, compiled by Verilator, its line on a pseudo-terminal.
"""

import hashlib
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from first_spike.command.bars import JobBar
from first_spike.command.cli import error_console
from first_spike.command.hardware_options import add_hardware, configuration, folder_name
from first_spike.command.option_values import NAMED, NetworkFile, cycles_of_a_bit, positive
from first_spike.command.places import BUILD, listed, work_folder
from first_spike.comparison.simulators import initial_values, require_plain_path, require_simulator, top_module
from first_spike.device.device import PATIENCE, Device
from first_spike.device.identity import LoadableDesign
from first_spike.device.line import BAUD, SerialLine
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Network
from first_spike.golden.errors import UserError
from first_spike.processor.boards import DEFAULT as USUAL
from first_spike.rtl_model.convert import generate
from first_spike.rtl_model.tops import DEFAULT, PROCESSOR, SERIAL
from first_spike.synthesis.bitstream import require_memory, write_top
from first_spike.synthesis.targets import BOARDS, find_board

SOURCE = Path(__file__).with_name("simulated_board.cpp")
PROGRAM = Path("obj", "Vtop")
STAMP = "made_from"
END_SECONDS = 5  # that the program may take to end


class SimulatedBoard:
    """The design in a folder, whose top is `accelerator_serial`, as a board: a context in which `port` is the name of
    its pseudo-terminal.

    Compiled at once into the folder `build`, unless what lies there was made from the same files. Raises UserError when
    Verilator is missing or fails.
    """

    def __init__(self, design, build, cycles_per_bit, seed=1):
        require_simulator("verilator")
        self._design, self._build, self._seed = Path(design).resolve(), Path(build).resolve(), seed
        require_plain_path("verilator", self._design, self._build)
        files = listed(self._design)
        command = ["verilator", "--cc", "--exe", "--build", "-j", "2", "-Wno-fatal", "-O3", "--x-assign", "unique",
                   "--x-initial", "unique", "--top-module", top_module(self._design), "--prefix", PROGRAM.name,
                   "--Mdir", str(PROGRAM.parent), "-CFLAGS", f"-DCYCLES_PER_BIT={cycles_per_bit} -O2", "-MAKEFLAGS",
                   f"OPT_FAST=-O2{' OBJCACHE=ccache' if shutil.which('ccache') else ''}", str(SOURCE),
                   *(str(self._design / name) for name in files)]
        contents = [path.read_bytes() for path in (SOURCE, *(self._design / name for name in files))]
        stamp = hashlib.sha256(repr(command).encode() + b"".join(contents)).hexdigest()
        if (self._build / STAMP).exists() and (self._build / STAMP).read_text() == stamp:
            return
        shutil.rmtree(self._build, ignore_errors=True)
        self._build.mkdir(parents=True)
        log = self._build / "build.log"
        with open(log, "wb") as messages:
            status = subprocess.run(command, cwd=self._build, stdin=subprocess.DEVNULL, stdout=messages,
                                    stderr=subprocess.STDOUT).returncode
        if status:
            raise UserError(f"Verilator cannot build the board; its messages are in {log}")
        (self._build / STAMP).write_text(stamp)

    def __enter__(self):
        self._program = subprocess.Popen([str(self._build / PROGRAM), *initial_values(self._seed)], cwd=self._design,
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.port = self._program.stdout.readline().decode().strip()
        if not self.port:
            self.__exit__()
            raise UserError("the board in simulation has no pseudo-terminal")
        return self

    def __exit__(self, *error):
        self._program.stdin.close()  # on which it ends
        self._program.stdout.close()
        try:
            self._program.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._program.kill()
            self._program.wait()

    def restart(self):
        """Reset the design, as a power cycle would; soon, not at once."""
        self._command(b"r")

    def send_break(self):
        """Hold the line to the design low for longer than a byte; soon, not at once."""
        self._command(b"b")

    def send_long_break(self):
        """Hold it low for as long as resets a board, less than 80,000 cycles from now; soon, not at once."""
        self._command(b"B")

    def _command(self, letter):
        self._program.stdin.write(letter)
        self._program.stdin.flush()


SIMULATED = "sim"
CYCLES_PER_BIT = 4  # of the board in simulation: as few as can be
SIMULATED_PATIENCE, SIMULATED_ANSWER = 30, 5  # seconds: a simulation is as slow as the machine is busy


def add_board(parser, **usual):
    """Add what every command at a board asks for to an argparse parser, whether it holds an accelerator or a processor;
    usual: options of an accelerator where nothing else is said, whatever the board has."""
    parser.set_defaults(usual=usual)
    parser.add_argument("--port", required=True,
                        help=f"serial port of the board, such as /dev/ttyUSB0, or {SIMULATED} for a board in "
                             f"simulation")
    parser.add_argument("--board", metavar="NAME",
                        help=f"of {', '.join(BOARDS)}: what is not said of the options is as `first-spike bitstream` "
                             f"has it for this board (default: none, but {USUAL} for a processor in simulation)")
    parser.add_argument("--baud", type=positive, metavar="N", help=f"of the port (default: {BAUD})")
    parser.add_argument("--cycles-per-bit", type=cycles_of_a_bit, metavar="N",
                        help=f"of a board in simulation, 4 at the least; its clock in MHz is what a line of 1 Mbaud "
                             f"has (default: {CYCLES_PER_BIT})")
    parser.add_argument("--network", action=NetworkFile, metavar="FILE.npz",
                        help=f"the network that the design was made with, {NAMED} (default: this one), or that a "
                             f"processor holds (no default)")
    add_hardware(parser, (DEFAULT, PROCESSOR), base=Configuration(**usual))
    parser.add_argument("--build", type=Path, default=BUILD / "board", metavar="FOLDER",
                        help="work files of the board in simulation (default: build/board)")


def is_simulated(arguments):
    """Whether the board is one in simulation. UserError where an option of the other kind of board stands beside."""
    simulated = arguments.port == SIMULATED
    if simulated and arguments.baud:
        raise UserError(f"--baud is of a serial port: leave it out with --port {SIMULATED}")
    if not simulated and arguments.cycles_per_bit:
        raise UserError(f"--cycles-per-bit is of a board in simulation: leave it out with --port {arguments.port}")
    return simulated


def design_asked(arguments):
    """The Design that a board holds by parsed arguments: options that they do not give are as `add_board` was told, or
    as the board has them. Raises UserError for an unknown board."""
    base = find_board(arguments.board).configuration if arguments.board else Configuration()
    network = Network.load(arguments.network)
    return Design(network, configuration(arguments, replace(base, **arguments.usual)))


@contextmanager
def opened(arguments, design):
    """The Device that the arguments ask for. A board in simulation is the top of a board, and holds the network of
    the Design at once, loaded or not."""
    if arguments.board:
        require_memory(find_board(arguments.board), design.configuration)
    if not is_simulated(arguments):
        with Device(SerialLine(arguments.port, arguments.baud or BAUD), PATIENCE) as device:
            yield device
        return
    require_plain_path("verilator", arguments.build.resolve())
    cycles_per_bit, name = arguments.cycles_per_bit or CYCLES_PER_BIT, arguments.network.stem
    with work_folder(arguments.build) as folder:
        place = folder / folder_name(name, design)
        made = generate(design, place / "design", top=SERIAL,
                        parameters={"cycles_per_bit": cycles_per_bit})
        with error_console.status("building the board in simulation"):
            simulated = SimulatedBoard(write_top(made, place / "top"), place / "board", cycles_per_bit)
        with simulated, Device(simulated.port, SIMULATED_PATIENCE, SIMULATED_ANSWER) as device:
            if design.configuration.is_loadable:
                device.identify()
                with JobBar(arguments.port, [f"loading {name}"]) as bar:
                    device.load(design.network, LoadableDesign(design), lambda share: bar.report(0, share))
            yield device
