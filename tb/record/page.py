"""The record as a page.

Write from the reports of the runs how far the project is verified: verification.md and verification.json in
docs/explanation/.

Of a run whose report is missing the page keeps what it said before. A run without either, or with a report of other
sources than those that are there, is said on the page.
"""

import argparse
import json
import re
import textwrap
from collections import Counter
from pathlib import Path

from first_spike.command.cli import console, differs_from, head, shown, write_json
from first_spike.command.places import BUILD
from first_spike.golden.errors import UserError
from first_spike.golden.files import ROOT, replacing
from tb.mutation.verdict import FATES, share
from tb.record.findings import KINDS, claims
from tb.record.verification import origins, passed, verification

WIDTH = 120
NUMBER = r"\d+(\.\d+)+"  # of a version
BEFORE = """# How far it is verified

`make record` writes this page from the reports of the runs; [verification.json](verification.json) holds the figures.
Where a run has no report here, the page keeps what it said before, marked *kept*. A commit here is the last that
changed a source; `make nightly` runs most of it at one. Comparisons use `==`, without tolerances; seeds are fixed.
"""
AGAINST = """## What is held against what

| what | is held against |
| --- | --- |
| integer and float inference | plain Python loops, without shared code, on random networks of all T and weight widths |
| results and spikes of the accelerator, on both simulators and in MyHDL | integer inference |
| cycles without stalls | the cycle model |
| each block | tables made by hand, inference, or a few lines of Python beside its test |
| one clock edge of reset is enough | inference, with every register and memory unknown before |
| the printed Verilog | MyHDL's own text of it, by yosys; the linters of two simulators |
| the gates that are placed | inference and the cycle model |
| operations and memory words | plain loops; NeuroBench's harness; the Verilog, where no output fires |
| imported NIR graphs | NIR's definition step by step; SpikingJelly and Norse |
| both learning rules | their equations in dense numpy |
| shipped networks, `hdl/` | trained and generated again, byte for byte |
| these pages | their examples run, their commands parse, their figures are those of the files |

The accelerator is driven with stalls at both ends (none, periodic, random), images back to back and one by one, resets
at any time, frames too short and too long, all-black and all-white images. Hardware and golden model share what a
network is and nothing of how it is inferred. The float network is no reference for the hardware.
"""
PROOFS = """sby, yosys, abc and z3 prove each claim for all inputs, on the generated Verilog. A second run shows that
what a claim speaks of can happen; others show that faults in the Verilog break the proof. The whole accelerator, and a
processor with any network of two inputs, neurons and classes for one image, are compared with plain loops over all
steps and neurons. Out of reach: networks of real sizes, layers with folds, the CRC.
"""
READERS = """The fuzzer atheris changes small files towards code that was not reached. Each file has to be taken, or
refused in one sentence; another exception, a crash, a minute without an end or four gigabytes of memory is a finding.
"""
STAGES = """| stage | a block is there when |
| --- | --- |
| V1 | its own bench passes |
| V2 | small designs with it pass every scenario, and no soak fails |
| V3 | 90 % of its mutants, equivalent ones apart, are killed; survivors and what is not covered have reasons |

A block without a module of its own is as far as those that it is in. A claim is proved in a block if faults there break
the proof.
"""
MUTANTS = """A mutant is a design or source with one fault. Areas: the core, the registers and the serial line (line) in
Verilog of small designs, which play the scenarios of the benches; golden, the driver in Python (device), the referee
and the driver in C (driver), which meet their tests. *Equivalent* is proved, or judged with a reason; *listed* survive
with another reason, *missed* without. The share is of those that are not equivalent.
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
        parts += ["## Proved for all inputs\n", PROOFS,
                  _table(("claim", "for", "how deep"), map(_proof, claims(found)))]
    if "make fuzz-readers" in found:
        parts += ["## Files of any bytes\n", READERS,
                  _table(("reader", "seconds", "files", "finding"),
                         map(_fuzzed, found["make fuzz-readers"]["readers"].items()))]
    areas = [(area, f"`{command}`", f"{count['of']:,}" if "of" in count else "", *(f"{count[fate]:,}" for fate in (
              "tried", *FATES)), _killed(count))
             for command in ("make mutants", "make mutants-sources")
             for area, count in found.get(command, {}).get("areas", {}).items()]
    if areas:
        parts += ["## Mutants by area\n", MUTANTS, _table(("area", "run", "of", "tried", *FATES, "killed"), areas)]
    if "make coverage" in found:
        parts += ["## Coverage\n", _coverage(found["make coverage"])]
    parts += ["## The blocks\n", STAGES,
              _table(("block", "stage", "bench", "mutants killed", "proved", "line", "branch", "toggle"),
                     map(_block, record["blocks"])), AGAINST]
    return "\n".join(parts)


def _killed(count):
    by_seed = count.get("by_seed", ())
    shares = f" ({', '.join(f'{part:.1%}' for part in by_seed)} by seed)" if len(by_seed) > 1 else ""
    return f"{share(Counter(count)):.1%}{shares}"


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
    return f"`{command}`", origin["for"], commit, seed, ", ".join(
        f"{name} {(re.search(NUMBER, text) or [text])[0]}" for name, text in made["tools"].items())


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
    return f"The small designs {', '.join(count['designs'])}"


def _coverage(found):
    kinds = ", ".join(f"{_percent(found[kind])} of the {name}" for kind, name in (
        ("line", "lines"), ("branch", "branches"), ("toggle", "bits")))
    text = _filled(
        f"{_designs(found)} play the scenarios of the benches; what one of them reaches counts in all: {kinds}. "
        f"{found['explained']:,} points are not covered for a reason in `tb/coverage/uncovered.txt`, "
        f"{found['unexplained']:,} without. Coverage is an alarm, no proof: mutants judge whether a line that ran was "
        f"checked.")
    if found["python"]:
        text += "\nPython under its tests, without what numba compiles:\n\n" + _table(
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
    return name, stage, bench, killed, ", ".join(row["claims"]), *covered


def _percent(pair):
    return f"{100 * pair[0] / pair[1]:.1f} %" if pair[1] else ""


NAME = "verification"


def main():
    arguments = parse()
    if arguments.commit:
        print(f"{head() or 'unknown'}{'-dirty' * bool(differs_from('HEAD'))}")
        return
    if not arguments.out.is_dir():
        raise UserError(f"there is no folder {arguments.out}")
    files = [arguments.out / f"{NAME}.md", arguments.out / f"{NAME}.json"]
    kept = None if arguments.fresh else before(files[1])
    if arguments.done:
        print("\n".join(passed(origins(arguments.build, kept))))
        return
    record = verification(arguments.build, kept)
    with replacing(files[0]) as file:
        file.write(page(record).encode())
    write_json(files[1], record)
    for origin, command in ((origin, command) for command, origin in record["reports"].items()):
        if origin["there"] and origin["warning"]:
            console.print(f"{command}: {origin['warning']}", soft_wrap=True)
    for text, commands in (
            ("kept as they were", [name for name, origin in record["reports"].items() if origin.get("kept")]),
            ("no report of", [name for name, origin in record["reports"].items() if not origin["there"]])):
        if commands:
            console.print(f"{text}: {', '.join(commands)}", soft_wrap=True)
    console.print(f"{shown(files[0])}, {shown(files[1])}", soft_wrap=True)


def before(file):
    """The record in a file; None if there is no file. UserError if it is no record."""
    if not file.is_file():
        return None
    try:
        record = json.loads(file.read_text())
        for origin in record["reports"].values():
            if origin["there"]:
                origin["found"], origin["made_by"]["commit"], origin["made_by"]["changed"]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UserError(f"{file} is no record that `make record` wrote: bring it back, or start again with "
                        f"`make record FRESH=1`") from None
    return record


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, default=BUILD, metavar="FOLDER",
                        help="with the reports, each in the folder of its command (default: build)")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "explanation", metavar="FOLDER",
                        help="where the page is written (default: docs/explanation)")
    parser.add_argument("--fresh", action="store_true",
                        help="of the reports alone, without what the record in --out says of other runs")
    parser.add_argument("--commit", action="store_true",
                        help="print the last commit that changed a source, and whether they differ; write nothing")
    parser.add_argument("--done", action="store_true",
                        help="print which targets of make passed on these sources, and write nothing")
    return parser.parse_args()
