"""`first-spike demo` and scripts/bench.py with a network of one's own."""

import json

import pytest

from first_spike.commands import demo
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.cycles import predict
from scripts import bench
from tb.helpers.process import command  # noqa: F401
from tb.helpers.small_case import small_case


@pytest.mark.thorough
def test_demo_of_ones_own_network(tmp_path, monkeypatch, command):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(demo.DIGITS, "dense", {"icarus": 50})
    network, images, labels = small_case(tmp_path)
    done = command(demo, "--network", "network.npz", "--images", "images.npy", "--labels", "labels.npy", "--lanes", 2,
                   "--build", "work")
    assert (done.returncode, done.stderr) == (0, "") and "network, images.npy" in done.stdout
    report, = json.loads((tmp_path / "work" / "report.json").read_text())["networks"]
    assert (report["network"], report["different_files"]) == ("network.npz", [])
    found = report["icarus"]
    assert found["network_sha256"] == network.sha256 and found["configuration"]["lanes"] == [2, 2]
    assert found["images"] == found["equal_images"] == len(images)
    assert found["accuracy"]["rtl"] == (infer(network, images).classes == labels).mean()


@pytest.mark.long
def test_bench_of_ones_own_network(tmp_path, monkeypatch, command):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    network, images, _ = small_case(tmp_path)
    done = command(bench, "--network", "network.npz", "--images", "images.npy", "--lanes", 2,
                   "--events-per-cycle", 2, "--build", "w")
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    report = json.loads((tmp_path / "w" / "report.json").read_text())
    design, = report["designs"]
    assert (report["images"], report["failed"], design["accuracy"]) == (len(images), [], None)
    assert design["name"].startswith("network, 2 ") and design["network_sha256"] == network.sha256
    assert design["configuration"]["events_per_cycle"] == 2
    chosen = Configuration((2,), events_per_cycle=2)
    cycles = predict(Design(network, chosen), images, infer(network, images)).interval[1:]
    assert (design["cycles"]["mean"], design["cycles"]["max"]) == (cycles.mean(), cycles.max())
    assert design["differences"] == {"stream": None, "alone": None, "stalled": None}


def test_the_designs_of_the_readme_have_their_configurations(command):  # noqa: F811
    done = command(bench, "--lanes", 2)
    assert done.returncode == 2 and "go with --network" in done.stderr
