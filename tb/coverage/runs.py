"""A small design under the scenarios of its benches, with what Verilator counts of it."""

import shutil

from first_spike.golden.errors import UserError
from tb.coverage.points import points
from tb.scenarios.scripted import ScriptedDesign
from tb.scenarios.small_designs import SMALL_DESIGNS

SECONDS = 300  # within which a run ends


def cover_design(folder, report, name):
    """Play the scenarios on the small design `name`: {"images": count, "points": [module, kind, what, count] of all
    points}. report(share) is told how far it is. Raises UserError if the design does not pass."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    small = SMALL_DESIGNS[name]
    small.write(folder)
    (folder / "script.txt").write_text(small.script())
    report(0.2)
    design = ScriptedDesign(small.design(), folder / "verilog", folder / "build",
                            ("--coverage-line", "--coverage-toggle"))
    report(0.9)
    data = folder / "coverage.dat"
    right, said = design.play(folder / "script.txt", 1, [f"+verilator+coverage+file+{data}"], SECONDS)
    if not right:
        raise UserError(f"the small {name} design does not pass: {said}")
    return {"images": int(said.splitlines()[-1].split()[0]),
            "points": [list(point) for point in points(data, folder / "verilog")]}
