"""Synthesis of a generated design with yosys."""

from pathlib import Path

from .cells import TOP, count_cells
from .process import run_program


def synthesize(design, target, folder, timeout):
    """Synthesize the design in folder `design` for a Target; returns (netlist file, what `count_cells` gives).

    Netlist and log go into `folder`. Raises UserError when yosys is missing, fails or takes longer than `timeout` seconds.
    """
    design, folder = Path(design).resolve(), Path(folder).resolve()
    netlist = folder / f"{target.name}.json"
    sources = (design / "filelist.f").read_text().split()
    script = f"read_verilog {' '.join(sources)}; {target.synthesis} -top {TOP}; autoname; write_json \"{netlist}\""
    # $readmemh looks for the weights in the folder where yosys runs
    run_program(["yosys", "-p", script], folder / f"{target.name}_yosys.log", timeout, folder=design)
    return netlist, count_cells(netlist, target)
