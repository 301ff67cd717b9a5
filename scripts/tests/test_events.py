"""Networks that take events, and the commands: figures of recordings, and one sentence where something else is
given."""

import json

import numpy as np
import pytest

from golden.data.event_file import write_event_file
from golden.inference.infer import infer
from golden.tests.random_networks import on_events, random_network, random_recordings
from scripts.tests.process import assert_refused, run_script
from scripts.tests.shell import head_line, run_line


@pytest.fixture
def case(tmp_path):
    """A folder with a network that takes events and 20 recordings; gives (folder, network, recordings, labels)."""
    rng = np.random.default_rng(3)
    network = on_events(random_network(rng, 16, 4, 2), 30)
    recordings = random_recordings(rng, network, 20)
    labels = rng.integers(0, network.sizes[-1], 20)
    network.save(tmp_path / "network.npz")
    write_event_file(tmp_path / "events.npz", recordings, labels)
    return tmp_path, network, recordings, labels


def evaluate(case, *arguments):
    return run_script("evaluate.py", "--network", "network.npz", *arguments, cwd=case[0])


def test_figures(case):
    folder, network, recordings, labels = case
    done = evaluate(case, "--events", "events.npz", "--json", "r.json")
    assert done.returncode == 0, done.stderr
    report, expected = json.loads((folder / "r.json").read_text()), infer(network, recordings)
    assert report["correct"] == (expected.classes == labels).sum() and report["images"] == 20
    assert report["bad"] == expected.bad.mean() > 0
    assert report["input_events_mean"] > 0 and "input events up to it" in done.stdout


def test_refusals(case):
    assert_refused(evaluate(case, "--events", "events.npz", "--labels", "events.npz"), "--labels goes with --images")
    np.save(case[0] / "images.npy", np.zeros((2, *case[1].image_shape), np.uint8))
    assert_refused(evaluate(case, "--images", "images.npy"), "images.npy: the network takes recordings, found images")
    random_network(np.random.default_rng(3), 16, 4, 2).save(case[0] / "network.npz")
    assert_refused(evaluate(case, "--events", "events.npz"), "events.npz: the network takes images, found recordings")
    write_event_file(case[0] / "events.npz", case[2][:0])
    assert_refused(evaluate(case, "--events", "events.npz"), "events.npz holds no recordings")


@pytest.mark.parametrize("sim", ["myhdl", "golden"])
def test_compare(case, sim):
    done = run_script("compare.py", "--network", "network.npz", "--events", "events.npz", "--sim", sim, "--json",
                      "r.json", "--lanes", "2", cwd=case[0])
    assert done.returncode == 0, done.stderr
    report = json.loads((case[0] / "r.json").read_text())
    assert report["configuration"]["pixels"] is None
    if sim == "myhdl":
        assert report["equal_images"] == 20 and report["cycle_model"]["mismatches"] == 0


def test_the_whole_way_to_verilog_and_its_testbench(case):
    """A design, given back to compare; the testbench that goes along sees its results, and a wrong one."""
    folder, network, recordings, _ = case
    done = run_script("generate.py", "--network", "network.npz", "--out", "made", "--lanes", "2", cwd=folder)
    assert done.returncode == 0, done.stderr
    done = run_script("compare.py", "--network", "network.npz", "--events", "events.npz", "--sim", "icarus", "--design",
                      "made", "--build", "work", cwd=folder)
    assert done.returncode == 0, done.stderr
    design = folder / "made"
    for fault in (False, True):
        if fault:
            results = (design / "accelerator_tb_results.hex").read_text()
            (design / "accelerator_tb_results.hex").write_text(results.replace(results[0], "f", 1))
        done = run_line(head_line(design, "accelerator", "iverilog"), design)
        assert ("PASS: accelerator gives the results of 8 images" in done.stdout) == (not fault) == (
            done.returncode == 0)


def test_explore(case):
    done = run_script("explore.py", "--network", "network.npz", "--events", "events.npz", "--lanes", "2", "--out", "x",
                      cwd=case[0])
    assert done.returncode == 0, done.stderr
    points = json.loads((case[0] / "x" / "report.json").read_text())["points"]
    assert [point["configuration"]["spikes_per_cycle"] for point in points] == [1, 4]  # pixels make no difference


def test_hardware_that_there_is_not_yet(case):
    for name, *more in (("generate.py", "--out", "made", "--top", "accelerator_axi"),
                        ("generate.py", "--out", "made", "--weights", "loadable"),
                        ("compare.py", "--events", "events.npz", "--sim", "golden", "--weights", "loadable")):
        done = run_script(name, "--network", "network.npz", *more, cwd=case[0])
        assert_refused(done, "the network takes events, for which there is no ")
    assert not (case[0] / "made").exists()
