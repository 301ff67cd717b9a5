"""A board that is a processor, in simulation: one build of its own top, into which networks are loaded by its line."""

import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from first_spike.boards.opened import CYCLES_PER_BIT, SIMULATED_ANSWER, SIMULATED_PATIENCE, SimulatedBoard
from first_spike.command.places import work_folder
from first_spike.commands import board
from first_spike.device.device import BY_REGISTERS, RESTART
from first_spike.device.identity import NO_NETWORK
from first_spike.device.line import LineError
from first_spike.device.link import Confused
from first_spike.device.processor import Processor
from first_spike.golden.contract.processor import MAGIC
from first_spike.golden.inference.infer import infer
from first_spike.golden.recordings import Recordings
from first_spike.golden.schedule.processor_cycles import latency
from first_spike.processor import boards
from first_spike.processor.boards import folder_name, made_design
from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.shape.processor_load import load_words
from first_spike.synthesis.bitstream import write_top
from tb.helpers.process import assert_refused, command  # noqa: F401
from tb.helpers.processor_cases import BOARD_LIMITS as LIMITS
from tb.helpers.processor_cases import board_case as case
from tb.helpers.processor_cases import dense, random_case, small, words_of  # noqa: F401

ERRORS = {name: field for name, field in REGISTERS["LOAD_STATUS"].fields.items() if field.access == "w1c"}


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    """One build for all tests here, where the command builds, too; `work` is its folder."""
    with work_folder(tmp_path_factory.mktemp("board") / "work") as work:
        place = work / folder_name(LIMITS)
        place.mkdir()
        made = made_design(LIMITS, place, CYCLES_PER_BIT)
        board = SimulatedBoard(write_top(made, place / "top"), place / "board", CYCLES_PER_BIT)
    board.work = work
    return board


@pytest.fixture
def held(simulated):
    """The board switched on, and known."""
    with simulated, Processor(simulated.port, SIMULATED_PATIENCE, SIMULATED_ANSWER) as processor:
        processor.identify()
        yield processor


def assert_classifies(processor, network, images):
    answers = processor.classify(images)
    assert answers.words.tolist() == words_of(network, images)
    if network.most_events is None:
        assert answers.latency.tolist() == latency(network, LIMITS, images, infer(network, images)).tolist()


def raw_load(processor, words, crc):
    """The errors of a load of these words and this CRC, none if it was taken."""
    link = vars(processor)["_link"]
    link.begin(8 * len(words))
    link.write("LOAD_STATUS", [sum(field.mask for field in ERRORS.values())])
    link.write("LOAD_BEGIN", [0])
    for first in range(0, len(words), 250):
        link.push("LOAD_WORDS", words[first:first + 250])
    try:
        link.write("LOAD_COMMIT", [crc])
    except Confused:
        link.synchronize()
    status = link.read("LOAD_STATUS")[0]
    assert processor.identify().sha256 == NO_NETWORK or not any(field.of(status) for field in ERRORS.values())
    return [name for name, field in ERRORS.items() if field.of(status)]


@pytest.mark.thorough
def test_networks_of_all_kinds_one_after_the_other(held):
    """Pixels, events, one layer and several, 1 to 8 bits, any number of steps."""
    rng = np.random.default_rng(12)
    cases = [random_case(rng, LIMITS) for _ in range(8)]
    assert len({network.takes for network, _ in cases}) == 2
    for network, images in cases:
        held.load(network)
        assert held.identify(network).limits == replace(LIMITS, memory="block")
        assert_classifies(held, network, images)


@pytest.mark.thorough
def test_a_recording_that_is_decided_before_its_end_has_no_latency(held):
    network = replace(dense((9, 4)), most_events=400)
    recordings = Recordings.of_lists([[(0, 0), (1, 0)] + 300 * [(number, 15)] for number in range(4)])
    assert infer(network, recordings).decision_time.tolist() == 4 * [0]
    held.load(network)
    answers = held.classify(recordings)
    assert (answers.words.tolist(), answers.latency.tolist()) == (words_of(network, recordings), 4 * [0])


@pytest.mark.thorough
def test_loads_that_are_not_right_are_refused_and_leave_nothing(held):
    network, images = case(3)
    words = load_words(network, LIMITS)
    crc, layer = int(words[-1]), 3 + 8  # the first layer's slot
    frame = words[:-1].tolist()

    def changed(place, word):
        return [*frame[:place], word, *frame[place + 1:]]

    for wrong, code, error in [
            (frame, crc ^ 1, "wrong_crc"), (changed(layer + 20, frame[layer + 20] ^ 1), crc, "wrong_crc"),
            (changed(0, MAGIC + 1), crc, "wrong_form"), (changed(1, LIMITS.identity ^ 1), crc, "other_processor"),
            (changed(2, LIMITS.most_words + 1), crc, "wrong_count"), (changed(2, 20), crc, "wrong_count"),
            (changed(2, frame[2] | 1 << 31), crc, "wrong_count"),
            (changed(layer + 3, LIMITS.folds), crc, "field_too_large"), (changed(3 + 2, LIMITS.layers), crc,
                                                                         "field_too_large"),
            (frame[:-1], crc, "wrong_form"), ([*frame, 0], crc, "wrong_crc"), ([], crc, "wrong_form")]:
        held.load(network)
        assert raw_load(held, wrong, code) == [error], error
    vars(held)["_network"], vars(vars(held)["_link"])["_patience"] = network, 1
    with pytest.raises(LineError):  # there is no network: nobody takes pixels
        held.classify(images[:1])
    vars(vars(held)["_link"])["_patience"] = SIMULATED_PATIENCE
    assert raw_load(held, frame, crc) == []
    held.load(network)
    assert_classifies(held, network, images)


@pytest.mark.thorough
def test_a_load_may_come_in_the_middle_of_an_image_and_of_a_load(held):
    """The network that was there is gone with the first word, images with the begin, and nothing is left of either."""
    first, images = case(4)
    second, others = case(5, image_shape=(1, 33))
    link = vars(held)["_link"]
    for pushed in (0, 1, 5, 9):  # words of an image, ten of which are one
        held.load(first)
        assert_classifies(held, first, images[:2])
        link.begin(1000)
        link.write("FRAME", [4])
        if pushed:
            link.push("PIXELS", np.arange(pushed) * 0x11223344)
        held.load(second)
        assert_classifies(held, second, others[:2])
    for count in (0, 1, 3, 40, len(load_words(first, LIMITS)) - 1):
        link.begin(1000)
        link.write("LOAD_BEGIN", [0])
        if count:
            for at in range(0, count, 250):
                link.push("LOAD_WORDS", load_words(first, LIMITS)[at:min(at + 250, count)])
        held.load(second)
        assert_classifies(held, second, others[:2])
    link.begin(1000)
    link.write("LOAD_BEGIN", [0])
    link.write("LOAD_BEGIN", [0])
    held.load(first)
    assert_classifies(held, first, images[:2])


@pytest.mark.thorough
def test_a_restart_forgets_images_and_keeps_the_network(held):
    network, images = case(6)
    held.load(network)
    link = vars(held)["_link"]
    for pushed in (1, 9, 10):
        link.begin(1000)
        link.write("FRAME", [4])
        link.push("PIXELS", np.full(pushed, 0xFFFFFFFF))
        link.write("CONTROL", [BY_REGISTERS | RESTART])
        assert link.read("RESULT_STATUS") == [0]
        assert_classifies(held, network, images[:2])
    assert held.identify(network).sha256 == network.sha256


@pytest.mark.thorough
def test_after_a_reset_the_network_is_lost_and_the_driver_says_so(simulated, held):
    network, images = case(7)
    held.load(network)
    simulated.restart()
    time.sleep(0.3)
    with pytest.raises(LineError, match="was restarted and lost its network: load it again"):
        held.classify(images)
    held.load(network)
    assert_classifies(held, network, images)


@pytest.mark.thorough
def test_networks_are_loaded_by_the_command_and_the_build_is_made_once(simulated, small, command,  # noqa: F811
                                                                       monkeypatch):
    options = ["--top", "processor", "--port", "sim", "--images", "images.npy", "--count", 4, "--build", simulated.work]
    built = {path: path.stat().st_mtime_ns for path in simulated.work.rglob("Vtop")}
    monkeypatch.setattr(boards, "generate_processor", None)  # what lies there is of the same sources
    for number in (1, 2):
        network, images = case(number)
        network.save(Path(f"n{number}.npz"))
    np.save("images.npy", images)
    done = command(board, "load", "n1.npz", "n2.npz", *options, "--json", "report.json")
    assert done.returncode == 0, done.stderr
    report = json.loads(Path("report.json").read_text())["networks"]
    assert [(each["network"], each["images"], each["mismatches"], each["cycle_mismatches"], each["first"])
            for each in report] == [("n1", 4, 0, 0, []), ("n2", 4, 0, 0, [])]
    assert command(board, "run", "--network", "n1.npz", *options).returncode == 0
    assert built == {path: path.stat().st_mtime_ns for path in simulated.work.rglob("Vtop")} and len(built) == 1
    done = command(board, "info", *options[:4], *options[-2:])
    assert done.returncode == 0 and "weight words" in done.stdout and "none" in done.stdout
