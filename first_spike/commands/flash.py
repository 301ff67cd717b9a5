"""Put a bitstream onto a board, by openFPGALoader."""

from pathlib import Path

from first_spike.command.cli import Parser, console, error_console, shown
from first_spike.command.option_values import above_zero
from first_spike.command.places import BUILD
from first_spike.synthesis.boards import BOARDS, find_board
from first_spike.synthesis.flash import flash, latest_bitstream


def main():
    arguments = parse()
    board = find_board(arguments.board)
    bitstream = arguments.bitstream or latest_bitstream(board, arguments.build)
    with error_console.status(f"{board.name}: openFPGALoader"):
        flash(board, bitstream, arguments.permanent, arguments.timeout)
    console.print(f"{shown(bitstream)} is on {board.name}", soft_wrap=True)


def parse():
    parser = Parser(description=__doc__)
    parser.add_argument("--board", required=True, metavar="NAME", help=f"of {', '.join(BOARDS)}")
    parser.add_argument("--bitstream", type=Path, metavar="FILE",
                        help="(default: the one that `first-spike bitstream` made last for the board)")
    parser.add_argument("--permanent", action="store_true",
                        help="into the board's flash memory; without, it stays until the power goes")
    parser.add_argument("--build", type=Path, default=BUILD / "bitstream", metavar="FOLDER",
                        help="where `first-spike bitstream` worked (default: build/bitstream)")
    parser.add_argument("--timeout", type=above_zero, default=120.0, metavar="SECONDS", help="(default: 120)")
    return parser.parse_args()

