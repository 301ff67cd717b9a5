"""Convolutional networks in the commands."""

import json

import numpy as np
import pytest

from first_spike.commands import compare, evaluate, explore, generate, quantize, train
from first_spike.golden.contract.network import FloatNetwork, Network
from first_spike.golden.inference.infer import infer
from first_spike.training.results import write_curves
from scripts import doc_tables
from tb.helpers.process import assert_refused, command  # noqa: F401
from tb.helpers.random_networks import random_convolutional_network, random_images, worded_network
from tb.helpers.shell import head_line, run_line


@pytest.fixture
def case(tmp_path, monkeypatch):
    """A network on images of several channels in network.npz and images.npy of the present folder."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(3)
    network = random_convolutional_network(rng, 16, 4, 2)
    while len(network.image_shape) == 2 or network.sizes[-1] < 2:
        network = random_convolutional_network(rng, 16, 4, 2)
    images = random_images(rng, network)
    network.save("network.npz")
    np.save("images.npy", images)
    return network, images


def test_evaluate(case, command):  # noqa: F811
    network, images = case
    expected = infer(network, images)
    np.save("labels.npy", expected.classes)
    done = command(evaluate, "--network", "network.npz", "--images", "images.npy", "--labels", "labels.npy", "--json",
                   "r.json", "--predictions", "p.npz")
    assert done.returncode == 0, done.stderr
    report = json.loads(open("r.json").read())
    assert (report["correct"], report["silent"], report["network_sha256"]) == (len(images), expected.silent.mean(),
                                                                               network.sha256)
    with np.load("p.npz") as found:
        for k, times in enumerate(expected.spike_times):
            assert np.array_equal(found[f"layer{k}_spike_times"], times)


def test_images_of_other_channels(case, command):  # noqa: F811
    network, images = case
    np.save("images.npy", images[..., 0])
    rows, columns, channels = network.image_shape
    assert_refused(command(evaluate, "--network", "network.npz", "--images", "images.npy"),
                   f"the network takes images of {rows} x {columns} pixels in {channels} channel")


@pytest.mark.thorough
def test_every_cycle_of_a_loaded_one_is_predicted(case, command):  # noqa: F811
    """That of the first image too, which has to wait until words are empty."""
    network = worded_network(np.random.default_rng(0), "conv 3 2x2 pool 2, dense 2", (3, 3), (1, 4), 2)
    network.save("small.npz")
    np.save("small.npy", random_images(np.random.default_rng(1), network))
    done = command(compare, "--network", "small.npz", "--images", "small.npy", "--sim", "icarus", "--json", "r.json",
                   "--weights", "loadable", "--taps", "row", "--pixels", "2", "--build", "work")
    assert done.returncode == 0, done.stderr
    assert json.loads(open("r.json").read())["cycle_model"]["mismatches"] == 0


@pytest.mark.thorough
@pytest.mark.parametrize("taps", ["1", "row"])
def test_the_testbench_of_a_design_loads_it_and_classifies(case, command, tmp_path, taps):  # noqa: F811
    """And sees a wrong word."""
    done = command(generate, "--network", "network.npz", "--out", "out", "--weights", "loadable", "--taps", taps)
    assert (done.returncode, done.stderr) == (0, "")
    words = tmp_path / "out" / "accelerator_tb_load.hex"
    for fault in (False, True):
        if fault:
            words.write_text("".join(f"{int(word, 16) ^ 0x1111:04x}\n" for word in words.read_text().split()))
        done = run_line(head_line(tmp_path / "out", "accelerator", "iverilog"), tmp_path / "out")
        assert ("PASS: accelerator gives the results of 8 images" in done.stdout) == (not fault) == (
            done.returncode == 0)


@pytest.mark.thorough
def test_compare_and_generate(case, command):  # noqa: F811
    """The whole way, simulator and cycle model included; a design that is there is taken as it is."""
    _, images = case
    np.save("few.npy", images[:3])
    done = command(generate, "--network", "network.npz", "--out", "out")
    assert (done.returncode, done.stderr) == (0, "")
    assert max(layer["folds"] for layer in json.loads(open("out/manifest.json").read())["layers"]) > 1
    done = command(compare, "--network", "network.npz", "--images", "few.npy", "--sim", "icarus", "--design", "out",
                   "--build", "b", "--json", "c.json")
    assert done.returncode == 0, done.stderr
    assert "Every result and every spike up to the decision is equal" in done.stdout
    assert "images unlike the cycle model | 0" in " ".join(done.stdout.replace("\u2502", "|").split())


@pytest.mark.thorough
@pytest.mark.parametrize("taps", ["1", "row"])
def test_sum_pools_come_all_the_way(command, tmp_path, monkeypatch, taps):  # noqa: F811
    """Several spikes of a unit among them; loaded, by a place or by a row of the kernel a cycle."""
    monkeypatch.chdir(tmp_path)
    network = worded_network(np.random.default_rng(2), "conv 2 3x3 same sum 2, dense 3", (6, 6), (4, 4), 16)
    network.save("network.npz")
    images = random_images(np.random.default_rng(1), network)
    result = infer(network, images)
    assert ((result.spike_times[0] < 16).reshape(len(images), 18, 4).sum(axis=2) > 1).any()
    np.save("images.npy", images)
    np.save("labels.npy", result.classes)
    done = command(evaluate, "--network", "network.npz", "--images", "images.npy", "--labels", "labels.npy")
    assert done.returncode == 0 and "100.00%" in done.stdout, done.stderr
    done = command(compare, "--network", "network.npz", "--images", "images.npy", "--sim", "icarus", "--json", "r.json",
                   "--weights", "loadable", "--taps", taps, "--pixels", "2", "--build", "work")
    assert done.returncode == 0, done.stderr
    assert "Every result and every spike up to the decision is equal" in done.stdout
    assert json.loads(open("r.json").read())["cycle_model"]["mismatches"] == 0


def test_explore(case, command):  # noqa: F811
    done = command(explore, "--network", "network.npz", "--images", "images.npy", "--out", "out", "--lanes", "1")
    assert done.returncode == 0, done.stderr
    points = json.loads(open("out/report.json").read())["points"]
    assert points and all(point["cycles"]["mean"] > 0 and point["area"]["lut"] > 0 for point in points)


def test_lanes_are_channels(case, command):  # noqa: F811
    network, _ = case
    most = network.widths[0] + 1
    assert_refused(command(generate, "--network", "network.npz", "--out", "out", "--lanes", str(most),
                           *["1"] * (len(network.layers) - 1)),
                   f"{most} lanes for the {most - 1} neurons of layer 0: choose at most {most - 1}")


@pytest.mark.long
def test_a_row_of_taps(command, tmp_path, monkeypatch):  # noqa: F811
    """From the option to the manifest and back, with a simulator, the cycle model and the area."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(1)
    network = worded_network(rng, "conv 2 3x3 pool 2, conv 2 1x2, dense 2", (7, 6), (3, 3, 3), 8)
    network.save("network.npz")
    np.save("few.npy", random_images(rng, network)[:3])
    words = "--network", "network.npz", "--images", "few.npy"
    assert command(generate, *words[:2], "--out", "one").returncode == 0
    assert json.loads(open("one/manifest.json").read())["taps"] == [1, 1, 1]
    assert command(generate, *words[:2], "--out", "out", "--taps", "row", "1", "1").returncode == 0
    assert json.loads(open("out/manifest.json").read())["taps"] == ["row", 1, 1]
    done = command(compare, *words, "--sim", "icarus", "--design", "out", "--build", "b")
    assert done.returncode == 0, done.stderr
    assert "images unlike the cycle model | 0" in " ".join(done.stdout.replace("\u2502", "|").split())
    done = command(explore, *words, "--out", "e", "--lanes", "2", "--pixels", "8", "--spikes-per-cycle", "4",
                   "--taps", "1", "row", "row,1,1")
    assert done.returncode == 0, done.stderr
    points = json.loads(open("e/report.json").read())["points"]
    assert [point["configuration"]["taps"] for point in points] == [[1, 1, 1], ["row", "row", 1], ["row", 1, 1]]
    assert len({point["area"]["lut"] for point in points}) == 3


@pytest.mark.parametrize("taps, sentence", [
    (["row", "1"], "2 numbers of taps for 3 layers: give one for all layers, or 3"),
    (["2"], "taps must be 1 or row, found 2"),
    (["row", "row", "1"], "a row of taps does not fit layer 1: it has a kernel of 3 x 1 at steps of 1 x 1, with which "
                          "no spike reaches two columns; choose 1"),
    (["1", "1", "row"], "a row of taps does not fit layer 2: it has a single position; choose 1"),
])
def test_taps_that_do_not_fit(command, tmp_path, monkeypatch, taps, sentence):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    worded_network(np.random.default_rng(1), "conv 2 3x3 pool 2, conv 2 3x1, dense 2", (8, 8), (3, 3, 3),
                   8).save("network.npz")
    assert_refused(command(generate, "--network", "network.npz", "--out", "out", "--taps", *taps), sentence)


QUICK = ["--dataset", "digits", "--epochs", "2", "--finetune", "1", "--set", "batch=16", "--silent", "1", "--layers"]
LAYERS = "conv 6 3x3 same pool 2, dense 10"


@pytest.mark.thorough
def test_train_quantize_and_table(command, tmp_path):  # noqa: F811
    pytest.importorskip("sklearn")
    pytest.importorskip("matplotlib")
    done = command(train, *QUICK, LAYERS, "--bits", "3", "--out", tmp_path / "net")
    assert (done.returncode, done.stderr) == (0, "")
    network, floats = Network.load(tmp_path / "net.npz"), FloatNetwork.load(tmp_path / "net_float.npz")
    for made in (network, floats):
        assert [layer.kind for layer in made.layers] == ["convolution", "dense"] and made.sizes == (96, 10)
        assert made.layers[0].facts() == {"kernel": [3, 3], "padding": [1, 1], "pool": [2, 2]}
    assert json.loads((tmp_path / "net.json").read_text())["plan"]["finetune_rates"] == [5e-4, 5e-4]
    for kept, words in enumerate((["--finetune", "1"], [])):  # the second replaces the first, and says so
        done = command(quantize, "--float", tmp_path / "net_float.npz", "--bits", "2", *words, "--out",
                       tmp_path / "two.npz", "--silent", "1", "--overwrite")
        assert done.returncode == 0 and done.stderr.count("\n") == bool(kept)
        assert [layer.weight_bits for layer in Network.load(tmp_path / "two.npz").layers] == [2, 2]
    assert "`net` 6C3P2-10 | 3 |" in doc_tables.networks_table(tmp_path)


@pytest.mark.parametrize("layers, sentence", [
    ("conv 6 3x3 same pool, dense 10", "layer 0, 'conv 6 3x3 same pool': '' is no size, such as 5 or 5x3"),
    ("conv 6 9x9, dense 10", "layer 0: a kernel of 9 x 9 is larger than the map of 8 x 8 that it reads"),
    ("conv 6 3x3, dense 9", "10 class names for 9 output neurons"),
    ("conv 6 3x3 pool 7, dense 10", "layer 0: a pool of 7 x 7 is larger than the map of 6 x 6 before it"),
])
def test_layers_that_cannot_be(command, tmp_path, layers, sentence):  # noqa: F811
    pytest.importorskip("sklearn")
    assert_refused(command(train, *QUICK, layers, "--out", tmp_path / "net"), sentence)
    assert list(tmp_path.iterdir()) == []


def test_the_plot_of_a_training_shows_the_kernels_of_a_convolution(case, tmp_path):
    pytest.importorskip("matplotlib")
    entry = {name: 0.5 for name in ("training_accuracy", "held_out_accuracy", "held_out_silent", "training_ties",
                                    "training_spikes")} | {"phase": "float"}
    widths = []
    for layer in (case[0].layers[0], case[0].layers[0].dense()):
        write_curves(tmp_path / "c.png", [entry], "title", layer)
        widths.append(int.from_bytes((tmp_path / "c.png").read_bytes()[16:20], "big"))
    assert widths[0] * 3 == widths[1] * 4
