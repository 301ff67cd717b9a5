"""Try faults in sources, a line each, against the quick tests of their area, or those of a list.

A fault that no test notices is a hole in the tests, or changes nothing: tb/mutation/survivors.txt has the reason of
each survivor that is known. Exit status 1 if too few faults of an area are noticed.
"""

import argparse
import csv
import os
import shutil
import subprocess
import sys
from dataclasses import asdict, fields
from pathlib import Path

from first_spike.command.cli import complain, console, write_json
from first_spike.command.option_values import natural, positive
from first_spike.command.places import BUILD, check_places, work_folder
from first_spike.command.provenance import made_by
from first_spike.golden.errors import UserError
from first_spike.golden.files import ROOT
from first_spike.jobs.cluster import add_jobs, chosen_workers
from first_spike.jobs.jobs import Job, run_jobs
from tb.mutation.source_faults import AREAS, SourceFault, drawn, placed, with_fault
from tb.mutation.verdict import counts, fault_table, too_few

COUNT = 100
PART = 25  # faults in one job
USUAL = 0.95  # share of the faults of an area that are noticed
COPIED = ("golden", "rtl_model", "first_spike", "tb", "scripts", "hdl")
LINKED = ("golden/networks", "golden/samples", "docs")  # data, and pages whose examples are tried
SLOW = "equals_its_dense_layer", "demo_fails", "sanitizers"  # minutes without numba's compiler
SECONDS = 900  # within which the tests of an area end
SURVIVORS = Path(__file__).with_name("survivors.txt")


def main():
    arguments = parse()
    check_places(arguments, folders=("build",))
    made, reasons = made_by(), known_survivors()
    faults = listed(arguments.list) if arguments.list else chosen(arguments)
    with chosen_workers(arguments) as workers, work_folder(arguments.build) as folder:
        parts = [faults[first:first + PART] for first in range(0, len(faults), PART)]
        jobs = [Job(f"faults {PART * number + 1} to {PART * number + len(part)}", try_faults, (part,),
                    folder / str(number)) for number, part in enumerate(parts)]
        results, failed = run_jobs("faults in sources", jobs, workers)
        results = [{**result, "equivalent": reasons.get(result["entry"], "").startswith("Same:")}
                   for part in results for result in part or ()]
        failed += too_few([result for result in results if result["noticed"] is not None], {}, USUAL)
        write_json(folder / "report.json", {"made_by": made, "seed": arguments.seed, "failed": failed,
                                            "areas": counts(results, "area"), "faults": results})
    console.print(fault_table(results, "faults in sources", "file"))
    for result in results:
        if result["noticed"] is None:
            console.print(f"its line is gone: {result['entry']}", soft_wrap=True)
        elif not (result["noticed"] or result["equivalent"]):
            console.print(f"survives: {result['file']}:{result['line']}: {result['before']} => {result['after']}",
                          soft_wrap=True)
    console.print(f"report: {folder / 'report.json'}", soft_wrap=True)
    return complain(failed)


def chosen(arguments):
    """SourceFaults that are drawn by parsed arguments. Raises UserError for an unknown area."""
    for name in arguments.areas:
        if name not in AREAS:
            raise UserError(f"no area is called {name!r}: choose of {', '.join(AREAS)}")
    return [fault for name in arguments.areas or AREAS
            for fault in drawn(name, arguments.count, arguments.seed)]


def listed(file):
    """The SourceFaults of a CSV file."""
    with open(file, newline="") as rows:
        return [SourceFault(**{field.name: field.type(row[field.name]) for field in fields(SourceFault)})
                for row in csv.DictReader(rows)]


def known_survivors(file=SURVIVORS):
    """{entry of a fault: why it survives, "Same: ..." if it changes nothing}: a reason is a line that begins with #,
    and stands above its entries."""
    reason, reasons = "", {}
    for line in map(str.strip, file.read_text().splitlines()):
        if line.startswith("#"):
            reason = line.lstrip("# ")
        elif line:
            reasons[line] = reason
    return reasons


def try_faults(folder, report, faults):
    """Try faults in a copy of the tree in `folder`, one after the other.

    Returns a list of dicts with what a SourceFault has, `entry`, `block`, the file, and `noticed`: the first test that
    fails, "" for none, None if the line is gone. report(share) is told how far it is. Raises UserError if the test that
    notices a fault fails without it.
    """
    shutil.rmtree(folder, ignore_errors=True)
    tree = folder / "tree"
    for name in COPIED:
        shutil.copytree(ROOT / name, tree / name, symlinks=True,
                        ignore=shutil.ignore_patterns("__pycache__", *(Path(name).name for name in LINKED)))
    for name in LINKED:
        (tree / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "pyproject.toml", tree)
    results = []
    for number, fault in enumerate(faults, 1):
        place, noticed = placed(fault, tree), None
        if place:
            path, line = place
            right = path.read_text()
            path.write_text(with_fault(right, line, fault))
            noticed = first_failure(tree, path, AREAS[fault.area].tests)
            path.write_text(right)
            test = noticed.partition("[")[0]
            if test.partition("::")[0].endswith(".py") and run_tests(tree, [test])[0]:
                raise UserError(f"{test} fails without a fault, too")
        results.append({**asdict(fault), "entry": fault.entry, "block": fault.file, "noticed": noticed})
        report(number / len(faults))
    shutil.rmtree(tree)
    return results


def first_failure(tree, path, tests):
    """The first quick test that fails in a tree, "" if none does; tests that name the module of the changed file `path`
    come first."""
    files = [file for place in tests for file in (
        [tree / place] if place.endswith(".py") else sorted((tree / place).glob("test_*.py")))]
    files.sort(key=lambda file: path.stem not in file.read_text())
    try:
        status, text = run_tests(tree, files)
    except subprocess.TimeoutExpired:
        return f"no end within {SECONDS} s"
    if status == 0:
        return ""
    failures = [line.split(" ")[1] for line in text.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    return (failures or [f"pytest ends with {status}"])[0]


def run_tests(tree, tests):
    """(exit status of pytest, what it prints) of tests of a tree, without numba's compiler, up to the first failure."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--no-header", "-k",
               " and ".join(f"not {name}" for name in SLOW), *map(str, tests)]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, timeout=SECONDS,
                          env=os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONDONTWRITEBYTECODE": "1"})
    return done.returncode, done.stdout


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("areas", nargs="*", metavar="AREA", help=f"of {', '.join(AREAS)} (default: all)")
    parser.add_argument("--list", type=Path, metavar="FILE.csv", help="try the faults of a list instead")
    parser.add_argument("--count", type=positive, default=COUNT, metavar="N",
                        help="faults in each area (default: %(default)s)")
    parser.add_argument("--seed", type=natural, default=1, metavar="N",
                        help="by which they are drawn (default: %(default)s)")
    add_jobs(parser)
    parser.add_argument("--build", type=Path, default=BUILD / "mutants-sources", metavar="FOLDER",
                        help="work files and report.json (default: build/mutants-sources)")
    return parser.parse_args()
