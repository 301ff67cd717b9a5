"""What became of the mutants: a table by block, and whether enough of them were found.

A result: a dict with `area`, `block`; `entry`, its line in a list of survivors; `before`, `after`, texts; `killed`,
`proved`; `seeds`, by which it was chosen.

The list of mutants that survive although they are not proved to be none, each with its reason: `survivors.txt`.

There a reason is a line that begins with #, with "Same:" where nothing can notice the fault, and behind it stand its
mutants, a line each: the small designs in which they survive, the module (of one layer, layerK), the place and what is
wrong there, with " | " between, never the text of the Verilog.
"""

import re
from collections import Counter
from pathlib import Path

from rich.table import Table

from first_spike.golden.errors import UserError

FILE = Path(__file__).with_name("survivors.txt")


def block(module):
    """The module without the number of its layer."""
    return re.sub(r"^layer\d+_", "layerK_", module)


def entry(design, module, key):
    """The line of a mutant, of one design."""
    return f"{design} | {block(module)} | {key}"


def read(file=FILE):
    """{line: its reason}, of several designs one for each. Raises UserError for one without reason, and for one that
    stands there twice."""
    reason, reasons = None, {}
    for line in map(str.strip, Path(file).read_text().splitlines()):
        if line.startswith("#"):
            reason = line.lstrip("# ")
        elif not line:
            reason = None
        elif reason is None:
            raise UserError(f"{Path(file).name} gives no reason for: {line}")
        else:
            designs, *rest = line.split(" | ")
            for each in (" | ".join([design, *rest]) for design in designs.split(", ")):
                if each in reasons:
                    raise UserError(f"{Path(file).name} says twice: {each}")
                reasons[each] = reason
    return reasons


FEWEST_KILLED, FEWEST_OF_A_MODULE = 0.95, 0.90  # shares of the mutants of an area, of a module, that are faults
FEWEST = {"core": 0.97, "processor": 0.97, "blocks": 0.90}  # in these areas
FEWEST_IN_NETLIST = 0.85  # of an area: there is no list of those that are none
SAME = "Same: "  # begins the reason of a mutant that is none, though nothing proves it
FATES = ("killed", "equivalent", "listed", "missed")


def fate(result, reasons):
    """What became of a mutant: one of FATES."""
    if result["killed"]:
        return "killed"
    if result["proved"] or reasons.get(result["entry"], "").startswith(SAME):
        return "equivalent"
    return "listed" if result["entry"] in reasons else "missed"


def counts(found, reasons, by="block"):
    """{block: Counter of "tried" and FATES} of results, or the same by "area"."""
    made = {}
    for result in sorted(found, key=lambda result: result[by]):
        made.setdefault(result[by], Counter()).update(["tried", fate(result, reasons)])
    return made


def of_seeds(found, reasons):
    """{area: {seed: Counter}} of results, of those that each seed has chosen."""
    made = {}
    for seed in sorted({seed for result in found for seed in result["seeds"]}):
        for area, count in counts([each for each in found if seed in each["seeds"]], reasons, "area").items():
            made.setdefault(area, {})[seed] = count
    return made


def share(count):
    """Of the mutants of a Counter that are not equivalent the share that was killed."""
    real = count["tried"] - count["equivalent"]
    return count["killed"] / real if real else 1.0


def table(found, reasons, title="mutants", heading="module"):
    made = Table(title=title, title_justify="left")
    made.add_column(heading, no_wrap=True)
    for name in ("tried", *FATES, "killed, %"):
        made.add_column(name, justify="right")
    by_seed = {f"{area}, seed {seed}": count for area, seeds in of_seeds(found, reasons).items()
               for seed, count in seeds.items() if len(seeds) > 1}
    for rows in (counts(found, reasons), counts(found, reasons, "area"), by_seed):
        for name, count in rows.items():
            made.add_row(name, *(str(count[fate]) for fate in ("tried", *FATES)), f"{100 * share(count):.1f}")
        made.add_section()
    return made


def too_few(found, reasons, by, usual, others=None):
    """Sentences about shares by "area" or "block" that are below the usual one, or their own among others."""
    fewest = {name: (others or {}).get(name, usual) for name in counts(found, reasons, by)}
    return [f"{100 * share(count):.1f} % of the mutants of {name} are killed, fewer than {100 * fewest[name]:g} %"
            for name, count in counts(found, reasons, by).items() if share(count) < fewest[name]]


def complaints(found, reasons, there, of_a_module=FEWEST_OF_A_MODULE):
    """Sentences about shares that are too low, survivors that are not explained, and reasons that are stale: for what
    is not among `there`, the entries of all mutants, or is killed, or proved to be none."""
    made = too_few(found, reasons, "area", FEWEST_KILLED, FEWEST) + too_few(found, reasons, "block", of_a_module)
    made += [f"a mutant survives: {result['entry']} ({result['before']} {result['after']})"
             for result in found if fate(result, reasons) == "missed"]
    tried = {result["entry"] for result in found}
    needed = {result["entry"] for result in found if not (result["killed"] or result["proved"])}
    return made + [f"nothing needs this reason any more: {line}" for line in reasons
                   if line not in there or line in tried - needed]
