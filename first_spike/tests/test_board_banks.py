"""A board that is a processor with two banks, in simulation: images go on while a network is loaded, and after one that
was refused."""

from dataclasses import replace

import numpy as np
import pytest

from first_spike.boards.opened import CYCLES_PER_BIT, SIMULATED_ANSWER, SIMULATED_PATIENCE, SimulatedBoard
from first_spike.device.link import Confused
from first_spike.device.processor import Processor
from first_spike.processor.boards import made_design
from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.shape.processor_load import load_words
from first_spike.synthesis.bitstream import write_top
from tb.helpers.processor_cases import BOARD_LIMITS, board_case, words_of

LIMITS = replace(BOARD_LIMITS, weight_banks=2)
STATUS = REGISTERS["LOAD_STATUS"].fields


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    """The board switched on, and known."""
    place = tmp_path_factory.mktemp("banks")
    made = made_design(LIMITS, place, CYCLES_PER_BIT)
    board = SimulatedBoard(write_top(made, place / "top"), place / "board", CYCLES_PER_BIT)
    with board, Processor(board.port, SIMULATED_PATIENCE, SIMULATED_ANSWER) as processor:
        processor.identify()
        yield processor


@pytest.mark.long
def test_images_go_on_while_a_network_is_loaded_and_after_one_that_is_refused(held):
    """Each load goes into the other bank; the identity and its network are those of the bank that works."""
    (first, images), (second, others) = board_case(1), board_case(2, image_shape=(1, 33))
    assert held.identify().limits == LIMITS and held.identify().banks == 2
    held.load(first)
    for network, given, before, shown in ((second, others, first, images), (first, images, second, others)) * 2:
        wanted = words_of(before, shown)
        for number, _ in enumerate(held.loading(network)):
            at = slice(number % len(shown), number % len(shown) + 1)
            assert held.classify(shown[at]).words.tolist() == wanted[at]
        assert held.classify(given).words.tolist() == words_of(network, given)
        assert held.identify(network).sha256 == network.sha256
    link = vars(held)["_link"]
    status = link.read("LOAD_STATUS")[0]
    used = STATUS["bank"].of(status)
    assert STATUS["loaded"].of(status) == 3
    words = load_words(second, LIMITS)
    link.begin(8 * len(words))
    with pytest.raises(Confused):
        link.write("LOAD_BEGIN", [used])
    link.synchronize()
    link.write("LOAD_BEGIN", [1 - used])
    for at in range(0, len(words) - 1, 250):
        link.push("LOAD_WORDS", words[at:min(at + 250, len(words) - 1)])
        assert STATUS["loaded"].of(link.read("LOAD_STATUS")[0]) == 1 << used
    with pytest.raises(Confused):
        link.write("LOAD_COMMIT", [int(words[-1]) ^ 1])
    link.synchronize()
    status = link.read("LOAD_STATUS")[0]
    assert [name for name, field in STATUS.items() if field.access == "w1c" and field.of(status)] == [
        "wrong_crc", "wrong_bank"]
    assert (STATUS["bank"].of(status), STATUS["loaded"].of(status)) == (used, 1 << used)
    assert held.identify(first).sha256 == first.sha256
    assert held.classify(images).words.tolist() == words_of(first, images)
    held.load(second)
    assert held.classify(np.concatenate([others, others])).words.tolist() == 2 * words_of(second, others)
