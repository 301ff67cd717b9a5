"""The driver of a processor on a board in plain Python: what it believes, refuses and sends."""

from dataclasses import replace

import numpy as np
import pytest

from first_spike.device.device import Device
from first_spike.device.line import LineError
from first_spike.device.link import Frame
from first_spike.device.processor import Processor as Driver
from first_spike.golden.contract.processor import ALL, Processor
from first_spike.golden.errors import UserError
from first_spike.golden.recordings import Recordings
from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.registers.constants import WORDS, limit_words
from first_spike.rtl_model.serial.bundles import ANSWER, REFUSED
from first_spike.rtl_model.shape.processor_load import load_words
from first_spike.tests.toy_board import INDEX, ToyBoard, clock  # noqa: F401
from tb.helpers.processor_cases import dense

LIMITS = Processor(lanes=32, weight_words=2048, inputs=72, steps=64, neurons=128, words=16, layers=4, pixels=8)
ERRORS = REGISTERS["LOAD_STATUS"].fields
SOON, PATIENT = 0.2, 50  # seconds, the latter where each look at the line takes one


class ToyProcessor(ToyBoard):
    """A ToyBoard that is a Processor, has room for `room` words at a time, and keeps what is written to
    FRAME."""

    def __init__(self, word=0, limits=LIMITS, room=100):
        words = limit_words(limits)
        super().__init__(word, **{name: [words[register.index]] for name, register in REGISTERS.items()
                                  if register.count == 1 and register.index < WORDS and words[register.index]})
        self.room, self.frames = room, []

    def answer(self, frame):
        if frame.address == INDEX["PIXELS"] and len(frame.words) > self.room:
            self.push(frame.address, frame.words[:self.room].astype("<u4").tobytes())
            return frame._replace(kind=ANSWER + REFUSED, count=self.room, words=frame.words[:0])
        assert frame.address != INDEX["NETWORK_HASH"], "a processor has no such register"
        return super().answer(frame)

    def store(self, index, word):
        if index == INDEX["FRAME"]:
            self.frames.append(word)
        return super().store(index, word)

    def commit(self, code):
        """The frame is kept, whatever it is."""
        self.words[INDEX["LOAD_STATUS"]] = 0b10
        self.loaded += Frame.array([code]).tobytes()
        return True


class Forgetful(ToyProcessor):
    """Is restarted by the first word of its second load."""

    loads = 0

    def answer(self, frame):
        self.loads += frame.address == INDEX["LOAD_BEGIN"]
        if self.loads == 2 and frame.address == INDEX["LOAD_WORDS"]:
            self.__init__()
            self.loads = 3
        return super().answer(frame)


def driver(board, cls=Driver, patience=SOON):
    return cls(board, patience, 0.01)


def test_each_limit_is_told():
    """All but the memory, which says nothing of networks: another number of each is another identity."""
    others = dict(lanes=16, weight_words=4096, inputs=80, steps=16, neurons=64, words=32, layers=8, pixels=4,
                  weight_banks=2)
    assert {*others, "memory", "kinds"} == {one.name for one in Processor.options()}
    changes = [{name: value} for name, value in others.items()] + [dict(kinds=ALL, words=64)]
    for change in changes:
        limits = replace(LIMITS, **change)
        with driver(ToyProcessor(limits=limits)) as board:
            identity = board.identify()
        assert identity.limits == limits and identity.weight_map == limits.identity and identity.weight_bits == ()


def test_a_driver_is_for_its_own_kind_of_board():
    with driver(ToyBoard()) as board, pytest.raises(UserError, match="is no processor"):
        board.identify()
    with driver(ToyProcessor(), Device) as board, pytest.raises(UserError, match="is a processor"):
        board.identify()


def test_nothing_is_classified_before_the_network_is_known():
    network, images = dense((9, 4)), np.zeros((1, 1, 9), np.uint8)
    with driver(ToyProcessor()) as board:
        with pytest.raises(UserError, match="not identified"):
            board.load(network)
        board.identify()
        with pytest.raises(UserError, match="is not known yet"):
            board.classify(images)
        with pytest.raises(UserError, match="holds no network yet.*load it first"):
            board.identify(network)
        board.identify()
        board.load(network)
        assert len(board.classify(images).words) == 1
        with pytest.raises(UserError, match="takes images of 1 x 9"):
            board.classify(images[:, :, 1:])


def test_a_network_that_does_not_fit_is_refused_before_anything_is_sent():
    toy = ToyProcessor()
    with driver(toy) as board:
        board.identify()
        with pytest.raises(UserError, match="inputs: 73 needed, 72 possible, 1 too many"):
            board.load(dense((73, 4)))
    assert not toy.loaded and INDEX["LOAD_BEGIN"] not in toy.words


def test_a_load_is_sent_as_it_is_packed():
    network, toy, shares = dense((60, 100, 5)), ToyProcessor(), []
    with driver(toy) as board:
        board.identify()
        board.load(network, progress=shares.append)
        assert toy.loaded == load_words(network, LIMITS).tobytes()
        assert [f"{toy.words[index]:08x}" for index in REGISTERS["LOAD_HASH"].indices] == [
            network.sha256[k:k + 8] for k in range(0, 64, 8)]
        board.identify(network)
    assert shares == sorted(shares) and shares[-1] == 1 and len(shares) == 6


@pytest.mark.parametrize("room", [100, 2])
def test_images_fill_whole_beats_and_events_are_words(room):
    """Also where the board has no room for a while."""
    images = np.arange(1, 19, dtype=np.uint8).reshape(2, 1, 9)
    toy = ToyProcessor(room=room)
    with driver(toy) as board:
        board.identify()
        board.load(dense((9, 4)))
        board.classify(images)
        assert toy.frames == [1, 1]
        assert toy.pixels == b"".join(image.tobytes() + bytes(7) for image in images)
        toy.frames, toy.pixels = [], b""
        board.load(replace(dense((9, 4)), most_events=20))
        board.classify(Recordings(np.array([0, 3, 3]), np.array([8, 0, 5]), np.array([0, 1, 15])))
        assert toy.frames == [1 << 16 | 2, 1 << 16]
        assert np.frombuffer(toy.pixels, "<u4").tolist() == [8, 1 << 24, 15 << 24 | 5, (1 << 24) - 1]


def test_a_recording_of_more_events_than_a_frame_has_is_refused():
    toy = ToyProcessor()
    with driver(toy) as board:
        board.identify()
        board.load(replace(dense((9, 4)), most_events=20))
        with pytest.raises(UserError, match="^recording 1 has 65,537 events: the board takes at most 65,536$"):
            board.classify(Recordings(np.array([0, 1, 65_538]), np.zeros(65_538, int), np.zeros(65_538, int)))
        assert toy.frames == []
        board.classify(Recordings(np.array([0, 65_536]), np.zeros(65_536, int), np.zeros(65_536, int)))
    assert toy.frames == [(1 << 17) - 1]


def test_a_board_that_never_has_room_is_given_up(clock):  # noqa: F811
    with driver(ToyProcessor(room=0), patience=PATIENT) as board:
        board.identify()
        board.load(dense((9, 4)))
        with pytest.raises(LineError, match="takes no more pixels"):
            board.classify(np.zeros((1, 1, 9), np.uint8))


@pytest.mark.parametrize("word, of_events", [(1 << 31, False), (4, False), (4, True)])
def test_results_that_cannot_be_are_not_believed(word, of_events, clock):  # noqa: F811
    """A class that the network has not, and a bad frame, unless it was a recording."""
    network, given = dense((9, 4)), np.zeros((1, 1, 9), np.uint8)
    if of_events:
        network = replace(network, most_events=1)
        given = Recordings(np.array([0, 2]), np.array([1, 2]), np.array([0, 0]))
    toy = ToyProcessor(word)
    with driver(toy, patience=PATIENT) as board:
        board.identify()
        board.load(network)
        with pytest.raises(LineError, match="toy: the board"):
            board.classify(given)
        if of_events:
            toy.words[INDEX["RESULT"]] = 1 << 31 | 3
            assert board.classify(given).words.tolist() == [1 << 31 | 3]


def test_after_a_load_that_was_refused_no_network_is_known(monkeypatch):
    network, toy = dense((9, 4)), ToyProcessor()
    with driver(toy) as board:
        board.identify()
        board.load(network)

        def refuse(code):
            toy.words[INDEX["LOAD_STATUS"]] = ERRORS["field_too_large"].mask
            return False

        monkeypatch.setattr(toy, "commit", refuse)
        with pytest.raises(LineError, match="refuses the network: field too large"):
            board.load(network)
        with pytest.raises(UserError, match="is not known yet"):
            board.classify(np.zeros((1, 1, 9), np.uint8))


def test_with_two_banks_the_other_one_is_loaded_and_the_network_stays_until_then(monkeypatch):
    """While a load is on its way, and where it was refused, images are of the network that was there."""
    first, second, image = dense((9, 4)), dense((17, 4)), np.zeros((1, 1, 9), np.uint8)
    toy = ToyProcessor(limits=replace(LIMITS, weight_banks=2))

    def hold(code, right=True):
        """The bank that was loaded, if it is right."""
        bank = toy.words[INDEX["LOAD_BEGIN"]]
        toy.words[INDEX["LOAD_STATUS"]] = 0b110 | bank if right else 0b110 | 1 - bank | ERRORS["wrong_crc"].mask
        return right

    monkeypatch.setattr(toy, "commit", hold)
    with driver(toy) as board:
        board.identify()
        board.load(first)
        assert toy.words[INDEX["LOAD_BEGIN"]] == 1
        for _ in board.loading(second):
            assert board.classify(image).words.tolist() == [0]
        assert toy.words[INDEX["LOAD_BEGIN"]] == 0
        with pytest.raises(UserError, match="takes images of 1 x 17"):
            board.classify(image)
        monkeypatch.setattr(toy, "commit", lambda code: hold(code, right=False))
        with pytest.raises(LineError, match="refuses the network: wrong crc"):
            board.load(first)
        assert board.classify(np.zeros((1, 1, 17), np.uint8)).words.tolist() == [0]


def test_a_processor_that_is_restarted_in_a_load_is_loaded_again():
    """Though what it held is lost."""
    line = Forgetful()
    with driver(line) as board:
        board.identify()
        board.load(dense((9, 4)))
        board.load(dense((40, 9, 4)))
        assert line.loads == 4 and board.identify().sha256 == dense((40, 9, 4)).sha256
