"""Lint the Verilog of designs with Verilator and Icarus Verilog."""

from pathlib import Path

from first_spike.command.cli import Parser, console
from first_spike.comparison.lint import lint, waivers


def main():
    parser = Parser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+", help="folders of generated designs")
    arguments = parser.parse_args()
    dirty = False
    for folder in arguments.folders:
        messages = lint(folder)
        dirty |= bool(messages)
        for message in messages:
            print(message)
        console.print(f"{folder}: {len(messages)} lines of complaint" if messages
                      else f"{folder}: clean (waivers: {', '.join(waivers(folder)) or 'none'})")
    return 1 if dirty else 0

