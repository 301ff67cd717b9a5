"""The driver believes nothing before it is said, and each failure is one sentence."""

import errno
import os
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from first_spike.device import link
from first_spike.device.device import Device
from first_spike.device.identity import Identity, read_identity
from first_spike.device.line import LineError, SerialLine
from first_spike.device.mapped import DmaAccelerator, Mapped
from first_spike.golden.errors import UserError
from first_spike.golden.recordings import Recordings
from first_spike.rtl_model.serial.bundles import ANSWER, REFUSED, WRONG
from first_spike.tests.toy_board import INDEX, ROOM, ToyBoard, clock  # noqa: F401
from tb.helpers import toy_registers

SOON = 0.2  # seconds of patience
IMAGE = np.zeros((1, 2, 2), np.uint8)


def device(board, **options):
    return Device(board, **{"patience": SOON, "answer": 0.01, **options})


def test_a_board_says_what_it_is_and_classifies():
    board = ToyBoard(0x0003_0002)
    with device(board) as driver:
        identity = driver.identify()
        answers = driver.classify(np.repeat(IMAGE, 3, 0))
    assert (identity.inputs, identity.classes, identity.steps, identity.pixels) == (4, 3, 16, 4)
    assert identity.sha256 == "".join(f"{k:08x}" for k in range(8)) and identity.weight_bits == (1,)
    assert answers.words.tolist() == [0x30002] * 3
    assert board.closed


def test_each_register_of_its_identity_is_told():
    """WEIGHT_BITS lists eight layers at the most."""
    facts = dict(VERSION=[1 << 16 | 7], INPUTS=[70_000], OUTPUTS=[40_000 | 256 << 16], WEIGHT_BITS=[0x76543210],
                 WEIGHT_MAP=[0x89ABCDEF], LOAD_HASH=list(range(8, 16)))
    for layers, capabilities, status in ((2, 0, 6), (8, 1, 4), (10, 1, 2), (1, 3, 3), (1, 3, 5)):
        board = ToyBoard(SHAPE=[16 | layers << 8], CAPABILITIES=[capabilities], LOAD_STATUS=[status], **facts)
        with device(board) as driver:
            identity = driver.identify()
        holds = status >> 1 + (status & 1) & 1
        held = [f"{k:08x}" for k in (range(8) if not capabilities else range(8, 16) if holds else [0] * 8)]
        assert identity == Identity((1, 7), 70_000, 40_000, 256, 16, tuple(range(1, 1 + min(8, layers))),
                                    bool(capabilities), 1 + capabilities // 2, 0x89ABCDEF, "".join(held))


def test_progress_is_told():
    counts = []
    with device(ToyBoard()) as driver:
        driver.identify()
        driver.classify(np.repeat(IMAGE, 3, 0), counts.append)
    assert counts == [1, 2, 3]


class Slow(ToyBoard):
    """Has room for four words of an image at a time."""

    def answer(self, frame):
        if frame.address == INDEX["PIXELS"] and frame.count > 4:
            self.push(frame.address, frame.words[:4].astype("<u4").tobytes())
            return frame._replace(kind=ANSWER + REFUSED, count=4, words=frame.words[:0])
        return super().answer(frame)


def test_a_board_without_room_for_a_while_gets_the_rest_later():
    board = Slow(SHAPE=[1 << 8])
    with device(board) as driver:
        driver.identify()
        driver.classify(Recordings.of_lists([[(k % 3, k // 3) for k in range(30)]]))
    words = np.frombuffer(board.pixels, "<u4").tolist()
    assert words == [k // 3 << 24 | k % 3 for k in range(30)] + [(1 << 24) - 1]


def test_nothing_to_classify_is_nothing_sent():
    for board, none in ((ToyBoard(), IMAGE[:0]), (ToyBoard(SHAPE=[1 << 8]), Recordings.of_lists([]))):
        with device(board) as driver:
            driver.identify()
            assert driver.classify(none).words.tolist() == [] and board.pixels == b""


def test_nothing_is_done_before_identify_and_with_images_of_another_size_or_type():
    with device(ToyBoard()) as driver:
        with pytest.raises(UserError, match="not identified yet"):
            driver.classify(IMAGE)
        driver.identify()
        with pytest.raises(UserError, match="takes images of 4 pixels, found 9"):
            driver.classify(np.zeros((2, 3, 3), np.uint8))
        with pytest.raises(UserError, match="takes images of 4 pixels, found 3"):
            driver.classify(np.zeros((2, 1, 3), np.uint8))
        for images, found in ((IMAGE / 255, "float64"), (np.full((1, 2, 2), 300), "int64"), (IMAGE > 0, "bool")):
            with pytest.raises(UserError, match=f"images must be uint8, found {found}"):
                driver.classify(images)


def test_recordings_are_events_and_a_close():
    """Their results may say that they were bad; each device takes its own kind."""
    recordings = Recordings.of_lists([[(2, 0), (1, 15)], []])
    board = ToyBoard(0x8003_0002, SHAPE=[1 << 8])
    with device(board) as driver:
        assert driver.identify().pixels == 0
        assert driver.classify(recordings).words.tolist() == 2 * [0x8003_0002]
        assert np.frombuffer(board.pixels, "<u4").tolist() == [2, 15 << 24 | 1, 0xFFFFFF, 0xFFFFFF]
        with pytest.raises(UserError, match="takes recordings, found images"):
            driver.classify(IMAGE)
    with device(ToyBoard()) as driver:
        driver.identify()
        with pytest.raises(UserError, match="takes images, found recordings"):
            driver.classify(recordings)


@pytest.mark.parametrize("registers, sentence", [
    (dict(IDENTIFICATION=[0x12345678]), "is no first-spike accelerator"),
    (dict(VERSION=[2 << 16]), "registers of version 2.0, which this driver does not know"),
    (dict(VERSION=[9]), "registers of version 0.9, which this driver does not know"),
])
def test_another_device_is_refused(registers, sentence):
    with device(ToyBoard(**registers)) as driver, pytest.raises(LineError, match=sentence):
        driver.identify()


LIMITS = {"CAPABILITIES": 1, "LIMIT_LANES": 8, "LIMIT_WORDS": 64, "LIMIT_WEIGHT_WORDS": 8192}
PROCESSOR = toy_registers.PROCESSOR | LIMITS


class Memory:
    """The registers of a ToyBoard in memory."""

    def __init__(self, board):
        self.board = board

    def read(self, offset):
        return self.board.words.get(offset // 4, 0)


def board_of(words):
    """A ToyBoard with these {register: word}."""
    return ToyBoard(**{name: [word] for name, word in (toy_registers.SHAPE | words).items()})


@pytest.mark.parametrize("words", [
    *toy_registers.POSSIBLE, *(PROCESSOR | words for words in toy_registers.POSSIBLE_PROCESSORS)])
def test_numbers_that_accelerators_have_are_believed(words):
    identity = read_identity(Mapped(Memory(board_of(words))))
    assert identity.inputs == words.get("INPUTS", 6) and (identity.limits is None) == ("LIMIT_LANES" not in words)


@pytest.mark.parametrize("words", [
    *toy_registers.IMPOSSIBLE, *(PROCESSOR | words for words in toy_registers.IMPOSSIBLE_PROCESSORS),
    *(PROCESSOR | {name: word} for name in list(LIMITS)[1:] for word in (0, 3, toy_registers.ONES))])
def test_numbers_that_no_accelerator_has_are_refused(words):
    """On the serial line, in memory, and at a DMA, before anything is allocated."""
    for identify in (lambda board: Device(board).identify(), lambda board: Device(Mapped(Memory(board))).identify(),
                     lambda board: DmaAccelerator(Memory(board), None, None)):
        with pytest.raises(LineError) as caught:
            identify(board_of(words))
        assert "\n" not in str(caught.value) and any(name in str(caught.value) for name in ("toy", "the accelerator"))


def test_the_number_that_cannot_be_is_named():
    with pytest.raises(UserError) as caught:
        device(board_of({"INPUTS": toy_registers.ONES})).identify()
    assert "4,294,967,295 inputs" in str(caught.value)


def test_a_board_with_another_network_is_refused():
    with device(ToyBoard()) as driver, pytest.raises(UserError, match="holds the network 000000000000…, not abc…"):
        driver.identify(SimpleNamespace(sha256="abc"))


class Silent(ToyBoard):
    def read(self):
        return b""


class Echo(ToyBoard):
    def write(self, data):
        self._waiting += data


class Babble(ToyBoard):
    def read(self):
        return os.urandom(100)


@pytest.mark.parametrize("line", [Silent, Echo, Babble])
def test_who_does_not_answer_is_no_board(line):
    with device(line()) as driver, pytest.raises(LineError, match="no board answers at toy"):
        driver.identify()


class Stubborn(ToyBoard):
    """Refuses a request of one kind."""

    def __init__(self, status, address):
        super().__init__()
        self._status, self._address = status, address

    def answer(self, frame):
        reply = super().answer(frame)
        return reply._replace(kind=ANSWER + self._status, count=0) if frame.address == self._address else reply


@pytest.mark.parametrize("status, sentence", [(REFUSED, "toy takes no more pixels"), (WRONG, "another language")])
def test_a_board_that_refuses_ends_in_an_error(status, sentence):
    with device(Stubborn(status, 0x20)) as driver:
        driver.identify()
        with pytest.raises(LineError, match=sentence):
            driver.classify(IMAGE)


@pytest.mark.parametrize("word", [0x8000_0001, 3])
def test_a_bad_frame_and_a_class_that_is_none_are_no_results(word):
    with device(ToyBoard(word)) as driver:
        driver.identify()
        with pytest.raises(LineError, match="toy: the board"):
            driver.classify(IMAGE)


@pytest.mark.parametrize("pixels", [1, 4, 5, 1008, 1009, 1013])
def test_an_image_is_its_pixels_and_nothing_more(monkeypatch, pixels):
    """In words of four, as many in a frame as it takes; with time for what is moved."""
    sizes, begin = [], link.Link.begin
    monkeypatch.setattr(link.Link, "begin", lambda self, size=0: sizes.append(size) or begin(self, size))
    images = np.random.default_rng(pixels).integers(0, 256, (2, 1, pixels), np.uint8)
    board = ToyBoard(INPUTS=[pixels], IMAGES=[0xFFFF_FFFF if pixels % 2 else 0x7FFF_FFFF])  # the number goes round
    pushed, push = [], board.push
    board.push = lambda index, data: pushed.append(len(data) // 4) or push(index, data)
    with device(board) as driver:
        driver.identify()
        driver.classify(images)
    words = -(-pixels // 4)
    assert pushed == 2 * ([252] * (words // 252) + [words % 252] * (words % 252 > 0))
    assert board.pixels == b"".join(image.tobytes() + bytes(-pixels % 4) for image in images)
    assert (board.words[INDEX["CONTROL"]], board.words[INDEX["RESULT_TAKE"]]) == (3, 1)
    assert sizes == [0, 0, 16 * words, 16 * words]


@pytest.mark.parametrize("wrong", [-1, 1])
def test_a_result_of_another_image_is_none(wrong):
    board = ToyBoard(IMAGES=[1 << 20])
    push, images = board.push, INDEX["IMAGES"]
    board.push = lambda *given: push(*given) or board.words.update({images: board.words[images] + wrong})
    with device(board) as driver:
        driver.identify()
        with pytest.raises(LineError, match="toy: the board "):
            driver.classify(IMAGE)


class Resting(ToyBoard):
    """Says of its status one thing after the other."""

    def __init__(self, *status):
        super().__init__(IMAGES=[5], CYCLES=[77, 88])
        self.status = list(status)

    def answer(self, frame):
        if frame.address == INDEX["STATUS"] and self.status:
            self.words[INDEX["STATUS"]] = self.status.pop(0)
        return super().answer(frame)


def test_a_board_is_waited_for_until_it_rests_and_has_room():
    board = Resting(ROOM | 1, 1, 0, ROOM)
    with device(board) as driver:
        driver.identify()
        driver.classify(IMAGE)
        assert not board.status and driver.cycles() == 77
        board.status = 5 * [0] + 9999 * [ROOM | 1]
        with pytest.raises(LineError, match="toy: the board has no room for an image"):
            driver.classify(IMAGE)


def test_cycles_are_told_by_a_board_that_was_restarted():
    board = ToyBoard(CYCLES=[77])
    with device(board) as driver:
        with pytest.raises(UserError, match="not identified yet"):
            driver.cycles()
        driver.identify()
        board.synced = False
        assert driver.cycles() == 77


class Still(ToyBoard):
    """Never answers, and notes when it is asked."""

    def __init__(self):
        super().__init__()
        self.asked = []

    def write(self, data):
        self.asked.append(self.clock.now)

    def read(self):
        self.clock.tick()
        return b""


def test_patience_is_two_seconds_unless_it_is_told(clock):  # noqa: F811
    for options, asked, end in (({}, [0, 1], 2), (dict(patience=9, answer=2), [0, 3, 8], 10)):
        board, clock.now = Still(), 0
        with Device(board, **options) as driver, pytest.raises(LineError, match="no board answers"):
            driver.identify()
        assert (board.asked, clock.now) == (asked, end)


class Restarting(ToyBoard):
    """Is restarted when it is asked for the n-th time, once."""

    def __init__(self, when):
        super().__init__(1)
        self._left = when

    def answer(self, frame):
        self._left -= 1
        if self._left == 0:
            self.__init__(0)
        return super().answer(frame)


@pytest.mark.parametrize("when", range(1, 30))
def test_a_board_that_is_restarted_does_it_again(when):
    """After the restart it says another class: every image has one or the other, none a class of the toy's memory."""
    with device(Restarting(when)) as driver:
        driver.identify()
        words = driver.classify(np.repeat(IMAGE, 4, 0)).words.tolist()
    assert len(words) == 4 and words == sorted(words, reverse=True)


class Swapped(Restarting):
    """Another board after the restart."""

    def answer(self, frame):
        reply = super().answer(frame)
        self.words[0x50 // 4] = 7 if self._left <= 0 else 4
        return reply


def test_a_board_that_is_another_one_after_a_restart_is_refused():
    with device(Swapped(10)) as driver:
        driver.identify()
        with pytest.raises(LineError, match="is another one than before"):
            driver.classify(np.repeat(IMAGE, 9, 0))


@pytest.mark.parametrize("port, sentence", [
    ("/dev/does_not_exist", "there is no such port"), ("/dev/null", "it is no serial port"),
    ("/", "it is no serial port"),
])
def test_ports_that_are_none(port, sentence):
    for opened in (SerialLine, Device):
        with pytest.raises(UserError, match=f"cannot open {port}: {sentence}"):
            opened(port)


@pytest.mark.parametrize("number, sentence", [
    (errno.EACCES, "permission denied; on Linux, the group dialout may use serial ports"),
    (errno.EPERM, "permission denied; on Linux, the group dialout may use serial ports"),
    (errno.EBUSY, "another program uses it"), (errno.EAGAIN, "another program uses it"),
])
def test_ports_that_others_keep(monkeypatch, number, sentence):
    import serial

    def refuse(*arguments, **options):
        raise serial.SerialException(number, "could not open port")

    monkeypatch.setattr(serial, "Serial", refuse)
    with pytest.raises(UserError, match=f"cannot open /dev/ttyUSB0: {sentence}"):
        SerialLine("/dev/ttyUSB0")


def test_a_speed_that_is_none_and_a_package_that_is_missing(monkeypatch):
    import serial

    def refuse(*arguments, **options):
        raise ValueError("Not a valid baudrate: 17")

    monkeypatch.setattr(serial, "Serial", refuse)
    with pytest.raises(UserError, match="it is no serial port, or takes no 17 baud .Not a valid baudrate: 17."):
        SerialLine("/dev/ttyUSB0", 17)
    monkeypatch.setitem(sys.modules, "serial", None)
    with pytest.raises(UserError, match="^pyserial is missing: EXTRAS=board"):
        SerialLine("/dev/ttyUSB0")


class Port:
    """Stands for a serial port, whose driver has no mode for quick answers, or has one."""

    def __init__(self, refusal):
        self.refusal, self.quick, self.opened, self.in_waiting, self.asked = refusal, None, None, 0, []

    def __call__(self, *given, **options):
        self.opened = given, options
        return self

    def set_low_latency_mode(self, on):
        self.quick = on
        if self.refusal:
            raise self.refusal

    def read(self, size):
        self.asked.append(size)
        return b""


@pytest.mark.parametrize("refusal", [None, ValueError(), NotImplementedError()])
def test_how_a_port_is_opened_and_read(monkeypatch, refusal):
    """For this program alone, and no read or write waits for long."""
    import serial

    port = Port(refusal)
    monkeypatch.setattr(serial, "Serial", port)
    line = SerialLine("/dev/ttyUSB0")
    assert port.opened == (("/dev/ttyUSB0", 1_000_000), dict(timeout=0.02, write_timeout=0.1, exclusive=True))
    assert (line.name, line.baud) == ("/dev/ttyUSB0", 1_000_000) and port.quick is True
    for port.in_waiting in (0, 1, 7):
        line.read()
    assert port.asked == [1, 1, 7]
    SerialLine("/dev/ttyUSB0", 9600)
    assert port.opened[0][1] == 9600


class Shell(ToyBoard):
    """Another program: a login at the other end of the line."""

    def write(self, data):
        self._waiting += b"\r\nlogin: " + data


def test_another_program_at_the_other_end_is_no_board():
    with device(Shell()) as driver, pytest.raises(LineError, match="no board answers at toy: is it on, and does it"):
        driver.identify()


def test_a_cable_that_is_pulled():
    master, slave = os.openpty()
    line = SerialLine(os.ttyname(slave))
    os.close(slave)
    os.close(master)
    with device(line) as driver, pytest.raises(LineError, match="is gone|takes nothing more"):
        driver.identify()
    with pytest.raises(LineError, match=f"^{line.name} is gone: "):
        line.read()
    with pytest.raises(LineError, match=f"^{line.name} (takes nothing more|is gone): "):
        line.write(b"x")


def test_what_finds_no_room_is_lost_as_on_the_line():
    """Nobody reads at the other end, and the room of the terminal is soon full."""
    master, slave = os.openpty()
    try:
        line = SerialLine(os.ttyname(slave))
        line.write(bytes(1 << 20))
        with device(line) as driver, pytest.raises(LineError, match="no board answers"):
            driver.identify()
    finally:
        os.close(slave)
        os.close(master)
