"""What Verilator counted: lines, branches and toggles of the modules of a design."""

import re
from collections import namedtuple
from pathlib import Path

from tb.mutation.survivors import block

KINDS = ("line", "branch", "toggle")
HIT = 1  # how often, to be covered

Point = namedtuple("Point", "module kind what count")
FIELD = re.compile("\x01([^\x02]+)\x02([^\x01']*)")
LINE = re.compile(r"C '(.*)' (\d+)$")


def points(data, folder):
    """The Points of a coverage file of Verilator about the modules in `folder`, those of all instances of a module
    together.

    what: of a line the text of it; of a branch the same and which way; of a toggle the signal with its bit.
    """
    counts, texts = {}, {}
    for line in Path(data).read_text().splitlines():
        found = LINE.match(line)
        if not found:
            continue
        field = dict(FIELD.findall(found[1]))
        kind, module = field["page"].removeprefix("v_").split("/")[0], Path(field["f"]).stem
        if kind not in KINDS:
            continue
        if module not in texts:
            texts[module] = Path(folder, f"{module}.v").read_text().splitlines()
        key = module, kind, int(field["l"]), int(field["n"]), field["o"]
        counts[key] = counts.get(key, 0) + int(found[2])
    return [Point(module, kind, _what(kind, texts[module][number - 1].strip(), said), count)
            for (module, kind, number, _, said), count in sorted(counts.items())]


def _what(kind, text, said):
    return said if kind == "toggle" else f"{text} [{said}]" if kind == "branch" else text


def entry(point):
    """The line of a Point in uncovered.txt: without the number of a layer and of a bit."""
    what = re.sub(r"\[\d+\]$", "", point.what) if point.kind == "toggle" else point.what
    return f"{point.kind} | {block(point.module)} | {what}"
