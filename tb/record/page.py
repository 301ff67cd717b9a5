"""The record as a page."""

import textwrap
from collections import Counter

from tb.mutation.verdict import FATES, share
from tb.record.findings import KINDS, claims

WIDTH = 120
BEFORE = """# How far it is verified

Written by `make record` from the reports of the runs, and by nobody's hand; the figures are in
[verification.json](verification.json) too. [Checking](../howto/debug.md) says what the runs do. Of a *kept* run the
report was not there when this was written: its figures are those that this page had before. `make nightly` runs all of
them at one commit.
"""
STAGES = """A block is at V1 when its own bench passes; at V2 when, beside that, whole small designs with it pass every
scenario (random traffic, stalls at both ends, resets, wrong frames) and no soak fails; at V3 when at least 90 % of its
mutants that are not proved equivalent are killed, none survives without a reason, and what the scenarios do not cover
of it has a reason. A claim is proved in a block if its faults there do not survive the proof. A block without a module
of its own is as far as those that it is in.
"""
MUTANTS = """Faults, and what became of them: the core, the registers around it and the serial line (line) in Verilog
of small designs; golden, the driver in Python (device), the referee, and the driver in C (driver). *Equivalent* is
proved, or judged with a reason; *listed* survive with another reason, *missed* without. The share is of those that are
not equivalent.
"""


def page(record):
    """The Markdown text of a `verification`."""
    found = {command: origin["found"] for command, origin in record["reports"].items() if origin["there"]}
    parts = [BEFORE, _commit(record), "## What is not verified\n", _list(record["not_verified"]), "## The runs\n",
             _table(("run", "for", "commit", "seed", "tools"), map(_run, record["reports"].items()))]
    images = [(f"`{command}`", row["on"], row["what"], f"{row['images']:,}")
              for command, result in found.items() for row in result.get("images", ())]
    if images:
        parts += ["## Images compared\n", "Class, time, flags and every spike, with `==`; at the gates the results.\n",
                  _table(("run", "on", "what", "images"), images)]
    tests = [(f"`{command}`", *(f"{result[fate]:,}" for fate in ("passed", "failed", "skipped")))
             for command, result in found.items() if "passed" in result]
    if tests:
        parts += ["## Tests\n", _table(("run", "passed", "failed", "skipped"), tests)]
    if claims(found):
        parts += ["## Proved for all inputs\n", _table(("claim", "for", "how deep"), map(_proof, claims(found)))]
    if "make fuzz-readers" in found:
        parts += ["## Files of any bytes\n", "Each is taken, or refused in one sentence.\n",
                  _table(("reader", "seconds", "files", "finding"),
                         map(_fuzzed, found["make fuzz-readers"]["readers"].items()))]
    areas = [(area, f"`{command}`", f"{count['of']:,}" if "of" in count else "", *(f"{count[fate]:,}" for fate in (
              "tried", *FATES)), f"{share(Counter(count)):.1%}")
             for command in ("make mutants", "make mutants-sources")
             for area, count in found.get(command, {}).get("areas", {}).items()]
    if areas:
        parts += ["## Mutants by area\n", MUTANTS, _table(("area", "run", "of", "tried", *FATES, "killed"), areas)]
    if "make coverage" in found:
        parts += ["## Coverage\n", _coverage(found["make coverage"])]
    parts += ["## The blocks\n", STAGES,
              _table(("block", "stage", "bench", "whole designs", "mutants killed", "proved", "line", "branch",
                      "toggle"), map(_block, record["blocks"]))]
    return "\n".join(parts)


def _commit(record):
    if record["commit"] is None:
        return "Of a tree without git.\n"
    changed = ", with changes that are no commit's" if record["changed"] else ""
    return f"Of the commit `{record['commit']}`{changed}.\n"


def _list(sentences):
    return "".join(_filled(f"- {sentence}", "  ") for sentence in sentences) or "Nothing is missing.\n"


def _filled(text, indent=""):
    return textwrap.fill(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False) + "\n"


def _table(headings, rows):
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join(f"| {' | '.join(str(cell).replace('|', '/') for cell in line)} |\n" for line in lines)


def _run(item):
    command, origin = item
    if not origin["there"]:
        return f"`{command}`", origin["for"], "**no report**", "", ""
    made = origin["made_by"]
    commit = f"`{made['commit'][:10]}`" if made["commit"] else "unknown"
    commit += ", **not of these sources**" if origin["warning"] else ""
    commit += ", **failed**" if origin["failed"] else ""
    commit += ", *kept*" if origin["kept"] else ""
    seed = "" if origin["seed"] is None else origin["seed"]
    return f"`{command}`", origin["for"], commit, seed, "; ".join(
        text if name in text.lower() else f"{name} {text}" for name, text in made["tools"].items())


def _fuzzed(item):
    name, found = item
    if found is None:
        return f"`{name}`", "", "", "**not tried**"
    count = "" if found["files"] is None else f"{found['files']:,}"
    return f"`{name}`", found["seconds"], count, "**one**" if found["finding"] else "none"


def _proof(claim):
    if not claim["proved"]:
        return claim["claim"], claim["sizes"], "**not proved**"
    return claim["claim"], claim["sizes"], f"{claim['cycles']} cycles" if claim["cycles"] else "all times"


def _designs(count):
    return f"the small designs {', '.join(count['designs'])}"


def _coverage(found):
    kinds = ", ".join(f"{_percent(found[kind])} of the {name}" for kind, name in (
        ("line", "lines"), ("branch", "branches"), ("toggle", "bits")))
    text = _filled(
        f"In {_designs(found)} under the scenarios of the benches, where what one of them reaches counts in all: "
        f"{kinds}. {found['explained']:,} points are not covered for a reason that stands in "
        f"`tb/coverage/uncovered.txt`, {found['unexplained']:,} without.")
    if found["python"]:
        text += "\nOf Python under its tests, without what numba compiles:\n\n" + _table(
            ("room", "lines", "branches"), ((f"`{room}/`", *(_percent(kinds[kind]) for kind in ("lines", "branches")))
                                            for room, kinds in found["python"].items()))
    return text


def _block(row):
    name = f"`{row['block']}`" + (f", in {', '.join(f'`{name}`' for name in row['inside'])}" if row["inside"] else "")
    stage = f"**{row['stage']}**" if row["stage"] else "–"
    bench = "none" if not row["bench"] else "not run" if row["bench_passed"] is None else (
        f"{row['bench_failed']} failed" if row["bench_failed"] else f"{row['bench_passed']} passed")
    if row["bench_passed"]:
        bench += f", {', '.join(row['bench_on'])}" if row["bench_on"] else ""
    count, coverage = row["mutants"], row["coverage"]
    killed = f"{count['killed']} of {count['tried'] - count['equivalent']}" if count else ""
    covered = [_percent(coverage[kind]) if coverage else "" for kind in KINDS]
    return (name, stage, bench, ", ".join(coverage["designs"]) if coverage else "", killed, ", ".join(row["claims"]),
            *covered)


def _percent(pair):
    return f"{100 * pair[0] / pair[1]:.1f} %" if pair[1] else ""
