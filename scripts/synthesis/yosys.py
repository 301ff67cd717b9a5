"""Synthesis of a generated design with yosys."""

from pathlib import Path

from scripts.synthesis.cells import TOP, count_cells
from scripts.synthesis.output_registers import absorb_output_registers
from scripts.synthesis.process import run_program


def synthesize(design, target, folder, timeout, output_registers=True):
    """Synthesize the design in folder `design` for a Target; returns (netlist file, what `count_cells` gives).

    output_registers: use those of ECP5's block RAM.

    Netlist and log go into `folder`. Raises UserError when yosys is missing, fails or takes longer than `timeout`
    seconds.
    """
    design, folder = Path(design).resolve(), Path(folder).resolve()
    netlist = folder / f"{target.name}.json"
    sources = (design / "filelist.f").read_text().split()
    script = f"read_verilog {' '.join(sources)}; {target.synthesis} -top {TOP}; autoname; write_json \"{netlist}\""
    # $readmemh looks for the weights in the folder where yosys runs
    run_program(["yosys", "-p", script], folder / f"{target.name}_yosys.log", timeout, folder=design)
    if output_registers and target.name == "ecp5":
        absorb_output_registers(netlist)
    return netlist, count_cells(netlist, target)
