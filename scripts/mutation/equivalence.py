"""Whether a mutant is no mutant: the module, or one around it, gives the same at every output for all inputs.

yosys makes one circuit of the design as it is and as it is mutated, with the same inputs, and abc proves that no output
ever differs from the cycle after a reset on. Registers that no reset reaches begin with zeros in both, and inputs that
a constant drives in the design have that constant. Where the module and those around it are not enough, they are looked
at together with their neighbours (`boxes.py`). What a memory begins with is anybody's choice: for a mutant that inverts
a bit, the memories of one kind may begin with one bit of their words inverted, since it may be a matter of names.
"""

import re
import resource
import subprocess
from pathlib import Path

from scripts.mutation.boxes import BETWEEN, BOX, levels, modules_of, without
from scripts.mutation.hierarchy import INSTANCE, inside, tied
from scripts.mutation.switched import alone
from scripts.mutation.verilog import Module

SECONDS = 8  # within which abc's last step ends
SOON = 2  # the same for each bit of a memory: the right one makes a proof at once
PROCESSOR_SECONDS = 90  # of a processor, for each run of a program
INVERTED = "^ 1'b1)"  # ends what stands in a mutant for what it inverts
WORDS = re.compile(r"^\s*(?:\(\*.*?\*\) )?reg \[(\d+):0\] (\w+) \[0:", re.MULTILINE)
GIVEN = re.compile(r"^\s*initial\b|\$readmemh", re.MULTILINE)  # says what a memory begins with
PROVED = "Property proved"
RESETS = ("rst", "clear")


def proved_at(folder, design, modules, name, mutant, seconds=SECONDS):
    """The level, of `levels`, at whose outputs the Mutant never shows; None if none was proved.

    modules: {name: Module} of the design in the folder `design`; folder: to work in.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    mutated = alone(modules[name], mutant)
    inverted = _memory_bits(modules, name) if mutant.instead.endswith(INVERTED) else ()
    own, *others = levels(modules, name)
    for level, given, begins in ((own, seconds, ""), *((own, SOON, begins) for begins in inverted),
                                 *((level, seconds, "") for level in others)):
        if _equal(folder, Path(design), modules, name, level, mutated, given, begins):
            return level
    return None


def _memory_bits(modules, name):
    """For each bit of the words of each memory in a module what tells yosys that it begins inverted; memories of
    instances with one name are one. Of none whose first words are given."""
    there = inside(modules, name)
    instances = {(module, f"*{at}.") for each in there for module, at, _ in INSTANCE.findall(modules[each].text)}
    for module, path in sorted(instances | {(name, "")}):
        if module not in there or GIVEN.search(modules[module].text):
            continue
        for top, memory in WORDS.findall(modules[module].text):
            for bit in range(int(top) + 1):
                yield f"setattr -set init {int(top) + 1}'d{1 << bit} w:{path}{memory}[*"


def _equal(folder, design, modules, name, level, mutated, seconds, begins):
    holder, *boxes = level.split(BETWEEN)
    texts = {"original": {name: modules[name].text}, "mutated": {name: mutated}}
    for copy in texts.values():
        if boxes:
            copy[holder] = without(modules, holder, boxes, copy.get(holder))
    looked_at = Module(texts["original"].get(holder, modules[holder].text),
                       {other: module.inputs for other, module in modules.items()})
    others = [f"{module}.v" for module in modules_of(modules, level) if module not in texts["original"]]
    (folder / "both.v").write_text(_both(looked_at, tied(modules).get(holder, {})))
    lines = []
    for copy, changed in texts.items():
        file = folder / f"{copy}.v"
        file.write_text("\n".join(changed.values()))
        lines += ["design -reset", f"read_verilog -DSYNTHESIS {' '.join(others)} {file}", f"hierarchy -top {holder}",
                  "proc", "flatten", "memory_map", begins if copy == "mutated" else "", f"rename {holder} {copy}",
                  f"design -save {copy}"]
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
    differs = {True: ["1'b0"], False: ["1'b0"]}  # for what is left out, which a reset may not reach, in every cycle
    for name in module.outputs:
        differs[name.startswith(BOX)].append(f"(original_{name} != mutated_{name})")
    return "\n".join([f"module both ({', '.join(ports)});", "reg started = 0;", "always @(posedge clk) started <= 1;",
                      *wires, *(f"{copy} {copy} ({', '.join(joined)});" for copy, joined in connections.items()),
                      f"assign bad = started && ({' || '.join(differs[False])}) || {' || '.join(differs[True])};",
                      "endmodule", ""])


def _range(module, name):
    return f"[{module.widths[name] - 1}:0]"
