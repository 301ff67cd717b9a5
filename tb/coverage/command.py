"""What the scenarios of the benches reach: lines, branches and toggles of small designs.

With --python also Python under its tests, in parts that run side by side, as coverage.py counts it; functions that
numba compiles do not count. Exit status 1 if less of the designs is covered than usual.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from rich.table import Table

from first_spike.command.cli import complain, console, shown, write_json
from first_spike.command.places import BUILD, check_places, work_folder
from first_spike.command.provenance import made_by
from first_spike.comparison.simulators import require_simulator
from first_spike.golden.errors import UserError
from first_spike.golden.files import ROOT
from first_spike.jobs.cluster import add_jobs, chosen_workers
from first_spike.jobs.jobs import Job, run_jobs
from tb.coverage.points import KINDS, cover_design
from tb.scenarios.small_designs import BY_NAME, TRIED_DESIGNS

PACKAGES = ("golden", "rtl_model")
TESTS = ("golden/tests", "rtl_model/tests")  # those in scripts run the simulators
PARTS = 16
DATA = "counted"
FEWEST = {"line": 0.99, "branch": 0.97, "toggle": 0.9}  # shares of all points of a kind
SETTINGS = (f"[run]\nbranch = True\nrelative_files = True\nsource = {','.join(PACKAGES)}\n"
            "[report]\nexclude_also = @njit\n")


def python_jobs(folder):
    """The Jobs: each runs a part of the tests, and leaves its counts in a folder of its own in `folder`."""
    return [Job(f"tests {number} of {PARTS}", cover_tests, (tests,), folder / str(number), brings=(DATA,))
            for number, tests in enumerate(parts(), 1)]


def parts():
    """PARTS lists of files of tests, in which each of TESTS stands once; neighbours, which are alike, lie apart."""
    files = [str(path.relative_to(ROOT)) for folder in TESTS for path in sorted((ROOT / folder).rglob("test_*.py"))]
    return [files[first::PARTS] for first in range(PARTS)]


def cover_tests(folder, report, tests):
    """Run these files of tests; True if they pass. report is not called. Raises UserError if a test fails or
    coverage.py is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    _coverage(folder, "run", "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)
    return True


def python_sums(folder, jobs):
    """{room: {"lines": [covered, all], "branches": [covered, all]}} of PACKAGES, of what the jobs left."""
    _coverage(folder, "combine", "--keep", *(str(job.folder / DATA) for job in jobs))
    _coverage(folder, "json", "-q", "-o", str(folder / "coverage.json"))
    sums = {}
    for name, file in sorted(json.loads((folder / "coverage.json").read_text())["files"].items()):
        if "/tests/" not in name:
            room, found = sums.setdefault(_room(name), {"lines": [0, 0], "branches": [0, 0]}), file["summary"]
            for kind, counts in (("lines", ("covered_lines", "num_statements")),
                                 ("branches", ("covered_branches", "num_branches"))):
                room[kind] = [before + found[count] for before, count in zip(room[kind], counts)]
    return sums


def _room(name):
    return "/".join(name.split("/")[:2 if name.count("/") > 1 else 1])


def _coverage(folder, command, *words):
    """coverage.py, with its settings, counts and messages in `folder`."""
    settings, log = folder / "coveragerc", folder / f"{command}.log"
    settings.write_text(SETTINGS)
    with open(log, "wb") as messages:
        status = subprocess.run([sys.executable, "-m", "coverage", command, f"--rcfile={settings}",
                                 f"--data-file={folder / DATA}", *words], cwd=ROOT, stdin=subprocess.DEVNULL,
                                stdout=messages, stderr=subprocess.STDOUT).returncode
    if status:
        raise UserError(f"coverage.py ended with status {status}; its messages are in {shown(log)}")


def main():
    arguments = parse()
    check_places(arguments, folders=("build",))
    for name in arguments.designs:
        if name not in TRIED_DESIGNS:
            raise UserError(f"no design is called {name!r}: choose of {', '.join(TRIED_DESIGNS)}")
    names = arguments.designs or [name for name in TRIED_DESIGNS if name not in BY_NAME]
    made = made_by("verilator")
    with chosen_workers(arguments) as workers, work_folder(arguments.build) as folder:
        workers.everywhere(require_simulator, "verilator")
        jobs = [Job(name, cover_design, (name,), folder / name) for name in names]
        results, failed = run_jobs("coverage", jobs, workers)
        covered = {name: result for name, result in zip(names, results) if result is not None}
        report = summed(covered)
        if set(covered) == set(TRIED_DESIGNS) - BY_NAME:
            failed += too_low(report["blocks"])
        python = cover_python(folder / "python", workers, failed) if arguments.python else None
        write_json(folder / "report.json", {"made_by": made, "failed": failed, **report, "python": python})
    console.print(table(report["blocks"], python))
    console.print(f"{sum(report['images'].values()):,} images; what is not covered: {folder / 'report.json'}",
                  soft_wrap=True)
    return complain(failed)


def cover_python(folder, workers, failed):
    """The coverage of Python, see `python_sums`; None, and sentences in the list `failed`, where tests fail."""
    jobs = python_jobs(folder)
    _, said = run_jobs("coverage of Python", jobs, workers)
    failed += said
    return None if said else python_sums(folder, jobs)


def summed(covered):
    """Of {design: what `cover_design` gave} a dict, in which a point is covered if one of the designs reaches it:
    "images" {design: count}; "blocks" {block: {kind: [covered, all]}}; "uncovered", a list of texts."""
    reached = {}
    for result in covered.values():
        for *point, hit in result["points"]:
            reached[tuple(point)] = reached.get(tuple(point), False) or hit
    blocks = {}
    for (block, kind, _), hit in sorted(reached.items()):
        count = blocks.setdefault(block, {name: [0, 0] for name in KINDS})[kind]
        count[0] += hit
        count[1] += 1
    return {"images": {name: result["images"] for name, result in covered.items()}, "blocks": blocks,
            "uncovered": [" | ".join(point) for point, hit in sorted(reached.items()) if not hit]}


def sums(blocks):
    """{kind: [covered, all]} of all blocks."""
    return {kind: [sum(count[kind][k] for count in blocks.values()) for k in (0, 1)] for kind in KINDS}


def too_low(blocks):
    """Sentences about kinds of which less is covered than FEWEST says."""
    return [f"{_percent(*count)} % of the {kind} points are covered, fewer than {100 * FEWEST[kind]:g} %"
            for kind, count in sums(blocks).items() if count[0] < FEWEST[kind] * count[1]]


def table(blocks, python):
    table = Table(title="coverage, %", title_justify="left")
    for heading in ("", *KINDS):
        table.add_column(heading, justify="right" if heading else "left")
    for name, count in blocks.items():
        table.add_row(name, *(_percent(*count[kind]) for kind in KINDS))
    table.add_section()
    table.add_row("all blocks", *(_percent(*count) for count in sums(blocks).values()))
    for room, kinds in (python or {}).items():
        table.add_row(f"{room}/ in Python", _percent(*kinds["lines"]), _percent(*kinds["branches"]), "")
    return table


def _percent(covered, total):
    return f"{100 * covered / total:.1f}" if total else ""


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("designs", nargs="*", metavar="DESIGN",
                        help=f"of {', '.join(TRIED_DESIGNS)} (default: all)")
    parser.add_argument("--python", action="store_true", help="also Python, with coverage.py; takes some minutes")
    add_jobs(parser)
    parser.add_argument("--build", type=Path, default=BUILD / "coverage", metavar="FOLDER",
                        help="(default: build/coverage)")
    return parser.parse_args()
