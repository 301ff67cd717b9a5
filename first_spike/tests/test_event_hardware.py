"""Networks that take events, as hardware, in the commands."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from first_spike.commands import board, compare, explore, generate
from first_spike.golden.contract.network import Network
from first_spike.golden.data.npz import read_event_file, write_event_file
from first_spike.golden.inference.infer import infer
from tb.helpers.process import command  # noqa: F401
from tb.helpers.random_networks import on_events, random_network, random_recordings, worded_network
from tb.helpers.shell import head_line, run_line


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The present folder, with a network that takes events and 20 recordings."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(3)
    network = on_events(random_network(rng, 16, 4, 2), 30)
    network.save("network.npz")
    write_event_file("events.npz", random_recordings(rng, network, 20))
    return tmp_path


@pytest.mark.parametrize("sim", ["myhdl", "golden"])
def test_compare(folder, command, sim):  # noqa: F811
    done = command(compare, "--network", "network.npz", "--events", "events.npz", "--sim", sim, "--json", "r.json",
                   "--lanes", "2")
    assert done.returncode == 0, done.stderr
    report = json.loads((folder / "r.json").read_text())
    assert "pixels" not in report["configuration"]
    bad = infer(Network.load("network.npz"), read_event_file("events.npz")[0]).bad.mean()
    assert report["bad"] == bad > 0 and re.search(f"bad frames *│ *{bad:.2%}", done.stdout)
    if sim == "myhdl":
        assert report["equal_images"] == 20 and report["cycle_model"]["mismatches"] == 0


@pytest.mark.thorough
@pytest.mark.parametrize("weights", ["constants", "loadable"])
def test_the_whole_way_to_verilog_and_its_testbench(folder, command, weights):  # noqa: F811
    """A design, given back to compare; the testbench that goes along sees its results, and a wrong one."""
    done = command(generate, "--network", "network.npz", "--out", "made", "--lanes", "2", "--weights", weights)
    assert done.returncode == 0, done.stderr
    done = command(compare, "--network", "network.npz", "--events", "events.npz", "--sim", "icarus", "--design", "made",
                   "--build", "work")
    assert done.returncode == 0, done.stderr
    design = folder / "made"
    for fault in (False, True):
        if fault:
            results = (design / "accelerator_tb_results.hex").read_text()
            (design / "accelerator_tb_results.hex").write_text(results.replace(results[0], "f", 1))
        done = run_line(head_line(design, "accelerator", "iverilog"), design)
        assert ("PASS: accelerator gives the results of 8 images" in done.stdout) == (not fault) == (
            done.returncode == 0)


@pytest.mark.thorough
@pytest.mark.parametrize("sim", ["icarus", "verilator", "myhdl"])
def test_the_first_recording_comes_while_words_are_emptied(folder, command, sim):  # noqa: F811
    """The cycles of a convolution say when it came, to the cycle, with every simulator."""
    rng = np.random.default_rng(4)
    network = on_events(worded_network(rng, "conv 3 3x3, dense 4", (14, 14), (2, 2), 2), 60)
    network.save("network.npz")
    write_event_file("events.npz", random_recordings(rng, network, 4))
    done = command(compare, "--network", "network.npz", "--events", "events.npz", "--sim", sim, "--json", "r.json")
    assert done.returncode == 0, done.stderr
    report = json.loads((folder / "r.json").read_text())
    assert report["equal_images"] == 4 and report["cycle_model"]["mismatches"] == 0


def test_explore(folder, command):  # noqa: F811
    done = command(explore, "--network", "network.npz", "--events", "events.npz", "--lanes", "2", "--out", "x")
    assert done.returncode == 0, done.stderr
    points = json.loads((folder / "x" / "report.json").read_text())["points"]
    assert [point["configuration"]["spikes_per_cycle"] for point in points] == [1, 4]  # pixels make no difference


@pytest.mark.thorough
@pytest.mark.parametrize("banks", [1, 2])
def test_its_weights_are_loaded(folder, command, banks):  # noqa: F811
    """MyHDL beside golden, cycle by cycle."""
    done = command(compare, "--network", "network.npz", "--events", "events.npz", "--sim", "myhdl", "--json", "r.json",
                   "--lanes", "2", "--weights", "loadable", "--weight-banks", str(banks))
    assert done.returncode == 0, done.stderr
    report = json.loads((folder / "r.json").read_text())
    assert report["equal_images"] == 20 and report["cycle_model"]["mismatches"] == 0


@pytest.mark.thorough
def test_a_board_is_given_recordings_and_another_network(folder, command):  # noqa: F811
    """In simulation, with two banks, while the first network works."""
    network = Network.load("network.npz")
    rng = np.random.default_rng(1)
    layers = [replace(layer, weights=rng.permuted(layer.weights, axis=0)) for layer in network.layers]
    replace(network, layers=layers).save(folder / "other.npz")
    options = ["--port", "sim", "--network", "network.npz", "--events", "events.npz", "--build", "work", "--lanes", "2"]
    done = command(board, "load", "other.npz", *options, "--weight-banks", "2", "--json", "r.json")
    assert done.returncode == 0 and done.stdout.endswith("cycles of recordings were not compared.\n"), done.stderr
    report = json.loads((folder / "r.json").read_text())
    for part in ("meanwhile", "images"):
        assert (report[part]["images"], report[part]["mismatches"], report[part]["cycle_mismatches"]) == (20, 0, None)


@pytest.mark.thorough
def test_its_registers_and_the_testbench_of_their_streams(folder, command):  # noqa: F811
    done = command(generate, "--network", "network.npz", "--out", "made", "--top", "accelerator_axi")
    assert done.returncode == 0, done.stderr
    done = run_line(head_line(folder / "made", "accelerator_axi", "iverilog"), folder / "made")
    assert "PASS: accelerator_axi gives the results of 8 images" in done.stdout and done.returncode == 0
