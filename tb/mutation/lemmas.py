"""What is proved of a design first, so that more can be proved of its mutants: a condition in a module, `never`, that
holds in no cycle without a reset, from the first reset on.

`lemmas/MODULE.v` is added to the module. Its first line says in which module around it that is proved, as everything
there is driven by anything, and which lemmas of other modules are taken for granted in that, which are proved, too.

Circuits of a design, made by yosys, of which abc proves that an output is never 1, or that a condition in them never
holds.
"""

import re
import resource
import subprocess
from functools import cache
from pathlib import Path

from tb.mutation.trees import inside, tied

PROCESSOR_SECONDS = 30  # of a processor, for each run of a program
PROVED = "Property proved"
RESETS = ("rst", "clear")
SMALLER = "strash; scleanup; scorr; dc2; scorr -F 2"


def loaded(files, top, name, more=(), begin=()):
    """Commands of yosys that make a circuit called `name` of the module `top` in Verilog files, or what the commands
    `begin` bring, and save it."""
    return ["design -reset", *begin, *(f"read_verilog {options} -DSYNTHESIS {file}" for options, file in files),
            f"hierarchy -top {top}", "proc", "flatten", "memory_map", *more, f"rename {top} {name}",
            f"design -save {name}"]


def circuit(folder, design, lines, names):
    """Whether yosys could write the module `both` of the folder's both.v as both.aig. lines: commands that save the
    circuits `names` that it has; design: folder of the design's Verilog."""
    folder = Path(folder)
    copies = [f"design -copy-from {name} {name}" for name in names]
    (folder / "both.ys").write_text("\n".join([
        *lines, *copies, f"read_verilog {folder / 'both.v'}", "hierarchy -top both", "proc", "flatten",
        "chformal -lower", "async2sync", "techmap", "dffunmap", "simplemap", "setundef -undriven -zero -init",
        "opt_clean", "aigmap", f"write_aiger -zinit {folder / 'both.aig'}", ""]))
    (folder / "both.aig").unlink(missing_ok=True)
    with open(folder / "yosys.log", "wb") as log:
        return not subprocess.run(["yosys", "-s", folder / "both.ys"], cwd=design, stdin=subprocess.DEVNULL, stdout=log,
                                  stderr=subprocess.STDOUT, preexec_fn=_limit).returncode


def never(folder, seconds, assumed=False):
    """Whether abc proves, with a last step of so many seconds, that the outputs of both.aig are never 1; assumed: as
    long as what is assumed in it holds."""
    folder = Path(folder)
    (folder / "less.aig").unlink(missing_ok=True)
    command = f"read_aiger both.aig; {'fold; ' * assumed}{SMALLER}; write_aiger less.aig; pdr -T {seconds}"
    done = subprocess.run(["yosys-abc", "-c", command], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, preexec_fn=_limit)
    (folder / "abc.log").write_text(done.stdout + done.stderr)
    return PROVED in done.stdout or _is_zero(folder / "less.aig")


def inputs_of(module, constants):
    """(ports of a module `both` that drives another one as it is driven in its design, lines that connect those);
    constants: {input: its constant}."""
    inputs = [name for name in module.inputs if name != "clk" and name not in constants]
    joined = [".clk(clk)", *(f".{name}({constant})" for name, constant in constants.items())]
    joined += [f".{name}({name} | !started)" if name in RESETS else f".{name}({name})" for name in inputs]
    return ["input clk", *(f"input {bits(module, name)} {name}" for name in inputs)], joined


def bits(module, name):
    """The range of a port."""
    return f"[{module.widths[name] - 1}:0]"


def _is_zero(file):
    """Whether the outputs of a circuit in AIGER's binary format, if it was written, are the constant 0."""
    if not file.exists():
        return False
    header, *lines = file.read_bytes().split(b"\n")
    latches, outputs = (int(count) for count in header.split()[3:5])
    return lines[latches:latches + outputs] == [b"0"] * outputs


def _limit():
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))


FOLDER = Path(__file__).with_suffix("")
HEAD = re.compile(r"// at (\w+)(?:; given (\w+(?:, \w+)*))?\n")
SECONDS = 30


@cache
def text_of(name):
    """What is added to a module; None if there is no lemma of it."""
    file = FOLDER / f"{name}.v"
    return file.read_text() if file.is_file() else None


def needed(modules, name):
    """The lemma of a module and all that it takes for granted, as names of modules; none if a design lacks one."""
    if text_of(name) is None:
        return []
    at, given = _head(name)
    if not {name, at} <= set(modules):
        return []
    others = [needed(modules, other) for other in given]
    return [name, *sum(others, [])] if all(others) else []


def proved_in(modules, name):
    """The modules in which a module's lemma, and those that it takes for granted, are proved."""
    return [_head(each)[0] for each in needed(modules, name)]


def hold(folder, design, modules, name):
    """Whether the lemma of a module and what it takes for granted are proved; folder: to work in."""
    return all(_holds(folder, design, modules, each) for each in reversed(needed(modules, name)))


def with_lemma(text, name, kind):
    """The text of a module with its lemma as `kind`, "assert" or "assume"."""
    return f"{text.rpartition('endmodule')[0]}{text_of(name)}always @* if (!rst) {kind}(!never);\nendmodule\n"


def _holds(folder, design, modules, name):
    at, given = _head(name)
    copies = {name: "assert", **dict.fromkeys(given, "assume")}
    (folder / "lemmas.v").write_text("\n".join(with_lemma(modules[each].text, each, kind)
                                               for each, kind in copies.items()))
    ports, joined = inputs_of(modules[at], tied(modules).get(at, {}))
    (folder / "both.v").write_text("\n".join([
        f"module both ({', '.join(ports)});", "reg started = 0;", "always @(posedge clk) started <= 1;",
        f"original original ({', '.join(joined)});", "endmodule", ""]))
    files = [("", f"{module}.v") for module in inside(modules, at) if module not in copies]
    lines = loaded([*files, ("-formal", folder / "lemmas.v")], at, "original")
    return circuit(folder, design, lines, ["original"]) and never(folder, SECONDS, bool(given))


def _head(name):
    at, given = HEAD.match(text_of(name)).groups()
    return at, given.split(", ") if given else []
