"""Put a bitstream onto a board, by openFPGALoader.

A bitstream onto a board.
"""

import re
import subprocess
from pathlib import Path

from first_spike.command.cli import Parser, console, error_console, shown
from first_spike.command.option_values import above_zero
from first_spike.command.places import BUILD
from first_spike.golden.errors import UserError
from first_spike.synthesis.bitstream import latest_bitstream
from first_spike.synthesis.targets import BOARDS, find_board
from first_spike.synthesis.toolchains import require_program

PROGRAM = "openFPGALoader"
FAILURE = re.compile(r"\bFAIL\b|^Error")  # in a line of openFPGALoader, which may end with status 0 all the same


def flash(board, bitstream, permanent, timeout):
    """Put a file onto a Board, where it stays until the power goes, or, `permanent`, in the board's flash memory.

    Raises UserError when the Board takes it in its flash memory alone and it is not `permanent`, and when
    openFPGALoader is missing, fails, as without a board or a cable, or takes longer than `timeout` seconds.
    """
    if board.flash_only and not permanent:
        raise UserError(f"a bitstream for {board.name} goes into its flash memory, where it stays: allow that with "
                        f"--permanent")
    require_program(PROGRAM)
    if not Path(bitstream).is_file():
        raise UserError(f"there is no file {bitstream}")
    command = [PROGRAM, "-b", board.loader, *(["--write-flash"] if permanent else []), str(bitstream)]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=timeout)
    except subprocess.TimeoutExpired:
        raise UserError(f"{PROGRAM} was stopped after {timeout:g} s: is {board.name} on? allow more with --timeout"
                        ) from None
    said = [line.strip() for line in done.stdout.decode(errors="replace").splitlines()]
    wrong = [line for line in said if line and line != "empty" and (done.returncode or FAILURE.search(line))]
    if done.returncode or wrong:
        reason = "; ".join(wrong) or f"status {done.returncode}"
        raise UserError(f"{PROGRAM} cannot write to {board.name} ({reason}): is it connected and on, and may you use "
                        f"its USB port?")


def main():
    arguments = parse()
    board = find_board(arguments.board)
    bitstream = arguments.bitstream or latest_bitstream(board, arguments.build)
    if bitstream is None:
        raise UserError(f"there is no bitstream for {board.name} in {arguments.build}: `first-spike bitstream --board "
                        f"{board.name}` makes one")
    with error_console.status(f"{board.name}: openFPGALoader"):
        flash(board, bitstream, arguments.permanent, arguments.timeout)
    console.print(f"{shown(bitstream)} is on {board.name}", soft_wrap=True)


def parse():
    parser = Parser(description=__doc__)
    parser.add_argument("board", metavar="BOARD", help=f"one of {', '.join(BOARDS)}")
    place = parser.add_mutually_exclusive_group()
    place.add_argument("--bitstream", type=Path, metavar="FILE",
                       help="(default: the one that `first-spike bitstream` made last for the board)")
    place.add_argument("--build", type=Path, default=BUILD / "bitstream", metavar="FOLDER",
                       help="where `first-spike bitstream` worked (default: build/bitstream)")
    parser.add_argument("--permanent", action="store_true",
                        help="into the board's flash memory; without, it stays until the power goes; for "
                             f"{', '.join(name for name in BOARDS if BOARDS[name].flash_only)} it has to be given")
    parser.add_argument("--timeout", type=above_zero, default=120.0, metavar="SECONDS", help="(default: 120)")
    return parser.parse_args()
