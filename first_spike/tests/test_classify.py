"""Each image gets its own result, from the board that was identified, or there is an error in time."""

import numpy as np
import pytest

from first_spike.device.device import Device
from first_spike.device.line import LineError
from first_spike.golden.errors import UserError
from first_spike.rtl_model.serial.bundles import MOST_WORDS, READ
from first_spike.tests.test_device import IMAGE
from first_spike.tests.toy_board import INDEX, ROOM, LateAnswers, ToyBoard, clock  # noqa: F401

PATIENCE, PAUSE = 1000, 16  # seconds of the toy's clock
RIGHT, OTHER = 0x0003_0001, 0x0005_0002  # result words


class Scripted(ToyBoard):
    """Its registers are as `changes` says, {name: [words]}, each of which is read once, the last one ever after."""

    baud = 10  # a byte a second

    def __init__(self, changes=None, **registers):
        super().__init__(RIGHT, **registers)
        self.changes = {INDEX[name]: list(words) for name, words in (changes or {}).items()}
        self.written, self.sessions = [], 0

    def answer(self, frame):
        self.sessions += frame.kind == 0
        if frame.kind == READ:
            for index in range(frame.address, frame.address + frame.count):
                if self.changes.get(index):
                    self.words[index] = self.changes[index].pop(0)
        elif frame.kind:
            self.written.append((frame.address, frame.words.tolist()))
        return super().answer(frame)


def identified(board):
    driver = Device(board, PATIENCE, PAUSE)
    driver.identify()
    return driver


@pytest.mark.parametrize("inputs", [1, 4, 6, 4 * MOST_WORDS, 4 * MOST_WORDS + 1, 9 * MOST_WORDS])
def test_all_pixels_are_pushed(clock, inputs):  # noqa: F811
    board = Scripted(INPUTS=[inputs])
    images = np.random.default_rng(inputs).integers(0, 256, (2, 1, inputs), np.uint8)
    assert identified(board).classify(images).words.tolist() == [RIGHT, RIGHT]
    whole = -(-inputs // 4)
    assert board.pixels == b"".join(bytes(image) + bytes(4 * whole - inputs) for image in images)
    pushed = [len(words) for index, words in board.written if index == INDEX["PIXELS"]]
    assert pushed == 2 * [min(MOST_WORDS, whole - first) for first in range(0, whole, MOST_WORDS)]
    assert [write for write in board.written if write[0] != INDEX["PIXELS"]] == [
        (INDEX["CONTROL"], [3]), (INDEX["RESULT_TAKE"], [1]), (INDEX["RESULT_TAKE"], [1])]


@pytest.mark.parametrize("changes", [
    dict(IMAGES=[7, 8, 7], RESULT=[OTHER, RIGHT]), dict(IMAGES=[7, 6, 7], RESULT=[OTHER, RIGHT]),
    dict(IMAGES=[7, 7 + (1 << 31), 7], RESULT=[OTHER, RIGHT]), dict(RESULT=[1 << 31 | OTHER, RIGHT]),
    dict(RESULT=[3, RIGHT]), dict(RESULT=[0xFFFF, RIGHT])])
def test_a_result_that_cannot_be_that_of_the_image_is_none(clock, changes):  # noqa: F811
    """It is sent again, in another session."""
    board = Scripted(changes)
    driver = identified(board)
    assert driver.classify(IMAGE).words.tolist() == [RIGHT] and board.sessions == 2
    assert board.written.count((INDEX["CONTROL"], [3])) == 2 and len(board.pixels) == 8


def test_images_are_counted_beyond_32_bits(clock):  # noqa: F811
    board = Scripted(IMAGES=[(1 << 32) - 2])
    assert len(identified(board).classify(np.repeat(IMAGE, 4, 0)).words) == 4 and board.sessions == 1


class Late(LateAnswers, Scripted):
    pass


def test_each_image_has_its_time(clock):  # noqa: F811
    """And so has whatever else is asked for."""
    board = Late(dict(RESULT_STATUS=4 * (30 * [0] + [1]), CYCLES=[5, 6]))
    driver = identified(board)
    clock.now += 2 * PATIENCE
    assert driver.cycles() == 5
    clock.now += 2 * PATIENCE
    begin = clock.now
    assert len(driver.classify(np.repeat(IMAGE, 4, 0)).words) == 4
    assert clock.now > begin + 100
    clock.now += 2 * PATIENCE
    driver.identify()
    board.synced = False  # as after a restart
    assert driver.cycles() == 6


@pytest.mark.parametrize("inputs", [4, 400])
def test_without_a_result_time_is_over(clock, inputs):  # noqa: F811
    driver = identified(Scripted(dict(RESULT_STATUS=[0] * 3 * PATIENCE), INPUTS=[inputs]))
    begin = clock.now
    with pytest.raises(LineError, match="^toy: the board gives no result$"):
        driver.classify(np.zeros((1, 1, inputs), np.uint8))
    taken = clock.now - begin - PATIENCE - 4 * inputs
    assert 1 <= taken < 10


@pytest.mark.parametrize("status", [0, ROOM | 1, ROOM - 2])
def test_without_room_for_an_image_time_is_over(clock, status):  # noqa: F811
    """`busy` is bit 0 of STATUS, `room` bit 1."""
    board = Scripted(dict(STATUS=[status, ROOM, status]))
    driver = identified(board)
    assert driver.classify(IMAGE).words == [RIGHT]
    with pytest.raises(LineError, match="^toy: the board has no room for an image$"):
        driver.classify(IMAGE)


@pytest.mark.parametrize("loadable", [0, 1])
@pytest.mark.parametrize("register, word", [
    ("VERSION", 1 << 16 | 1), ("INPUTS", 5), ("OUTPUTS", 4 | 16 << 16), ("OUTPUTS", 3 | 32 << 16),
    ("SHAPE", 8 | 1 << 8), ("SHAPE", 4 | 2 << 8), ("WEIGHT_BITS", 1), ("WEIGHT_MAP", 1), ("CAPABILITIES", None),
    ("CAPABILITIES", 3), ("NETWORK_HASH", 1)])
def test_no_image_goes_to_a_board_that_is_another_one(clock, loadable, register, word):  # noqa: F811
    """After a restart, in any way."""
    if loadable and register == "NETWORK_HASH":
        register = "INPUTS"
    board = Scripted(CAPABILITIES=[loadable], LOAD_STATUS=[2], LOAD_HASH=[1])
    driver = identified(board)
    board.synced, board.words[INDEX[register]] = False, 1 - loadable if word is None else word
    with pytest.raises(LineError, match="^the board at toy is another one than before$"):
        driver.classify(IMAGE)
    assert not board.pixels


def test_who_was_refused_is_not_identified(clock):  # noqa: F811
    driver = Device(Scripted(), PATIENCE, PAUSE)
    for action in (driver.cycles, lambda: driver.classify(IMAGE)):
        with pytest.raises(UserError, match="holds the network 000000000000…, not aaaa…: make a bitstream of it"):
            driver.identify(type("Network", (), dict(sha256="aaaa")))
        with pytest.raises(UserError, match="^the board is not identified yet: call identify first$"):
            action()
