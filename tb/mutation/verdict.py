"""What became of the mutants: a table by module, and whether enough of them were found."""

from collections import Counter

from rich.table import Table

from tb.mutation.survivors import block, entry, stale

FEWEST_KILLED, FEWEST_OF_A_MODULE = 0.97, 0.90  # shares of the mutants that are not proved to be none
FATES = ("killed", "equivalent", "listed", "missed")


def fate(result, reasons):
    """What became of a mutant: one of FATES."""
    if result["killed"]:
        return "killed"
    if result["proved"]:
        return "equivalent"
    return "listed" if entry(result) in reasons else "missed"


def counts(found, reasons):
    """{block: Counter of "tried" and FATES} over all designs of {design: results}."""
    made = {}
    for results in found.values():
        for result in results:
            made.setdefault(block(result["module"]), Counter()).update(["tried", fate(result, reasons)])
    return made


def share(count):
    """Of the mutants of a Counter that are none by proof, the share that was killed."""
    real = count["tried"] - count["equivalent"]
    return count["killed"] / real if real else 1.0


def table(found, reasons):
    made = Table(title="mutants", title_justify="left")
    made.add_column("module", no_wrap=True)
    for heading in ("tried", *FATES, "killed, %"):
        made.add_column(heading, justify="right")
    of_blocks = counts(found, reasons)
    for name, count in sorted(of_blocks.items()):
        made.add_row(name, *_cells(count))
    made.add_section()
    made.add_row("all", *_cells(sum(of_blocks.values(), Counter())))
    return made


def _cells(count):
    return *(str(count[name]) for name in ("tried", *FATES)), f"{100 * share(count):.1f}"


def complaints(found, reasons, whole):
    """Sentences about shares that are too low, and survivors that are not explained; whole: all designs were tried, so
    that every entry of the list is needed."""
    made, of_blocks = [], counts(found, reasons)
    killed = share(sum(of_blocks.values(), Counter()))
    if killed < FEWEST_KILLED:
        made.append(f"{100 * killed:.1f} % of the mutants are killed, fewer than {100 * FEWEST_KILLED:g} %")
    made += [f"{100 * share(count):.1f} % of the mutants of {name} are killed, fewer than "
             f"{100 * FEWEST_OF_A_MODULE:g} %"
             for name, count in sorted(of_blocks.items()) if share(count) < FEWEST_OF_A_MODULE]
    made += [f"{design}: a mutant survives: {entry(result)}" for design, results in found.items()
             for result in results if fate(result, reasons) == "missed"]
    return made + [f"nothing needs this entry of survivors.txt any more: {line}"
                   for line in (stale(reasons, found) if whole else ())]
