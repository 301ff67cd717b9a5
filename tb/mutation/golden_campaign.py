"""Copies of the tree in which mutants of golden run, one after the other."""

import json
import shutil
import subprocess
import sys
from dataclasses import asdict

from first_spike.golden.errors import UserError
from first_spike.golden.files import ROOT
from tb.mutation import golden_runs
from tb.mutation.golden_mutants import mutated

COPIED = ("golden", "rtl_model", "first_spike", "tb", "scripts")
LINKED = ("networks", "samples")  # in golden: data


def try_golden(folder, report, mutants):
    """Run GoldenMutants in a copy of the tree in `folder`: a list of results as the verdict takes them, with what a
    GoldenMutant has. report(share) is told how far it is. Raises UserError if golden itself does not pass."""
    shutil.rmtree(folder, ignore_errors=True)
    tree = folder / "tree"
    for name in COPIED:
        shutil.copytree(ROOT / name, tree / name, symlinks=True,
                        ignore=shutil.ignore_patterns("__pycache__", *LINKED))
    for name in LINKED:
        (tree / "golden" / name).symlink_to(ROOT / "golden" / name)
    shutil.copy(ROOT / "pyproject.toml", tree)
    results = []
    command = [sys.executable, golden_runs.__file__, str(tree)]
    with open(folder / "messages.log", "w") as log, subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True) as runner:
        for work in ("expect", "judge"):
            said = _ask(runner, {"work": work}, log)
            if said:
                raise UserError(f"golden itself does not pass: {said}; messages are in {log.name}")
        for number, mutant in enumerate(mutants, 1):
            code, after = mutated(mutant)
            said = _ask(runner, {"file": mutant.file, "code": code}, log)
            judged = {"block": mutant.file, "after": after, "killed": said or None, "proved": ""}
            results.append({**asdict(mutant), **judged})
            report(number / len(mutants))
    shutil.rmtree(tree)
    return results


def _ask(runner, order, log):
    runner.stdin.write(json.dumps(order) + "\n")
    runner.stdin.flush()
    line = runner.stdout.readline()
    if not line:
        raise UserError(f"the process that runs mutants ended; its messages are in {log.name}")
    return json.loads(line)
