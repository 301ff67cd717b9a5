"""Make the bitstream of a board from a network by open programs: Verilog, yosys, nextpnr.

Exit status 1 if the design does not fit, or is slower than the board's clock.
"""

import argparse
from pathlib import Path

from first_spike.command.cli import console, error_console, shown
from first_spike.command.configuration_options import add_configuration, configuration, folder_name, options_of
from first_spike.command.folders import make_folder, work_folder
from first_spike.command.networks import NAMED, NetworkFile
from first_spike.command.option_values import add_timeout, natural
from first_spike.command.places import BUILD, DEFAULT_NETWORK
from first_spike.command.places_to_write import check_places
from first_spike.golden.contract.network import Network
from first_spike.golden.errors import UserError
from first_spike.rtl_model.convert import generate
from first_spike.synthesis.bitstream import make_bitstream, require_memory, require_programs
from first_spike.synthesis.boards import BOARDS, find_board, require_lanes
from first_spike.synthesis.toolchains import TOOLCHAINS

BAUD = 1_000_000


def main():
    board, arguments = parse()
    check_places(arguments, folders=("build",))
    network, parallelism = Network.load(arguments.network), configuration(arguments)
    require_lanes(board, parallelism, network)
    require_memory(board, parallelism)
    require_programs(board)
    with work_folder(arguments.build) as folder:
        work = make_folder(folder / f"{board.name}_{folder_name(arguments.network, network, parallelism)}")
        design = generate(arguments.network, parallelism, work / "design", top="accelerator_serial",
                          parameters={"cycles_per_bit": board.clock * 1_000_000 // BAUD})
        with error_console.status(f"{board.name}: yosys, nextpnr"):
            made = make_bitstream(board, design, work, arguments.seed, arguments.timeout)
    tools = TOOLCHAINS[board.device.family]
    counts = ", ".join(f"{count:,} of {room:,} {tools.spoken(what)}" for what, (count, room) in made["used"].items())
    console.print(f"{board.name}, {board.device.name}: {counts}; {made['mhz']:.1f} MHz, the board's clock is "
                  f"{board.clock} MHz", soft_wrap=True)
    if made["bitstream"] is None:
        raise UserError(f"TOO SLOW: the design reaches {made['mhz']:.1f} MHz, and the clock of {board.name} is "
                        f"{board.clock} MHz: no bitstream was made; choose fewer lanes, or another --seed")
    console.print(f"the line has {BAUD:,} baud. No board was tried yet.\n{shown(made['bitstream'])}\n"
                  f"onto the board: openFPGALoader -b {board.loader} {shown(made['bitstream'])}", soft_wrap=True)


def parse():
    """(Board, arguments); what the arguments do not say of the Configuration is that of the board."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--board", required=True, metavar="NAME", help=f"of {', '.join(BOARDS)}")
    parser.add_argument("--network", action=NetworkFile, default=DEFAULT_NETWORK, metavar="FILE.npz",
                        help=f"integer network file, {NAMED} (default: this one)")
    add_configuration(parser)  # a board has defaults of its own
    parser.add_argument("--seed", type=natural, default=1, metavar="N", help="of nextpnr (default: %(default)s)")
    add_timeout(parser)
    parser.add_argument("--build", type=Path, default=BUILD / "bitstream", metavar="FOLDER",
                        help="design, netlist, logs and bitstream (default: build/bitstream)")
    board = find_board(parser.parse_args().board)
    parser.set_defaults(**options_of(board.configuration))
    return board, parser.parse_args()

