"""Trainings of several seeds as long jobs: the same files as one by one, kept, gone on with, and one table."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from first_spike.command.interrupts import EXIT_INTERRUPTED
from first_spike.commands import train
from first_spike.golden.contract.network import Network
from first_spike.golden.data.catalogue import load
from first_spike.golden.training.loop import Training
from first_spike.training import training_jobs
from first_spike.training.train import training_plan
from first_spike.training.train_options import parse, wishes_of
from first_spike.training.wishes import Wishes
from tb.helpers.process import SCRIPTS, assert_refused, command  # noqa: F401

QUICK = ("--dataset", "digits", "--hidden", 8, "--epochs", 2, "--finetune", 1, "--silent", 1)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    pytest.importorskip("sklearn")
    pytest.importorskip("matplotlib")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(training_jobs, "KEPT", tmp_path / "kept")
    return tmp_path


@pytest.fixture
def begun(monkeypatch):
    """Seeds of the trainings that began, one by one."""
    found, begin = [], Training.__init__
    monkeypatch.setattr(Training, "__init__", lambda self, plan, *rest: (found.append(plan.seed),
                                                                         begin(self, plan, *rest))[1])
    return found


def test_the_same_as_one_by_one(command):  # noqa: F811
    done = command(train, *QUICK, "--seeds", 3, 5, 3, "--jobs", 2, "--out", "new/net")
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in Path("new").iterdir()) == sorted(
        [*(f"net_s{seed}{end}" for seed in (3, 5) for end in (".npz", "_float.npz", ".json", ".png")),
         "net_seeds.json"])
    summary = json.loads(Path("new/net_seeds.json").read_text())
    for seed in (3, 5):
        assert command(train, *QUICK, "--seed", seed, "--out", "one").returncode == 0
        for end in (".npz", "_float.npz"):
            assert Path(f"one{end}").read_bytes() == Path(f"new/net_s{seed}{end}").read_bytes()
        accuracy = Network.load("one.npz").accuracy
        row = summary["networks"]["integer"][str(seed)]
        assert row["accuracy"] == accuracy["accuracy"] and row["held out"] == accuracy["held_out"]["accuracy"]
    one, other = ([row[name] for name in ("accuracy", "silent")] for row in summary["networks"]["float"].values())
    means = [line.split("│")[3:] for line in done.stdout.splitlines() if "mean" in line]
    assert [cell.strip() for cell in means[0]][0] == f"{(one[0] + other[0]) / 2:.2%}"
    assert f"{np.std([one[1], other[1]], ddof=1):.2%}" in done.stdout


@pytest.mark.thorough
def test_only_what_is_missing(command, begun):  # noqa: F811
    words = (*QUICK, "--out", "net")
    assert command(train, *words, "--seeds", 1, 2).returncode == 0
    assert sorted(begun) == [1, 2]
    Path("net_s1.npz").unlink()
    Path("net_s2_float.npz").write_bytes(b"of another")
    for expected in ((1, 2, 3), (), (1, 2, 3)):
        begun.clear()
        restart = ["--restart"] if len(expected) == 3 and Path("net_s3.npz").exists() else []
        done = command(train, *words, *restart, "--seeds", 1, 2, 3)
        assert done.returncode == 0 and tuple(sorted(begun)) == expected, done.stderr
    begun.clear()
    assert command(train, *words, "--steps", 8, "--seeds", 1).returncode == 0 and begun == [1]


def test_another_name_of_a_class_or_another_sensor_is_another_training(folder):
    digits = load("digits")
    plan = training_plan(Wishes(hidden=8), digits, "digits")
    keys = [training_jobs.training_job(folder / "net", plan, dataset).decides for dataset in
            (digits, replace(digits, classes=("naught", *digits.classes[1:])),
             replace(digits, train_images=digits.train_images[:, :, None], test_images=digits.test_images[:, :, None]))]
    assert keys[0] == training_jobs.training_job(folder / "net", plan, load("digits")).decides
    assert keys[0] not in keys[1:] and keys[1] != keys[2]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_keeps_everything(command, monkeypatch, number):  # noqa: F811
    """Both write their checkpoints, from which the same command goes on to the same bytes."""
    words = (*QUICK, "--seeds", 1, 2)
    asked, stopped, at = [], training_jobs.stopped, []  # after every batch

    def signalled():
        asked.append(True)
        if len(asked) in at:
            os.kill(os.getpid(), number)
        return stopped()
    monkeypatch.setattr(training_jobs, "stopped", signalled)
    assert command(train, *words, "--out", "whole").returncode == 0
    batches, at = len(asked), [50]
    asked.clear()
    done = command(train, *words, "--jobs", 2, "--out", "net")
    assert done.returncode == EXIT_INTERRUPTED
    assert done.stderr.splitlines()[-1] == "stopped; the same command goes on with what is left"
    assert sorted(Path().glob("net*")) == [Path("net_s1.checkpoint"), Path("net_s2.checkpoint")]
    assert command(train, *words, "--jobs", 2, "--out", "net").returncode == 0
    assert len(asked) == batches  # each of them once
    for name in ("s1.npz", "s2.npz", "s1_float.npz", "s2_float.npz"):
        assert Path(f"net_{name}").read_bytes() == Path(f"whole_{name}").read_bytes()
    assert not list(Path().glob("*.checkpoint"))


def test_what_fails_is_named_and_the_rest_stands(command):  # noqa: F811
    words = (*QUICK, "--seeds", 1, 2, "--out", "net")
    dataset, arguments = load("digits"), parse("", list(map(str, (*QUICK, "--seed", 2, "--epochs", 5, "--out", "net"))))
    with pytest.raises(Exception, match="^$"):
        plan = training_plan(wishes_of(arguments), dataset, "digits")
        Training(plan, dataset, Path("net_s2.checkpoint"), stop=lambda: True).run()
    done = command(train, *words)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == ("error: net_s2: net_s2.checkpoint belongs to another training: its epochs "
                                            "is 5, this one has 2; --restart begins anew")
    assert Path("net_s1.npz").exists() and not Path("net_s2.npz").exists()
    assert json.loads(Path("net_seeds.json").read_text())["failed"] == [done.stderr.splitlines()[-1][7:]]
    assert command(train, *words, "--restart").returncode == 0
    assert Path("net_s2.npz").exists() and not Path("net_s2.checkpoint").exists()


@pytest.mark.thorough
def test_where_numba_has_no_openmp_one_runs_at_a_time(tmp_path):
    """Its own threads end the process when two of them launch kernels."""
    done = subprocess.run([sys.executable, SCRIPTS / "train.py", *map(str, QUICK), "--seeds", "1", "2", "--jobs", "2",
                           "--out", "net"], cwd=tmp_path, capture_output=True, text=True,
                          env=os.environ | {"NUMBA_THREADING_LAYER": "workqueue"})
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("words, sentence", [
    (("--seed", 1, "--seeds", 1), "not allowed with argument --seed"),
    (("--seeds", 1, "--resume"), "with --seeds what was stopped goes on by itself: leave out --resume"),
    (("--jobs", 2), "--jobs and --scheduler go with --seeds: one training is one job"),
    (("--seeds", -1), "must be a whole number from 0 on, found '-1'"),
])
def test_words_that_do_not_go_together(command, words, sentence):  # noqa: F811
    done = command(train, *QUICK, *words, "--out", "net")
    assert done.returncode == 2 and sentence in done.stderr and not list(Path().glob("net*"))


def test_never_two_into_one_name(command):  # noqa: F811
    from first_spike.command.places import reserved
    with reserved("--out", Path("net_s2"), (".npz",), {}):
        assert_refused(command(train, *QUICK, "--seeds", 1, 2, "--out", "net"), "another run writes net_s2")
    Path("net_s2.json").mkdir()
    assert_refused(command(train, *QUICK, "--seeds", 1, 2, "--out", "net"), "cannot write net_s2.json: it is a folder")
