"""The top of a board as a design that simulators take, as Verilog or as the cells that it becomes."""

import json
import shutil
from pathlib import Path

from first_spike.golden.errors import UserError
from first_spike.synthesis.bitstream import TOP
from first_spike.synthesis.process import require_program, run_program

SIMULATED_TOP = Path(__file__).with_name("simulated_top.v")
MODELS = "cells_sim.v"
PLL = "SB_PLL40_PAD"
PLL_PORTS = {"PACKAGEPIN": "clock_in", "PLLOUTCORE": "clock_out", "LOCK": "locked"}


def write_top(design, folder):
    """Write the design in folder `design`, whose top is accelerator_serial, with a board's top around it into the
    folder; returns that. Its ports are clk, rst, rx and tx."""
    design, folder = Path(design), Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    files = (design / "filelist.f").read_text().split()
    for path in [*(design / name for name in files), *design.glob("*.hex"), TOP, SIMULATED_TOP]:
        shutil.copy(path, folder)
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
    (folder / MODELS).write_text(models_of_ice40())
    shutil.copy(SIMULATED_TOP, folder)
    _list(folder, [MODELS, "netlist.v"])
    return folder


def models_of_ice40():
    """yosys' own Verilog models of iCE40's cells, as text that Verilator reads."""
    models = Path(require_program("yosys")).resolve().parents[1] / "share" / "yosys" / "ice40" / MODELS
    if not models.exists():
        raise UserError(f"yosys is installed without its models of iCE40's cells: {models} is missing")
    # values of inputs that nothing is connected to are no Verilog-2005; yosys connects all
    return "`define NO_ICE40_DEFAULT_ASSIGNMENTS\n" + models.read_text()


def _list(folder, files):
    (folder / "filelist.f").write_text("".join(f"{name}\n" for name in [*files, SIMULATED_TOP.name]))
