"""What Verilator counted: lines, branches and toggles of the modules of a design."""

import re
from collections import Counter, namedtuple
from pathlib import Path

from tb.mutation.survivors import block
from tb.mutation.trees import numbered
from tb.mutation.verilog import Module

KINDS = ("line", "branch", "toggle")
HIT = 1  # how often, to be covered

Point = namedtuple("Point", "module kind what count")
FIELD = re.compile("\x01([^\x02]+)\x02([^\x01']*)")
LINE = re.compile(r"C '(.*)' (\d+)$")


def points(data, folder):
    """The Points of a coverage file of Verilator about the modules in `folder`, those of all instances of a module
    together.

    what: of a line the name of its place; of a branch the same and which way; of a toggle the signal with its bit.
    """
    counts, names, seen, found = {}, {}, Counter(), []
    for line in Path(data).read_text().splitlines():
        match = LINE.match(line)
        field = dict(FIELD.findall(match[1])) if match else {"page": ""}
        kind, module = field["page"].removeprefix("v_").split("/")[0], Path(field.get("f", "")).stem
        if kind in KINDS:
            key = module, kind, int(field["l"]), int(field["n"]), field["o"]
            counts[key] = counts.get(key, 0) + int(match[2])
    for (module, kind, line, _, said), count in sorted(counts.items()):
        if module not in names:
            names[module] = _names(Path(folder, f"{module}.v").read_text())
        what = said if kind == "toggle" else names[module][line] + f" [{said}]" * (kind == "branch")
        seen[module, kind, what] += 1
        found.append(Point(module, kind, numbered(what, seen[module, kind, what]), count))
    return found


def _names(text):
    """For each line of a module, from number 1 on, the name of the first place that begins there, or of one before."""
    module, names = Module(text, {}), [""]
    for line in re.finditer(r"[^\n]*\n", module.text):
        here = [place.name for place in module.places if line.start() <= place.start < line.end()]
        names.append([*here, names[-1]][0])
    return names


def entry(design, point):
    """The line of a Point in uncovered.txt: without the number of a layer."""
    return f"{design} | {point.kind} | {block(point.module)} | {point.what}"
