"""Claims tried with faults that their author did not choose: mutants of the modules that they are about."""

import shutil

from first_spike.golden.errors import UserError
from tb.formal.runs import FAIL, PASS, run_sby
from tb.mutation.campaign import read_design
from tb.mutation.equivalence import SOON, proved_at
from tb.mutation.mutants import mutants_of
from tb.mutation.switched import alone

KILLED, SURVIVED, NO_FAULT = "killed", "survived", "no fault"


def try_mutants(folder, report, claim, timeout, count):
    """What becomes of the first `count` mutants of each module that a fault of a Claim stands in.

    Returns [(module, line as it was, as it is, how it ended)]: KILLED, SURVIVED, or NO_FAULT for one that survived and
    is proved to be equivalent. Raises UserError for a run that ends otherwise, or takes too long.
    """
    shutil.rmtree(folder, ignore_errors=True)
    design = folder / "design"
    claim.write(design)
    modules = read_design(design)
    for name, module in modules.items():  # as it is read, with numbers for names
        (design / f"{name}.v").write_text(module.text)
    chosen = [(name, mutant) for name in claim.modules
              for mutant in sorted(mutants_of(modules[name]), key=lambda one: one.order(0, name))[:count]]
    found = []
    for number, (name, mutant) in enumerate(chosen, 1):
        fault = (f"{name}.v", modules[name].text, alone(modules[name], mutant))
        run = f"mutant_{number}"
        status = run_sby(claim, run, fault, design, folder / run, timeout)
        if status not in (PASS, FAIL):
            raise UserError(f"{claim.name}: the run {run!r} ended with status {status}; its messages are in "
                            f"{folder / run / 'sby.log'}")
        end = KILLED if status == FAIL else SURVIVED
        if status == PASS and proved_at(folder / "equal", design, modules, name, mutant, SOON):
            end = NO_FAULT
        found.append((name, mutant.before, mutant.after, end))
        shutil.rmtree(folder / run)
        report(number / len(chosen))
    return found
