"""What became of faults: a table, and whether enough of them were noticed.

A result is a dict with `block` and `area`; `noticed`, what noticed it, "" for nothing; `equivalent`, whether it is
known to be no fault.
"""

from collections import Counter

from rich.table import Table

FATES = ("noticed", "equivalent", "survive")


def fate(result):
    """What became of a fault: one of FATES."""
    if result["noticed"]:
        return "noticed"
    return "equivalent" if result["equivalent"] else "survive"


def counts(results, by):
    """{value: Counter of "tried" and FATES} of results by "block" or "area"."""
    sums = {}
    for result in sorted(results, key=lambda result: result[by]):
        sums.setdefault(result[by], Counter()).update(["tried", fate(result)])
    return sums


def share(count):
    """Of the faults of a Counter that are not equivalent the share that was noticed."""
    real = count["tried"] - count["equivalent"]
    return count["noticed"] / real if real else 1.0


def fault_table(results, title, heading):
    """A rich Table of results, by block and by area."""
    table = Table(title=title, title_justify="left")
    table.add_column(heading, no_wrap=True)
    for name in ("tried", *FATES, "noticed, %"):
        table.add_column(name, justify="right")
    for by in ("block", "area"):
        for name, count in counts(results, by).items():
            table.add_row(name, *(str(count[fate]) for fate in ("tried", *FATES)), f"{100 * share(count):.1f}")
        table.add_section()
    return table


def too_few(results, fewest, usual):
    """Sentences about areas of which a smaller share was noticed than fewest[area], or `usual`."""
    return [f"{100 * share(count):.1f} % of the faults in {area} are noticed, fewer than "
            f"{100 * fewest.get(area, usual):g} %"
            for area, count in counts(results, "area").items() if share(count) < fewest.get(area, usual)]
