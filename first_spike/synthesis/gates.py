"""An ECP5 netlist of yosys as a design that simulators take: its cells by yosys' own models, block RAM by
`first_spike/synthesis/block_ram.v`."""

import json
import shutil
from pathlib import Path

from first_spike.golden.errors import UserError
from first_spike.synthesis.cells import TOP
from first_spike.synthesis.process import run_program

BLOCK_RAM = Path(__file__).with_name("block_ram.v").resolve()
VECTORS = {"ADA": 14, "ADB": 14, "DIA": 18, "DIB": 18, "DOA": 18, "DOB": 18}
PINS = ("CLKA", "CEA", "OCEA", "WEA", "CLKB", "CEB", "OCEB", "WEB")
FIXED = {"RSTA": "0", "RSTB": "0", **{f"CS{side}{n}": "0" for side in "AB" for n in range(3)}}
# INITVAL_00 ... INITVAL_3F hold 16 words each, 20 bits apart
WORDS, WORD_BITS, STORED_BITS, WORDS_A_ROW = 1024, 18, 20, 16


def write_gates(netlist, folder, timeout):
    """Write the netlist file (yosys' JSON) to the folder as a design: `filelist.f` and what it lists; returns the
    folder.

    Raises UserError when yosys is missing or fails, and for a block RAM used in a way that `block_ram.v` does not
    model.
    """
    folder = Path(folder).resolve()
    content = json.loads(Path(netlist).read_text())
    cells = content["modules"][TOP]["cells"]
    for name, cell in list(cells.items()):
        if cell["type"] == "$scopeinfo":
            del cells[name]
        elif cell["type"] == "DP16KD":
            cells[name] = block_ram(name, cell)
    changed = folder / "gates.json"
    changed.write_text(json.dumps(content))
    run_program(["yosys", "-p", f"read_json \"{changed}\"; write_verilog -noattr \"{folder / 'gates.v'}\""],
                folder / "gates.log", timeout)
    (folder / "cells.v").write_text("`define NO_INCLUDES\n" + _models_of_yosys().read_text())
    shutil.copy(BLOCK_RAM, folder)
    (folder / "filelist.f").write_text(f"gates.v\ncells.v\n{BLOCK_RAM.name}\n")
    return folder


def block_ram(name, cell):
    """The instance of `block_ram` that a DP16KD called `name` becomes, as yosys' JSON has it."""
    parameters, pins = cell["parameters"], cell["connections"]
    wrong = [f"{pin} = {pins[pin]}" for pin, value in FIXED.items() if pins[pin] != [value]]
    wrong += [f"WRITEMODE_{side} = {parameters[f'WRITEMODE_{side}']}" for side in "AB"
              if parameters.get(f"WRITEMODE_{side}", "READBEFOREWRITE") != "READBEFOREWRITE"]
    if wrong:
        raise UserError(f"the block RAM {name} has {' and '.join(wrong)}, which {BLOCK_RAM.name} does not model")
    rows = [parameters[f"INITVAL_{n:02X}"].rjust(STORED_BITS * WORDS_A_ROW, "0") for n in range(WORDS // WORDS_A_ROW)]
    words = [row[len(row) - n * STORED_BITS - WORD_BITS:len(row) - n * STORED_BITS] for row in rows
             for n in range(WORDS_A_ROW)]
    connections = {pin: pins[pin] for pin in PINS}
    connections |= {vector: [pins[f"{vector}{n}"][0] for n in range(size)] for vector, size in VECTORS.items()}
    return {
        "hide_name": 0, "type": "block_ram", "attributes": {},
        "parameters": {"CONTENT": "".join(reversed(words)), **{f"WIDTH_{side}": parameters[f"DATA_WIDTH_{side}"]
                                                               for side in "AB"},
                       **{f"REGISTER_{side}": f"{int(parameters[f'REGMODE_{side}'] == 'OUTREG'):032b}"
                          for side in "AB"}},
        "port_directions": {pin: "output" if pin.startswith("DO") else "input" for pin in connections},
        "connections": connections,
    }


def _models_of_yosys():
    """yosys' own Verilog models of ECP5's cells."""
    models = Path(shutil.which("yosys")).resolve().parents[1] / "share" / "yosys" / "ecp5" / "cells_sim.v"
    if not models.exists():
        raise UserError(f"yosys is installed without its models of ECP5's cells: {models} is missing")
    return models
