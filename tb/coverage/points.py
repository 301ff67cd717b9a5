"""What Verilator counted: lines, branches and toggles of the modules of a design.

A small design under the scenarios of its benches, with what Verilator counts of it.

What is not covered for a reason: `uncovered.txt`.

There a reason is a line that begins with #, and behind it stand its entries: line, branch or toggle; modules, of one
layer layerK; in each of them places, or signals with a bit or a range of bits, as [31:20]; with " | " between the
three, and ", " between several. An entry speaks of every design, since what one reaches counts in all.
"""

import re
import shutil
from collections import Counter, namedtuple
from itertools import product
from pathlib import Path

from first_spike.golden.errors import UserError
from tb.mutation.campaign import read_design
from tb.mutation.trees import area_of, numbered
from tb.mutation.verdict import block, read
from tb.mutation.verilog import Module
from tb.scenarios.scripted import ScriptedDesign
from tb.scenarios.small_designs import TRIED_DESIGNS

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


def entry(point):
    """What a Point is called in uncovered.txt, whatever the design and the number of the layer."""
    return f"{point.kind} | {block(point.module)} | {point.what}"


SECONDS = 1200  # of a processor, within which a run ends
ZEROS = "+verilator+rand+reset+0"  # memories begin with, so that no bit changes once, by chance


def cover_design(folder, report, name):
    """Play the scenarios on the small design `name`: {"images": count, "points": [module, kind, what, count] of all
    points of its areas}. report(share) is told how far it is. Raises UserError if the design does not pass."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    small = TRIED_DESIGNS[name]
    small.write(folder)
    (folder / "script.txt").write_text(small.script())
    report(0.2)
    design = ScriptedDesign(small.design(), folder / "verilog", folder / "build",
                            ("--coverage-line", "--coverage-toggle"))
    report(0.9)
    data = folder / "coverage.dat"
    right, said = design.play(folder / "script.txt", 1, [f"+verilator+coverage+file+{data}", ZEROS], SECONDS)
    if not right:
        raise UserError(f"the small {name} design does not pass: {said}")
    modules = read_design(folder / "verilog")
    return {"images": int(said.splitlines()[-1].split()[0]),
            "points": [list(point) for point in points(data, folder / "verilog")
                       if area_of(modules, point.module) in small.areas]}


FILE = Path(__file__).with_name("uncovered.txt")
BITS = re.compile(r"\[(\d+):(\d+)\]$")


class Reasons:
    """The entries of a file, and which of them were needed. Raises UserError for one without reason, and for two that
    speak of one point."""

    def __init__(self, file=FILE):
        self._entries, self._needed = {}, set()
        for line in read(file):
            if line.count(" | ") != 2:
                raise UserError(f"{Path(file).name} says no kind, module and place: {line}")
            kind, modules, places = line.split(" | ")
            for module, place in product(modules.split(", "), places.split(", ")):
                found, own = BITS.search(place), f"{kind} | {module} | {place}"
                bits = range(int(found[2]), int(found[1]) + 1) if found else ()
                for point in [f"{own.removesuffix(found[0])}[{bit}]" for bit in bits] or [own]:
                    if point in self._entries:
                        raise UserError(f"{Path(file).name} says twice: {point}")
                    self._entries[point] = own

    def explain(self, point):
        """Whether there is a reason for what is called so."""
        self._needed.add(self._entries.get(point))
        return point in self._entries

    def stale(self):
        """Entries that nothing needed."""
        return [line for line in dict.fromkeys(self._entries.values()) if line not in self._needed]
