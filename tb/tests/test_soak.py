"""A soak: what fails is found, shrunk and kept, and the case fails again."""

import json

import numpy as np
import pytest

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.errors import UserError
from tb.helpers.process import command  # noqa: F401
from tb.helpers.random_networks import on_events, random_network, worded_network
from tb.scenarios.cases import Batch, Case, Frame, random_case, random_design
from tb.soak import command as soak
from tb.soak import rounds
from tb.soak.rounds import COMPILED, LIMITS, Backends, shrink


class Faulty:
    """Back ends that pass everything but a cut frame behind another frame, where the sink stalls."""

    others = ("icarus",)
    names = (COMPILED, *others)

    def __init__(self, folder=None):
        self.ran = []

    def run(self, name, case):
        self.ran.append(name)
        return "a wrong result" if name == COMPILED and self.fails(case) else None

    @staticmethod
    def fails(case):
        return case.stalls[1] > 0 and any(frame.bad and len(frame.sent) < len(frame.image)
                                          for batch in case.batches for frame in batch.frames[1:])


@pytest.fixture(autouse=True)
def small_cases(monkeypatch):
    monkeypatch.setattr(rounds, "SCRIPTS", 8)
    monkeypatch.setattr(rounds, "LOADED_BATCHES", 3)
    monkeypatch.setattr(rounds, "BATCHES", 6)
    monkeypatch.setattr(rounds, "IMAGES", 8)


def test_a_fault_is_found_and_shrunk_to_two_frames():
    backends = Faulty()
    tally = rounds.soak(backends, 60, 1, 1, lambda share: None)
    number, name, case, said = tally.failure
    assert (name, said) == (COMPILED, "a wrong result") and Faulty.fails(case)
    small = shrink(case, Faulty.fails)
    (batch,) = small.batches
    assert Faulty.fails(small) and len(batch.frames) == 2 and batch.reset is None
    assert [frame.bad for frame in batch.frames] == [False, True]
    assert small.stalls[0] == 0 and small.stalls[1] > 0
    assert sum(small.network.sizes) <= sum(case.network.sizes)
    assert sum(tally.images.values()) > 0


def test_layers_that_are_halved_are_dense():
    network = worded_network(np.random.default_rng(2), "conv 4 3x3, dense 6, dense 3", (5, 5), (2, 2, 2), 4)
    smaller = list(rounds._smaller_networks(network))
    assert [len(one.layers[1].thresholds) for one in smaller] == [3]


@pytest.mark.parametrize("reset", [None, (9, 1)])
def test_a_recording_of_too_many_events_is_bad(reset):
    design = Design(on_events(random_network(np.random.default_rng(1), 4, 2, 1), 2), Configuration((), LIMITS.pixels))
    events = np.arange(3, dtype="<u4").tobytes().hex()
    batch = Batch((Frame(events, events, False),), reset)
    case = Case(design.network, design.configuration, (0, 0), (batch,), 1, LIMITS)
    (word,) = [int(line.split()[1]) for line in case.script().splitlines() if line.startswith("expect")]
    assert word >> 31 == 1


def test_the_command_keeps_a_case_that_fails_again(command, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.setattr(soak, "Backends", Faulty)
    folder = tmp_path / "soak"
    done = command(soak, "--minutes", "1", "--seed", "1", "--jobs", "1", "--build", folder)
    assert done.returncode == 1 and "shrunk to 2 frames" in done.stderr
    assert f"-m tb soak --case {folder / 'failure'} --backend compiled" in done.stderr
    report = json.loads((folder / "report.json").read_text())
    assert report["failed"] and report["seed"] == 1 and report["images"]["compiled"] > 0
    again = command(soak, "--case", folder / "failure", "--backend", "compiled", "--build", tmp_path / "again")
    assert again.returncode == 1 and again.stderr == "error: compiled: a wrong result\n"


@pytest.mark.parametrize("works, ends", [("while :; do :; done", False), ("sleep 2; echo waited", True)])
def test_a_run_on_a_simulator_may_wait_but_not_work_for_ever(tmp_path, monkeypatch, works, ends):
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\n{works}\n")
    program.chmod(0o755)
    monkeypatch.setattr(rounds.sys, "executable", str(program))
    monkeypatch.setattr(rounds, "SECONDS", 1)
    monkeypatch.setattr(rounds, "generate", lambda design, folder: folder.mkdir())
    rng = np.random.default_rng(6)
    case = random_case(rng, random_design(rng), 2, 2)
    said = Backends(tmp_path / "soak").run("icarus", case)
    (log,) = (tmp_path / "soak").glob("*/icarus.log")
    assert said == (None if ends else f"failed; its messages are in {log}")
    assert log.read_text() == ("waited\n" if ends else "")


def test_a_round_is_the_same_each_time_and_on_every_back_end():
    first, second = (list(rounds.cases_of_round(3, 2, ("icarus", "verilator"), 0)) for _ in range(2))
    assert [name for name, _ in first[:4]] == [COMPILED, "icarus", "verilator", COMPILED]
    assert [case.script() for _, case in first[:2]] == [case.script() for _, case in second[:2]]
    assert list(rounds.cases_of_round(3, 3, (), 0))[0][1].script() != first[0][1].script()


@pytest.mark.parametrize("number", range(4))
def test_a_round_may_be_a_network_for_a_processor(tmp_path, number):
    """Of any kind; the case comes back from its folder."""
    ((name, case),) = rounds.cases_of_round(3, number, ("icarus",), 1)
    case.save(tmp_path)
    script = case.script()
    assert name == COMPILED and Case.load(tmp_path).script() == script
    assert script.count("\nload 1 ") == script.count("\nreset ") and case.images == script.count("\nexpect ") - sum(
        len(batch.frames) for batch in case.batches if batch.reset)
    (same,) = rounds.cases_of_round(3, number, (), 1)
    assert same[1].script() == script


def test_rounds_are_counted_from_any():
    """So that many are cut in parts, and none is tried twice."""
    ran = []
    backends = Faulty()
    backends.run = lambda name, case: ran.append(case)
    for first, count in ((0, 2), (2, 1)):
        tally = rounds.soak(backends, float("inf"), 1, 1, lambda share: None, (first, count), 1)
        assert tally.networks == count and tally.images == {rounds.PROCESSOR: sum(
            case.images for case in ran[first:first + count])}
    assert [case.seed for case in ran] == [rounds_of[0][1].seed for rounds_of in (
        list(rounds.cases_of_round(1, number, (), 1)) for number in range(3))]


def test_rounds_take_no_back_end(command):  # noqa: F811
    done = command(soak, "--backend", "icarus", "--rounds", 1)
    assert done.returncode == 2 and "--backend goes with --case: rounds run on all" in done.stderr


def test_a_case_comes_back_from_its_folder(tmp_path):
    rng = np.random.default_rng(4)
    case = random_case(rng, random_design(rng), 5, 5)
    case.save(tmp_path)
    assert Case.load(tmp_path).script() == case.script()
    (tmp_path / "case.json").write_text("{}")
    with pytest.raises(UserError, match="holds no case of a soak"):
        Case.load(tmp_path)
