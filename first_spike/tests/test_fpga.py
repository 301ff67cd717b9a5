"""yosys and nextpnr for real on one small design: its cells, its clock, and its gates simulated; `make test-fpga`."""

import json

import pytest

from first_spike.command.places import DEFAULT_NETWORK
from first_spike.commands import netlist, synth
from first_spike.exploration.area import estimate_area
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Network
from tb.helpers.process import command  # noqa: F401

pytestmark = pytest.mark.fpga

LUTS, TOLERATED = 1332, 1.02  # what docs/explanation/results.md states; another yosys may count a little more
CONFIGURATION = Configuration(lanes=(16, 2), pixels=1, spikes_per_cycle=1)
OPTIONS = ("--lanes", 16, 2, "--pixels", 1, "--spikes-per-cycle", 1)


def test_cells_and_clock(command, tmp_path):  # noqa: F811
    done = command(synth, *OPTIONS, "--target", "ecp5", "--seeds", 1, "--build", tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "report.json").read_text())["targets"]["ecp5"]
    assert found["misfit"] is None
    assert 0 < found["total"]["logic"] <= LUTS * TOLERATED
    assert found["total"]["bram"] == estimate_area(Design(Network.load(DEFAULT_NETWORK), CONFIGURATION))["bram"]
    clocks = {clock["speed"]: clock for clock in found["clock"]}
    assert 60 < clocks[6]["mhz_median"] < clocks[8]["mhz_median"]
    assert clocks[6]["path"]["words"]


def test_gates(command, tmp_path):  # noqa: F811
    done = command(netlist, *OPTIONS, "--data", "samples", "--count", 50, "--build", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["images"] == report["equal_images"] == 50 and report["cycle_model"]["mismatches"] == 0
    assert report["mismatches"] == {"class": 0, "decision_time": 0, "flags": 0, "spikes": "not observed"}
    assert "spikes inside were not observed" in done.stdout


def test_toggles_of_an_ice40_with_its_spram(command, tmp_path):  # noqa: F811
    done = command(netlist, "--target", "ice40", "--lanes", 8, 2, "--pixels", 1, "--spikes-per-cycle", 1, "--weights",
                   "loadable", "--weight-memory", "spram", "--data", "samples", "--count", 10, "--activity", "--build",
                   tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["equal_images"] == 10 and report["cycle_model"]["mismatches"] == 0
    saif = (tmp_path / "busy.saif").read_text().splitlines()
    assert {line.partition("(TC ")[2].split(")")[0] for line in saif if line.startswith("(m_axis_tvalid ")} == {"20"}
    activity = report["activity"]
    assert activity["toggles_an_idle_cycle"] == 2 < activity["toggles_a_cycle"]  # the clock alone
