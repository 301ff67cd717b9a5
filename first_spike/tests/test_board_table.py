"""What a board answered beside golden and the cycle model, of which both say here what the test wants."""

import io
from types import SimpleNamespace

import numpy as np
import pytest
from rich.console import Console

from first_spike.boards import run
from first_spike.boards.run import board_report
from first_spike.device.device import Answers
from first_spike.golden.contract.base_network import PIXELS

WORDS, CYCLES = np.array([5 | 2 << 16, 1 << 30, 1 << 29 | 16 << 16, 3]), np.array([10, 20, 30, 45])
IMAGES, LABELS = np.zeros((4, 2, 2), np.uint8), np.array([5, 0, 9, 3])


@pytest.fixture(autouse=True)
def golden(monkeypatch):
    """Golden gives WORDS, the cycle model CYCLES, if it is asked as for a board: each image whole, then the next."""
    monkeypatch.setattr(run, "infer", lambda network, images: SimpleNamespace(
        classes=WORDS & 0xFFFF, decision_time=WORDS >> 16 & 0x1FF, silent=WORDS >> 29 & 1, tie=WORDS >> 30 & 1, bad=0))
    monkeypatch.setattr(run, "latency", lambda design, images, found, whole=False: CYCLES + (
        not whole))


def report(words=WORDS, cycles=CYCLES, labels=LABELS):
    design = SimpleNamespace(network=SimpleNamespace(takes=PIXELS))
    return board_report(design, IMAGES, labels, Answers(words, cycles), 2)


def test_a_board_that_is_right():
    assert report() == {
        "images": 4, "mismatches": 0, "cycle_mismatches": 0, "seconds": 2, "accuracy": {"board": 0.75, "golden": 0.75},
        "cycles": {"board": 26.25, "model": 26.25}, "first": []}
    assert report(labels=None)["accuracy"] == {"board": None, "golden": None}


@pytest.mark.parametrize("bit", [0, 15, 16, 24, 25, 28, 29, 30, 31])
def test_every_bit_of_a_result_counts_and_the_first_wrong_one_is_named(bit):
    words = WORDS.copy()
    words[[1, 3]] ^= 1 << bit
    found = report(words)
    assert (found["mismatches"], found["cycle_mismatches"]) == (2, 0)
    assert found["first"] == [f"image 1: the board says {1 << 30 ^ 1 << bit:08x}, golden 40000000"]
    assert found["accuracy"]["board"] == (0.75 if bit > 15 else 0.25) and found["accuracy"]["golden"] == 0.75


@pytest.mark.parametrize("more", [-1, 1])
def test_cycles_count_more_or_fewer(more):
    found = report(cycles=CYCLES + [0, 0, more, more])
    assert (found["mismatches"], found["cycle_mismatches"]) == (0, 2)
    assert found["first"] == [f"image 2: the board took {30 + more} cycles, the cycle model says 30"]
    assert found["cycles"] == {"board": 26.25 + more / 2, "model": 26.25}


def test_all_of_it_is_in_the_table():
    console = Console(width=80, file=io.StringIO())
    found = {**report(cycles=CYCLES + [0, 1, 1, 1]), "images": 1234, "mismatches": 56}
    for each in (found, {**found, "accuracy": {"board": None, "golden": 0.5}}):
        console.print(run.board_table("a title", each))
    assert "━" not in console.file.getvalue()  # no headings
    lines = [line.strip(" │").split("│") for line in console.file.getvalue().splitlines() if "│" in line]
    cells = [cell[-1].strip() for cell in lines]
    assert cells[:8] == ["1,234", "75.00%", "75.00%", "56", "27.0", "26.2", "3", "617.0"]
    assert cells[9:11] == ["–", "50.00%"]
