"""Synthesis of a generated design with yosys."""

import json
import re
from collections import defaultdict
from pathlib import Path

from first_spike.golden.errors import UserError
from first_spike.synthesis.cells import TOP, count_cells
from first_spike.synthesis.process import run_program

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

    Netlist and log go into `folder`. Raises UserError when yosys is missing, fails or takes longer than `timeout`
    seconds.
    """
    design, folder = Path(design).resolve(), Path(folder).resolve()
    netlist = folder / f"{target.name}.json"
    sources = (design / "filelist.f").read_text().split()
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
