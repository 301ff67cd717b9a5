"""Lint the Verilog of designs with Verilator and Icarus Verilog.

What Verilator and Icarus Verilog find wrong with the text of a design.
"""

import subprocess
from pathlib import Path

from first_spike.command.cli import Parser, console
from first_spike.command.places import listed
from first_spike.comparison.simulators import SIMULATORS, require_simulator, top_module


def lint(folder):
    """Messages of both about the design in `folder` (its filelist.f, and its testbench if it has one), but for what its
    own waivers allow; [] if it is clean.

    Raises UserError if one of them is not installed, or the folder holds no design.
    """
    folder = Path(folder)
    files = listed(folder)
    top = top_module(folder)
    if (folder / f"{top}_tb.v").exists():
        top = f"{top}_tb"
        files.append(f"{top}.v")
    options = ["--lint-only", "--timing", "-Wall", "-Wpedantic", "--top-module", top, *waivers(folder)]
    return (_messages("verilator", options, files, folder)
            + _messages("icarus", ["-g2005", "-Wall", "-o", "/dev/null", "-s", top], files, folder))


def waivers(folder):
    """The names of the files beside a design that say what Verilator need not."""
    return sorted(path.name for path in Path(folder).glob("*.vlt"))


def _messages(simulator, arguments, files, folder):
    require_simulator(simulator)
    program = SIMULATORS[simulator]
    done = subprocess.run([program, *arguments, *files], cwd=folder, capture_output=True, text=True)
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    if done.returncode and not lines:
        lines = [f"{program} ends with status {done.returncode}"]
    return lines if done.returncode or simulator == "icarus" else []


def main():
    parser = Parser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+", help="folders of generated designs")
    arguments = parser.parse_args()
    dirty = False
    for folder in arguments.folders:
        messages = lint(folder)
        dirty |= bool(messages)
        for message in messages:
            console.print(message, soft_wrap=True)
        console.print(f"{folder}: {len(messages)} lines of complaint" if messages
                      else f"{folder}: clean (waivers: {', '.join(waivers(folder)) or 'none'})", soft_wrap=True)
    return 1 if dirty else 0
