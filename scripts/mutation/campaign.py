"""All mutants of one small design, one after the other, against the scripted scenarios of its benches."""

import shutil
from dataclasses import asdict, fields
from pathlib import Path

from golden.errors import UserError
from rtl_model.convert import generate
from rtl_model.tops import DEFAULT
from scripts.mutation.equivalence import proved_at
from scripts.mutation.mutants import Mutant, mutants_of
from scripts.mutation.switched import OPTION, ORIGINAL, write_switched
from scripts.mutation.verilog import Module
from tb.bench_script import BenchScript
from tb.register_script import RegisterScript
from tb.scripted import ScriptedDesign
from tb.small_designs import SMALL_DESIGNS

FEWEST = 8  # mutants of a module, if it has so many
BUILD_SHARE = 0.2  # of the time, that the build takes
START_VALUES = (1, 2, 3)  # seeds of what registers and memories begin with
SECONDS = 20  # within which a run ends, which takes a fraction of a second


def read_design(folder):
    """{module: Module} of a design, in the order of its filelist.f."""
    modules, inputs = {}, {}
    for name in Path(folder, "filelist.f").read_text().split():
        module = Module(Path(folder, name).read_text(), inputs)
        inputs[Path(name).stem], modules[Path(name).stem] = module.inputs, module
    return modules


def choose(modules, count, seed):
    """`count` Mutants of a design as [(module, Mutant)]: FEWEST of each module, the others from all of them by chance.
    What is chosen of a module does not depend on the text of the others but by their number."""
    queues = {name: sorted(mutants_of(module), key=lambda mutant: mutant.order(seed, name))
              for name, module in modules.items()}
    chosen = [(name, mutant) for name, queue in queues.items() for mutant in queue[:FEWEST]]
    rest = [(name, mutant) for name, queue in queues.items() for mutant in queue[FEWEST:]]
    rest.sort(key=lambda pair: pair[1].order(seed, pair[0]))
    return chosen + rest[:max(0, count - len(chosen))]


def try_mutants(folder, report, name, count, seed):
    """Try `count` mutants of the small design `name`, chosen by `seed`: a list of dicts with `module`, what a Mutant
    has, and `killed`, which says by what, or None. The design stays in `folder`/verilog. report(share) is told how far
    it is. Raises UserError if the design itself does not pass.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    small = SMALL_DESIGNS[name]
    network, configuration = small.network(), small.configuration
    network.save(folder / "network.npz")
    generate(folder / "network.npz", configuration, folder / "verilog", top=small.top)
    modules = read_design(folder / "verilog")
    chosen = choose(modules, count, seed)
    numbered = {}
    for number, (module, mutant) in enumerate(chosen, ORIGINAL + 1):
        numbered.setdefault(module, {})[number] = mutant
    write_switched(folder / "verilog", folder / "switched", modules, numbered)
    script = (BenchScript if small.top == DEFAULT else RegisterScript)(network, configuration)
    script.every()
    (folder / "script.txt").write_text(script.text())
    design = ScriptedDesign(network, configuration, folder / "switched", folder / "build")
    said = _killed(design, folder / "script.txt", ORIGINAL)
    if said:
        raise UserError(f"the design itself does not pass: {said}")
    report(BUILD_SHARE)
    results = []
    for number, (module, mutant) in enumerate(chosen, ORIGINAL + 1):
        results.append({"module": module, **asdict(mutant), "killed": _killed(design, folder / "script.txt", number)})
        report(BUILD_SHARE + (1 - BUILD_SHARE) * number / len(chosen))
    return results


def _killed(design, script, number):
    """What the first run says in which mutant `number` shows; None if none does."""
    for seed in START_VALUES:
        right, said = design.play(script, seed, [OPTION.format(number)], SECONDS)
        if not right:
            return said.splitlines()[-1] if said else "ended by itself"
    return None


def prove_survivor(folder, report, design, result):
    """The module at whose outputs a mutant of the design in the folder `design` never shows, "" if that is not proved;
    result: of `try_mutants`. report is not called."""
    modules = read_design(design)
    mutant = Mutant(**{field.name: result[field.name] for field in fields(Mutant)})
    return proved_at(folder, design, modules, result["module"], mutant) or ""
