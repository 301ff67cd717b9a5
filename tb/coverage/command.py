"""What the scenarios of the benches reach: lines, branches and toggles of small designs, and Python under its tests.

Exit status 1 if something of a design is not covered and has no reason in tb/coverage/uncovered.txt, or an entry
there is needed by nothing.
"""

import argparse
from pathlib import Path

from rich.table import Table

from first_spike.command.cli import complain, console, write_json
from first_spike.command.places import BUILD, check_places, work_folder
from first_spike.command.provenance import made_by
from first_spike.comparison.harness import require_simulator
from first_spike.golden.errors import UserError
from first_spike.jobs.cluster import add_jobs, chosen_workers
from first_spike.jobs.jobs import Job, run_jobs
from first_spike.jobs.kept import Kept, hash_of_project
from tb.coverage.points import HIT, KINDS, Point, Reasons, cover_design, entry
from tb.coverage.python_runs import python_jobs, python_sums
from tb.scenarios.small_designs import SMALL_DESIGNS

LEFT_OUT = {"serial"}  # unless it is named: nobody has looked yet at what its scenarios do not reach


def main():
    arguments = parse()
    check_places(arguments, folders=("build",))
    for name in arguments.designs:
        if name not in SMALL_DESIGNS:
            raise UserError(f"no design is called {name!r}: choose of {', '.join(SMALL_DESIGNS)}")
    names = arguments.designs or [name for name in SMALL_DESIGNS if name not in LEFT_OUT]
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
        if set(found) == set(SMALL_DESIGNS) - LEFT_OUT:
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
    covered = {entry("", point) for result in found.values() for point in map(Point._make, result["points"])
               if point.count >= HIT}
    for name, result in found.items():
        modules = {}
        for point in map(Point._make, result["points"]):
            count = modules.setdefault(point.module, {"unexplained": 0, **{kind: [0, 0] for kind in KINDS}})
            reached = entry("", point) in covered
            count[point.kind][0] += reached
            count[point.kind][1] += 1
            if not reached:
                line = entry(name, point)
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
                        help=f"of {', '.join(SMALL_DESIGNS)} (default: all)")
    parser.add_argument("--python", action="store_true", help="also Python, with coverage.py; takes some minutes")
    add_jobs(parser)
    parser.add_argument("--build", type=Path, default=BUILD / "coverage", metavar="FOLDER",
                        help="(default: build/coverage)")
    return parser.parse_args()

