"""Synthesis of a generated design with yosys.

Counting the cells of a synthesized design, for each of its modules.

The design is synthesized flattened, as it is built, so that the sum over the modules is the true total. yosys names
every cell after a signal that it drives, `bank[3].encoder_bank.ready_LUT4_Z`, and keeps the module of each instance in
a `$scopeinfo` cell: a cell counts for the module in which that signal stands. A LUT that joins logic of two modules
counts for one of them.

An ECP5 netlist of yosys as a design that simulators take: its cells by yosys' own models, block RAM by
`first_spike/synthesis/block_ram.v`.
"""

import json
import re
import shutil
from collections import defaultdict
from pathlib import Path

from first_spike.command.places import listed
from first_spike.golden.errors import UserError
from first_spike.synthesis.toolchains import require_program, run_program

TOP = "accelerator"


def count_cells(netlist, target):
    """{"total": counts, "modules": {module: {"instances": n, **counts}}} of the yosys JSON file `netlist`.

    counts: {resource: number} as the Target says. Raises UserError if the file is no netlist of an accelerator.
    """
    try:
        cells = json.loads(Path(netlist).read_text())["modules"][TOP]["cells"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{netlist} is no netlist of yosys with a module {TOP}") from error
    scopes = scopes_of(cells)
    names = {TOP: 1}
    for module in scopes.values():
        names[module] = names.get(module, 0) + 1
    modules = {module: {"instances": count, **_zero()} for module, count in names.items()}
    kinds = {}
    for name, cell in cells.items():
        kind = cell["type"]
        if kind not in kinds:
            kinds[kind] = _resource(kind, target)
        if kinds[kind]:
            resource, number = kinds[kind]
            modules[module_of(name, scopes)][resource] += number
    for counts in modules.values():
        counts["logic"] = sum(counts[resource] * luts for resource, luts in target.logic.items())
    total = {resource: sum(counts[resource] for counts in modules.values()) for resource in _zero()}
    return {"total": total, "modules": modules}


def _source_module(attributes):
    """The module of a scope as the source calls it: yosys gives one with parameters a name of its own for each
    value."""
    return attributes.get("module_hdlname", attributes["module"])


def _zero():
    return {"logic": 0, "lut": 0, "carry": 0, "ff": 0, "lutram": 0, "bram": 0}


def _resource(kind, target):
    """(resource, how many it counts as) of a type of cell, or None."""
    for resource, kinds in target.cells.items():
        for pattern, number in kinds.items():
            if kind == pattern or (pattern.endswith("*") and kind.startswith(pattern[:-1])):
                return resource, number
    return None


def scopes_of(cells):
    """{instance: its module} of a flattened netlist's cells."""
    return {name: _source_module(cell["attributes"]) for name, cell in cells.items() if cell["type"] == "$scopeinfo"}


def instance_of(name, scopes):
    """The innermost instance in which a cell, or a signal, of a flattened netlist stands: "" of the top."""
    while name and name not in scopes:
        name = name.rpartition(".")[0]
    return name


def module_of(name, scopes):
    """The module of that instance."""
    inside = instance_of(name, scopes)
    return scopes[inside] if inside else TOP


PLAIN = {"CLKMUX": "CLK", "LSRMUX": "LSR", "REGSET": "RESET"}  # of a register that starts at zero
ALWAYS = ["1"]  # the clock enable of one that has none


def absorb_output_registers(netlist):
    """Move registers of the yosys JSON file `netlist` into the block RAMs that they follow; returns how many.

    A block RAM is changed if every output that is used goes to one plain register and nowhere else: on the same clock,
    with the same clock enable or none, without reset, zero at the start. Where wide words are read, side A gets the
    clock of side B if it had none. Raises UserError if the file is no netlist of an accelerator.
    """
    try:
        content = json.loads(Path(netlist).read_text())
        module = content["modules"][TOP]
        cells = module["cells"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{netlist} is no netlist of yosys with a module {TOP}") from error
    readers = _readers(module)
    absorbed = 0
    for memory in [cell for cell in cells.values() if cell["type"] == "DP16KD"]:
        outputs = [(port, place, bit) for port, bits in memory["connections"].items() if port.startswith("DO")
                   for place, bit in enumerate(bits) if readers[bit]]
        clocks = {side: memory["connections"][f"CLK{side}"] for side in "AB"}
        wide = int(memory["parameters"]["DATA_WIDTH_B"], 2) == 36
        # its lower half leaves at side A, which yosys gives no clock where it never writes
        if wide and clocks["A"] == ["0"]:
            clocks["A"] = clocks["B"]
        enables = [_enable(readers[bit], cells, clocks[port[2]]) for port, _, bit in outputs]
        if not enables or None in enables or enables.count(enables[0]) < len(enables):
            continue
        for port, place, bit in outputs:
            register = cells.pop(readers[bit][0])
            memory["connections"][port][place] = register["connections"]["Q"][0]
        for side in "AB" if wide else {port[2] for port, _, _ in outputs}:
            memory["connections"][f"CLK{side}"] = clocks[side]
            memory["parameters"][f"REGMODE_{side}"] = "OUTREG"
            memory["connections"][f"OCE{side}"] = enables[0]
        absorbed += len(outputs)
    Path(netlist).write_text(json.dumps(content))
    return absorbed


def _readers(module):
    """{bit: names of the cells that read it}, with None for a port of the module; constants have none."""
    readers = defaultdict(list)
    for name, cell in module["cells"].items():
        for port, bits in cell.get("connections", {}).items():
            if cell["port_directions"][port] == "input":
                for bit in bits:
                    if isinstance(bit, int):
                        readers[bit].append(name)
    for port in module["ports"].values():
        for bit in port["bits"]:
            readers[bit].append(None)
    return readers


def _enable(names, cells, clock):
    """The clock enable of the plain register on `clock` that is the one reader of a bit, None if there is no such."""
    cell = cells.get(names[0]) if len(names) == 1 else None
    if cell is None or cell["type"] != "TRELLIS_FF" or cell["connections"]["CLK"] != clock:
        return None
    parameters = {name: value.strip() for name, value in cell["parameters"].items()}
    if cell["connections"].get("LSR") != ["0"] or any(parameters.get(name) != value for name, value in PLAIN.items()):
        return None
    return {"1": ALWAYS, "CE": cell["connections"].get("CE")}.get(parameters.get("CEMUX"))


def synthesize(design, target, folder, timeout, output_registers=True):
    """Synthesize the design in folder `design` for a Target; returns (netlist file, what `count_cells` gives).

    output_registers: use those of ECP5's block RAM. The top is the last of filelist.f, whose name may begin with that
    of the design; in the netlist it is called TOP.

    Netlist and log go into `folder`. Raises UserError when `design` is none, and when yosys is missing, fails or takes
    longer than `timeout` seconds.
    """
    design, folder = Path(design).resolve(), Path(folder).resolve()
    netlist = folder / f"{target.name}.json"
    sources = listed(design)
    for name in sources:
        if not re.fullmatch(r"\w+\.v", name, re.ASCII):  # it becomes a part of a script
            raise UserError(f"{design / 'filelist.f'} names {name!r}, which is no file of a design")
    top = Path(sources[-1]).stem
    script = (f"read_verilog {' '.join(sources)}; {target.synthesis} -top {top}; rename -top {TOP}; autoname; "
              f"write_json \"{netlist}\"")
    # $readmemh looks for the weights in the folder where yosys runs
    run_program(["yosys", "-p", script], folder / f"{target.name}_yosys.log", timeout, folder=design)
    if output_registers and target.name == "ecp5":
        absorb_output_registers(netlist)
    return netlist, count_cells(netlist, target)


BLOCK_RAM = Path(__file__).with_name("block_ram.v").resolve()
VECTORS = {"ADA": 14, "ADB": 14, "DIA": 18, "DIB": 18, "DOA": 18, "DOB": 18}
PINS = ("CLKA", "CEA", "OCEA", "WEA", "CLKB", "CEB", "OCEB", "WEB")
FIXED = {"RSTA": "0", "RSTB": "0", **{f"CS{side}{n}": "0" for side in "AB" for n in range(3)}}
# INITVAL_00 ... INITVAL_3F hold 16 words each, 20 bits apart
WORDS, WORD_BITS, STORED_BITS, WORDS_A_ROW = 1024, 18, 20, 16


def write_gates(netlist, folder, timeout, family="ecp5", change=None):
    """Write the netlist file (yosys' JSON) of a family to the folder as a design: `filelist.f` and what it lists;
    returns the folder. change(content): changes the netlist before.

    Raises UserError when yosys is missing or fails, and for a block RAM used in a way that `block_ram.v` does not
    model.
    """
    folder = Path(folder).resolve()
    content = json.loads(Path(netlist).read_text())
    if change:
        change(content)
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
    (folder / "cells.v").write_text(models_of_yosys(family))
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


# Values of inputs that nothing is connected to are no Verilog-2005; yosys connects all.
MACROS = {"ecp5": "NO_INCLUDES", "ice40": "NO_ICE40_DEFAULT_ASSIGNMENTS"}


def models_of_yosys(family):
    """yosys' own Verilog models of a family's cells, as text that Verilator reads."""
    models = Path(require_program("yosys")).resolve().parents[1] / "share" / "yosys" / family / "cells_sim.v"
    if not models.exists():
        raise UserError(f"yosys is installed without its models of the cells of {family}: {models} is missing")
    return f"`define {MACROS[family]}\n" + models.read_text()
