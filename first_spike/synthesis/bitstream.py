"""From a design with a serial line to the bitstream of a board.

The top of a board as a design that simulators take, as Verilog or as the cells that it becomes.
"""

import json
import os
import re
import shutil
from pathlib import Path

from first_spike.command.places import listed
from first_spike.golden.errors import UserError
from first_spike.rtl_model.tops import SERIAL
from first_spike.synthesis.toolchains import PACKED, TOOLCHAINS, read_report, require_program, run_program
from first_spike.synthesis.yosys import models_of_yosys

TOP = Path(__file__).with_name("board_top.v")
NETLIST = "netlist.json"
ENDINGS = (".bit", ".bin", ".fs")  # of what the tools of the families make


def require_programs(board):
    """Raise UserError unless everything that makes a bitstream of a Board is installed."""
    for program in TOOLCHAINS[board.device.family].programs:
        require_program(program)


def require_memory(board, configuration):
    """Raise UserError if a Configuration asks for a kind of memory that a Board has not."""
    if configuration.in_spram and "spram" not in board.device.capacity:
        raise UserError(f"{board.name} has no SPRAM: choose --weight-memory block")
    if configuration.is_distributed and board.device.family == "ice40":
        raise UserError(f"{board.name} has no distributed RAM: choose --potential-memory block")


def make_bitstream(board, design, folder, seed, timeout):
    """Synthesize, place and pack the design in folder `design`, whose top is accelerator_serial, for a Board; returns
    {"bitstream": Path, or None where the clock is missed, "mhz": of the clock, "used": {resource: (used, of how
    many)}}. Work goes into `folder`; where no bitstream is made, one from before stays.

    Raises UserError when a program is missing, fails or takes longer than `timeout` seconds, or when the design does
    not fit.
    """
    require_programs(board)
    tools, device, folder = TOOLCHAINS[board.device.family], board.device, Path(folder).resolve()
    bitstream = folder / tools.bitstream
    synthesize_board(board, design, folder, timeout)
    report, log = folder / "report.json", folder / "nextpnr.log"
    try:
        run_program([*tools.place, *device.options, "--json", NETLIST, "--freq", str(board.clock), "--seed", str(seed),
                     "--timing-allow-fail", "--report", report.name], log, timeout, folder)
    except UserError:
        require_room(board, used(board, log) if log.exists() else {})
        raise
    counts = used(board, log)
    _, mhz = read_report(report, tools.place[0])
    if mhz < board.clock:
        return {"bitstream": None, "mhz": mhz, "used": counts}
    packed, log = folder / PACKED, folder / "pack.log"
    packed.unlink(missing_ok=True)
    run_program([*tools.pack, *device.pack_options], log, timeout, folder)
    if not packed.is_file() or not packed.stat().st_size:
        raise UserError(f"{tools.pack[0]} left no bitstream; its messages are in {log}")
    os.replace(packed, bitstream)
    return {"bitstream": bitstream, "mhz": mhz, "used": counts}


def latest_bitstream(board, folder):
    """The Path of the bitstream for a Board that was made last in `folder`; None if there is none."""
    found = [path for path in Path(folder).glob(f"{board.name}_*/board.*") if path.suffix in ENDINGS]
    return max(found, key=lambda path: path.stat().st_mtime_ns, default=None)


def synthesize_board(board, design, folder, timeout):
    """Write the netlist of a Board with the design in folder `design`, and what has to lie beside it, into `folder`;
    returns the netlist's Path. Raises UserError as `make_bitstream` does."""
    tools, design, folder = TOOLCHAINS[board.device.family], Path(design).resolve(), Path(folder).resolve()
    words = {"crystal": board.crystal, "clock": board.clock, "device": board.device.name}
    run_program([word.format(**words) for word in tools.pll], folder / "pll.log", timeout, folder)
    (folder / TOP.name).write_text(top_of(design))
    name, text = tools.constraints
    (folder / name).write_text(text(board))
    sources = " ".join([*listed(design), *(f'"{folder / name}"' for name in ("pll.v", TOP.name))])
    netlist = folder / NETLIST
    script = [f"read_verilog {' '.join(macros(board))} {sources}", f"hierarchy -top {TOP.stem}", *tools.prepare,
              f"{tools.synthesis} {board.synthesis} -top {TOP.stem}", f"write_json \"{netlist}\""]
    # $readmemh looks for the weights in the folder where yosys runs
    run_program(["yosys", "-p", "; ".join(script)], folder / "yosys.log", timeout, folder=design)
    return netlist


def top_of(design):
    """The text of a board's top around the design in a folder: an accelerator at a serial line, or another design with
    its ports."""
    return TOP.read_text().replace(f"{SERIAL} ", f"{listed(design)[-1].removesuffix('.v')} ")


def macros(board):
    """What yosys is told of the pins of a Board: a macro each, behind which the top has the port."""
    return [f"-D{port.upper()}" for port in board.pins]


def used(board, log):
    """{resource: (used, of how many)} of nextpnr's log."""
    cells = TOOLCHAINS[board.device.family].cells
    found = {name: (int(count), int(room)) for name, count, room in
             re.findall(r"(\w+): +(\d+)/ *(\d+) ", Path(log).read_text())}
    return {resource: found[cell] for resource, cell in cells.items() if cell in found}


def require_room(board, counts):
    """Raise UserError where counts, as `used` gives them, are more than the Board has, and say by how much."""
    tools = TOOLCHAINS[board.device.family]
    wrong = [f"{count:,} {tools.spoken(resource)} where it has {room:,} ({count - room:,} too many)"
             for resource, (count, room) in counts.items() if count > room]
    if wrong:
        raise UserError(f"the design does not fit onto {board.name}, {board.device.name}: {' and '.join(wrong)}: "
                        f"choose fewer lanes, or a smaller network")


SIMULATED_TOP = Path(__file__).with_name("simulated_top.v")
MODELS = "cells_sim.v"
PLL = "SB_PLL40_PAD"
PLL_PORTS = {"PACKAGEPIN": "clock_in", "PLLOUTCORE": "clock_out", "LOCK": "locked"}


def write_top(design, folder):
    """Write the design in folder `design`, whose top is accelerator_serial, with a board's top around it into the
    folder; returns that. Its ports are clk, rst, rx and tx."""
    design, folder = Path(design), Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    files = listed(design)
    for path in [*(design / name for name in files), *design.glob("*.hex"), SIMULATED_TOP]:
        shutil.copy(path, folder)
    (folder / TOP.name).write_text(top_of(design))
    _list(folder, [*files, TOP.name])
    return folder


def write_cells(netlist, folder, timeout):
    """Write the netlist of an iCE40 board, what `synthesize_board` gives, as a design of cells into the folder; returns
    that. The cells, block RAM and SPRAM among them, are yosys' own models.

    Raises UserError when yosys is missing or fails.
    """
    folder = Path(folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    content = json.loads(Path(netlist).read_text())
    cells = content["modules"][TOP.stem]["cells"]
    for name, cell in list(cells.items()):
        if cell["type"] == "$scopeinfo":
            del cells[name]
        elif cell["type"] == PLL:
            pins = {PLL_PORTS[pin]: bits for pin, bits in cell["connections"].items() if pin in PLL_PORTS}
            cell.update(type="pll", parameters={}, attributes={}, connections=pins, port_directions={
                port: "input" if port == "clock_in" else "output" for port in pins})
    content["modules"] = {TOP.stem: content["modules"][TOP.stem]}
    changed = folder / "cells.json"
    changed.write_text(json.dumps(content))
    run_program(["yosys", "-p", f"read_json \"{changed}\"; write_verilog -noattr \"{folder / 'netlist.v'}\""],
                folder / "cells.log", timeout, folder)
    (folder / MODELS).write_text(models_of_yosys("ice40"))
    shutil.copy(SIMULATED_TOP, folder)
    _list(folder, [MODELS, "netlist.v"])
    return folder


def _list(folder, files):
    (folder / "filelist.f").write_text("".join(f"{name}\n" for name in [*files, SIMULATED_TOP.name]))
