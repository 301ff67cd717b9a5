"""Every command that judges ends with status 1 where something is wrong: results, spikes, or nothing but cycles."""

import json
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from first_spike.boards import load, run
from first_spike.commands import board, compare, demo, netlist
from first_spike.comparison import bench_runs, compare_on
from first_spike.comparison.outcome import from_golden
from first_spike.device.device import Answers
from first_spike.device.identity import Identity
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.errors import UserError
from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.cycles import latency, predict
from first_spike.rtl_model.record import Record
from scripts import bench
from tb.formal import command as prove
from tb.formal import runs
from tb.formal.claims import CLAIMS
from tb.fuzz import command as fuzz_readers
from tb.helpers.process import assert_refused, command  # noqa: F401
from tb.helpers.small_case import shuffled, small_case
from tb.mutation import command as mutants
from tb.mutation import source_command as mutants_sources

WRONG = ("result", "spike", "cycle")
ARGUMENTS = ("--network", "network.npz", "--images", "images.npy", "--pixels", 4)
CONFIGURATION = Configuration(pixels=4)


@pytest.fixture
def case(tmp_path, monkeypatch):
    """The test runs in a folder with the files of `small_case`; gives (network, images)."""
    monkeypatch.chdir(tmp_path)
    return small_case(tmp_path)[:2]


def hardware(wrong):
    """Stands for `simulated`: what golden says, but for one thing in image 3."""

    def found(backend, design, images, *rest, **options):
        inference = infer(design.network, images)
        outcome = from_golden(inference, predict(design, images, inference).interval)
        words, cycles = outcome.words.copy(), outcome.cycles.copy()
        spikes = [times.copy() for times in outcome.spike_times]
        words[3] ^= wrong == "result"
        cycles[3] += wrong == "cycle"
        spikes[0][3, 0] ^= wrong == "spike"
        return replace(outcome, words=words, cycles=cycles, spike_times=tuple(spikes), latency=cycles)

    return found


def assert_judged(done, wrong):
    assert done.returncode == (wrong is not None), done.stderr
    assert ("equal to the golden model's" in done.stdout) == (wrong is None)
    assert ("image 3" in done.stderr) == (wrong is not None)
    assert ("the cycle model says" in done.stderr) == (wrong == "cycle")


@pytest.mark.parametrize("wrong", [None, *WRONG])
def test_compare(case, command, monkeypatch, wrong):  # noqa: F811
    monkeypatch.setattr(compare_on, "simulated", hardware(wrong))
    assert_judged(command(compare, *ARGUMENTS, "--sim", "myhdl"), wrong)


@pytest.mark.parametrize("wrong", [None, *WRONG])
def test_netlist(case, command, monkeypatch, wrong):  # noqa: F811
    monkeypatch.setattr(compare_on, "simulated", hardware(wrong))
    for name in ("require_simulator", "require_plain_path", "write_whole_design", "write_gates", "made_by"):
        monkeypatch.setattr(netlist, name, lambda *arguments: None)
    monkeypatch.setattr(netlist, "synthesize", lambda *arguments: (None, None))
    assert_judged(command(netlist, *ARGUMENTS, "--build", "work"), wrong)
    assert json.loads(Path("work", "report.json").read_text())["target"] == "ecp5"
    before = [Path("work", name) for name in ("busy.saif", "idle.saif")]
    for file in before:
        file.touch()
    assert_judged(command(netlist, *ARGUMENTS, "--build", "work"), wrong)
    assert not any(file.exists() for file in before)


@pytest.mark.parametrize("statuses, status", [((None, None), 0), ((1, None), 1), ((None, 1), 1), ((1, 1), 1)])
def test_demo_of_two_networks(tmp_path, command, monkeypatch, statuses, status):  # noqa: F811
    left = list(statuses)
    monkeypatch.setattr(demo, "require_simulator", lambda name: None)
    monkeypatch.setattr(demo, "begin", lambda *arguments: ())
    monkeypatch.setattr(demo, "show", lambda: ({}, left.pop(0)))
    assert command(demo, "--build", tmp_path / "work").returncode == status and not left


class FakeDevice:
    """Answers what golden says, but for one thing in the image `at`, counted over all that it classifies."""

    def __init__(self, network, wrong, at):
        self.network, self.wrong, self.at, self.number = network, wrong, at, 0

    def identify(self, network=None):
        return Identity((1, 0), self.network.inputs, len(self.network.classes), self.network.steps, 4, (1,), True, 2, 0,
                        self.network.sha256)

    def cycles(self):
        return 0

    def classify(self, images, progress=None):
        found = infer(self.network, images)
        answers = Answers(from_golden(found, None).words.copy(),
                          latency(Design(self.network, CONFIGURATION), images, found, whole=True).copy())
        if self.wrong and 0 <= self.at - self.number < len(images):
            array = answers.words if self.wrong == "result" else answers.latency
            array[self.at - self.number] += 1
        self.number += len(images)
        return answers

    def loading(self, network, design):
        yield 0.5
        yield 1
        self.network = network


def at_device(monkeypatch, room, device):
    @contextmanager
    def opened(*arguments):
        yield device

    monkeypatch.setattr(room, "opened", opened)


@pytest.mark.parametrize("wrong", [None, "result", "cycle"])
def test_board_run(case, command, monkeypatch, wrong):  # noqa: F811
    at_device(monkeypatch, run, FakeDevice(case[0], wrong, 3))
    assert_judged(command(board, "run", *ARGUMENTS, "--port", "sim", "--build", "work"), wrong)


def test_board_of_other_beats(case, command, monkeypatch):  # noqa: F811
    at_device(monkeypatch, run, FakeDevice(case[0], None, 0))
    assert_refused(command(board, "run", *ARGUMENTS[:-1], 8, "--port", "sim", "--build", "work"),
                   "the board takes 4 pixels a beat, not 8: choose --pixels 4")


@pytest.mark.parametrize("wrong, at, sentence", [
    (None, 0, ""), ("result", 5, "during the load, image 5: the board says"),
    ("cycle", 5, "during the load, image 5: the board took"), ("result", 23, "image 3: the board says"),
    ("cycle", 23, "image 3: the board took")])
def test_board_load(case, command, monkeypatch, wrong, at, sentence):  # noqa: F811
    """The first 20 images go to the other bank."""
    network, _ = case
    shuffled(network, 1).save("other.npz")
    at_device(monkeypatch, load, FakeDevice(network, wrong, at))
    done = command(board, "load", "other.npz", *ARGUMENTS, "--port", "sim", "--build", "work", "--weight-banks", 2)
    assert done.returncode == (wrong is not None) and done.stderr.startswith(sentence), done.stderr
    assert ("Every result is equal" in done.stdout) == (wrong is None)


class FakeRecorder:
    """Records what golden and the cycle model say, but for one thing in one run, {run: what is wrong}."""

    wrong = {}

    def __init__(self, design, *folders):
        self.design = design

    def run(self, images, alone=False, stalls=0, **options):
        design = self.design
        inference = infer(design.network, images)
        wrong = self.wrong.get("alone" if alone else "stalled" if stalls else "stream")
        outcome = hardware(wrong)(None, design, images)
        valid = predict(design, images, inference).valid
        last = valid - latency(design, images, inference) if alone else np.zeros_like(valid)
        return Record(outcome.words, np.zeros_like(valid), last, valid, valid + (np.arange(len(valid)) == 3) * (
            wrong == "cycle"), outcome.spike_times)


@pytest.mark.parametrize("name", ["stream", "alone", "stalled"])
@pytest.mark.parametrize("wrong", WRONG)
def test_bench(case, command, monkeypatch, tmp_path, name, wrong):  # noqa: F811
    """How many cycles an image takes under stalls nobody says."""
    monkeypatch.setattr(bench_runs, "write_whole_design", lambda *arguments: None)
    monkeypatch.setattr(bench_runs, "Recorder", FakeRecorder)
    monkeypatch.setattr(FakeRecorder, "wrong", {name: wrong})

    def measured(cases, images, folder, stalls, seed, workers):
        return [bench_runs.measure(tmp_path, lambda share: None, "mine", cases[0].design, images.images, None, stalls,
                                seed)], []

    monkeypatch.setattr(bench, "measure_all", measured)
    done = command(bench, *ARGUMENTS, "--build", "work")
    if (name, wrong) == ("stalled", "cycle"):
        assert_judged(done, None)
    else:
        assert_judged(done, wrong)
        assert f"mine, {name}: image 3" in done.stderr


def failing(*arguments):
    """Stands for `run_jobs`: nothing comes of them, and one says why."""
    return [None] * len(arguments[1]), ["this failed"]


@pytest.mark.parametrize("module, patches, options", [
    (bench, {"measure_all": lambda *arguments: ([], ["this failed"])}, ARGUMENTS),
    (prove, {"run_jobs": failing}, ("queue_2",)),
    (mutants, {"run_jobs": lambda title, jobs, workers: ([None] * len(jobs), ["this failed"] * (title == "builds"))},
     ("dense",)),
    (mutants, {"run_jobs": lambda title, jobs, workers: ([None] * len(jobs), ["this failed"] * (title == "proofs"))},
     ("dense",)),
    (mutants_sources, {"run_jobs": lambda *arguments: ([], ["this failed"]), "drawn": lambda *arguments: []}, ()),
    (mutants_sources, {"run_jobs": lambda *arguments: ([], []), "drawn": lambda *arguments: [],
                       "too_few": lambda *arguments: ["this failed"]}, ()),
    (fuzz_readers, {"fuzz": lambda *arguments: {"finding": "this failed"}, "table": str, "importlib": SimpleNamespace(
        util=SimpleNamespace(find_spec=lambda name: True))},
     ("idx", "--minutes", 1)),
])
def test_what_failed_is_said(case, command, monkeypatch, module, patches, options):  # noqa: F811
    for name in ("require_program", "require_simulator", "require_sby"):
        if hasattr(module, name):
            monkeypatch.setattr(module, name, lambda *arguments: None)
    for name, instead in patches.items():
        monkeypatch.setattr(module, name, instead)
    done = command(module, *options, "--build", "work")
    assert done.returncode == 1 and done.stderr.endswith("this failed\n"), done.stderr


@pytest.mark.parametrize("run, status", [("holds", 2), ("reached", 0), ("fault_1", 0), ("fault_2", 0), ("fault_1", 16)])
def test_a_proof_that_ends_otherwise(tmp_path, monkeypatch, run, status):
    """It does not hold, what it speaks of cannot happen, a fault survives, or sby breaks."""
    claim = replace(CLAIMS[0], name="mine", write=lambda folder: None, faults=[None, None])
    ends = {"holds": 0, "reached": 2, "fault_1": 2, "fault_2": 2}
    monkeypatch.setattr(runs, "run_sby", lambda claim, name, *rest: ends[name])
    assert list(runs.prove(tmp_path / "right", lambda share: None, claim, 1)) == list(ends)
    ends[run] = status
    with pytest.raises(UserError, match=f"mine: the run '{run}' ended with status {status}, not"):
        runs.prove(tmp_path / "wrong", lambda share: None, claim, 1)
