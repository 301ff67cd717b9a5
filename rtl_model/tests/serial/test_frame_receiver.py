"""Whole frames come through, broken ones are dropped, and the next one is found."""

import numpy as np

from first_spike.rtl_model.serial.bundles import END_BYTE, ESCAPE, MOST_WORDS, ReceivedBytes, Request
from first_spike.rtl_model.serial.frame_receiver import frame_receiver
from tb.helpers.clocked import run, signals, vector
from tb.helpers.serial_frames import BROKEN, encode, single_faults, too_long

APART = 9  # cycles between two bytes, as on the fastest line less some
FRAME = 0x01020304, [5]
FAULTY = 0xC0_00_DB_17, []  # with both escapes


class Bench:
    """The receiver and its buffer; methods are generators of clock edges. `arrived`: frames, (header, words)."""

    def __init__(self):
        self.ports, self.s_byte, self.request = signals("clk", "rst", "write"), ReceivedBytes(), Request()
        self.clk, self.rst, self.write = self.ports.values()
        self.address, self.word = vector(8), vector(32)
        self.buffer, self.arrived = {}, []

    def play(self, stimulus):
        """Reset, and what the generator does then."""

        def all_of_it():
            yield from self.reset()
            yield from stimulus

        run(frame_receiver, dict(self.ports, s_byte=self.s_byte, m_request=self.request, write_address=self.address,
                                 write_word=self.word), all_of_it())

    def reset(self):
        self.rst.next = 1
        yield self.clk.negedge
        self.rst.next = 0

    def send(self, data, release=None):
        """Bytes, or BROKEN; release: before which of them the frame before is released."""
        for number, byte in enumerate(data):
            self.s_byte.valid.next, self.s_byte.broken.next = byte is not BROKEN, byte is BROKEN
            self.s_byte.data.next = byte or 0
            self.request.release.next = number == release
            for _ in range(APART):
                yield self.clk.negedge
                self.s_byte.valid.next = self.s_byte.broken.next = self.request.release.next = 0
                if self.write:
                    self.buffer[int(self.address)] = int(self.word)
                if self.request.arrived:
                    length = int(self.request.length)
                    self.arrived.append((int(self.request.header), [self.buffer[k] for k in range(length)]))

    def release(self):
        self.request.release.next = 1
        yield self.clk.negedge
        self.request.release.next = 0

    def is_whole(self, frame=FRAME):
        """A frame comes, and nothing beside it."""
        yield from self.send(encode(*frame))
        assert self.arrived.pop() == (frame[0], list(frame[1])) and not self.arrived
        yield from self.release()


def test_every_single_fault_is_dropped_and_the_next_frame_found():
    bench = Bench()

    def stimulus():
        for name, line in single_faults(*FAULTY):
            yield from bench.send(line)
            assert not bench.arrived, name
            yield from bench.is_whole()

    bench.play(stimulus())


def test_frames_of_too_many_words_are_dropped():
    bench = Bench()

    def stimulus():
        yield from bench.is_whole((1, range(MOST_WORDS)))
        for count, line in too_long():
            yield from bench.send(line)
            assert not bench.arrived, count
            yield from bench.is_whole()

    bench.play(stimulus())


def test_a_frame_that_begins_before_the_one_before_is_released_is_dropped():
    bench, line = Bench(), encode(*FRAME)

    def stimulus():
        for place in (None, *range(len(line))):
            yield from bench.send(encode(*FAULTY))
            assert bench.arrived.pop() == FAULTY
            yield from bench.send(line, place)
            assert bench.arrived == ([FRAME] if place == 0 else []), place
            assert bench.request.header == (FRAME if place == 0 else FAULTY)[0]
            bench.arrived.clear()
            yield from bench.release()
            yield from bench.is_whole()

    bench.play(stimulus())


def test_after_a_reset_a_frame_begins_with_an_end():
    bench, line = Bench(), encode(*FRAME)

    def stimulus():
        yield from bench.send(line[1:])
        assert not bench.arrived
        yield from bench.is_whole()
        for place in range(1, len(line)):
            yield from bench.send(line[:place])
            yield from bench.reset()
            yield from bench.send(line[place:])
            assert not bench.arrived
            yield from bench.is_whole()
        yield from bench.send(line)
        assert bench.arrived.pop()
        yield from bench.reset()  # with it the frame counts as released
        yield from bench.is_whole()

    bench.play(stimulus())


def test_frames_are_found_between_what_is_none():
    rng = np.random.default_rng(3)
    print("seed 3")
    bench = Bench()

    def random_frame(length):
        special = [END_BYTE, ESCAPE, END_BYTE << 8 | ESCAPE << 24]
        words = [int(rng.choice(special)) if rng.random() < 0.3 else int(rng.integers(1 << 32)) for _ in range(length)]
        return int(rng.integers(1 << 32)), words

    def stimulus():
        for length in (0, 1, 5, MOST_WORDS):
            yield from bench.send(rng.bytes(30))
            assert not bench.arrived
            yield from bench.is_whole(random_frame(length))

    bench.play(stimulus())
