"""Whether a mutant is no mutant: the module, or one around it, gives the same at every output for all inputs.

yosys makes one circuit of the design as it is and as it is mutated, with the same inputs, and abc proves that no output
ever differs from the cycle after a reset on. Registers begin with zeros; what a reset does not reach is compared as well.
"""

import re
import subprocess
from pathlib import Path

from scripts.mutation.switched import alone

SECONDS = 20  # for each run of abc
PROVED = re.compile(r"Property proved|Networks are equivalent|The network is combinationally equivalent|is a constant 0")
RESETS = ("rst", "clear")
IGNORED = ("clk", *RESETS)


def parents(modules):
    """{module: modules that contain it} of {name: Module}."""
    return {name: [other for other, holder in modules.items() if re.search(rf"^\s*{name} (?:#|\w+ \()", holder.text, re.M)]
            for name in modules}


def levels(modules, name):
    """The module and those around it, from the inside to the top."""
    above, found = parents(modules), [name]
    for module in found:
        found += [other for other in above[module] if other not in found]
    return found


def inside(modules, name):
    """The module and those in it."""
    above, found = parents(modules), [name]
    for module in found:
        found += [other for other, holders in above.items() if module in holders and other not in found]
    return found


def proved_at(folder, design, modules, name, mutant, seconds=SECONDS):
    """The module at whose outputs the Mutant in module `name` never shows, None if none was proved.

    modules: {name: Module} of the design in the folder `design`; folder: to work in.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mutated.v").write_text(alone(modules[name], mutant))
    for level in levels(modules, name):
        if _equal(folder, Path(design), modules, name, level, seconds):
            return level
    return None


def _equal(folder, design, modules, name, level, seconds):
    files = [f"{module}.v" for module in inside(modules, level) if module != name]
    (folder / "both.v").write_text(_both(modules[level]))
    reads = " ".join(map(str, files))
    prepare = "proc; flatten; opt -fast; memory_map; opt -fast"
    script = (f"read_verilog -DSYNTHESIS {reads} {name}.v; hierarchy -top {level}; {prepare}; rename {level} original; "
              f"design -stash first; design -reset; read_verilog -DSYNTHESIS {reads} {folder / 'mutated.v'}; "
              f"hierarchy -top {level}; {prepare}; rename {level} mutated; design -copy-from first original; "
              f"read_verilog {folder / 'both.v'}; hierarchy -top both; proc; flatten; opt_clean; async2sync; techmap; opt_clean; "
              f"dffunmap; simplemap; setundef -undriven -zero -init; opt_clean; aigmap; opt_clean; "
              f"write_aiger -zinit {folder / 'both.aig'}")
    log = folder / "yosys.log"
    (folder / "both.aig").unlink(missing_ok=True)
    with open(log, "wb") as messages:
        subprocess.run(["yosys", "-p", script], cwd=design, stdin=subprocess.DEVNULL, stdout=messages,
                       stderr=subprocess.STDOUT)
    if not (folder / "both.aig").exists():
        return False
    command = (f"read_aiger {folder / 'both.aig'}; strash; scleanup; scorr; dc2; scorr -F 2; print_stats; "
               f"pdr -T {seconds}")
    done = subprocess.run(["yosys-abc", "-c", command], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True)
    (folder / "abc.log").write_text(done.stdout + done.stderr)
    return bool(PROVED.search(done.stdout))


def _both(module):
    """Verilog of a module that drives `original` and `mutated` alike, and says where they differ."""
    inputs = [name for name in module.inputs if name != "clk"]
    ports = ["input clk", *(f"input {_range(module, name)} {name}" for name in inputs), "output bad"]
    wires, connections = [], {"original": [], "mutated": []}
    for copy, joined in connections.items():
        joined.append(".clk(clk)")
        for name in inputs:
            joined.append(f".{name}({name} | !started)" if name in RESETS else f".{name}({name})")
        for name in module.outputs:
            wires.append(f"wire {_range(module, name)} {copy}_{name};")
            joined.append(f".{name}({copy}_{name})")
    differs = " || ".join(f"(original_{name} != mutated_{name})" for name in module.outputs)
    return "\n".join([f"module both ({', '.join(ports)});", "reg started = 0;", "always @(posedge clk) started <= 1;",
                      *wires, *(f"{copy} {copy} ({', '.join(joined)});" for copy, joined in connections.items()),
                      f"assign bad = started && ({differs});", "endmodule", ""])


def _range(module, name):
    return f"[{module.widths[name] - 1}:0]"
