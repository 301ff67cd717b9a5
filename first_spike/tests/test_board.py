"""`first-spike board` on a board in simulation, and its refusals."""

import json
import os
import select
import threading
import tty
from dataclasses import replace

import numpy as np
import pytest

from first_spike.boards import opened
from first_spike.boards.opened import design_asked
from first_spike.boards.run import board_report
from first_spike.commands import board, compare
from first_spike.device.device import Answers
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Network
from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.cycles import latency
from first_spike.rtl_model.convert import generate
from first_spike.synthesis.targets import BOARDS
from tb.helpers.process import assert_refused, command  # noqa: F401
from tb.helpers.random_networks import random_images, worded_network
from tb.helpers.small_case import small_case


@pytest.mark.thorough
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
    cycles = float(latency(Design(network, Configuration((2,), 4)), images, inference, whole=True).mean())
    assert report["cycles"] == {"board": cycles, "model": cycles}


@pytest.mark.thorough
def test_a_convolution_on_a_board_takes_the_cycles_of_the_model(tmp_path, monkeypatch, command):  # noqa: F811
    """The first image, too: whoever sends it over a line gives the design time to empty its maps after a reset."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(3)
    network = worded_network(rng, "conv 3 3x3 same pool 2, dense 3", (8, 8), (4, 4), 16)
    network.save("network.npz")
    np.save("images.npy", random_images(rng, network))
    done = command(board, "run", "--network", "network.npz", "--images", "images.npy", "--port", "sim", "--json",
                   "report.json")
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "report.json").read_text())
    assert (report["mismatches"], report["cycle_mismatches"], report["first"]) == (0, 0, [])


def test_a_board_that_is_wrong_is_seen(tmp_path):
    network, images, labels = small_case(tmp_path)
    inference = infer(network, images)
    cycles = latency(Design(network, Configuration()), images, inference, whole=True)
    words = inference.classes | inference.decision_time << 16 | inference.silent << 29 | inference.tie << 30
    assert board_report(Design(network, Configuration()), images, labels, Answers(words, cycles), 1)["first"] == []
    words[5] ^= 1
    cycles[7] += 1
    report = board_report(Design(network, Configuration()), images, None, Answers(words, cycles), 1)
    assert (report["mismatches"], report["cycle_mismatches"]) == (1, 1) and report["accuracy"]["board"] is None
    assert report["first"][0].startswith("image 5: the board says") and report["first"][1].startswith("image 7: ")


@pytest.mark.parametrize("port, sentence", [
    ("/dev/ttyNOTHING", "cannot open /dev/ttyNOTHING: there is no such port"),
    ("/dev/null", "cannot open /dev/null: it is no serial port"),
])
def test_ports_that_are_none_are_refused(port, sentence, command):  # noqa: F811
    assert_refused(command(board, "run", "--port", port, "--data", "samples", "--count", 1), sentence)


def test_the_configuration_of_a_board_stands_in_for_what_is_not_said(monkeypatch):
    """A command that loads keeps weights that can be loaded."""
    for words, wanted in [
            (["run", "--board", "icebreaker"], BOARDS["icebreaker"].configuration),
            (["run", "--board", "i5", "--pixels", "8"], replace(BOARDS["i5"].configuration, pixels=8)),
            (["load", "mnist_784_128_10_4bit", "--board", "i5"],
             replace(BOARDS["i5"].configuration, weights="loadable")),
            (["load", "mnist_784_128_10_4bit"], Configuration(weights="loadable")),
            (["run"], Configuration())]:
        monkeypatch.setattr("sys.argv", ["board.py", *words, "--port", "sim"])
        assert design_asked(board.parse()).configuration == wanted, words


@pytest.mark.parametrize("options, sentence", [
    (["--board", "nexys"], "the board 'nexys' is unknown: choose ulx3s, "),
    (["--board", "i5", "--weights", "loadable", "--weight-memory", "spram"],
     "i5 has no SPRAM: choose --weight-memory block"),
    (["--board", "i5", "--lanes", 500], "500 lanes for layers of 128 and 10 neurons"),
    (["--baud", 9600], "--baud is of a serial port: leave it out with --port sim"),
    (["--top", "processor", "--baud", 9600], "--baud is of a serial port"),
    (["--port", "/dev/null", "--cycles-per-bit", 8], "--cycles-per-bit is of a board in simulation"),
])
def test_a_board_that_is_unknown_or_has_no_room_is_refused(options, sentence, command):  # noqa: F811
    assert_refused(command(board, "info", "--port", "sim", *options), sentence)


@pytest.mark.parametrize("options", [(), ("--top", "processor")], ids=["network", "processor"])
def test_a_folder_with_a_space_is_refused_before_anything_is_made(options, tmp_path, monkeypatch,
                                                                  command):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    done = command(board, "info", "--port", "sim", "--build", "my work", *options)
    assert_refused(done, "my work, because of the space in it: move it, or choose a folder without one")
    assert not (tmp_path / "my work").exists()


def test_another_program_at_the_port_is_no_board(monkeypatch, command):  # noqa: F811
    """It gives back what it is sent, behind words of its own; within the patience that is one sentence."""
    monkeypatch.setattr(opened, "PATIENCE", 0.3)
    master, slave = os.openpty()
    tty.setraw(slave)
    ended = threading.Event()

    def answer():
        while not ended.is_set():
            if select.select([master], [], [], 0.02)[0]:
                os.write(master, b"login: " + os.read(master, 4096))

    program = threading.Thread(target=answer)
    program.start()
    try:
        for words in (["info"], ["run", "--data", "samples", "--count", 1]):
            assert_refused(command(board, *words, "--port", os.ttyname(slave)),
                           f"no board answers at {os.ttyname(slave)}: is it on, and does it hold a bitstream")
    finally:
        ended.set()
        program.join()
        os.close(slave)
        os.close(master)


def test_a_design_with_registers_is_not_compared_as_a_core(tmp_path, monkeypatch, command):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    small_case(tmp_path)
    generate(Design(Network.load("network.npz"), Configuration()), "axi", top="accelerator_axi")
    done = command(compare, "--network", "network.npz", "--images", "images.npy", "--sim", "icarus", "--design", "axi")
    assert_refused(done, "axi holds accelerator_axi, and only the bare core, accelerator, can be compared")
