"""Whatever is wrong with the input of compare.py and generate.py: one sentence, status 1, and nothing half-written."""

import json
import os

import numpy as np
import pytest

from first_spike.commands import compare, generate
from first_spike.golden.data.idx import write_idx
from tb.helpers.process import assert_refused, command  # noqa: F401
from tb.helpers.small_case import small_case


@pytest.fixture
def case(tmp_path, monkeypatch):
    """The test runs in a folder with the files of `small_case`."""
    monkeypatch.chdir(tmp_path)
    return small_case(tmp_path)


def files():
    return sorted(os.path.join(folder, name) for folder, folders, names in os.walk(".") for name in names + folders)


def change_network(header=None, **arrays):
    """Write network.npz with parts of its header and some of its arrays changed."""
    with np.load("network.npz") as archive:
        content = dict(archive)
    content["header"] = np.array(json.dumps(json.loads(str(content["header"])) | (header or {})))
    for name, change in arrays.items():
        content[name] = change(content[name])
    np.savez("network.npz", **content)


def with_value(value):
    def change(array):
        array = array.copy()
        array.flat[0] = value
        return array
    return change


def cut(name):
    whole = open(name, "rb").read()
    with open(name, "wb") as file:
        file.write(whole[:len(whole) // 2])


NETWORKS = [
    (lambda: cut("network.npz"), "network.npz: is truncated, damaged, or no .npz file"),
    (lambda: change_network({"format": 5}), "format 5 is unknown; this version reads formats 1 to 4"),
    (lambda: change_network(layer1_weights=with_value(8)),
     "layer 1: weight 8 of neuron 0 (input 0) does not fit in 4 bits, which hold -8 to 7"),
    (lambda: change_network(layer0_thresholds=with_value(0)), "layer 0: threshold 0 of neuron 0 must be positive"),
    (lambda: change_network(layer1_weights=lambda array: array[:-1]), "layer 1 takes 4 inputs, but layer 0 gives 5"),
    (lambda: change_network(layer0_weights=lambda array: array.astype(object)), "network.npz: holds an object array"),
    (lambda: os.unlink("network.npz"), "cannot read network.npz: No such file or directory"),
]
CONFIGURATIONS = [
    (["--lanes", 0], "lanes must be positive integers, found 0"),
    (["--lanes", 4, -1], "lanes must be positive integers, found -1"),
    (["--lanes", 4, 3, 2], "3 numbers of lanes for 2 layers: give one for all layers, or 2"),
    (["--lanes", 8], "8 lanes for layers of 5 and 4 neurons: choose at most 5"),
    (["--lanes", 4, 8], "8 lanes for the 4 neurons of layer 1: choose at most 4"),
    (["--pixels", 3], "pixels per beat must be 1, 2, 4, 8 or 16, found 3"),
    (["--pixels", 32], "pixels per beat must be 1, 2, 4, 8 or 16, found 32"),
    (["--spikes-per-cycle", 3], "spikes per cycle must be 1, 2 or 4, found 3"),
    (["--events-per-cycle", 3], "events per cycle must be 1 or 2, found 3"),
    (["--events-per-cycle", 2, "--pixels", 1], "2 events per cycle need at least 2 pixels per beat, found 1"),
]
IMAGES = [
    (lambda: np.save("images.npy", np.zeros((3, 5, 4), np.uint8)),
     "the network takes images of 4 x 5 pixels, found an array of shape [3, 5, 4]"),
    (lambda: np.save("images.npy", np.zeros((3, 4, 5))), "images must be uint8, found float64"),
    (lambda: np.save("images.npy", np.zeros((0, 4, 5), np.uint8)), "images.npy holds no images"),
    (lambda: cut("images.npy"), "images.npy is not a whole .npy file"),
]


@pytest.mark.parametrize("spoil, sentence", NETWORKS)
def test_bad_network(case, command, spoil, sentence):  # noqa: F811
    spoil()
    before = files()
    assert_refused(command(compare, "--network", "network.npz", "--images", "images.npy", "--sim", "icarus", "--build",
                           "b"), sentence)
    assert_refused(command(generate, "--network", "network.npz", "--out", "out"), sentence)
    assert files() == before


@pytest.mark.parametrize("options, sentence", CONFIGURATIONS)
@pytest.mark.parametrize("sim", [("icarus", "--build", "b"), ("golden",)])
def test_bad_configuration(case, command, options, sentence, sim):  # noqa: F811
    before = files()
    assert_refused(command(compare, "--network", "network.npz", "--images", "images.npy", "--sim", *sim, *options),
                   sentence)
    assert_refused(command(generate, "--network", "network.npz", "--out", "out", *options), sentence)
    assert files() == before


@pytest.mark.parametrize("spoil, sentence", IMAGES)
@pytest.mark.parametrize("sim", [("verilator", "--build", "b"), ("myhdl",)])
def test_bad_images(case, command, spoil, sentence, sim):  # noqa: F811
    spoil()
    before = files()
    assert_refused(command(compare, "--network", "network.npz", "--images", "images.npy", "--sim", *sim),
                   sentence)
    assert files() == before


def test_idx_cut_short(case, command):  # noqa: F811
    write_idx("images.idx", case[1])
    cut("images.idx")
    assert_refused(command(compare, "--network", "network.npz", "--images", "images.idx", "--sim", "icarus", "--build",
                           "b"),
                   "images.idx is cut short: its header announces 560 values")


def test_counts(case, command):  # noqa: F811
    common = ("--network", "network.npz", "--images", "images.npy", "--sim", "golden")
    assert_refused(command(compare, *common, "--count", 29),
                   "images.npy holds 28 images: choose --count 28 or fewer, or all")
    assert command(compare, *common, "--count", "all").returncode == 0
    for text in ("0", "-3", "many", "2.5"):
        done = command(compare, *common, f"--count={text}")
        assert done.returncode == 2 and "must be a positive number or all" in done.stderr


@pytest.mark.parametrize("options", [("--design", "x"), ("--waves",), ("--build", "x"), ("--seed", 2)])
def test_what_goes_with_verilog_only(case, command, options):  # noqa: F811
    done = command(compare, "--network", "network.npz", "--images", "images.npy", "--sim", "myhdl", *options)
    assert done.returncode == 2
    assert "--design, --waves, --build and --seed go with --sim icarus or verilator" in done.stderr


def test_a_design_brings_its_configuration(case, command):  # noqa: F811
    done = command(compare, "--network", "network.npz", "--images", "images.npy", "--sim", "icarus", "--design", "x",
                   "--pixels", 4)
    assert done.returncode == 2 and "--design brings its own --lanes" in done.stderr


@pytest.mark.parametrize("sim, program", [("icarus", "iverilog"), ("verilator", "verilator")])
def test_simulator_not_installed(case, command, monkeypatch, sim, program):  # noqa: F811
    monkeypatch.setenv("PATH", "/nowhere")
    before = files()
    assert_refused(command(compare, "--network", "network.npz", "--images", "images.npy", "--sim", sim, "--build", "b"),
                   f"the simulator {sim} is not installed ({program} is not on the PATH): install it, or say "
                   f"`make simulators` in a checkout")
    assert files() == before


def test_output_that_cannot_be_written(case, command):  # noqa: F811
    (case[0]).save("file")  # a file where a folder is wanted
    before = files()
    assert_refused(command(generate, "--network", "network.npz", "--out", "file/design"),
                   "cannot write the folder file/design: ")
    assert_refused(command(generate, "--network", "network.npz", "--out", "file"), "file exists and is no folder")
    assert_refused(command(generate, "--network", "network.npz", "--out", "."),
                   "is the folder that you are in, which cannot be replaced")
    common = ("--network", "network.npz", "--images", "images.npy", "--count", 2)
    assert_refused(command(compare, *common, "--sim", "icarus", "--build", "file/b"),
                   "cannot write the folder file/b: Not a directory")
    for option in ("--json", "--predictions"):
        done = command(compare, *common, "--sim", "golden", option, "missing/file")
        assert done.returncode == 2 and "cannot write missing/file: there is no folder missing" in done.stderr
        done = command(compare, *common, "--sim", "golden", option, ".")
        assert done.returncode == 2 and "cannot write .: it is a folder" in done.stderr
    assert files() == before
