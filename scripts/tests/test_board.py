"""scripts/board.py on a board in simulation, and its refusals."""

import json

import pytest

from golden.contract.configuration import Configuration
from golden.inference.infer import infer
from golden.schedule.cycles import latency
from rtl_model.convert import generate
from scripts import board, compare
from scripts.device.board_table import board_report
from scripts.device.device import Answers
from scripts.tests.process import assert_refused, command  # noqa: F401
from scripts.tests.small_case import small_case


def test_a_board_in_simulation_gives_what_golden_gives(tmp_path, monkeypatch, command):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    network, images, labels = small_case(tmp_path)
    options = ["--network", "network.npz", "--images", "images.npy", "--labels", "labels.npy", "--lanes", 2, "--pixels",
               4, "--port", "sim", "--build", "work", "--json", "report.json"]
    done = command(board, "run", *options)
    assert done.returncode == 0, done.stderr
    assert "Every result is equal to the golden model's" in done.stdout
    report = json.loads((tmp_path / "report.json").read_text())
    assert (report["images"], report["mismatches"], report["cycle_mismatches"], report["first"]) == (len(images), 0, 0,
                                                                                                     [])
    inference = infer(network, images)
    accuracy = float((inference.classes == labels).mean())
    assert report["accuracy"] == {"board": accuracy, "golden": accuracy}
    cycles = float(latency(network, Configuration((2,), 4), images, inference).mean())
    assert report["cycles"] == {"board": cycles, "model": cycles}


def test_a_board_that_is_wrong_is_seen(tmp_path):
    network, images, labels = small_case(tmp_path)
    inference = infer(network, images)
    cycles = latency(network, Configuration(), images, inference)
    words = inference.classes | inference.decision_time << 16 | inference.silent << 29 | inference.tie << 30
    assert board_report(network, Configuration(), images, labels, Answers(words, cycles), 1)["first"] == []
    words[5] ^= 1
    cycles[7] += 1
    report = board_report(network, Configuration(), images, None, Answers(words, cycles), 1)
    assert (report["mismatches"], report["cycle_mismatches"]) == (1, 1) and report["accuracy"]["board"] is None
    assert report["first"][0].startswith("image 5: the board says") and report["first"][1].startswith("image 7: ")


@pytest.mark.parametrize("port, sentence", [
    ("/dev/ttyNOTHING", "cannot open /dev/ttyNOTHING: there is no such port"),
    ("/dev/null", "cannot open /dev/null: it is no serial port"),
])
def test_ports_that_are_none_are_refused(port, sentence, command):  # noqa: F811
    assert_refused(command(board, "run", "--port", port, "--data", "samples", "--count", 1), sentence)


def test_a_design_with_registers_is_not_compared_as_a_core(tmp_path, monkeypatch, command):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    small_case(tmp_path)
    generate("network.npz", Configuration(), "axi", top="accelerator_axi")
    done = command(compare, "--network", "network.npz", "--images", "images.npy", "--sim", "icarus", "--design", "axi")
    assert_refused(done, "axi holds accelerator_axi, and only the bare core, accelerator, can be compared")
