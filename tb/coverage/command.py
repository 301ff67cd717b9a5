"""What the scenarios of the benches reach: lines, branches and toggles of small designs, and Python under its tests.

Exit status 1 if something of a design is not covered and has no reason in tb/coverage/uncovered.txt, or an entry
there is needed by nothing.

Python under its tests, in parts that run side by side, with what coverage.py counts.

It does not see what numba compiles: such functions do not count.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from rich.table import Table

from first_spike.command.cli import complain, console, made_by, shown, write_json
from first_spike.command.places import BUILD, check_places, work_folder
from first_spike.comparison.harness import require_simulator
from first_spike.golden.errors import UserError
from first_spike.golden.files import ROOT
from first_spike.jobs.cluster import add_jobs, chosen_workers
from first_spike.jobs.jobs import Job, Kept, hash_of_project, run_jobs
from tb.coverage.points import HIT, KINDS, Point, Reasons, cover_design, entry
from tb.scenarios.small_designs import BY_NAME, TRIED_DESIGNS

PACKAGES = ("golden", "rtl_model")
TESTS = ("golden/tests", "rtl_model/tests")  # those in scripts run the simulators
PARTS = 16
DATA = "counted"
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
    made, reasons = made_by("verilator"), Reasons()
    with chosen_workers(arguments) as workers, work_folder(arguments.build) as folder:
        workers.everywhere(require_simulator, "verilator")
        jobs = [Job(name, cover_design, (name,), folder / name, {"code": hash_of_project(), "covered": name})
                for name in names]
        results, failed = run_jobs("coverage", jobs, workers, Kept(folder / "kept"))
        found = {name: result for name, result in zip(names, results) if result is not None}
        report = judge(found, reasons)
        if report["unexplained"]:
            failed.append(f"{report['unexplained']} points are not covered and have no reason")
        if set(found) == set(TRIED_DESIGNS) - BY_NAME:
            failed += [f"nothing needs this entry of uncovered.txt any more: {line}" for line in reasons.stale()]
        python = cover_python(folder / "python", workers, failed) if arguments.python else None
        write_json(folder / "report.json", {"made_by": made, "failed": failed, **report, "python": python})
    console.print(table(report["designs"], python))
    for line, count in report["uncovered"].items():
        if not count["explained"]:
            console.print(f"not covered: {line} ({count['points']})", soft_wrap=True)
    console.print(f"report: {folder / 'report.json'}", soft_wrap=True)
    return complain(failed)


def cover_python(folder, workers, failed):
    """The coverage of Python, see `python_sums`; None, and sentences in the list `failed`, where tests fail."""
    jobs = python_jobs(folder)
    _, said = run_jobs("coverage of Python", jobs, workers)
    failed += said
    return None if said else python_sums(folder, jobs)


def judge(found, reasons):
    """Of {design: what `cover_design` gave} a dict: "designs": {design: {"images", "modules": {module: {kind: [covered,
    all], "unexplained": count}}}}, where what one design reaches counts in all; "uncovered": {entry: {"points",
    "explained"}}; and the sums "explained" and "unexplained"."""
    designs, uncovered = {}, {}
    covered = {entry(point) for result in found.values() for point in map(Point._make, result["points"])
               if point.count >= HIT}
    for name, result in found.items():
        modules = {}
        for point in map(Point._make, result["points"]):
            count = modules.setdefault(point.module, {"unexplained": 0, **{kind: [0, 0] for kind in KINDS}})
            reached = entry(point) in covered
            count[point.kind][0] += reached
            count[point.kind][1] += 1
            if not reached:
                line = entry(point)
                said = uncovered.setdefault(line, {"points": 0, "explained": reasons.explain(line)})
                said["points"] += 1
                count["unexplained"] += not said["explained"]
        designs[name] = {"images": result["images"], "modules": modules}
    sums = {name: sum(said["points"] for said in uncovered.values() if said["explained"] == explained)
            for name, explained in (("explained", True), ("unexplained", False))}
    return {"designs": designs, "uncovered": dict(sorted(uncovered.items())), **sums}


def table(designs, python):
    made = Table(title="coverage, %", title_justify="left")
    for heading in ("", *KINDS):
        made.add_column(heading, justify="right" if heading else "left")
    for name, design in designs.items():
        sums = [[sum(count[kind][k] for count in design["modules"].values()) for k in (0, 1)] for kind in KINDS]
        made.add_row(f"{name}, {design['images']:,} images", *(_percent(*pair) for pair in sums))
    for room, kinds in (python or {}).items():
        made.add_row(f"{room}/ in Python", _percent(*kinds["lines"]), _percent(*kinds["branches"]), "")
    return made


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
