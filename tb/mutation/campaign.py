"""The mutants of a small design, built once, and played one after the other against the scenarios of its benches.

Faults that yosys makes in the netlist of a design, whatever the text of its Verilog: cells' inputs and outputs that
are inverted, stuck, or mixed with another bit.
"""

import hashlib
import json
import re
import shutil
from dataclasses import asdict, fields
from itertools import combinations
from pathlib import Path

from first_spike.golden.errors import UserError
from first_spike.jobs.jobs import hash_of_files
from first_spike.synthesis.toolchains import run_program
from tb.mutation.equivalence import OPTIONS, ORIGINAL, SECONDS, both, proved_at, write_switched, write_texts
from tb.mutation.lemmas import circuit, loaded, never
from tb.mutation.mutants import Mutant, chosen, mutants_of
from tb.mutation.trees import area_of, around, tied
from tb.mutation.verdict import block, entry
from tb.mutation.verilog import Module
from tb.scenarios.scripted import SOURCES, ScriptedDesign, play
from tb.scenarios.small_designs import TRIED_DESIGNS

PATIENCE = 600  # seconds within which yosys ends
WHOLE = "whole.il"  # the netlist, beside the Verilog
SWITCH = "first_spike_fault"
MEMORIES = "t:$meminit* t:$memrd* %u"  # cells that yosys wants to be as they are; what reads them has faults
PORT = re.compile(rf",\s*{SWITCH}\b(?=\s*\))|,\s*\.{SWITCH}\({SWITCH}\)|\.{SWITCH}\({SWITCH}\),"
                  rf"|input \[31:0\] {SWITCH};\n\s*(wire \[31:0\] {SWITCH});")
FAULT = re.compile(r"mutate -mode (\w+) -module (\w+) -cell (\S+) -port (\S+) -portbit (\d+)")


def write_netlist(design, folder, modules, names, count, seeds):
    """Write the netlist of the design in the folder `design` with `count` faults in the modules `names` for each of the
    seeds into `folder`, where their numbers choose them; modules: {name: Module}, the top last. Returns them as
    [((module, Mutant), seeds)], whose `instead` is a command of yosys."""
    top = list(modules)[-1]
    folder.mkdir(parents=True)
    _yosys(design, folder, f"read_verilog -DSYNTHESIS {' '.join(f'{name}.v' for name in modules)}",
           f"hierarchy -top {top}", "proc", "opt_clean", f"write_rtlil {WHOLE}",
           f"select -set tried {' '.join(names)}",
           f"select -set tried @tried {MEMORIES} %d",
           *(f"mutate -list {count} -seed {seed} -o {folder / f'faults{seed}.txt'} @tried" for seed in seeds))
    faults = chosen(lambda seed: (folder / f"faults{seed}.txt").read_text().splitlines(), seeds)
    _yosys(design, folder, f"read_rtlil {WHOLE}",
           *(fault.replace("mutate", f"mutate -ctrl {SWITCH} 32 {k}", 1) for k, (fault, _) in enumerate(faults, 1)),
           f"write_verilog -noattr {folder / 'netlist.v'}")
    text = PORT.sub(lambda found: f"{found[1]} = mutation::number;" if found[1] else "",
                    (folder / "netlist.v").read_text())
    start = re.search(rf"^module {top}\(", text, re.MULTILINE).start()  # it goes last
    end = text.index("endmodule", start) + len("endmodule\n")
    write_texts(design, folder, {f"{top}.v": text[:start] + text[end:] + text[start:end]})
    made = []
    for fault, by in faults:
        mode, module, cell, port, bit = FAULT.match(fault).groups()
        mutant = Mutant(f"{cell} | {port}[{bit}] {mode}", 0, 0, fault, cell, f"{mode} {port}[{bit}]")
        made.append(((module, mutant), by))
    return made


def netlist_proved_at(folder, design, modules, name, mutant):
    """The module `name`, or one around it, at whose outputs such a fault in it never shows; None if none is proved."""
    folder.mkdir(parents=True, exist_ok=True)
    for level in (name, *around(modules, name)):
        lines = []
        for copy, fault in (("original", []), ("mutated", [mutant.instead])):
            lines += loaded([], level, copy, begin=[f"read_rtlil {WHOLE}", *fault])
        (folder / "both.v").write_text(both(modules[level], tied(modules).get(level, {})))
        if circuit(folder, design, lines, ("original", "mutated")) and never(folder, SECONDS):
            return level
    return None


def _yosys(design, folder, *lines):
    (folder / "script.ys").write_text("\n".join([*lines, ""]))
    run_program(["yosys", "-s", str(folder / "script.ys")], folder / "yosys.log", PATIENCE, design)


FEWEST = 10  # mutants of a module, if it has so many: of fewer one that survives is over a tenth
SEEDS = (1, 2, 3)  # of the scenarios, and of what registers and memories begin with: a run each
LONGER = 2  # times as many cycles as the design itself a mutant may take
CASE_SECONDS = 600  # of a processor, within which a run ends that no number of cycles does
BENCH = "bench"  # what is played; in it
MADE_OF, PROGRAM, SCRIPT, CYCLES = "made_of", "program", "script{}.txt", "cycles.json"


def read_design(folder):
    """{module: Module} of a design, in the order of its filelist.f."""
    modules, inputs = {}, {}
    for name in Path(folder, "filelist.f").read_text().split():
        module = Module(Path(folder, name).read_text(), inputs)
        inputs[Path(name).stem], modules[Path(name).stem] = module.inputs, module
    return modules


def choose(modules, areas, count, seed):
    """`count` Mutants of each of the `areas` of a design as [(module, Mutant)]: FEWEST of each module, the others from
    all of them by chance. What is chosen of a module does not depend on the text of the others but by their number."""
    found = []
    for area in areas:
        queues = {name: sorted(mutants_of(module), key=lambda mutant: mutant.order(seed, name))
                  for name, module in modules.items() if area_of(modules, name) == area}
        first = [(name, mutant) for name, queue in queues.items() for mutant in queue[:FEWEST]]
        rest = [(name, mutant) for name, queue in queues.items() for mutant in queue[FEWEST:]]
        rest.sort(key=lambda pair: pair[1].order(seed, pair[0]))
        found += first + rest[:max(0, count - len(first))]
    return found


def choose_pairs(results, count, seed):
    """`count` pairs of numbers of results that are each noticed alone, in two statements, by chance."""
    noticed = [(number, result) for number, result in enumerate(results, ORIGINAL + 1) if result["killed"]]
    pairs = [((one, other), f"{seed} {first['entry']} {second['entry']}")
             for (one, first), (other, second) in combinations(noticed, 2)
             if first["entry"].rpartition(" | ")[0] != second["entry"].rpartition(" | ")[0]]
    pairs.sort(key=lambda pair: hashlib.sha256(pair[1].encode()).digest())
    return [numbers for numbers, _ in pairs[:count]]


def build_mutants(folder, report, name, count, seeds, netlist=False):
    """Build `count` mutants of each area of the small design `name`, chosen by each of the `seeds`, as one program in
    `folder`/bench, with the scripts and the cycles that the design itself takes; the design stays in `folder`/verilog.
    netlist: they are faults in what yosys makes of the design.

    Returns {"program", "bench": hashes of the program, and of all that is played; "mutants": dicts with `area`,
    `module`, `block`, `entry`, `seeds` and what a Mutant has, the first of which has the number 1}. A program that is
    there is not built again. report(share) is told how far it is. Raises UserError if the design itself does not pass.
    """
    for made in ("verilog", "switched"):
        shutil.rmtree(folder / made, ignore_errors=True)
    (folder / BENCH).mkdir(parents=True, exist_ok=True)
    small = TRIED_DESIGNS[name]
    modules = read_design(small.write(folder))
    if netlist:
        names = [module for module in modules if area_of(modules, module) in small.areas]
        tried = write_netlist(folder / "verilog", folder / "switched", modules, names, count, seeds)
    else:
        tried, numbered = chosen(lambda seed: choose(modules, small.areas, count, seed), seeds), {}
        for number, ((module, mutant), _) in enumerate(tried, ORIGINAL + 1):
            numbered.setdefault(module, {})[number] = mutant
        write_switched(folder / "verilog", folder / "switched", modules, numbered)
    report(0.1)
    made_of = hash_of_files([*(folder / "switched").glob("*v"), *(folder / "switched").glob("*.hex"), *SOURCES])
    if not is_there(folder, made_of):
        shutil.rmtree(folder / BENCH)
        (folder / BENCH).mkdir()
        design = ScriptedDesign(small.design(), folder / "switched", folder / "build")
        shutil.move(design.program, folder / BENCH / PROGRAM)
        shutil.rmtree(folder / "build")
        for path in (folder / "verilog").glob("*.hex"):
            shutil.copy(path, folder / BENCH)
        (folder / BENCH / MADE_OF).write_text(made_of)
    for number in SEEDS:
        report(0.5 + 0.1 * number)
        (folder / BENCH / SCRIPT.format(number)).write_text(small.script(number))
    (folder / BENCH / CYCLES).write_text(json.dumps(list(_cycles(folder / BENCH))))
    return {"program": made_of, "bench": hash_of_files(played(folder)),
            "mutants": [{"area": area_of(modules, module), "module": module, "block": block(module),
                         "entry": entry(name, module, mutant.key), "seeds": by, **asdict(mutant)}
                        for (module, mutant), by in tried]}


def played(folder):
    """The files that say what is played, of the design in `folder`."""
    return [folder / BENCH / name for name in (MADE_OF, *map(SCRIPT.format, SEEDS))]


def is_there(folder, made_of):
    """Whether `folder` holds the program with mutants whose hash is `made_of`."""
    note = folder / BENCH / MADE_OF
    return note.is_file() and note.read_text() == made_of


def _cycles(bench):
    """The cycles that the design itself takes for each of SEEDS."""
    for seed in SEEDS:
        right, said = play(bench / PROGRAM, bench, bench / SCRIPT.format(seed), seed, [], CASE_SECONDS)
        if not right:
            raise UserError(f"the design itself does not pass: {said}")
        yield int(said.splitlines()[-1].split()[-2])


def play_mutants(folder, report, bench, numbered):
    """What kills each of the `numbered` mutants of the folder `bench` that `build_mutants` left, each a tuple of one
    number or of two, at once: a list of sentences, "" for what survives."""
    said = []
    for numbers in numbered:
        said.append(_killed(bench, numbers))
        report(len(said) / len(numbered))
    return said


def _killed(bench, numbers):
    """What the first run says in which the mutants show; "" if none does."""
    for seed, cycles in zip(SEEDS, json.loads((bench / CYCLES).read_text())):
        options = [*(option.format(number) for option, number in zip(OPTIONS, numbers)), f"+cycles={LONGER * cycles}"]
        right, said = play(bench / PROGRAM, bench, bench / SCRIPT.format(seed), seed, options, CASE_SECONDS)
        if not right:
            return said.splitlines()[-1] if said else "ended by itself"
    return ""


def prove_survivor(folder, report, design, result):
    """The module at whose outputs a mutant of the design in the folder `design` never shows, "" if that is not proved;
    result: a dict with `module` and what a Mutant has. report is not called."""
    modules = read_design(design)
    mutant = Mutant(**{field.name: result[field.name] for field in fields(Mutant)})
    prove = netlist_proved_at if Path(design, WHOLE).exists() else proved_at
    return prove(folder, design, modules, result["module"], mutant) or ""
