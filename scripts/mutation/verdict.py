"""What became of the mutants: a table by module, and whether enough of them were found."""

import re
from collections import Counter

from rich.table import Table

FEWEST_KILLED, FEWEST_OF_A_MODULE = 0.97, 0.90  # shares of the mutants that are not proved to be none


def block(module):
    """The module without the number of its layer."""
    return re.sub(r"^layer\d+_", "layerK_", module)


def counts(found):
    """{block: Counter of "tried", "killed", "equivalent", "listed", "missed"} over all designs of {design: results}."""
    made = {}
    for results in found.values():
        for result in results:
            made.setdefault(block(result["module"]), Counter()).update(["tried", fate(result)])
    return made


def fate(result):
    """What became of one mutant, in a word."""
    return "killed" if result["killed"] else "missed"


def share(count):
    """Of the mutants of a Counter that are none by proof, the share that was killed."""
    real = count["tried"] - count["equivalent"]
    return count["killed"] / real if real else 1.0


def table(found):
    made = Table(title="mutants", title_justify="left")
    made.add_column("module")
    for heading in ("tried", "killed", "equivalent", "listed", "missed", "killed, %"):
        made.add_column(heading, justify="right")
    of_blocks = counts(found)
    for name, count in sorted(of_blocks.items()):
        made.add_row(name, *_cells(count))
    made.add_section()
    made.add_row("all", *_cells(sum(of_blocks.values(), Counter())))
    return made


def _cells(count):
    numbers = (str(count[name]) for name in ("tried", "killed", "equivalent", "listed", "missed"))
    return *numbers, f"{100 * share(count):.1f}"


def complaints(found):
    """Sentences about shares that are too low."""
    of_blocks = counts(found)
    whole = share(sum(of_blocks.values(), Counter()))
    made = [f"{100 * whole:.1f} % of the mutants are killed, fewer than {100 * FEWEST_KILLED:g} %"]
    return (made if whole < FEWEST_KILLED else []) + [
        f"{100 * share(count):.1f} % of the mutants of {name} are killed, fewer than {100 * FEWEST_OF_A_MODULE:g} %"
        for name, count in sorted(of_blocks.items()) if share(count) < FEWEST_OF_A_MODULE]
