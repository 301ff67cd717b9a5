"""Faults that yosys' `mutate` makes in the netlist of a design, and a proof by yosys and abc that one never shows.

Such a fault inverts an input or an output of a cell, ties it to a constant, or mixes it with another bit.
"""

import re
import resource
import subprocess
from dataclasses import dataclass
from pathlib import Path

from first_spike.synthesis.toolchains import run_program
from tb.mutation.hierarchy import around
from tb.mutation.switch import write_design

PATIENCE = 600  # seconds within which yosys ends
WHOLE = "whole.il"  # the netlist, beside the Verilog
SWITCH = "first_spike_fault"
MEMORIES = "t:$meminit* t:$memrd* %u"  # cells that yosys wants to be as they are; what reads them has faults
PORT = re.compile(rf",\s*{SWITCH}\b(?=\s*\))|,\s*\.{SWITCH}\({SWITCH}\)|\.{SWITCH}\({SWITCH}\),"
                  rf"|input \[31:0\] {SWITCH};\n\s*(wire \[31:0\] {SWITCH});")
FAULT = re.compile(r"mutate -mode (\w+) -module (\w+) -cell (\S+) -port (\S+) -portbit (\d+)")
PROOF_SECONDS, PROCESSOR_SECONDS = 8, 30  # of abc's last step, and of a processor for each program
SMALLER = "strash; scleanup; scorr; dc2; scorr -F 2"


@dataclass(frozen=True)
class Fault:
    """command: of yosys, which makes it; module: in which it is; place: the cell, its port and bit, and what is wrong
    there."""

    command: str
    module: str
    place: str


def write_faults(design, folder, modules, tried, count, seed):
    """Write a design with faults in its netlist, one of which a number from 1 on chooses.

    Args:
        design: Path of the folder of the design.
        folder: Path of the folder to write into.
        modules: Names of its modules, the top last.
        tried: Names of the modules in which there are faults.
        count: How many faults.
        seed: By which yosys draws them.

    Returns:
        The Faults, a list; the first has the number 1.
    """
    top = list(modules)[-1]
    folder.mkdir(parents=True)
    _yosys(design, folder, f"read_verilog -DSYNTHESIS {' '.join(f'{name}.v' for name in modules)}",
           f"hierarchy -top {top}", "proc", "opt_clean", f"write_rtlil {WHOLE}",
           f"select -set tried {' '.join(tried)}", f"select -set tried @tried {MEMORIES} %d",
           f"mutate -list {count} -seed {seed} -o {folder / 'faults.txt'} @tried")
    commands = (folder / "faults.txt").read_text().splitlines()
    _yosys(design, folder, f"read_rtlil {WHOLE}",
           *(command.replace("mutate", f"mutate -ctrl {SWITCH} 32 {number}", 1)
             for number, command in enumerate(commands, 1)),
           f"write_verilog -noattr {folder / 'netlist.v'}")
    text = PORT.sub(lambda match: f"{match[1]} = mutation::number;" if match[1] else "",
                    (folder / "netlist.v").read_text())
    start = re.search(rf"^module {top}\(", text, re.MULTILINE).start()  # it goes last
    end = text.index("endmodule", start) + len("endmodule\n")
    write_design(design, folder, {f"{top}.v": text[:start] + text[end:] + text[start:end]})
    return [_fault(command) for command in commands]


def _fault(command):
    mode, module, cell, port, bit = FAULT.match(command).groups()
    return Fault(command, module, f"{cell} {port}[{bit}] {mode}")


def is_equivalent(folder, design, modules, fault):
    """Whether abc proves that a fault never shows at the outputs of its module, or of one that holds it.

    Both netlists begin with zeros in all registers and have the same inputs in every cycle.

    Args:
        folder: Path of an empty or new folder to work in.
        design: Path of the folder of the design, with its netlist as `write_faults` leaves it.
        modules: {module: text} of the design.
        fault: The Fault.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return any(_never_shows(folder, design, holder, fault) for holder in (fault.module, *around(modules, fault.module)))


def _never_shows(folder, design, holder, fault):
    script = []
    for name, command in (("original", ()), ("mutated", (fault.command,))):
        script += ["design -reset", f"read_rtlil {WHOLE}", *command, f"hierarchy -top {holder}", "flatten",
                   "memory_map", f"rename {holder} {name}", f"design -save {name}"]
    circuit = folder / "both.aig"
    circuit.unlink(missing_ok=True)
    script += ["design -reset", "design -copy-from original original", "design -copy-from mutated mutated",
               "miter -equiv -flatten original mutated both", "hierarchy -top both", "flatten", "async2sync",
               "techmap", "dffunmap", "simplemap", "setundef -undriven -zero -init", "opt_clean", "aigmap",
               f"write_aiger -zinit {circuit}"]
    (folder / "both.ys").write_text("\n".join([*script, ""]))
    with open(folder / "yosys.log", "wb") as log:
        if subprocess.run(["yosys", "-s", folder / "both.ys"], cwd=design, stdin=subprocess.DEVNULL, stdout=log,
                          stderr=subprocess.STDOUT, preexec_fn=_limit).returncode:
            return False
    proof = subprocess.run(["yosys-abc", "-c", f"read_aiger both.aig; {SMALLER}; write_aiger less.aig; "
                                               f"pdr -T {PROOF_SECONDS}"], cwd=folder, stdin=subprocess.DEVNULL,
                           capture_output=True, text=True, preexec_fn=_limit)
    (folder / "abc.log").write_text(proof.stdout + proof.stderr)
    return "Property proved" in proof.stdout or _is_zero(folder / "less.aig")


def _is_zero(circuit):
    """Whether the outputs of a circuit in AIGER's binary format, if it was written, are the constant 0."""
    if not circuit.exists():
        return False
    header, *lines = circuit.read_bytes().split(b"\n")
    latches, outputs = (int(count) for count in header.split()[3:5])
    return lines[latches:latches + outputs] == [b"0"] * outputs


def _limit():
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))


def _yosys(design, folder, *lines):
    (Path(folder) / "script.ys").write_text("\n".join([*lines, ""]))
    run_program(["yosys", "-s", str(folder / "script.ys")], folder / "yosys.log", PATIENCE, design)
