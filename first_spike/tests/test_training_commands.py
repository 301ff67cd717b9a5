"""The commands that train: what they write, and the one sentence for each mistake."""

import json
import os
import platform
import signal
import sys

import numba
import numpy as np
import pytest

from first_spike.command import bars
from first_spike.command.bars import TrainingProgress
from first_spike.command.cli import EXIT_USER_ERROR, run
from first_spike.command.interrupts import EXIT_INTERRUPTED
from first_spike.commands import quantize, train
from first_spike.golden.contract.network import FloatNetwork, Network
from first_spike.golden.errors import UserError
from first_spike.golden.training import loop
from first_spike.training import training_jobs
from first_spike.training.train import train as train_only
from scripts import doc_tables, series, shipped

QUICK = ["--dataset", "digits", "--hidden", "20", "--epochs", "3", "--finetune", "2", "--set", "batch=16"]


@pytest.fixture(autouse=True)
def needs_digits(monkeypatch):
    pytest.importorskip("sklearn")
    monkeypatch.setattr(bars, "clock", lambda: 0.0)  # however slow the machine is


@pytest.fixture
def command(monkeypatch, capsys):
    """Runs a command in this process; returns (exit status, what it printed to stderr but warnings, see test_silence:
    the short trainings of these tests give networks that seldom fire)."""
    def call(module, *words):
        monkeypatch.setattr(sys, "argv", [module.__name__, *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            run(module.main)
        said = capsys.readouterr().err.splitlines(keepends=True)
        return ended.value.code or 0, "".join(line for line in said if not line.startswith("warning: "))
    return call


def test_train_writes_everything(command, tmp_path):
    pytest.importorskip("matplotlib")
    assert command(train, *QUICK, "--bits", 3, "--out", tmp_path / "net") == (0, "")
    network, floats = Network.load(tmp_path / "net.npz"), FloatNetwork.load(tmp_path / "net_float.npz")
    assert network.sizes == floats.sizes == (20, 10)
    assert [layer.weight_bits for layer in network.layers] == [3, 3]
    report = json.loads((tmp_path / "net.json").read_text())
    for kind, made in (("integer", network), ("float", floats)):
        assert made.accuracy.items() <= report[kind].items()
        assert set(report[kind]) - set(made.accuracy) == {"recall", "worst_class", "worst_recall"}
    assert len(report["history"]) == 5 and report["plan"]["seed"] == 1
    assert (tmp_path / "net.png").read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["net.json", "net.npz", "net.png", "net_float.npz"]


@pytest.mark.parametrize("words", [["--hidden", 7, 5], ["--hidden", 7, "--hidden", 5]])
def test_hidden_layers_in_one_list_or_one_by_one(command, tmp_path, words):
    pytest.importorskip("matplotlib")
    assert command(train, "--dataset", "digits", *words, "--epochs", 1, "--finetune", 1, "--out",
                   tmp_path / "net") == (0, "")
    assert Network.load(tmp_path / "net.npz").sizes == (7, 5, 10)


def test_ctrl_c_and_resume(command, tmp_path, monkeypatch):
    command(train, *QUICK, "--out", tmp_path / "whole")
    shown = TrainingProgress.__call__
    calls = []

    def press_ctrl_c(self, *figures):
        calls.append(figures)
        if len(calls) in (100, 300):  # once while training in floats, once at few bits
            os.kill(os.getpid(), signal.SIGINT)
        shown(self, *figures)
    monkeypatch.setattr(TrainingProgress, "__call__", press_ctrl_c)
    status, message = command(train, *QUICK, "--out", tmp_path / "parts")
    assert status == EXIT_INTERRUPTED and "--resume goes on from" in message
    assert (tmp_path / "parts.checkpoint").exists() and not (tmp_path / "parts.npz").exists()
    assert command(train, *QUICK, "--out", tmp_path / "parts", "--resume")[0] == EXIT_INTERRUPTED
    assert command(train, *QUICK, "--out", tmp_path / "parts", "--resume") == (0, "")
    for suffix in (".npz", "_float.npz"):
        assert (tmp_path / f"parts{suffix}").read_bytes() == (tmp_path / f"whole{suffix}").read_bytes()
    assert not (tmp_path / "parts.checkpoint").exists()


@pytest.mark.parametrize("words, message", [
    (["--dataset", "letters"], "letters is neither a folder nor one of the data sets mnist, fashion, digits"),
    (["--dataset", "digits", "--rule", "hebb"], "there is no rule 'hebb'; choose from decision, s4nn"),
    (["--dataset", "digits", "--bits", "9"], "bits must be whole numbers from 1 to 8, found 9"),
    (["--dataset", "digits", "--bits", "4", "4", "4"], "3 values of bits for 2 layers; give one, or one per layer"),
    (["--dataset", "digits", "--set", "hidden_rate"], "--set takes NAME=NUMBER, found 'hidden_rate'"),
    (["--dataset", "digits", "--set", "speed=3"], "the rule decision has no setting 'speed'"),
    (["--dataset", "digits", "--image-size", "8x8"],
     "--image-size goes with --dataset folder:PATH or audio:PATH or events:PATH only"),
    (["--dataset", "folder:none", "--image-size", "8"], "--image-size takes rows x columns, such as 28x28, found '8'"),
    (["--dataset", "folder:none", "--image-size", "0x8"], "such as 28x28, found '0x8'"),
    (["--dataset", "folder:none", "--image-size", f"{'9' * 5000}x8"], f"such as 28x28, found '{'9' * 59}"),
    (["--dataset", "folder:none", "--image-size", "8x8"], "none is not a folder"),
    (["--dataset", "digits", "--resume"], "there is no checkpoint"),
    (["--dataset", "digits", "--augment", "noise"], "there is no augmentation 'noise'"),
    (["--dataset", "digits", "--thin", "most"], "there is no way 'most' to leave out pixels"),
    (["--dataset", "digits", "--thin", "half", "--bits", "1", "4"], "pixels cannot be left out with 1 bit"),
    (["--dataset", "digits", "--thin", "half", "--rule", "s4nn"], "only the rule decision can leave out pixels"),
])
def test_train_mistakes(command, tmp_path, words, message):
    status, said = command(train, *words, "--out", tmp_path / "net")
    assert status == EXIT_USER_ERROR and message in said and said.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_thin_network_stays_thin(command, tmp_path):
    """Left-out pixels stay left out when few bits are trained from the float file alone; 1 bit listens to all of
    them."""
    assert command(train, *QUICK, "--thin", "half", "--out", tmp_path / "net")[0] == 0
    floats = FloatNetwork.load(tmp_path / "net_float.npz")
    assert floats.used_inputs.sum() == 32
    for bits in (3, 1):
        out = tmp_path / f"{bits}.npz"
        assert command(quantize, "--float", tmp_path / "net_float.npz", "--bits", bits, "--finetune", 2, "--out",
                       out)[0] == 0
        used = Network.load(out).used_inputs
        assert used.all() if bits == 1 else not used[~floats.used_inputs].any()


def test_train_makes_its_folder_and_refuses_what_it_cannot_write(command, tmp_path):
    pytest.importorskip("matplotlib")
    assert command(train, *QUICK, "--finetune", 0, "--bits", 0, "--out", tmp_path / "new" / "net") == (0, "")
    assert {path.name for path in (tmp_path / "new").iterdir()} == {"net_float.npz", "net.json", "net.png"}
    (tmp_path / "a.png").mkdir()
    assert "a.png: it is a folder" in command(train, *QUICK, "--out", tmp_path / "a")[1]
    assert "--finetune, --finetune-rates, --scale-per and --scales are for few bits" in command(
        train, "--bits", 0, "--finetune", 3, "--out", tmp_path / "c")[1]


@pytest.mark.parametrize("words", [(), ("--seeds", 1, 2)])
def test_what_draws_at_its_end_asks_for_matplotlib_first(command, tmp_path, monkeypatch, words):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    assert command(train, *QUICK, "--out", tmp_path / "net", *words) == (
        EXIT_USER_ERROR, "error: drawing needs matplotlib: pip install matplotlib\n")
    assert not list(tmp_path.iterdir())
    if not words:
        assert train_only("digits", hidden=(8,), epochs=1, bits=0).sizes == (8, 10)


def test_settings_given_one_by_one(command, tmp_path):
    pytest.importorskip("matplotlib")
    assert command(train, *QUICK, "--set", "decay=0.1", "--finetune", 0, "--bits", 0, "--out", tmp_path / "net") == (0,
                                                                                                                     "")
    assert json.loads((tmp_path / "net.json").read_text())["plan"]["options"] == [["batch", 16.0], ["decay", 0.1]]


def test_pictures_are_quantized_on_their_own_split(command, tmp_path):
    """Size, split and edges come from the float network's file; words that say otherwise are refused."""
    pytest.importorskip("matplotlib")
    image = pytest.importorskip("PIL.Image")
    rng = np.random.default_rng(3)
    for c, name in enumerate(("cat", "dog")):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for n in range(12):
            grey = rng.integers(0, 120, (9, 9)) + 100 * c
            image.fromarray(grey.astype(np.uint8)).save(tmp_path / "pets" / name / f"{n}.png")
    data = ["--dataset", f"folder:{tmp_path / 'pets'}"]
    split = ["--image-size", "6x5", "--split-seed", 3, "--train-per-class", 8, "--edges", 2]
    assert command(train, *data, *split, "--hidden", 4, "--epochs", 2, "--bits", 0, "--set", "batch=4", "--out",
                   tmp_path / "pets4") == (0, "")
    words = ["--float", tmp_path / "pets4_float.npz", "--out", tmp_path / "q.npz"]
    assert command(quantize, *words, *data) == (0, "")
    assert Network.load(tmp_path / "q.npz").accuracy["split"] == {"seed": 3, "train_per_class": 8, "edges": 2}
    assert command(quantize, *words, *data, *split) == (0, "")
    assert "--split-seed is 4, but the network was trained with 3" in command(quantize, *words, *data, "--split-seed",
                                                                              4)[1]
    assert "was trained on pets; name the data by --dataset" in command(quantize, *words)[1]


def test_shipped_networks_have_recipes(command):
    recipes = json.loads((shipped.NETWORKS / "recipes.json").read_text())
    files = {path.stem.removesuffix("_float") for path in shipped.NETWORKS.glob("*.npz")}
    assert set(recipes) == files
    assert "there is no recipe for none" in command(shipped, "none")[1]


def test_recipes_make_what_the_commands_make(command, tmp_path, monkeypatch):
    """As long jobs, byte for byte; what differs is named. A check takes nothing but what a check made."""
    pytest.importorskip("matplotlib")
    networks = tmp_path / "networks"
    words = {"one": ["train", *QUICK, "--seed", 2], "two": ["quantize", "--float", networks / "one_float.npz", "--bits",
                                                           2, "--finetune", 1, "--set", "decay=0.1"]}
    for name, (script, *rest) in words.items():
        assert command({"train": train, "quantize": quantize}[script], *rest, "--out", networks / name) == (0, "")
    (networks / "recipes.json").write_text(json.dumps({name: " ".join(map(str, own)) for name, own in words.items()}))
    monkeypatch.setattr(shipped, "NETWORKS", networks)
    monkeypatch.setattr(shipped, "OUT", tmp_path / "out")
    monkeypatch.setattr(loop, "CHECKPOINT_SECONDS", 0)
    assert command(shipped) == (0, "")
    assert command(shipped, "--check") == (0, "")
    for folder in (tmp_path / "out", tmp_path / "out" / "check"):
        assert {path.name for path in folder.glob("[ot]*")} == {"one.json", "one.npz", "one_float.npz", "two.npz"}
    (networks / "two.npz").write_bytes(b"of another")
    status, said = command(shipped, "--check")
    assert status == EXIT_USER_ERROR and said == ("networks: 2 of 2 results are kept from an earlier run\n"
                                                  "error: not the same as shipped: two.npz\n")


def test_a_training_is_kept_with_the_versions_that_decide_it(tmp_path):
    job = training_jobs.recipe_job(tmp_path / "net", "train", QUICK)
    assert job.decides["versions"] == [platform.python_version(), np.__version__, numba.__version__]


@pytest.mark.parametrize("words, sentence", [
    (["folder", "--fetch"], "--fetch needs aeon, in a Python of its own: build/aeon/bin/pip install aeon==1.6.0"),
    (["folder", "--fetch", "--sets", "NOPE"], "argument --sets: invalid choice: 'NOPE' (choose from "),
    (["folder", "--sets", "NOPE"], "argument --sets: invalid choice: 'NOPE' (choose from ")])
def test_series_that_cannot_be(command, monkeypatch, words, sentence):
    monkeypatch.setitem(sys.modules, "aeon", None)
    status, said = command(series, *words)
    assert status == 2 and f"error: {sentence}" in said


def test_a_table_goes_between_its_marks(tmp_path):
    page = tmp_path / "page.md"
    begin, end = (mark.format("networks") for mark in doc_tables.MARKS)
    page.write_text(f"before\n{begin}\nold\n{end}\nafter\n")
    doc_tables.insert(page, "networks", doc_tables.networks_table())
    text = page.read_text()
    assert text.startswith("before\n") and text.endswith("after\n") and "old" not in text
    assert all(f"`{path.stem}`" in text for path in shipped.NETWORKS.glob("*_4bit.npz"))
    head, row = (next(line for line in text.splitlines() if line.startswith(start)).split("|")
                 for start in ("| network", "| `mnist_784_128_10_4bit`"))
    shown = dict(zip(map(str.strip, head), map(str.strip, row)))
    accuracy = Network.load(shipped.NETWORKS / "mnist_784_128_10_4bit.npz").accuracy
    assert shown["held out"] == f"{accuracy['held_out']['accuracy']:.2%}" != shown["accuracy, strict"]
    doc_tables.insert(page, "networks", doc_tables.networks_table())
    assert page.read_text() == text
    page.write_text("nothing here")
    with pytest.raises(UserError, match="needs the lines"):
        doc_tables.insert(page, "networks", "")
