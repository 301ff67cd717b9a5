"""A plain install brings no tools of tests, and simulates without them."""

import importlib.metadata
import json
import os
import subprocess
import sys
import tomllib

import pytest
from packaging.requirements import Requirement

from first_spike.golden.files import ROOT
from tb.helpers.small_case import small_case

OF_TESTS = ("pytest", "scapy", "cocotb-test", "cocotbext-axi", "cocotb-bus", "hypothesis")
MODULES = ("pytest", "_pytest", "scapy", "cocotb_test", "cocotbext", "cocotb_bus", "hypothesis")


def test_a_plain_install_has_no_tools_of_tests():
    """Followed through the metadata of the packages that are here."""
    wanted = [*tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]]
    names = set()
    while wanted:
        requirement = Requirement(wanted.pop())
        if requirement.name in names or requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        names.add(requirement.name)
        wanted += importlib.metadata.requires(requirement.name) or ()
    assert {"numpy", "llvmlite", "cocotb"} <= names and names.isdisjoint(OF_TESTS)


@pytest.mark.thorough
@pytest.mark.parametrize("simulator", ["icarus", "verilator"])
def test_simulators_need_no_tools_of_tests(tmp_path, simulator):
    small_case(tmp_path)
    (tmp_path / "missing").mkdir()
    for name in MODULES:
        (tmp_path / "missing" / f"{name}.py").write_text("raise ModuleNotFoundError(__name__)\n")
    paths = os.pathsep.join((str(tmp_path / "missing"), str(ROOT)))
    words = ("compare", "--network", "network.npz", "--images", "images.npy", "--sim", simulator, "--build", "build",
             "--json", "report.json", "--waves")
    done = subprocess.run([sys.executable, "-m", "first_spike", *words], cwd=tmp_path, capture_output=True, text=True,
                          env=os.environ | {"PYTHONPATH": paths})
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["equal_images"] == 28 and report["cycle_model"]["mismatches"] == 0
    waves, = (tmp_path / "build").rglob("accelerator.fst" if simulator == "icarus" else "accelerator.vcd")
    assert waves.stat().st_size > 1000
