"""Synthesis of a generated design with yosys."""

import re
from pathlib import Path

from first_spike.golden.errors import UserError
from first_spike.synthesis.cells import TOP, count_cells
from first_spike.synthesis.output_registers import absorb_output_registers
from first_spike.synthesis.process import run_program


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
