"""A network that seldom fires, or with several outputs at once, is said to be one, by every command that shows an
accuracy."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from first_spike.command.silence import most_silent, most_ties, silence, ties, warn
from first_spike.commands import compare, evaluate, import_weights, quantize, train
from first_spike.golden.contract.network import FloatLayer, FloatNetwork, Layer, Network
from first_spike.training.results import write_networks
from tb.helpers.process import command  # noqa: F401

SENTENCE = "of the images end without an output spike, more than "
TIES = "100.0% of the images end in a tie, more than "


@pytest.fixture
def silent(tmp_path, monkeypatch):
    """silent.npz fires for every second of images.npy only, and is right on all of them."""
    monkeypatch.chdir(tmp_path)
    weights = np.array([[5, 0], [0, 5]], np.int8)
    layers = (Layer(weights, np.full(2, 4, np.int32), 4), Layer(np.array([[7, -8], [0, 1]], np.int8),
                                                                np.full(2, 6, np.int32), 4))
    network = Network(16, (1, 2), layers, ("a", "b"))
    network.save("silent.npz")
    np.save("images.npy", np.array([[[255, 0]], [[0, 255]]] * 50, np.uint8))
    np.save("labels.npy", np.tile([0, 1], 50))
    return network


def test_limit():
    network = Network(16, (1, 1), (Layer(np.ones((1, 1), np.int8), np.ones(1, np.int32), 2),), ("a",))
    assert most_silent(network, 10_000) == pytest.approx(0.1 + 2 * 0.003 + 0.0001)
    for stated, limit in ((0.04, 0.04), (0, 0.0), ("much", 0.1), (7, 0.1), (True, 0.1), (None, 0.1)):
        stated_network = Network(16, (1, 1), network.layers, ("a",), accuracy={"most_silent": stated})
        assert most_silent(stated_network, 10 ** 12) == pytest.approx(limit, abs=1e-5)
    assert 0.3 < most_silent(network, 10) < 0.4 and most_silent(network, 1) > 1


def test_what_is_said(capsys):
    assert warn(silence("net", 0.025, 0.025)) == [] and capsys.readouterr().err == ""
    said = warn(silence("net", 0.5, 0.025))
    assert said == ["net: 50.0% of the images end without an output spike, more than 2.5%: they are classified by the "
                    "largest potential at the end, and take all the time there is"]
    assert capsys.readouterr().err == f"warning: {said[0]}\n"


@pytest.mark.parametrize("module, words", [(evaluate, ()), (compare, ("--sim", "golden"))])
def test_evaluating_and_comparing(command, silent, module, words):  # noqa: F811
    done = command(module, "--network", "silent.npz", "--images", "images.npy", "--labels", "labels.npy", *words,
                   "--json", "report.json")
    report = json.loads(open("report.json").read())
    assert done.returncode == 0 and f"warning: silent.npz: 50.0% {SENTENCE}17.0%" in done.stderr
    assert len(report["warnings"]) == 1 and report["warnings"][0] in done.stderr.replace("\n", " ")


def test_training_quantizing_and_importing(command, tmp_path, monkeypatch):  # noqa: F811
    pytest.importorskip("sklearn")
    pytest.importorskip("matplotlib")
    monkeypatch.chdir(tmp_path)
    words = ("--dataset", "digits", "--hidden", 4, "--epochs", 1, "--finetune", 0, "--set", "hidden_rate=0",
             "output_rate=0", "--out", "net")
    done = command(train, *words)
    assert done.returncode == 0 and f"warning: net, float: 100.0% {SENTENCE}2.5%" in done.stderr
    report = json.loads((tmp_path / "net.json").read_text())
    assert [sentence.split(":")[0] for sentence in report["warnings"]] == ["net, float", "net, integer"]
    assert Network.load("net.npz").accuracy["most_silent"] == 0.025
    weights = np.full((64, 10), 0.01, np.float32)
    FloatNetwork(16, (8, 8), (FloatLayer(weights, np.full(10, 0.5, np.float32)),), tuple("0123456789"), "weak",
                 {"dataset": "digits"}).save("weak.npz")
    done = command(quantize, "--float", "weak.npz", "--silent", 0, "--out", "q")
    assert done.returncode == 0 and f"warning: q: 100.0% {SENTENCE}0.0%" in done.stderr
    np.savez("weights.npz", weights)
    done = command(import_weights, "weights.npz", "--threshold", 0.5, "--dataset", "digits", "--out", "in")
    assert done.returncode == 0 and f"warning: in: 100.0% {SENTENCE}10.0%" in done.stderr


def test_what_is_said_of_ties():
    assert most_ties(10_000) == pytest.approx(0.2 + 2 * 0.004 + 0.0001) and ties("net", 0.2) == []
    assert ties("net", 0.61) == [
        "net: 61.0% of the images end in a tie, more than 20.0%: the larger potential decides, not the first spike. "
        "Half the pull in training (rule decision, --set pull=0.5) or a higher output threshold (--patient, a larger "
        "--silent) makes them fewer"]


@pytest.mark.parametrize("module, words", [(evaluate, ()), (compare, ("--sim", "golden"))])
def test_evaluating_and_comparing_ties(command, silent, module, words):  # noqa: F811
    """Both outputs spike for every image of images.npy."""
    last = Layer(np.array([[7, 6], [6, 7]], np.int8), np.full(2, 5, np.int32), 4)
    Network(16, (1, 2), (silent.layers[0], last), ("a", "b")).save("tied.npz")
    done = command(module, "--network", "tied.npz", "--images", "images.npy", "--labels", "labels.npy", *words,
                   "--json", "report.json")
    assert done.returncode == 0 and f"warning: tied.npz: {TIES}29.0%: the larger" in done.stderr
    assert len(json.loads(open("report.json").read())["warnings"]) == 1


def test_training_quantizing_and_importing_ties(command, tmp_path, monkeypatch):  # noqa: F811
    pytest.importorskip("sklearn")
    monkeypatch.chdir(tmp_path)
    weights = np.full((64, 10), 0.6, np.float32)
    FloatNetwork(16, (8, 8), (FloatLayer(weights, np.full(10, 0.5, np.float32)),), tuple("0123456789"), "alike",
                 {"dataset": "digits", "held_out": {"images": 9}}).save("alike.npz")
    done = command(quantize, "--float", "alike.npz", "--out", "q")
    assert done.returncode == 0 and f"warning: q: {TIES}20.0%" in done.stderr
    assert "warning: 143 training images are held out, but 9 were for the float network" in done.stderr
    np.savez("weights.npz", weights)
    done = command(import_weights, "weights.npz", "--threshold", 0.5, "--dataset", "digits", "--out", "in")
    assert done.returncode == 0 and f"warning: in: {TIES}20.0%" in done.stderr
    images = dict.fromkeys(("trained", "held_out", "tested"), {"a": 9})
    result = SimpleNamespace(networks={}, shown={"float": {"silent": 0.0, "ties": 1.0}}, images=images, history=[])
    said = write_networks(tmp_path / "net", SimpleNamespace(most_silent=0.1, as_dict=dict), result)
    assert len(said) == 1 and said[0].startswith(f"net, float: {TIES}20.0%")
    assert json.loads((tmp_path / "net.json").read_text())["warnings"] == said
