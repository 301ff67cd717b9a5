"""Older files under the name of new ones: named and kept by default, gone with --overwrite, in the way with
--no-overwrite; by whatever trains, quantizes or imports."""

from pathlib import Path

import numpy as np
import pytest

import first_spike as fs
from first_spike.command.interrupts import EXIT_INTERRUPTED
from first_spike.commands import import_weights, quantize, train
from first_spike.golden.contract.network import FloatLayer, FloatNetwork, Network
from first_spike.jobs.jobs import LocalWorkers, run_jobs
from first_spike.training import train as training
from first_spike.training import training_jobs
from tb.helpers.process import assert_refused, command  # noqa: F401
from tb.helpers.random_networks import worded_network

DATA = ("--dataset", "digits")
SHORT = (*DATA, "--hidden", 8, "--epochs", 1, "--finetune", 0, "--silent", 1)
QUICK = dict(hidden=8, epochs=1, finetune=0, silent=1.0)
WRITERS = ((train, SHORT, "--seed"), (quantize, ("--float", "float.npz", "--bits", 2), "--steps"),
           (import_weights, ("weights.npz", "--threshold", 1, 1, *DATA, "--images", 50), "--steps"))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The test runs in a folder with a float network, somebody's weights, and a network whose file says 92.6 %."""
    pytest.importorskip("sklearn")
    pytest.importorskip("matplotlib")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(training_jobs, "KEPT", tmp_path / "kept")
    rng = np.random.default_rng(1)
    layers = tuple(FloatLayer(rng.normal(0.05, 0.1, shape).astype(np.float32), np.ones(shape[1], np.float32))
                   for shape in ((64, 12), (12, 10)))
    FloatNetwork(16, (8, 8), layers, tuple("0123456789"), "random", {"dataset": "digits"}).save("float.npz")
    np.savez("weights.npz", *(layer.weights for layer in layers))
    older = worded_network(rng, "dense 2", (2, 2), (4,), 16)
    older.accuracy.update(accuracy=0.926, images=500, dataset="pics", held_out={"accuracy": 0.911})
    older.save("net.npz")
    return tmp_path


def files(pattern="net*"):
    """{name: content} of the files that match."""
    return {path.name: path.read_bytes() for path in Path().glob(pattern)}


@pytest.mark.parametrize("module, words, differs", WRITERS)
def test_older_networks_are_named_and_kept(command, module, words, differs):  # noqa: F811
    older = files()["net.npz"]
    for number, value in ((1, 4), (2, 8)):
        done = command(module, *words, differs, value, "--out", "net")
        assert done.returncode == 0 and files()[f"net.replaced-{number}.npz"] == older, done.stderr
        assert sum("net.npz" in line and f"net.replaced-{number}.npz" in line
                   for line in done.stderr.splitlines()) == 1
        assert ("92.60%" in done.stderr and "91.10%" in done.stderr) == (number == 1)
        older = files()["net.npz"]
    Path("net.replaced-1.npz").unlink()  # its number is not given again
    assert command(module, *words, differs, 16, "--out", "net").returncode == 0
    assert "net.replaced-1.npz" not in files() and files()["net.replaced-3.npz"] == older


@pytest.mark.parametrize("module, words, differs", WRITERS)
def test_none_are_kept_with_overwrite(command, module, words, differs):  # noqa: F811
    done = command(module, *words, "--overwrite", "--out", "net")
    assert done.returncode == 0 and "net.npz (92.60%" in done.stderr, done.stderr
    assert Network.load("net.npz").image_shape == (8, 8) and not files("*replaced*")


@pytest.mark.parametrize("module, words, differs", (*WRITERS, (train, (*SHORT, "--seeds", 1, 2), ""),
                                                    (quantize, ("--float", "float.npz", "--sweep", "net"), "")))
def test_nothing_begins_with_no_overwrite(command, monkeypatch, module, words, differs):  # noqa: F811
    def work(*_, **__):
        raise AssertionError("worked")
    Path("net_s2_float.npz").write_bytes(b"older")
    Path("net.json").write_bytes(b"older")
    before = files("*")
    for place in ("training.train.Training", "training.training_jobs.Training", "commands.quantize.calibrate",
                  "commands.quantize.sweep_all", "interop.bring_in.calibrate"):
        monkeypatch.setattr(f"first_spike.{place}", work)
    out = () if "--sweep" in words else ("--out", "net")
    assert_refused(command(module, *words, "--no-overwrite", *out), "net")
    assert files("*") == before


@pytest.mark.parametrize("module, words, differs", WRITERS)
def test_a_new_name_is_written_with_no_overwrite(command, module, words, differs):  # noqa: F811
    assert command(module, *words, "--no-overwrite", "--out", "new").returncode == 0
    assert Path("new.npz").exists() and not files("*replaced*")


def test_all_files_of_a_training_are_kept_together(capsys):
    first = fs.train("digits", out="mine", **QUICK)
    older = files("mine*")
    assert set(older) == {"mine.npz", "mine_float.npz", "mine.json", "mine.png"}
    capsys.readouterr()
    fs.train("digits", out="mine", seed=2, bits=0, hidden=8, epochs=1, silent=1.0)
    told = capsys.readouterr().err
    assert f"{first.accuracy['accuracy']:.2%}" in told and f"{first.accuracy['held_out']['accuracy']:.2%}" in told
    kept = files("mine.replaced-1*")
    assert {name.replace(".replaced-1", ""): content for name, content in kept.items()} == older
    assert set(files("mine*")) == {"mine_float.npz", "mine.json", "mine.png", *kept}
    with pytest.raises(fs.UserError):
        fs.train("digits", out="mine", overwrite=False, **QUICK)
    fs.train("digits", out="mine", overwrite=True, **QUICK)
    assert files("mine*") == older | kept and "mine_float.npz" in capsys.readouterr().err


def test_the_same_files_written_again_are_not_kept(capsys):
    fs.train("digits", out="mine", **QUICK)
    capsys.readouterr()
    fs.train("digits", out="mine", **QUICK)
    assert not files("*replaced*") and "replaced" not in capsys.readouterr().err


@pytest.mark.parametrize("wrong", ["yes", 1, np.array([True, False])])
def test_overwrite_is_true_false_or_none(wrong):
    with pytest.raises(fs.UserError):
        fs.train("digits", out="net", overwrite=wrong, **QUICK)
    with pytest.raises(fs.UserError):
        fs.train("digits", overwrite=True, **QUICK)  # of no files


def test_a_training_that_is_stopped_leaves_the_older_network(command, monkeypatch):  # noqa: F811
    stops, begin, before = [True], training.Training, files()
    monkeypatch.setattr(training, "Training", lambda plan, data, checkpoint, progress, stop: begin(
        plan, data, checkpoint, progress, lambda: bool(stops)))
    assert command(train, *SHORT, "--out", "net").returncode == EXIT_INTERRUPTED
    assert {name: content for name, content in files().items() if name != "net.checkpoint"} == before
    assert_refused(command(train, *SHORT, "--restart", "--no-overwrite", "--out", "net"), "net.npz")
    assert "net.checkpoint" in files()
    stops.clear()
    assert command(train, *SHORT, "--resume", "--out", "net").returncode == 0
    assert files("net.replaced-1.npz") == {"net.replaced-1.npz": before["net.npz"]} and "net.checkpoint" not in files()


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_crash_loses_nothing(command, monkeypatch, after):  # noqa: F811
    """After so many files of the new training are written."""
    fs.train("digits", out="mine", **QUICK)
    older, calls = files("mine*"), []
    for kind in (Network, FloatNetwork):
        def save(self, path, save=kind.save):
            if len(calls) == after:
                raise KeyboardInterrupt
            calls.append(path)
            save(self, path)
        monkeypatch.setattr(kind, "save", save)
    monkeypatch.setattr(training, "finish", lambda *_: save(None, None) if after == 2 else None)
    with pytest.raises(KeyboardInterrupt):
        fs.train("digits", out="mine", seed=2, **QUICK)
    kept = {name.replace(".replaced-1", ""): content for name, content in files("mine.replaced-1*").items()}
    assert (kept or files("mine*")) == older and bool(kept) == (after > 0)


def test_trainings_of_several_seeds(command):  # noqa: F811
    words = (*SHORT, "--seeds", 1, 2, "--out", "all")
    assert command(train, *words).returncode == 0
    older = files("all*")
    for more in ((), ("--restart",), ("--jobs", 2)):  # what is kept of them, or is the same again
        done = command(train, *words, *more)
        assert done.returncode == 0 and files("all*") == older, done.stderr
    done = command(train, *words, "--steps", 8)
    kept = {name.replace(".replaced-1", ""): content for name, content in files("all*replaced-1*").items()}
    assert done.returncode == 0 and kept == older and len(files("all*")) == 2 * len(older), done.stderr
    assert all(f"all{end}.npz (" in done.stderr for end in ("_s1", "_s2", "_s1_float", "_s2_float"))


def test_seeds_that_are_done_are_not_in_the_way_of_the_others(command):  # noqa: F811
    words = (*SHORT, "--no-overwrite", "--out", "all", "--seeds")
    assert command(train, *words, 1).returncode == 0
    Path("all_seeds.json").unlink()
    assert command(train, *words, 1, 2).returncode == 0
    assert_refused(command(train, *words, 1, 2, 3), "all_seeds.json")


def test_networks_that_are_trained_again_leave_no_older_ones(folder):
    for seed in ("1", "2"):
        job = training_jobs.recipe_job(folder / "net", "train", [*map(str, SHORT), "--seed", seed])
        results, failed = run_jobs("networks", [job], LocalWorkers(1))
        assert results[0] and not failed
    assert "seed 2" in Network.load("net.npz").source and not files("*replaced*")


def test_a_link_stays_one(folder):
    (folder / "elsewhere").mkdir()
    Path("net.npz").rename("elsewhere/older.npz")
    Path("net.npz").symlink_to("elsewhere/older.npz")
    older = Path("net.npz").read_bytes()
    fs.train("digits", out="net", **QUICK)
    assert Path("net.npz").is_symlink() and Network.load("elsewhere/older.npz").image_shape == (8, 8)
    assert not Path("net.replaced-1.npz").is_symlink() and Path("net.replaced-1.npz").read_bytes() == older


def test_a_file_that_is_no_network_is_kept_too(capsys):
    Path("net.npz").write_bytes(b"something else")
    fs.train("digits", out="net", **QUICK)
    assert files("net.replaced-1.npz") == {"net.replaced-1.npz": b"something else"}
    assert "net.npz" in capsys.readouterr().err
