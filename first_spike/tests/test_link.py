"""Of what comes over the line only the answer to what was asked counts, and no longer than there is patience."""

import numpy as np
import pytest

from first_spike.device.line import LineError
from first_spike.device.link import Confused, Decoder, Frame, Link
from first_spike.rtl_model.serial.bundles import ANSWER, MOST_WORDS, NOT_SYNCED, PUSH, READ, REFUSED, SYNC, WRITE, WRONG
from first_spike.tests.toy_board import INDEX, ToyBoard, clock  # noqa: F401

PATIENCE, PAUSE = 1000, 16  # seconds of the toy's clock
READ_BYTES, WORD_BYTES = 10, 8  # of a request without words on the line; of a word of its answer, with its escapes


class Recorded(ToyBoard):
    """Records the requests, each with its second; `spoil` makes of the answer the frames that come instead."""

    baud = 10  # a byte a second

    def __init__(self, spoil=lambda reply: [reply]):
        super().__init__(IMAGES=[11, 22, 33])
        self.synced, self.spoil, self.requests, self.seconds = True, spoil, [], []

    def write(self, data):
        self.seconds.append(self.clock.now)
        for request in Decoder().feed(data):
            self.requests.append(request)
            self._waiting += b"".join(reply.encode() for reply in self.spoil(self.answer(request)))


def link_to(line):
    link = Link(line, PATIENCE, PAUSE)
    link.begin()
    return link


def other_bits(reply, name, bits):
    """The reply with each single bit of a member changed, and other words."""
    words = Frame.array([word ^ 1 for word in reply.words.tolist()])
    return [reply._replace(**{name: getattr(reply, name) ^ 1 << bit}, words=words) for bit in range(bits)]


@pytest.mark.parametrize("name, bits", [("sequence", 8), ("address", 8)])
def test_answers_to_something_else_count_nothing(clock, name, bits):  # noqa: F811
    board = Recorded(lambda reply: [*other_bits(reply, name, bits), reply])
    link = link_to(board)
    assert link.read("IMAGES", 2) == [11, 22]
    link.write("INTERRUPT_ENABLE", [1])
    assert len(board.requests) == 2


def test_an_echo_is_no_answer(clock):  # noqa: F811
    board = Recorded(lambda reply: [*(reply._replace(kind=kind, words=reply.words + 1) for kind in range(ANSWER)),
                                    reply])
    assert link_to(board).read("IMAGES") == [11] and len(board.requests) == 1


def test_a_session_begins_with_its_own_word(clock):  # noqa: F811
    def others(reply):
        word = int(reply.words[0])
        return [reply._replace(words=Frame.array(words))
                for words in ([], [word, 0], [0, word], *([word ^ 1 << bit] for bit in range(32)))]

    with pytest.raises(LineError, match="no board answers at toy"):
        link_to(Recorded(others)).synchronize()
    board = Recorded()
    for _ in range(50):
        link_to(board).synchronize()
    assert {(request.kind, request.address, request.count) for request in board.requests} == {(SYNC, 0, 1)}
    words = {int(request.words[0]) for request in board.requests}
    assert len(words) == 50 and max(words) >> 31  # they are random
    numbers = {request.sequence for request in board.requests}
    assert len(numbers) > 20 and min(numbers) < 128 <= max(numbers)


@pytest.mark.parametrize("change", [
    dict(kind=ANSWER + WRONG), dict(kind=ANSWER + 4), dict(kind=0xFF), dict(count=1), dict(count=3), dict(count=0),
    dict(words=Frame.array([1])), dict(words=Frame.array([1, 2, 3])), dict(words=Frame.array([]))])
def test_an_answer_that_is_none_ends_in_an_error(clock, change):  # noqa: F811
    link = link_to(Recorded(lambda reply: [reply._replace(**change)]))
    with pytest.raises(LineError, match="what answers at toy speaks another language"):
        link.read("IMAGES", 2)


@pytest.mark.parametrize("change", [dict(kind=ANSWER + WRONG), dict(count=1), dict(count=3),
                                    dict(words=Frame.array([1])), dict(words=Frame.array([1, 2]))])
def test_nor_does_a_write_have_words_in_its_answer(clock, change):  # noqa: F811
    link = link_to(Recorded(lambda reply: [reply._replace(**change)]))
    for write in (link.write, link.push):
        with pytest.raises(LineError, match="what answers at toy speaks another language"):
            write("PIXELS", [5, 6])


@pytest.mark.parametrize("status", [NOT_SYNCED, REFUSED])
def test_a_board_that_knows_of_no_session_or_refuses_is_confused(clock, status):  # noqa: F811
    board = Recorded(lambda reply: [reply._replace(kind=ANSWER + status)])
    link = link_to(board)
    for action in (lambda: link.read("IMAGES"), lambda: link.write("CONTROL", [1]), lambda: link.push("PIXELS", [1])):
        with pytest.raises(Confused):
            action()
    assert len(board.requests) == 3


def test_each_request_is_what_it_should_be_and_no_two_in_a_row_share_a_number(clock):  # noqa: F811
    board = Recorded()
    link = link_to(board)
    for number in range(300):
        link.write("CONTROL", [number])
        link.read("IMAGES", 3)
        (link.push_in_time if number % 2 else link.push)("PIXELS", range(number % MOST_WORDS))
    writes = [request for request in board.requests if request.kind != READ]
    reads = [request for request in board.requests if request.kind == READ]
    assert all(one.sequence != other.sequence for group in (writes, reads) for one, other in zip(group, group[1:]))
    assert {request.sequence for request in writes} == set(range(128))
    assert {request.sequence for request in reads} == set(range(128, 256))
    assert {(request.address, request.count, len(request.words)) for request in reads} == {(INDEX["IMAGES"], 3, 0)}
    for number, (write, push) in enumerate(zip(writes[::2], writes[1::2])):
        assert (write.kind, write.address, write.count) == (WRITE, INDEX["CONTROL"], 1) and write.words == [number]
        assert (push.kind, push.address, push.count) == (PUSH, INDEX["PIXELS"], number % MOST_WORDS)
        assert np.array_equal(push.words, range(push.count))


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_request_is_sent_again_after_ever_longer_pauses(clock, count):  # noqa: F811
    board = Recorded(lambda reply: [reply] if len(board.requests) == 5 else [])
    link = link_to(board)
    assert link.read("IMAGES", count) == [11, 22, 33][:count]
    way = READ_BYTES + max(1, count) * WORD_BYTES
    assert np.diff(board.seconds).tolist() == [PAUSE + way, 2 * PAUSE + way, 4 * PAUSE + way, 8 * PAUSE + way]
    assert all(request[:4] == board.requests[0][:4] for request in board.requests)


@pytest.mark.parametrize("size", [0, 700])
def test_time_is_over_when_patience_is_and_the_way_of_what_is_moved(clock, size):  # noqa: F811
    board = Recorded(lambda reply: [])
    link = Link(board, PATIENCE, PAUSE)
    for _ in range(2):
        began = clock.now
        link.begin(*[size] * (size > 0))
        with pytest.raises(LineError, match="^no board answers at toy: is it on, and does it hold a bitstream of"):
            link.read("IMAGES")
        assert clock.now == began + PATIENCE + size + 1
        with pytest.raises(LineError, match="^what$"):
            link.require_time("what")
        link.begin()
        link.require_time("nothing")


def test_what_confuses_is_tried_again_while_there_is_time(clock):  # noqa: F811
    link, done = link_to(ToyBoard()), []

    def first():
        done.append("first")
        raise Confused

    def again():
        done.append("again")
        clock.now += 300
        if len(done) > 3:
            return "done"
        raise Confused

    assert link.trying(lambda: 7) == 7
    assert link.trying(first, again) == "done" and done == ["first", "again", "again", "again"]
    link.begin()
    done.clear()
    clock.now += PATIENCE
    with pytest.raises(LineError, match="toy: the board does not stay as it was left; is another program using it?"):
        link.trying(again)
    assert done == ["again"]
