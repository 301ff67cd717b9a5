"""Whether a mutant is no mutant: the module, or one around it, gives the same at every output for all inputs.

yosys makes one circuit of the design as it is and as it is mutated, with the same inputs, and abc proves that no output
ever differs from the cycle after a reset on. Registers that no reset reaches begin with zeros in both, and inputs that
a constant drives in the design have that constant.
"""

import re
import resource
import subprocess
from pathlib import Path

from scripts.mutation.switched import alone

SECONDS = 8  # within which abc's last step ends
PROCESSOR_SECONDS = 30  # of a processor, for each run of a program
PROVED = "Property proved"
RESETS = ("rst", "clear")
CORE = "accelerator"  # it, and what is around it, takes too long
INSTANCE = re.compile(r"^\s*(\w+) (?:#\([^;]*?\) )?\w+ \((\s*\.[^;]*)\);", re.MULTILINE)
CONNECTION = re.compile(r"\.(\w+)\(([^()]*)\)")
CONSTANT = re.compile(r"^assign (\w+) = (\d+'[bdh]\w+);", re.MULTILINE)


def parents(modules):
    """{module: modules that contain it} of {name: Module}."""
    return {name: [other for other, holder in modules.items()
                   if re.search(rf"^\s*{name} (?:#|\w+ \()", holder.text, re.MULTILINE)] for name in modules}


def around(modules, name):
    """The modules that hold one, directly or not, the nearest first, up to those within the core."""
    above, found = parents(modules), [name]
    for module in found:
        found += [holder for holder in above[module] if holder not in found and not holder.startswith(CORE)]
    return found[1:]


def tied(modules):
    """{module: {input: constant}} of {name: Module}, the top last: inputs that one constant drives in all instances."""
    found = {}
    for holder in reversed(modules):
        instances = [(name, CONNECTION.findall(ports)) for name, ports in INSTANCE.findall(modules[holder].text)
                     if name in modules]
        constants = dict(found.get(holder, {}))
        for name, ports in instances:
            outputs = dict(CONSTANT.findall(modules[name].text))
            constants.update((wire, outputs[port]) for port, wire in ports if port in outputs)
        for name, ports in instances:
            inputs = {port: constants[wire] for port, wire in ports
                      if wire in constants and port in modules[name].inputs}
            if name in found:
                inputs = dict(inputs.items() & found[name].items())
            found[name] = inputs
    return found


def inside(modules, name):
    """The module and those in it."""
    above, found = parents(modules), [name]
    for module in found:
        found += [other for other, holders in above.items() if module in holders and other not in found]
    return found


def proved_at(folder, design, modules, name, mutant, seconds=SECONDS):
    """The module, `name` or one around it, at whose outputs the Mutant never shows; None if none was proved.

    modules: {name: Module} of the design in the folder `design`; folder: to work in.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mutated.v").write_text(alone(modules[name], mutant))
    for level in (name, *around(modules, name)):
        if _equal(folder, Path(design), modules, name, level, seconds):
            return level
    return None


def _equal(folder, design, modules, name, level, seconds):
    others = [f"{module}.v" for module in inside(modules, level) if module != name]
    copies = {"original": f"{name}.v", "mutated": folder / "mutated.v"}
    (folder / "both.v").write_text(_both(modules[level], tied(modules).get(level, {})))
    lines = []
    for copy, file in copies.items():
        lines += ["design -reset", f"read_verilog -DSYNTHESIS {' '.join(others)} {file}", f"hierarchy -top {level}",
                  "proc", "flatten", "memory_map", f"rename {level} {copy}", f"design -save {copy}"]
    lines += ["design -copy-from original original", f"read_verilog {folder / 'both.v'}", "hierarchy -top both", "proc",
              "flatten", "async2sync", "techmap", "dffunmap", "simplemap", "setundef -undriven -zero -init",
              "opt_clean", "aigmap", f"write_aiger -zinit {folder / 'both.aig'}"]
    (folder / "both.ys").write_text("\n".join([*lines, ""]))
    (folder / "both.aig").unlink(missing_ok=True)
    with open(folder / "yosys.log", "wb") as log:
        status = subprocess.run(["yosys", "-s", folder / "both.ys"], cwd=design, stdin=subprocess.DEVNULL, stdout=log,
                                stderr=subprocess.STDOUT, preexec_fn=_limit).returncode
    if status:
        return False  # a circle, say, or too much work
    (folder / "less.aig").unlink(missing_ok=True)
    command = f"read_aiger both.aig; strash; scleanup; scorr; dc2; scorr -F 2; write_aiger less.aig; pdr -T {seconds}"
    done = subprocess.run(["yosys-abc", "-c", command], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, preexec_fn=_limit)
    (folder / "abc.log").write_text(done.stdout + done.stderr)
    return PROVED in done.stdout or _never(folder / "less.aig")


def _limit():
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))


def _never(file):
    """Whether the one output of a circuit in AIGER's binary format, if it was written, is the constant 0."""
    if not file.exists():
        return False
    header, *lines = file.read_bytes().split(b"\n")
    latches = int(header.split()[3])
    return lines[latches] == b"0"


def _both(module, constants):
    """Verilog of a module that drives `original` and `mutated` alike, some inputs with constants, and says where they
    differ."""
    inputs = [name for name in module.inputs if name != "clk" and name not in constants]
    ports = ["input clk", *(f"input {_range(module, name)} {name}" for name in inputs), "output bad"]
    wires, connections = [], {"original": [], "mutated": []}
    for copy, joined in connections.items():
        joined += [".clk(clk)", *(f".{name}({constant})" for name, constant in constants.items())]
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
