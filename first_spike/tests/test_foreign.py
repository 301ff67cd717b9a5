"""Other people's networks through the commands: in, out and back, what is said of them, and what is refused."""

import json
import os
from dataclasses import replace

import numpy as np
import pytest

from first_spike.command import cli
from first_spike.commands import export_nir, import_weights
from first_spike.golden.contract.network import FloatLayer, FloatNetwork, Layer, Network
from first_spike.golden.foreign.nir_writer import write_nir
from first_spike.golden.inference.infer import infer
from first_spike.interop.options import weights_clipped
from tb.helpers.process import assert_refused, command  # noqa: F401
from tb.helpers.random_networks import random_convolution, random_layer, worded_network

DIGITS = ("--dataset", "digits", "--images", 50)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    pytest.importorskip("sklearn")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cli.console, "_width", 200)
    return tmp_path


@pytest.fixture
def graphs():
    """The package nir, and h5py."""
    return pytest.importorskip("nir"), pytest.importorskip("h5py")


def dense_network(seed=1):
    """An integer network for the digits that fires often."""
    rng = np.random.default_rng(seed)
    sizes, layers = (64, 12, 10), []
    for inputs, neurons in zip(sizes, sizes[1:]):
        weights = rng.integers(-7, 8, (inputs, neurons)).astype(np.int8)
        thresholds = np.full(neurons, 9, np.int32) if neurons == 10 else rng.integers(5, 30, neurons).astype(np.int32)
        layers.append(Layer(weights, thresholds, 4))
    return Network(16, (8, 8), layers, tuple("0123456789"), "random")


def convolutional_network():
    rng = np.random.default_rng(4)
    first = random_convolution(rng, (8, 8, 1), 4, last=False)
    return Network(32, (8, 8), [first, random_layer(rng, first.neurons, 10, 3, shared=True)], tuple("0123456789"))


@pytest.mark.parametrize("make", [dense_network, convolutional_network])
def test_out_and_back(command, graphs, make):  # noqa: F811
    network = make()
    network.save("n.npz")
    done = command(export_nir, "n.npz", "--out", "n.nir")
    assert done.returncode == 0 and "pass on the first spike of each neuron only" in done.stdout, done.stderr
    for fires in ((), ("--fires", "above")):
        done = command(import_weights, "n.nir", *DIGITS, *fires, "--out", "back")
        assert done.returncode == 0, done.stderr
        assert Network.load("back.npz").sha256 == network.sha256
        assert "weights and thresholds are integers already and stay as they are" in done.stdout
        assert "thresholds can be met exactly" not in done.stdout
    assert "LUT4" in done.stdout and "cycles an image by the cycle model" in done.stdout


def test_sum_pools_go_out_and_back(command, graphs):  # noqa: F811
    made = worded_network(np.random.default_rng(1), "conv 3 2x2 sum 2, dense 10", (8, 8), (4, 4), 16)
    network = replace(made, classes=tuple("0123456789"))
    network.save("n.npz")
    assert command(export_nir, "n.npz", "--out", "n.nir").returncode == 0
    done = command(import_weights, "n.nir", *DIGITS, "--out", "back")
    assert done.returncode == 0 and Network.load("back.npz").sha256 == network.sha256, done.stderr


def test_float_networks_go_out_and_back(command, graphs):  # noqa: F811
    rng = np.random.default_rng(2)
    np.savez("w.npz", w1=rng.normal(0.02, 0.2, (10, 12)), w0=rng.normal(0.05, 0.1, (12, 64)))  # names tell the order
    np.save("hidden.npy", rng.uniform(0.5, 1.5, 12))
    words = ("--threshold", "hidden.npy", 0.7)
    done = command(import_weights, "w.npz", *words, *DIGITS, "--steps", 16, "--out", "a", "--float-out", "af")
    assert done.returncode == 0, done.stderr
    first = FloatNetwork.load("af.npz")
    assert np.array_equal(first.layers[0].thresholds, np.load("hidden.npy").astype(np.float32))
    assert command(export_nir, "af.npz", "--out", "f.nir").returncode == 0
    done = command(import_weights, "f.nir", *DIGITS, "--out", "b", "--float-out", "bf")
    assert done.returncode == 0, done.stderr
    assert FloatNetwork.load("bf.npz").sha256 == first.sha256
    assert Network.load("b.npz").sha256 == Network.load("a.npz").sha256


def test_what_is_said(command, graphs):  # noqa: F811
    nir, _ = graphs
    rng = np.random.default_rng(3)
    nodes = {"in": nir.Input(np.array([64])), "fc1": nir.Affine(rng.normal(0.05, 0.1, (12, 64)), np.zeros(12)),
             "if1": nir.IF(np.full(12, 2.0), np.full(12, 1.0)), "fc2": nir.Linear(rng.integers(-3, 4, (10, 12)) / 4),
             "if2": nir.IF(np.ones(10), np.array([1.0, 0.5] * 5)), "out": nir.Output(np.array([10]))}
    names = list(nodes)
    nir.write("n.nir", nir.NIRGraph(nodes, list(zip(names, names[1:]))))
    done = command(import_weights, "n.nir", *DIGITS, "--bits", 2, "--out", "q", "--float-out", "f")
    assert done.returncode == 0, done.stderr
    rows = {line.split("│")[1].strip(): [cell.strip() for cell in line.split("│")[2:-1]]
            for line in done.stdout.splitlines() if line.startswith("│")}
    folded, dropped, rounded, clipped, moved = rows["0 fc1"]
    assert folded == "r in thresholds" and dropped == "a bias of zeros" and "768 weights" in rounded
    assert "weights" in clipped and "%" in moved
    assert rows["1 fc2"][:3] == ["thresholds made one, weights multiplied", "-", "-"]
    assert "10 of 22 thresholds can be met exactly: neurons were taken to fire there" in done.stdout
    float_network = FloatNetwork.load("f.npz")
    assert set(float_network.layers[0].thresholds.tolist()) == {np.nextafter(np.float32(0.5), np.float32(0)).item()}
    assert len(set(float_network.layers[1].thresholds.tolist())) == 1
    done = command(import_weights, "n.nir", *DIGITS, "--bits", 2, "--fires", "above", "--out", "q", "--float-out", "f")
    assert done.returncode == 0 and "can be met exactly" not in done.stdout
    assert set(FloatNetwork.load("f.npz").layers[0].thresholds.tolist()) == {0.5}


def test_integers_are_measured_on_the_images_that_scales_would_be_chosen_on(command, folder):  # noqa: F811
    """The same 50 in every run, so that one release gives the same bytes. Nothing in the table was rounded."""
    np.savez("w.npz", *(layer.weights for layer in dense_network().layers))
    done = command(import_weights, "w.npz", "--threshold", 12, 9, *DIGITS, "--bits", 4, "--steps", 16, "--out", "q")
    assert done.returncode == 0, done.stderr
    assert Network.load("q.npz").accuracy["held_out"] == {"images": 50, "accuracy": 0.12, "silent": 0.04}
    rows = [[cell.strip() for cell in line.split("│")[2:-2]] for line in done.stdout.splitlines()
            if line.startswith(("│ 0 arr_0", "│ 1 arr_1"))]
    assert rows == [["-"] * 4] * 2


def test_scales_are_chosen_on_20_000_images_at_most(command, folder):  # noqa: F811
    rng = np.random.default_rng(1)
    images, labels = rng.integers(0, 256, (20_040, 1, 2), np.uint8), np.arange(20_040) % 2
    np.savez("data.npz", x_train=images[:-20], y_train=labels[:-20], x_test=images[-20:], y_test=labels[-20:])
    np.savez("w.npz", np.array([[0.31, 0.72], [0.9, -0.13]]))
    done = command(import_weights, "w.npz", "--threshold", 0.5, "--orientation", "inputs-first",
                   "--dataset", "data.npz", "--steps", 4, "--out", "q")
    assert done.returncode == 0, done.stderr
    assert Network.load("q.npz").accuracy["held_out"]["images"] == 20_000


@pytest.mark.parametrize("length, status", [(39, 1), (40, 2)])
def test_a_time_step_has_up_to_39_digits(command, folder, length, status):  # noqa: F811
    """The file does not exist; that is refused later, with status 1."""
    done = command(import_weights, "none.nir", *DIGITS, "--dt", "0.0001".ljust(length, "0"), "--out", "q")
    assert done.returncode == status and os.listdir() == []


def test_spikes_that_moved_are_counted(command, graphs):  # noqa: F811
    """By hand, from the two networks that the command wrote."""
    from first_spike.golden.data.catalogue import LOADERS
    from first_spike.golden.inference.infer import float_infer

    network = dense_network()
    np.savez("w.npz", *(layer.weights + 0.3 for layer in network.layers))
    done = command(import_weights, "w.npz", "--threshold", 20, 9, *DIGITS, "--bits", 2, "--steps", 16, "--out", "q",
                   "--float-out", "f")
    assert done.returncode == 0, done.stderr
    images = LOADERS["digits"]().test_images
    theirs = float_infer(FloatNetwork.load("f.npz"), images).spike_times
    ours = infer(Network.load("q.npz"), images).spike_times
    for number in range(2):
        changed = (theirs[number] != ours[number]).sum()
        assert changed and f"│ {changed:,} of " in done.stdout


@pytest.mark.parametrize("bits, clipped", [(1, 3), (2, 4), (3, 1), (4, 0)])
def test_clipped_weights_are_counted(bits, clipped):
    """A threshold of 1 became 1, so that a weight of 1 is 1.5 levels; the levels are -1 and 1, -1 to 1, -4 to 3."""
    floats = FloatLayer(np.array([[1.2, 2.4], [-1.4, 0.9], [-2.9, 0.1]], np.float32), np.ones(2, np.float32))
    made = Layer(np.ones((3, 2), np.int8), np.ones(2, np.int32), bits)
    assert weights_clipped(floats, made) == clipped
    assert weights_clipped(FloatLayer(made.weights.astype(np.float32), floats.thresholds), made) == 0


def test_safetensors_and_what_they_hold_besides(command):  # noqa: F811
    layers = dense_network().layers
    entries, content = {}, b""
    for name, array in (("fc2.weight", layers[1].weights.T), ("fc1.weight", layers[0].weights.T),
                        ("fc1.bias", np.zeros(12)), ("lif1.beta", np.ones(()))):
        data = np.ascontiguousarray(array, "<f4").tobytes()
        entries[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [len(content),
                                                                                    len(content) + len(data)]}
        content += data
    head = json.dumps(entries).encode()
    with open("w.safetensors", "wb") as file:
        file.write(len(head).to_bytes(8, "little") + head + content)
    np.savez("t.npz", a=layers[0].thresholds, b=np.array([9]))
    done = command(import_weights, "w.safetensors", "--threshold", "t.npz", *DIGITS, "--bits", 4, "--steps", 16,
                   "--out", "q")
    assert done.returncode == 0, done.stderr
    assert "left out: fc1.bias, a bias of zeros" in done.stdout and "left out: lif1.beta, no leak" in done.stdout
    assert Network.load("q.npz").sha256 == dense_network().sha256


def test_arrays_of_simulators_that_fire_at_thresholds(command):  # noqa: F811
    """V >= 9 and V >= 8.5 are V > 8, for integers."""
    layers = dense_network().layers
    np.savez("w.npz", *(layer.weights for layer in layers))
    words = ("w.npz", *DIGITS, "--bits", 4, "--steps", 16, "--out", "q", "--threshold", "t.npy", 9)
    np.save("t.npy", layers[0].thresholds + np.tile([1, 0.5], 6))
    for fires, more, last in (("at", [0, 0], 8), ("above", [1, 0], 9)):
        assert command(import_weights, *words, "--fires", fires).returncode == 0
        found = Network.load("q.npz").layers
        assert np.array_equal(found[0].thresholds, layers[0].thresholds + np.tile(more, 6))
        assert set(found[1].thresholds.tolist()) == {last}


def test_classes_of_the_graph_are_those_of_the_data(command, graphs):  # noqa: F811
    network = dense_network()
    turned = Network(16, (8, 8), network.layers, tuple("9876543210"))
    write_nir("n.nir", turned)
    assert command(import_weights, "n.nir", *DIGITS, "--out", "q").returncode == 0
    found = Network.load("q.npz")
    assert found.classes == tuple("0123456789")
    assert np.array_equal(found.layers[1].weights, network.layers[1].weights[:, ::-1])


@pytest.mark.parametrize("words, sentence", [
    (("unreached.nir",), "threshold 99.5 of layer 1: no neuron would ever fire, since no potential can rise above"),
    (("n.nir", "--threshold", 1), "an NIR graph says thresholds, order and orientation of its layers itself: leave"),
    (("n.nir", "--layers", "a", "--orientation", "neurons-first"), "leave out --orientation and --layers"),
    (("w.npz", "--threshold", 1, 1, "--dt", "1e-4"), "--dt can only be given with an NIR graph"),
    (("w.npz",), "a file of arrays does not say when neurons fire: give a threshold for each layer by --threshold"),
    (("w.npz", "--threshold", "t3.npy", 1), "3 thresholds for the 12 neurons of layer 0"),
    (("w.npz", "--threshold", "zero.npy", 1), "the threshold of layer 0 must be a number above 0, found 0 (neuron 4)"),
    (("w.npz", "--threshold", "nan.npy", 1), "nan.npy: 'array 0' holds nan at [4]"),
    (("w.npz", "--threshold", "none.npy", 1), "cannot read none.npy: No such file"),
    (("w.npz", "--threshold", "t.npz"), "1 thresholds for 2 layers; give one per layer"),
    (("w.npz", "--threshold", "x", 1), "--threshold takes numbers, .npy files, or one .npz file, found 'x'"),
    (("w.npz", "--threshold", "objects.npy", 1), "objects.npy"),
    (("w.npz", "--threshold", "nan", 1), "the threshold of layer 0 must be a number above 0, found nan"),
    (("none.nir",), "cannot read none.nir: No such file"), (("text.nir",), "text.nir: is damaged, or no HDF5 file"),
    (("n.nir", "--bits", 4, 4, 4), "3 values of bits for 2 layers"), (("n.nir", "--steps", 7), "steps must be a power"),
    (("w.npz", "--threshold", 1, 1, "--layers", "arr_0", "arr_9"), "there is no array 'arr_9'; the file holds arr_0"),
])
def test_refused(command, graphs, words, sentence):  # noqa: F811
    write_nir("n.nir", dense_network())
    first, second = dense_network().layers
    write_nir("unreached.nir", Network(16, (8, 8), [first, replace(second, thresholds=second.thresholds + 90)],
                                       tuple("0123456789")))
    np.savez("w.npz", *(layer.weights for layer in dense_network().layers))
    for name, values in (("t3", [1] * 3), ("zero", [1] * 4 + [0] + [1] * 7), ("nan", [1] * 4 + [np.nan] + [1] * 7)):
        np.save(f"{name}.npy", np.array(values, float))
    np.savez("t.npz", a=np.ones(12))
    np.save("objects.npy", np.array([1, "a"], object))
    with open("text.nir", "w") as file:
        file.write("hello")
    before = sorted(os.listdir())
    assert_refused(command(import_weights, *words, *DIGITS, "--out", "q"), sentence)
    assert sorted(os.listdir()) == before


def test_nothing_is_written_over_what_is_read(command, graphs):  # noqa: F811
    network = dense_network()
    network.save("n.npz")
    np.savez("w.npz", *(layer.weights for layer in network.layers))
    np.savez("t.npz", a=network.layers[0].thresholds, b=np.array([9]))
    for words in (("t.npz",), ("n.npz",)):
        before = open(words[0], "rb").read()
        done = command(export_nir, "n.npz", "--out", "n.npz") if words[0] == "n.npz" else \
            command(import_weights, "w.npz", "--threshold", "t.npz", *DIGITS, "--out", "t")
        assert_refused(done, f"--out names {words[0]}, which ")
        assert open(words[0], "rb").read() == before


@pytest.mark.parametrize("text", ["0", "-1", "x", "1/0", "nan", "inf", "1e-99", "9" * 50])
@pytest.mark.parametrize("module, words", [(export_nir, ("n.npz", "--out", "n.nir")),
                                           (import_weights, ("n.nir", "--out", "q"))])
def test_time_steps(command, module, words, text):  # noqa: F811
    done = command(module, *words, f"--dt={text}")
    assert done.returncode == 2 and "must be a number of seconds, such as 1e-4" in done.stderr


def test_exports_that_cannot_be(command, graphs, monkeypatch):  # noqa: F811
    assert_refused(command(export_nir, "none.npz", "--out", "n.nir"), "cannot read none.npz: No such file")
    dense_network().save("n.npz")
    done = command(export_nir, "n.npz", "--out", "none/n.nir")
    assert done.returncode == 2 and "there is no folder none" in done.stderr
    monkeypatch.setitem(__import__("sys").modules, "nir", None)
    assert_refused(command(export_nir, "n.npz", "--out", "n.nir"), "writing NIR graphs needs the package nir: pip")
    assert os.listdir() == ["n.npz"]
