"""A board at a serial line: classify images on it, load another network into it, ask what it is.

Every result is compared with the golden model, every number of cycles with the cycle model. The port `sim` is the board
in simulation: its own top in Verilator, the serial line on a pseudo-terminal. Exit status 1 if a result or its number
of cycles differs, after naming the first.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from any folder
if __name__ == "__main__":
    from scripts.command.interrupts import answer
    answer()

from scripts.boards import info, load, run
from scripts.boards.opened import take_board
from scripts.command import cli

COMMANDS = {"run": run, "load": load, "info": info}


def main():
    arguments = parse()
    return COMMANDS[arguments.command].work(arguments)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    parsers = {}
    for name, module in COMMANDS.items():
        text = module.__doc__.splitlines()[0]
        parsers[name] = commands.add_parser(name, help=text, description=text)
        module.add_options(parsers[name])
    arguments = parser.parse_args()
    if arguments.board is None:
        return arguments
    take_board(parsers[arguments.command], arguments.board)
    return parser.parse_args()


if __name__ == "__main__":
    cli.run(main)
