"""The top of a board in simulation, as it is built: a network is loaded over the line, then images are classified."""

import numpy as np
import pytest

from first_spike.boards.opened import SimulatedBoard
from first_spike.command.places import DEFAULT_NETWORK
from first_spike.device.device import Device
from first_spike.device.identity import NO_NETWORK, LoadableDesign
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.limits import pack
from first_spike.golden.contract.network import Network
from first_spike.golden.files import ROOT
from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.cycles import latency
from first_spike.rtl_model.convert import generate
from first_spike.synthesis.bitstream import synthesize_board, write_cells, write_top
from first_spike.synthesis.targets import find_board
from tb.helpers.small_case import small_case

CYCLES_PER_BIT = 4  # as few as can be
PATIENCE = 300  # seconds: a netlist is slow
ANSWER = 20


def require_golden_answers(folder, build, design, images):
    """The board that the design in `folder` is, its weights loaded first, answers as golden and the cycle model say."""
    network = design.network
    expected = infer(network, images)
    with SimulatedBoard(folder, build, CYCLES_PER_BIT) as board, Device(board.port, PATIENCE, ANSWER) as device:
        assert device.identify().sha256 == NO_NETWORK
        device.load(network, LoadableDesign(design))
        assert device.identify(network).sha256 == network.sha256
        answers = device.classify(images)
    words = pack(expected.classes, expected.decision_time, expected.silent, expected.tie)
    assert answers.words.tolist() == words.tolist()
    assert answers.latency.tolist() == latency(design, images, expected, whole=True).tolist()


def serial_design(path, configuration, folder):
    return generate(Design(Network.load(path), configuration), folder, top="accelerator_serial",
                    parameters={"cycles_per_bit": CYCLES_PER_BIT})


def digits(count):
    with np.load(ROOT / "golden" / "samples" / "mnist_test_500.npz", allow_pickle=False) as archive:
        return archive["images"][:count]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """(folder of a small board, folder where it is built, its network, configuration, images)."""
    folder = tmp_path_factory.mktemp("small")
    network, images, _ = small_case(folder)
    configuration = Configuration((2,), 1, 1, weights="loadable", weight_memory="spram")
    top = write_top(serial_design(folder / "network.npz", configuration, folder / "design"), folder / "top")
    return top, folder / "build", network, configuration, images


@pytest.mark.thorough
def test_a_board_answers_after_its_weights_are_loaded(small):
    top, build, network, configuration, images = small
    require_golden_answers(top, build, Design(network, configuration), images)


@pytest.mark.long
def test_a_long_break_resets_the_board_and_a_short_one_does_not(small):
    """After it the network is loaded again, and the board answers again."""
    top, build, network, configuration, images = small
    words = pack(*(getattr(infer(network, images), name) for name in ("classes", "decision_time", "silent", "tie")))
    with (SimulatedBoard(top, build, CYCLES_PER_BIT) as board,
          Device(board.port, PATIENCE, ANSWER) as device):
        device.identify()
        for send_break, left in ((board.send_break, network.sha256), (board.send_long_break, NO_NETWORK)):
            device.load(network, LoadableDesign(Design(network, configuration)))
            assert device.classify(images).words.tolist() == words.tolist()
            before = device.cycles()
            send_break()
            while before < device.cycles() < before + 200_000:  # they begin anew with a reset
                pass
            assert device.identify().sha256 == left
        device.load(network, LoadableDesign(Design(network, configuration)))
        assert device.classify(images).words.tolist() == words.tolist()


@pytest.mark.grid
def test_digits_on_the_icebreaker(tmp_path):
    network, configuration = Network.load(DEFAULT_NETWORK), find_board("icebreaker").configuration
    top = write_top(serial_design(DEFAULT_NETWORK, configuration, tmp_path / "design"), tmp_path / "top")
    require_golden_answers(top, tmp_path / "build", Design(network, configuration), digits(100))


@pytest.mark.fpga
def test_the_cells_of_the_icebreaker(tmp_path):
    """The netlist that is placed, its SPRAM by yosys' own model."""
    board = find_board("icebreaker")
    network = Network.load(DEFAULT_NETWORK)
    design = serial_design(DEFAULT_NETWORK, board.configuration, tmp_path / "design")
    netlist = synthesize_board(board, design, tmp_path, 1200)
    assert netlist.read_text().count('"type": "SB_SPRAM256KA"') == 8 * 4 // 16  # lanes, bits
    cells = write_cells(netlist, tmp_path / "cells", 1200)
    require_golden_answers(cells, tmp_path / "build", Design(network, board.configuration), digits(5))
