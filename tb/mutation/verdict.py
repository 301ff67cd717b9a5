"""What became of the mutants: a table by block, and whether enough of them were found.

A result: a dict with `block`; `entry`, its line in a list of survivors; `before`, `after`, texts; `killed`, `proved`.
"""

from collections import Counter

from rich.table import Table

FEWEST_KILLED, FEWEST_OF_A_MODULE = 0.97, 0.90  # shares of the mutants that are not proved to be none
FATES = ("killed", "equivalent", "listed", "missed")


def fate(result, reasons):
    """What became of a mutant: one of FATES."""
    if result["killed"]:
        return "killed"
    if result["proved"]:
        return "equivalent"
    return "listed" if result["entry"] in reasons else "missed"


def counts(found, reasons):
    """{block: Counter of "tried" and FATES} of results."""
    made = {}
    for result in sorted(found, key=lambda result: result["block"]):
        made.setdefault(result["block"], Counter()).update(["tried", fate(result, reasons)])
    return made


def share(count):
    """Of the mutants of a Counter that are none by proof, the share that was killed."""
    real = count["tried"] - count["equivalent"]
    return count["killed"] / real if real else 1.0


def table(found, reasons, title="mutants", heading="module"):
    made = Table(title=title, title_justify="left")
    made.add_column(heading, no_wrap=True)
    for name in ("tried", *FATES, "killed, %"):
        made.add_column(name, justify="right")
    of_blocks = counts(found, reasons)
    for name, count in [*of_blocks.items(), ("all", sum(of_blocks.values(), Counter()))]:
        if name == "all":
            made.add_section()
        made.add_row(name, *(str(count[fate]) for fate in ("tried", *FATES)), f"{100 * share(count):.1f}")
    return made


def complaints(found, reasons, there, fewest=FEWEST_KILLED, of_a_module=FEWEST_OF_A_MODULE):
    """Sentences about shares that are too low, survivors that are not explained, and reasons that are stale: for what
    is not among `there`, the entries of all mutants, or is killed, or proved to be none."""
    made, of_blocks = [], counts(found, reasons)
    killed = share(sum(of_blocks.values(), Counter()))
    if killed < fewest:
        made.append(f"{100 * killed:.1f} % of the mutants are killed, fewer than {100 * fewest:g} %")
    made += [f"{100 * share(count):.1f} % of the mutants of {name} are killed, fewer than {100 * of_a_module:g} %"
             for name, count in of_blocks.items() if share(count) < of_a_module]
    made += [f"a mutant survives: {result['entry']} ({result['before']} {result['after']})"
             for result in found if fate(result, reasons) == "missed"]
    tried, needed = ({result["entry"] for result in found if fate(result, reasons) in fates}
                     for fates in (FATES, ("listed",)))
    return made + [f"nothing needs this reason any more: {line}" for line in reasons
                   if line not in there or line in tried - needed]
