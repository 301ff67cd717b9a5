"""What is proved of a design first, so that more can be proved of its mutants: a condition in a module, `never`, that
holds in no cycle without a reset, from the first reset on.

`lemmas/MODULE.v` is added to the module. Its first line says in which module around it that is proved, as everything
there is driven by anything, and which lemmas of other modules are taken for granted in that, which are proved, too.
"""

import re
from functools import cache
from pathlib import Path

from tb.mutation.circuits import circuit, inputs_of, loaded, never
from tb.mutation.hierarchy import inside, tied

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
