"""A small design under the scenarios of its benches, with the lines, branches and toggles that Verilator counts."""

import re
import shutil
from collections import Counter
from pathlib import Path

from first_spike.golden.errors import UserError
from tb.mutation.hierarchy import area_of, block, read_modules
from tb.scenarios.scripted import ScriptedDesign
from tb.scenarios.small_designs import TRIED_DESIGNS

KINDS = ("line", "branch", "toggle")
FIELD = re.compile("\x01([^\x02]+)\x02([^\x01']*)")
LINE = re.compile(r"C '(.*)' (\d+)$")
SECONDS = 1200  # of a processor, within which a run ends
ZEROS = "+verilator+rand+reset+0"  # memories begin with, so that no bit changes once, by chance


def read_points(data):
    """{(module, kind, line, number, what): how often} of a coverage file of Verilator, instances of a module together;
    `what` is the signal and bit of a toggle, or which way a branch goes."""
    points = Counter()
    for text in Path(data).read_text().splitlines():
        match = LINE.match(text)
        field = dict(FIELD.findall(match[1])) if match else {"page": ""}
        kind = field["page"].removeprefix("v_").split("/")[0]
        if kind in KINDS:
            points[Path(field["f"]).stem, kind, int(field["l"]), int(field["n"]), field["o"]] += int(match[2])
    return points


def cover_design(folder, report, name):
    """Play the scenarios on the small design `name`.

    Returns {"images": count, "points": [[block, kind, place, reached]]} of its areas; a place has a name that is the
    same in all designs. report(share) is told how far it is. Raises UserError if the design does not pass.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    small = TRIED_DESIGNS[name]
    modules = read_modules(small.write(folder))
    (folder / "script.txt").write_text(small.script())
    report(0.2)
    design = ScriptedDesign(small.design(), folder / "verilog", folder / "build",
                            ("--coverage-line", "--coverage-toggle"))
    report(0.9)
    data = folder / "coverage.dat"
    right, said = design.play(folder / "script.txt", 1, [f"+verilator+coverage+file+{data}", ZEROS], SECONDS)
    if not right:
        raise UserError(f"the small {name} design does not pass: {said}")
    lines = {module: text.splitlines() for module, text in modules.items()}
    points = [[block(module), kind, what if kind == "toggle" else f"{lines[module][line - 1].strip()} {number} {what}",
               count > 0] for (module, kind, line, number, what), count in sorted(read_points(data).items())
              if area_of(modules, module) in small.areas]
    return {"images": int(said.splitlines()[-1].split()[0]), "points": points}
