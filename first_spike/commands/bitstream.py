"""Make the bitstream of a board from a network, by open programs.

Exit status 1 if the design does not fit, or is slower than the board's clock.
"""

import shlex
from pathlib import Path

from first_spike.command.cli import Parser, console, error_console, shown
from first_spike.command.hardware_options import add_hardware, check_hardware, configuration, folder_name
from first_spike.command.option_values import NAMED, NetworkFile, add_timeout, natural
from first_spike.command.places import BUILD, DEFAULT_NETWORK, check_places, make_folder, work_folder
from first_spike.golden.contract.network import Network
from first_spike.golden.errors import UserError
from first_spike.processor.boards import BAUD, PROCESSORS, chosen_processor, made_design
from first_spike.processor.boards import folder_name as processor_name
from first_spike.rtl_model.convert import generate
from first_spike.rtl_model.tops import DEFAULT, PROCESSOR, SERIAL, TOPS
from first_spike.synthesis.bitstream import latest_bitstream, make_bitstream, require_memory, require_programs
from first_spike.synthesis.targets import BOARDS, design_for, find_board
from first_spike.synthesis.toolchains import TOOLCHAINS


def main():
    arguments = parse()
    if TOPS[arguments.top].is_processor:
        chosen = chosen_processor(arguments.board, arguments)
        return make(chosen.board, arguments, processor_name(chosen.limits),
                    lambda work: made_design(chosen.limits, work, cycles_per_bit(chosen.board)))
    board = find_board(arguments.board)
    design = design_for(board, Network.load(arguments.network),
                        configuration(arguments, board.configuration))
    require_memory(board, design.configuration)
    return make(board, arguments, folder_name(arguments.network.stem, design), lambda work: generate(
        design, work / "design", top=SERIAL, parameters={"cycles_per_bit": cycles_per_bit(board)}))


def cycles_per_bit(board):
    """Of the line."""
    return board.clock * 1_000_000 // BAUD


def make(board, arguments, name, write):
    """Make the bitstream of the design that `write(folder)` gives, and say where it is."""
    check_places(arguments, folders=("build",))
    require_programs(board)
    with work_folder(arguments.build) as folder:
        work = make_folder(folder / f"{board.name}_{name}")
        made = write(work)
        try:
            with error_console.status(f"{board.name}: yosys, nextpnr"):
                made = make_bitstream(board, made, work, arguments.seed, arguments.timeout)
        except UserError as error:
            raise UserError(f"{error}; {left(board, arguments.build)}") from error
    tools = TOOLCHAINS[board.device.family]
    counts = ", ".join(f"{count:,} of {room:,} {tools.spoken(what)}" for what, (count, room) in made["used"].items())
    missed = made["bitstream"] is None
    mhz = next(text for digits in range(1, 20)
               if float(text := f"{made['mhz']:.{digits}f}") < board.clock or not missed)
    console.print(f"{board.name}, {board.device.name}: {counts}; {mhz} MHz, the board's clock is {board.clock} MHz",
                  soft_wrap=True)
    if missed:
        raise UserError(f"TOO SLOW: the design reaches {mhz} MHz, and the clock of {board.name} is "
                        f"{board.clock} MHz: choose fewer lanes, or another --seed; {left(board, arguments.build)}")
    place = str(shown(made["bitstream"]))
    console.print(f"the line has {BAUD:,} baud. No board was tried yet.\n{place}\n"
                  f"onto the board: openFPGALoader -b {board.loader} {shlex.quote(place)}", soft_wrap=True)


def left(board, build):
    """What there is for a Board in the folder `build` where no bitstream was made."""
    older = latest_bitstream(board, build)
    return "no bitstream was made, and `first-spike flash` " + (
        "has no older one" if older is None else f"would take an older one, {shown(older)}")


def parse():
    parser = Parser(description=__doc__)
    parser.add_argument("--board", required=True, metavar="NAME",
                        help=f"of {', '.join(BOARDS)}; a processor is there for {', '.join(PROCESSORS)}")
    parser.add_argument("--network", action=NetworkFile, default=DEFAULT_NETWORK, metavar="FILE.npz",
                        help=f"integer network file, {NAMED} (default: this one)")
    add_hardware(parser, (DEFAULT, PROCESSOR), default="the board's")
    parser.add_argument("--seed", type=natural, default=1, metavar="N", help="of nextpnr (default: %(default)s)")
    add_timeout(parser)
    parser.add_argument("--build", type=Path, default=BUILD / "bitstream", metavar="FOLDER",
                        help="design, netlist, logs and bitstream (default: build/bitstream)")
    arguments = parser.parse_args()
    check_hardware(parser, arguments, accelerators=("network",))
    return arguments
