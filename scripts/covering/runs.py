"""A small design under the scenarios of its benches, with what Verilator counts of it; Python under quick tests."""

import json
import shutil
import subprocess
import sys

from golden.errors import UserError
from golden.files import ROOT
from rtl_model.convert import generate
from scripts.covering.points import points
from tb.register_script import script_of
from tb.scripted import ScriptedDesign
from tb.small_designs import SMALL_DESIGNS

SECONDS = 300  # within which a run ends
PACKAGES = ("golden", "rtl_model")
TESTS = ("golden/tests/contract", "golden/tests/inference", "golden/tests/schedule", "golden/tests/quantization",
         "golden/tests/data", "rtl_model/tests")  # quick ones, without the trainings and the simulators


def cover_design(folder, report, name):
    """Play the scenarios on the small design `name`: {"images": count, "points": [module, kind, what, count] of all
    points}. report(share) is told how far it is. Raises UserError if the design does not pass."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    small = SMALL_DESIGNS[name]
    network = small.network()
    network.save(folder / "network.npz")
    generate(folder / "network.npz", small.configuration, folder / "verilog", top=small.top)
    script = script_of(small)(network, small.configuration)
    script.every()
    (folder / "script.txt").write_text(script.text())
    report(0.2)
    design = ScriptedDesign(network, small.configuration, folder / "verilog", folder / "build",
                            ("--coverage-line", "--coverage-toggle"))
    report(0.9)
    data = folder / "coverage.dat"
    right, said = design.play(folder / "script.txt", 1, [f"+verilator+coverage+file+{data}"], SECONDS)
    if not right:
        raise UserError(f"the small {name} design does not pass: {said}")
    return {"images": int(said.splitlines()[-1].split()[0]),
            "points": [list(point) for point in points(data, folder / "verilog")]}


def cover_python(folder):
    """{package: {"lines": [covered, all], "branches": [covered, all]}} of PACKAGES under TESTS. Raises UserError if a
    test fails or coverage.py is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    data = f"--data-file={folder / 'coverage'}"
    _run(folder, "run", data, "--branch", f"--source={','.join(PACKAGES)}", "-m", "pytest", "-q", "-p",
         "no:cacheprovider", *TESTS)
    _run(folder, "json", data, "-q", "-o", str(folder / "coverage.json"))
    sums = {package: {"lines": [0, 0], "branches": [0, 0]} for package in PACKAGES}
    for name, file in json.loads((folder / "coverage.json").read_text())["files"].items():
        package, found = name.split("/")[0], file["summary"]
        if "/tests/" not in name and package in sums:
            for kind, covered, total in (("lines", "covered_lines", "num_statements"),
                                         ("branches", "covered_branches", "num_branches")):
                sums[package][kind][0] += found[covered]
                sums[package][kind][1] += found[total]
    return sums


def _run(folder, *words):
    log = folder / f"{words[0]}.log"
    with open(log, "wb") as messages:
        status = subprocess.run([sys.executable, "-m", "coverage", *words], cwd=ROOT, stdin=subprocess.DEVNULL,
                                stdout=messages, stderr=subprocess.STDOUT, env=None).returncode
    if status:
        raise UserError(f"coverage.py ended with status {status}; its messages are in {log}")
