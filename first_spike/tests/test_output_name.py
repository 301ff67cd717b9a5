"""What --out names: one rule for training, quantizing and importing; nothing of anybody's is lost by it."""

import os
from argparse import ArgumentTypeError
from pathlib import Path

import numpy as np
import pytest

from first_spike.command.places import output_name, reserved
from first_spike.commands import import_weights, quantize, train
from first_spike.golden.contract.network import FloatLayer, FloatNetwork, Network
from first_spike.golden.errors import UserError
from first_spike.training import train as training
from tb.helpers.process import assert_refused, command  # noqa: F401

DATA = ("--dataset", "digits")
SHORT = (*DATA, "--hidden", 8, "--epochs", 1, "--finetune", 0)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The test runs in a folder with a float network and somebody's weights."""
    pytest.importorskip("sklearn")
    pytest.importorskip("matplotlib")
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(1)
    layers = tuple(FloatLayer(rng.normal(0.05, 0.1, shape).astype(np.float32), np.ones(shape[1], np.float32))
                   for shape in ((64, 12), (12, 10)))
    FloatNetwork(16, (8, 8), layers, tuple("0123456789"), "random", {"dataset": "digits"}).save("float.npz")
    np.savez("weights.npz", *(layer.weights for layer in layers))
    return tmp_path


WRITERS = ((train, SHORT), (quantize, ("--float", "float.npz", "--bits", 2)),
           (import_weights, ("weights.npz", "--threshold", 1, 1, *DATA, "--images", 50)))


@pytest.mark.parametrize("text, name", [("net", "net"), ("net.npz", "net"), ("a/b.npz", "a/b"), ("v1.2", "v1.2"),
                                        ("a.npz.npz", "a.npz"), ("../net", "../net")])
def test_a_name_with_or_without_its_ending(text, name):
    assert output_name(text) == Path(name)


@pytest.mark.parametrize("text", ["", "tr/", ".", "..", "tr/.", "tr/..", "/", ".npz", "tr/.npz"])
def test_a_folder_is_no_name(text):
    with pytest.raises(ArgumentTypeError, match="^must be a name such as .*network, to which suffixes are added"):
        output_name(text)


@pytest.mark.parametrize("module, words", WRITERS)
@pytest.mark.parametrize("out", ["new/er/q4", "q4.npz"])
def test_one_rule_for_all(command, module, words, out):  # noqa: F811
    done = command(module, *words, "--out", out)
    assert done.returncode == 0, done.stderr
    Network.load(f"{out.removesuffix('.npz')}.npz")
    assert command(module, *words, "--out", "tr/").returncode == 2 and not os.path.exists("tr")


@pytest.mark.parametrize("module, words", WRITERS)
def test_two_runs_into_one_name(command, module, words):  # noqa: F811
    with reserved("--out", Path("net"), (".npz",), {}):
        assert_refused(command(module, *words, "--out", "./net.npz"), "another run writes net: wait for its end")
    assert not os.path.exists("net.npz") and not os.path.exists(".net.lock")
    assert command(module, *words, "--out", "net").returncode == 0 and not os.path.exists(".net.lock")


@pytest.mark.parametrize("module, words", WRITERS)
def test_an_output_that_cannot_be_written_is_noticed_before_the_work(command, module, words, monkeypatch):  # noqa: F811
    def work(*_, **__):
        raise AssertionError("worked")
    for place in ("training.train.Training", "commands.quantize.calibrate", "interop.bring_in.calibrate"):
        monkeypatch.setattr(f"first_spike.{place}", work)
    Path("net.npz").mkdir()
    Path("file").write_bytes(b"")
    assert_refused(command(module, *words, "--out", "net"), "cannot write net.npz: it is a folder")
    assert_refused(command(module, *words, "--out", "file/net"), "cannot write the folder")


def test_an_output_that_is_an_input(command):  # noqa: F811
    for module, words, lost in ((quantize, ("--float", "float.npz", "--out", "float"), "float.npz"),
                                (import_weights, (*WRITERS[2][1], "--out", "weights"), "weights.npz"),
                                (import_weights, (*WRITERS[2][1], "--out", "q", "--float-out", "q.npz"), "q.npz")):
        before = Path(lost).read_bytes() if os.path.exists(lost) else None
        assert_refused(command(module, *words), f"names {lost}, which ")
        assert (Path(lost).read_bytes() if os.path.exists(lost) else None) == before


def test_never_among_somebodys_pictures(command, tmp_path):  # noqa: F811
    image = pytest.importorskip("PIL.Image")
    for name in ("cat", "dog"):
        (tmp_path / "pets" / name).mkdir(parents=True)
        for number in range(10):
            image.fromarray(np.full((6, 6), 90, np.uint8)).save(tmp_path / "pets" / name / f"{number}.png")
    before = sorted(tmp_path.rglob("*"))
    for out in ("pets/net", "pets/new/net"):
        done = command(train, "--dataset", "folder:pets", "--image-size", "6x6", "--epochs", 1, "--out", out)
        assert_refused(done, f"--out names {out}.npz, in the folder that --dataset reads")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_training_that_was_stopped_is_not_lost(command, monkeypatch):  # noqa: F811
    stops = [True]
    begin = training.Training

    def stopped(plan, dataset, checkpoint, progress, stop):
        return begin(plan, dataset, checkpoint, progress, lambda: bool(stops))
    monkeypatch.setattr(training, "Training", stopped)
    assert command(train, *SHORT, "--out", "net").returncode == 130
    before = Path("net.checkpoint").read_bytes()
    done = command(train, *SHORT, "--seed", 2, "--out", "net.npz")
    assert_refused(done, "net.checkpoint is a training that was stopped: go on from it by --resume, or begin anew by "
                         "--restart, which removes it")
    assert Path("net.checkpoint").read_bytes() == before
    assert command(train, *SHORT, "--resume", "--restart", "--out", "net").returncode == 2
    stops.clear()
    assert command(train, *SHORT, "--seed", 2, "--restart", "--out", "net").returncode == 0
    assert not os.path.exists("net.checkpoint") and "seed 2" in Network.load("net.npz").source


def test_a_lock_ends_with_its_block(tmp_path):
    with pytest.raises(UserError, match="another run writes "):
        with reserved("--out", tmp_path / "net", (".npz",), {}), reserved("--out", tmp_path / "net", (".npz",), {}):
            pass
    with reserved("--out", tmp_path / "net", (".npz",), {}):
        pass
