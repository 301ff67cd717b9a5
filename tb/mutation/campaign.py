"""The faults of a small design, built once, and played one after the other against the scenarios of its benches."""

import json
import shutil
from dataclasses import asdict

from first_spike.golden.errors import UserError
from tb.mutation.hierarchy import area_of, block, read_modules
from tb.mutation.netlist import Fault, is_equivalent, write_faults
from tb.mutation.switch import NONE, OPTION
from tb.scenarios.scripted import ScriptedDesign, play
from tb.scenarios.small_designs import TRIED_DESIGNS

SEEDS = (1, 2, 3)  # of the scenarios, and of what registers and memories begin with: a run each
LONGER = 2  # times as many cycles as the design itself it may take with a fault
CASE_SECONDS = 600  # of a processor, within which a run ends that no number of cycles does
PROGRAM, SCRIPT, CYCLES = "program", "script{}.txt", "cycles.json"


def build_faults(folder, report, name, count, seed):
    """Build the small design `name` with `count` faults in its areas, drawn by `seed`, as one program in
    `folder`/bench; the design stays in `folder`/verilog.

    Returns a list of dicts with `design`, `area`, `block` and what a Fault has; the first one has the number 1.
    report(share) is told how far it is. Raises UserError if the design itself does not pass.
    """
    shutil.rmtree(folder, ignore_errors=True)
    bench = folder / "bench"
    bench.mkdir(parents=True)
    small = TRIED_DESIGNS[name]
    design = small.write(folder)
    modules = read_modules(design)
    tried = [module for module in modules if area_of(modules, module) in small.areas]
    faults = write_faults(design, folder / "faulty", modules, tried, count, seed)
    report(0.1)
    program = ScriptedDesign(small.design(), folder / "faulty", folder / "build").program
    shutil.move(program, bench / PROGRAM)
    shutil.rmtree(folder / "build")
    for path in design.glob("*.hex"):
        shutil.copy(path, bench)
    cycles = []
    for number in SEEDS:
        report(0.5 + 0.1 * number)
        (bench / SCRIPT.format(number)).write_text(small.script(number))
        right, said = play(bench / PROGRAM, bench, bench / SCRIPT.format(number), number, [OPTION.format(NONE)],
                           CASE_SECONDS)
        if not right:
            raise UserError(f"the small {name} design does not pass without a fault: {said}")
        cycles.append(int(said.splitlines()[-1].split()[-2]))
    (bench / CYCLES).write_text(json.dumps(cycles))
    return [{"design": name, "area": area_of(modules, fault.module), "block": block(fault.module), **asdict(fault)}
            for fault in faults]


def play_faults(folder, report, bench, numbers):
    """What notices each of the faults with these numbers: a list of the last line that the run printed, "" for a fault
    that nothing notices. bench: the folder that `build_faults` left."""
    noticed = []
    for number in numbers:
        noticed.append(_noticed(bench, number))
        report(len(noticed) / len(numbers))
    return noticed


def _noticed(bench, number):
    for seed, cycles in zip(SEEDS, json.loads((bench / CYCLES).read_text()), strict=True):
        right, said = play(bench / PROGRAM, bench, bench / SCRIPT.format(seed), seed,
                           [OPTION.format(number), f"+cycles={LONGER * cycles}"], CASE_SECONDS)
        if not right:
            return said.splitlines()[-1] if said else "ended by itself"
    return ""


def prove_fault(folder, report, design, fault):
    """Whether a fault of the design in the folder `design` is proved to be none; fault: a dict with what a Fault has.
    report is not called."""
    shutil.rmtree(folder, ignore_errors=True)
    return is_equivalent(folder, design, read_modules(design), Fault(fault["command"], fault["module"], fault["place"]))
