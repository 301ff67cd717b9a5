"""From a design with a serial line to the bitstream of a board."""

import json
import re
import shutil
from pathlib import Path

from golden.errors import UserError
from scripts.synthesis.boards import constraints
from scripts.synthesis.process import require_program, run_program

TOP = Path(__file__).with_name("board_top.v")
PROGRAMS = ("yosys", "nextpnr-ecp5", "ecppll", "ecppack")
COUNTED = {"TRELLIS_COMB": "LUT4 and carries", "TRELLIS_FF": "flip-flops", "DP16KD": "EBR"}


def require_programs():
    """Raise UserError unless everything that makes a bitstream is installed."""
    for program in PROGRAMS:
        require_program(program)


def make_bitstream(board, design, folder, seed, timeout):
    """Synthesize, place and pack the design in folder `design`, whose top is accelerator_serial, for a Board; returns
    {"bitstream": Path, "mhz": of the clock, "used": {what: (used, of how many)}}. Work goes into `folder`.

    Raises UserError when a program is missing, fails or takes longer than `timeout` seconds, when the design does not
    fit, or is slower than the board's clock.
    """
    require_programs()
    design, folder = Path(design).resolve(), Path(folder).resolve()
    run_program(["ecppll", "-i", str(board.crystal), "-o", str(board.clock), "--clkin_name", "clk_in",
                 "--clkout0_name", "clk", "-n", "pll", "-f", str(folder / "pll.v")], folder / "ecppll.log", timeout)
    shutil.copy(TOP, folder)
    (folder / "board.lpf").write_text(constraints(board))
    sources = " ".join([*(design / "filelist.f").read_text().split(), *(f'"{folder / name}"' for name in
                                                                        ("pll.v", TOP.name))])
    run_program(["yosys", "-p", f"read_verilog {sources}; synth_ecp5 -abc9 -no-rw-check -top {TOP.stem}; write_json "
                                f"\"{folder / 'netlist.json'}\""], folder / "yosys.log", timeout, folder=design)
    report = folder / "report.json"
    run_program(["nextpnr-ecp5", *board.options, "--json", str(folder / "netlist.json"), "--lpf",
                 str(folder / "board.lpf"), "--freq", str(board.clock), "--seed", str(seed), "--timing-allow-fail",
                 "--textcfg", str(folder / "board.config"), "--report", str(report)], folder / "nextpnr.log", timeout)
    content = json.loads(report.read_text())
    mhz = min(clock["achieved"] for clock in content["fmax"].values())
    if mhz < board.clock:
        raise UserError(f"the design reaches {mhz:.1f} MHz, and the clock of {board.name} is {board.clock} MHz: choose "
                        f"fewer lanes, or another --seed")
    run_program(["ecppack", "--compress", "--input", str(folder / "board.config"), "--bit", str(folder / "board.bit")],
                folder / "ecppack.log", timeout)
    return {"bitstream": folder / "board.bit", "mhz": mhz, "used": used(folder / "nextpnr.log")}


def used(log):
    """{what: (used, of how many)} of nextpnr's log."""
    found = re.findall(r"(\w+): +(\d+)/ *(\d+) ", Path(log).read_text())
    return {COUNTED[name]: (int(count), int(room)) for name, count, room in found if name in COUNTED}
