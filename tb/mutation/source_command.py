"""Try faults in sources, area by area: golden, the driver in Python, the referee, the driver in C; or in the blocks.

What no test notices is a hole in the tests. Mutants are chosen of all of an area by a seed. Exit status 1 if too few of
them are found.
"""

import argparse
import json
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from first_spike.command.cli import complain, console, made_by, shown, write_json
from first_spike.command.option_values import natural, positive
from first_spike.command.places import BUILD, check_places, work_folder
from first_spike.golden.errors import UserError
from first_spike.golden.files import ROOT
from first_spike.jobs.cluster import add_jobs, chosen_workers
from first_spike.jobs.jobs import Job, Kept, hash_of_project, run_jobs
from tb.mutation import source_runs, verdict
from tb.mutation.mutants import chosen
from tb.mutation.source_mutants import AREAS, mutants_in, mutated
from tb.mutation.verdict import complaints, counts, of_seeds, table

COUNT, SEEDS = 250, [1]
SHARE = 100  # mutants that are run in one job
REASONS = Path(__file__).with_name("source_survivors.txt")
COPIED = ("golden", "rtl_model", "first_spike", "tb", "scripts", "hdl")
LINKED = ("golden/networks", "golden/samples", "docs")  # data, and pages whose examples are tried


def main():
    arguments = parse()
    check_places(arguments, folders=("build",))
    areas = arguments.areas or [name for name, area in AREAS.items() if not area.own]
    for name in areas:
        if name not in AREAS:
            raise UserError(f"no area is called {name!r}: choose of {', '.join(AREAS)}")
    try:
        there = {name: list(mutants_in(name)) for name in areas}
    except ModuleNotFoundError:
        raise UserError("cosmic-ray is not installed: `make mutants-sources` installs it") from None
    made, code = made_by(), hash_of_project(tests=True)
    reasons = {line: reason for line, reason in verdict.read(REASONS).items()
               if any(Path(line.split(" | ")[0]).match(pattern) for name in areas for pattern in AREAS[name].files)}
    with chosen_workers(arguments) as workers, work_folder(arguments.build) as folder:
        jobs = []
        for name, mutants in there.items():
            tried = chosen(lambda seed: sorted(mutants, key=lambda mutant: mutant.order(seed))[:arguments.count],
                           arguments.seed)
            for first in range(0, len(tried), SHARE):
                part = tried[first:first + SHARE]
                jobs.append(Job(f"{name} {first + 1} to {first + len(part)}", try_sources, (name, part),
                                folder / name / str(first), {"code": code, "area": name, "seed": arguments.seed,
                                                             "first": first, "count": len(part)}))
        results, failed = run_jobs("mutants of sources", jobs, workers, Kept(folder / "kept"))
        found = [result for part in results for result in part or ()]
        entries = {mutant.entry for mutants in there.values() for mutant in mutants}
        failed += complaints(found, reasons, entries, of_a_module=0)
        write_json(folder / "report.json", {
            "made_by": made, "seed": " ".join(map(str, arguments.seed)), "seeds": of_seeds(found, reasons),
            "of": {name: len(mutants) for name, mutants in there.items()}, "failed": failed,
            "files": counts(found, reasons), "areas": counts(found, reasons, "area"), "mutants": found})
    console.print(table(found, reasons, "mutants of sources", "file"))
    console.print(f"report: {folder / 'report.json'}", soft_wrap=True)
    return complain(failed)


def try_sources(folder, report, area, mutants):
    """Run mutants of an area, [(SourceMutant, seeds)], in a copy of the tree in `folder`: a list of results as the
    verdict takes them, with what a SourceMutant has. report(share) is told how far it is. Raises UserError if the
    sources themselves do not pass."""
    shutil.rmtree(folder, ignore_errors=True)
    tree = folder / "tree"
    for name in COPIED:
        shutil.copytree(ROOT / name, tree / name, symlinks=True,
                        ignore=shutil.ignore_patterns("__pycache__", *(Path(name).name for name in LINKED)))
    for name in LINKED:
        (tree / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "pyproject.toml", tree)
    results = []
    command = [sys.executable, "-E", source_runs.__file__, str(tree), json.dumps(asdict(AREAS[area]))]
    with open(folder / "messages.log", "w") as log, subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True) as runner:
        of_itself = () if AREAS[area].own else ("judge",)  # all tests of all blocks take long
        for work in ("expect", *of_itself) if AREAS[area].networks else of_itself:
            said = _ask(runner, {"work": work}, log)
            if said:
                raise UserError(f"{area} itself does not pass: {said}; messages are in {shown(log.name)}")
        for number, (mutant, seeds) in enumerate(mutants, 1):
            code, after = mutated(mutant)
            said = _ask(runner, {"file": mutant.file, "code": code}, log)
            results.append({**asdict(mutant), "area": area, "block": "/".join(Path(mutant.file).parts[-2:]),
                            "after": after, "killed": said or None, "proved": "", "seeds": seeds})
            report(number / len(mutants))
    shutil.rmtree(tree)
    return results


def _ask(runner, order, log):
    runner.stdin.write(json.dumps(order) + "\n")
    runner.stdin.flush()
    line = runner.stdout.readline()
    if not line:
        raise UserError(f"the process that runs mutants ended; its messages are in {shown(log.name)}")
    return json.loads(line)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("areas", nargs="*", metavar="AREA", help=f"of {', '.join(AREAS)} (default: all but the last)")
    parser.add_argument("--count", type=positive, default=COUNT, help=f"mutants of each area (default: {COUNT})")
    parser.add_argument("--seed", type=natural, nargs="+", default=SEEDS,
                        help=f"so many are chosen by each of these (default: {SEEDS[0]})")
    add_jobs(parser)
    parser.add_argument("--build", type=Path, default=BUILD / "mutants-sources", metavar="FOLDER",
                        help="(default: build/mutants-sources)")
    return parser.parse_args()
