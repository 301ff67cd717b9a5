"""Put a bitstream onto a board, by openFPGALoader."""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from any folder
if __name__ == "__main__":
    from scripts.command.interrupts import answer
    answer()

from scripts.command.cli import console, error_console, run, shown
from scripts.command.option_values import above_zero
from scripts.command.places import BUILD
from scripts.synthesis.boards import BOARDS, find_board
from scripts.synthesis.flash import flash, latest_bitstream


def main():
    arguments = parse()
    board = find_board(arguments.board)
    bitstream = arguments.bitstream or latest_bitstream(board, arguments.build)
    with error_console.status(f"{board.name}: openFPGALoader"):
        flash(board, bitstream, arguments.permanent, arguments.timeout)
    console.print(f"{shown(bitstream)} is on {board.name}", soft_wrap=True)


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--board", required=True, metavar="NAME", help=f"of {', '.join(BOARDS)}")
    parser.add_argument("--bitstream", type=Path, metavar="FILE",
                        help="(default: the one that scripts/bitstream.py made last for the board)")
    parser.add_argument("--permanent", action="store_true",
                        help="into the board's flash memory; without, it stays until the power goes")
    parser.add_argument("--build", type=Path, default=BUILD / "bitstream", metavar="FOLDER",
                        help="where scripts/bitstream.py worked (default: build/bitstream)")
    parser.add_argument("--timeout", type=above_zero, default=120.0, metavar="SECONDS", help="(default: 120)")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
