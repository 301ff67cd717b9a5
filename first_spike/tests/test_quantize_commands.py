"""The commands that quantize and import: what they write, and the one sentence for each mistake."""

import json
import sys
from dataclasses import replace

import numpy as np
import pytest

from first_spike.commands import import_weights, quantize
from first_spike.golden.contract.network import FloatLayer, FloatNetwork, Network
from first_spike.golden.data.catalogue import load
from first_spike.golden.inference.infer import infer
from first_spike.golden.quantization.grid import calibrate, integer_network
from first_spike.golden.quantization.thresholds import retune
from first_spike.golden.training.sources import hold_out
from first_spike.tests.test_training_commands import command, needs_digits  # noqa: F401
from first_spike.training.training_jobs import recipe_job


@pytest.fixture(scope="module")
def float_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("float") / "net_float.npz"
    rng = np.random.default_rng(1)
    layers = tuple(FloatLayer(rng.normal(0.05, 0.1, shape).astype(np.float32), np.ones(shape[1], np.float32))
                   for shape in ((64, 12), (12, 10)))
    FloatNetwork(16, (8, 8), layers, tuple("0123456789"), "random", {"dataset": "digits"}).save(path)
    return path


@pytest.mark.parametrize("finetune", (0, 1))
def test_quantize(command, tmp_path, float_file, finetune):  # noqa: F811
    words = ["--float", float_file, "--bits", "3", "2", "--steps", 8, "--finetune", finetune, "--out",
             tmp_path / "q.npz"]
    assert command(quantize, *words) == (0, "")
    network = Network.load(tmp_path / "q.npz")
    assert [layer.weight_bits for layer in network.layers] == [3, 2] and network.steps == 8
    assert network.accuracy["dataset"] == "digits"
    made = "1 epochs at few bits, seed 1" if finetune else "quantized after training"
    assert network.source == f"random; {made}"


@pytest.mark.parametrize("bits, said", [((1, 4), True), ((2, 4), False)])
def test_inputs_that_count_again_are_said(command, tmp_path, float_file, monkeypatch, bits, said):  # noqa: F811
    network, warnings = FloatNetwork.load(float_file), []
    weights = network.layers[0].weights * (np.arange(64) % 4 > 0)[:, None]
    layers = replace(network.layers[0], weights=weights), network.layers[1]
    replace(network, layers=layers).save(tmp_path / "thin.npz")
    monkeypatch.setattr(quantize, "warn", warnings.extend)
    assert command(quantize, "--float", tmp_path / "thin.npz", "--bits", *bits, "--out", tmp_path / "q")[0] == 0
    assert ("a weight of 1 bit is never 0: 16 of 64 inputs, which the float network does not hear, count again, and "
            "each of their spikes takes time" in warnings) == said


@pytest.mark.parametrize("held_out", [{"images": 143}, {"images": "9"}, {}, [9]])
def test_nothing_is_said_of_images_that_were_not_learned(float_file, held_out):
    network = FloatNetwork.load(float_file)
    assert quantize.learned(replace(network, accuracy={"held_out": held_out}), 143, 1) == []


@pytest.mark.parametrize("words, seed", [((), 7), (("--seed", 7), 7), (("--seed", 0), 0)])
def test_images_are_held_out_as_in_the_training(command, tmp_path, float_file, monkeypatch, words, seed):  # noqa: F811
    source = "trained on seed 3 by the decision rule: 12 hidden, 1 + 0 epochs, seed 7, without a quarter of the pixels"
    replace(FloatNetwork.load(float_file), source=source).save(tmp_path / "seven.npz")
    held, said = [], []
    monkeypatch.setattr(quantize, "tell_classes", lambda dataset, images, weights: held.append(images))
    monkeypatch.setattr(quantize, "warn", said.append)
    words = "--float", tmp_path / "seven.npz", "--bits", 3, *words
    assert command(quantize, *words, "--out", tmp_path / "q") == (0, "")
    assert said[0] == ([] if seed == 7 else [
        "--seed 0 holds out other images than --seed 7 of the float network's training, which has learned most of "
        "them: figures on held-out images may be too good"])
    labels = load("digits").train_labels
    assert np.array_equal(held[0], hold_out(labels, len(labels) // 10, seed)[0])
    job = recipe_job(tmp_path / "t", "quantize", [*map(str, words), "--finetune", "1"])
    assert job.decides["plan"]["seed"] == seed


def test_scales_of_fine_tuning(command, tmp_path, float_file):  # noqa: F811
    thresholds = []
    for scales in ([], ["--scales", "0.5", "1"]):
        words = ["--float", float_file, "--bits", 3, "--finetune", 1, *scales, "--out", tmp_path / "q.npz"]
        assert command(quantize, *words) == (0, "")
        thresholds.append(Network.load(tmp_path / "q.npz").layers[0].thresholds[0])
    assert thresholds[1] == round(int(thresholds[0]) * 0.5)


def test_sweep(command, tmp_path, float_file):  # noqa: F811
    pytest.importorskip("matplotlib")
    assert command(quantize, "--float", float_file, "--sweep", tmp_path / "sweep")[0] == 0
    rows = json.loads((tmp_path / "sweep.json").read_text())["rows"]
    assert [(row["bits"], row["steps"]) for row in rows] == [(b, t) for b in range(1, 9)
                                                             for t in (4, 8, 16, 32, 64, 256)]
    assert rows[-1]["weight_kib"] == round((64 * 12 + 120) / 1024, 1)
    assert (tmp_path / "sweep.png").exists()
    floats, digits = FloatNetwork.load(float_file), load("digits")
    held, _ = hold_out(digits.train_labels, len(digits.train_images) // 10, 1)
    images, labels = digits.train_images[held], digits.train_labels[held]
    layers = retune(calibrate(floats, (8, 8), images, labels), 256, images, labels, 0.025)
    network = integer_network(replace(floats, steps=256), layers, "")
    assert rows[-1]["held_out"] == np.mean(infer(network, images).classes == labels)
    assert rows[-1]["accuracy"] == np.mean(infer(network, digits.test_images).classes == digits.test_labels)


def test_a_sweep_asks_for_matplotlib_first(command, float_file, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    monkeypatch.setattr(quantize, "sweep_all", None)
    assert command(quantize, "--float", float_file, "--sweep", tmp_path / "s")[1] == (
        "error: drawing needs matplotlib: pip install matplotlib\n")


@pytest.mark.parametrize("words, message", [
    (["--bits", "0", "--out", "q.npz"], "bits must be whole numbers from 1 to 8, found 0"),
    ([], "name the file to write by --out, or ask for --sweep"),
    (["--scales", "1", "0.6", "--out", "q.npz"], "--scales can only be given with --finetune"),
    (["--set", "decay=0.1", "--augment", "none", "--out", "q.npz"],
     "--set and --augment can only be given with --finetune"),
    (["--finetune-rates", "1e-3", "1e-3", "--out", "q.npz"], "--finetune-rates can only be given with --finetune"),
    (["--finetune", "1", "--set", "hidden_rate=1", "--out", "q.npz"],
     "hidden_rate of fine-tuning is given by --finetune-rates"),
    (["--sweep", "s", "--bits", "3", "--out", "q.npz"],
     "--sweep tries all bits and steps, without training or patience: leave out --out and --bits"),
    (["--sweep", "s", "--steps", "0", "--patient"], "leave out --steps and --patient"),
    (["--steps", "0", "--out", "q.npz"], "steps must be a power of two from 2 to 256, found 0"),
    (["--scales", "1", "0.6", "2", "--finetune", "1", "--out", "q.npz"], "for each of 2 layers, found 1.0 0.6 2.0"),
    (["--dataset", "mnist", "--out", "q.npz"],
     "is for images of 8 x 8 pixels in 10 classes, which mnist does not have"),
])
def test_quantize_mistakes(command, float_file, words, message, monkeypatch, tmp_path):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    if "mnist" in words:
        data = tmp_path / "mnist"
        data.mkdir()
        from first_spike.golden.data.idx import FILES, write_idx
        for images, labels in FILES.values():
            write_idx(data / images, np.zeros((20, 28, 28), np.uint8))
            write_idx(data / labels, np.zeros(20, np.uint8))
    assert message in command(quantize, "--float", float_file, *words)[1]
    assert not (tmp_path / "q.npz").exists()


def test_spike_times_have_the_steps_that_are_asked_for(command, tmp_path, float_file):  # noqa: F811
    times, labels = np.random.default_rng(1).integers(0, 33, (40, 64)), np.arange(40) % 10
    path = str(tmp_path / "t.npz")
    np.savez(path, x_train=times, y_train=labels, x_test=times, y_test=labels, steps=np.array(32))
    assert command(quantize, "--float", float_file, "--dataset", path, "--out", tmp_path / "q") == (
        1, f"error: {path}: holds spike times of 32 steps, but 16 are needed\n")
    code, _ = command(quantize, "--float", float_file, "--dataset", path, "--steps", 32, "--out", tmp_path / "q")
    assert code == 0 and Network.load(tmp_path / "q.npz").accuracy["split"] == {"steps": 32}


def test_import(command, tmp_path, float_file):  # noqa: F811
    """A network that goes out as plain arrays, neurons shuffled, comes in with the same decisions."""
    floats = FloatNetwork.load(float_file)
    shuffled = [3, 1, 4, 0, 5, 9, 2, 6, 8, 7]
    np.savez(tmp_path / "w.npz", first=100 * floats.layers[0].weights.T.reshape(12, 8, 8),
             second=100 * floats.layers[1].weights.T[shuffled])
    words = [tmp_path / "w.npz", "--threshold", 100, 100, "--classes", *shuffled, "--dataset", "digits", "--steps", 16,
             "--out", tmp_path / "in.npz", "--float-out", tmp_path / "in_float.npz"]
    assert command(import_weights, *words) == (0, "")
    found = FloatNetwork.load(tmp_path / "in_float.npz")
    for ours, theirs in zip(found.layers, floats.layers):
        np.testing.assert_allclose(ours.weights / 100, theirs.weights, rtol=1e-6)
    assert Network.load(tmp_path / "in.npz").layers[0].weight_bits == 8
    assert "3 values of bits for 2 layers" in command(import_weights, *words, "--bits", 8, 8, 8)[1]
    assert "steps must be a power of two from 2 to 256, found 0" in command(import_weights, *words, "--steps", 0)[1]


@pytest.mark.parametrize("kind", [np.int8, np.float32])
def test_import_of_integers(command, tmp_path, kind, monkeypatch):  # noqa: F811
    """A network of few bits that somebody trained comes in as it is, and it is said."""
    rng = np.random.default_rng(3)
    layers = [rng.integers(-8, 8, shape).astype(kind) for shape in ((64, 12), (12, 10))]
    np.savez(tmp_path / "w.npz", *layers)
    words = [tmp_path / "w.npz", "--threshold", 30, 12, "--dataset", "digits", "--steps", 16]
    said = []
    monkeypatch.setattr(import_weights.console, "print", lambda text, **_: said.append(str(text)))
    assert command(import_weights, *words, "--bits", 4, "--out", tmp_path / "q")[0] == 0
    network = Network.load(tmp_path / "q.npz")
    for number, (layer, threshold) in enumerate(zip(layers, (30, 12))):
        assert np.array_equal(network.layers[number].weights, layer)
        assert (network.layers[number].thresholds == threshold).all() and network.layers[number].weight_bits == 4
    assert said[-1] == "weights and thresholds are integers already and stay as they are; 4 4 bits"
    assert command(import_weights, *words, "--bits", 3, "--images", 50, "--out", tmp_path / "q3")[0] == 0
    assert said[-2:] == ["quantized, with scales chosen on 50 training images; 3 3 bits", "4 bits would be exact"]
