"""Faults that yosys makes in the netlist of a design, whatever the text of its Verilog: cells' inputs and outputs that
are inverted, stuck, or mixed with another bit."""

import re

from first_spike.synthesis.process import run_program
from tb.mutation.circuits import circuit, loaded, never
from tb.mutation.equivalence import SECONDS, both
from tb.mutation.hierarchy import around, tied
from tb.mutation.mutants import Mutant
from tb.mutation.switched import write_texts

PATIENCE = 600  # seconds within which yosys ends
WHOLE = "whole.il"  # the netlist, beside the Verilog
SWITCH = "first_spike_fault"
PORT = re.compile(rf", {SWITCH}\b(?=\))|,\s*\.{SWITCH}\({SWITCH}\)|\.{SWITCH}\({SWITCH}\),"
                  rf"|input \[31:0\] {SWITCH};\n\s*(wire \[31:0\] {SWITCH});")
FAULT = re.compile(r"mutate -mode (\w+) -module (\w+) -cell (\S+) -port (\S+) -portbit (\d+)")


def write_netlist(design, folder, modules, names, count, seed):
    """Write the netlist of the design in the folder `design` with `count` faults in the modules `names` into `folder`,
    where their numbers choose them; modules: {name: Module}, the top last. Returns them as [(module, Mutant)], whose
    `instead` is a command of yosys."""
    top = list(modules)[-1]
    folder.mkdir(parents=True)
    _yosys(design, folder, f"read_verilog -DSYNTHESIS {' '.join(f'{name}.v' for name in modules)}",
           f"hierarchy -top {top}", "proc", f"write_rtlil {WHOLE}",
           f"mutate -list {count} -seed {seed} -o {folder / 'faults.txt'} {' '.join(names)}")
    faults = (folder / "faults.txt").read_text().splitlines()
    _yosys(design, folder, f"read_rtlil {WHOLE}",
           *(fault.replace("mutate", f"mutate -ctrl {SWITCH} 32 {k}", 1) for k, fault in enumerate(faults, 1)),
           f"write_verilog -noattr {folder / 'netlist.v'}")
    text = PORT.sub(lambda found: f"{found[1]} = mutation::number;" if found[1] else "",
                    (folder / "netlist.v").read_text())
    start = re.search(rf"^module {top}\(", text, re.MULTILINE).start()  # it goes last
    end = text.index("endmodule", start) + len("endmodule\n")
    write_texts(design, folder, {f"{top}.v": text[:start] + text[end:] + text[start:end]})
    made = []
    for fault in faults:
        mode, module, cell, port, bit = FAULT.match(fault).groups()
        made.append((module, Mutant(f"{cell} | {port}[{bit}] {mode}", 0, 0, fault, cell, f"{mode} {port}[{bit}]")))
    return made


def netlist_proved_at(folder, design, modules, name, mutant):
    """The module `name`, or one around it, at whose outputs such a fault in it never shows; None if none is proved."""
    folder.mkdir(parents=True, exist_ok=True)
    for level in (name, *around(modules, name)):
        lines = []
        for copy, fault in (("original", []), ("mutated", [mutant.instead])):
            lines += loaded([], level, copy, begin=[f"read_rtlil {WHOLE}", *fault])
        (folder / "both.v").write_text(both(modules[level], tied(modules).get(level, {})))
        if circuit(folder, design, lines, ("original", "mutated")) and never(folder, SECONDS):
            return level
    return None


def _yosys(design, folder, *lines):
    (folder / "script.ys").write_text("\n".join([*lines, ""]))
    run_program(["yosys", "-s", str(folder / "script.ys")], folder / "yosys.log", PATIENCE, design)
