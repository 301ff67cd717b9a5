"""A board in plain Python, as far as the driver can tell: a line with what should answer behind it."""

import math
import zlib

import pytest

from first_spike.device import link
from first_spike.device.link import Decoder, Frame
from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.serial.bundles import ANSWER, DONE, NOT_SYNCED, PUSH, READ, REFUSED, SYNC

INDEX = {name: register.index for name, register in REGISTERS.items()}
ROOM = REGISTERS["STATUS"].fields["room"].mask | REGISTERS["STATUS"].fields["by_registers"].mask
MAP = 0x1234ABCD


class Clock:
    """Stands for the module `time`: a second passes when somebody reads from a toy."""

    now, end = 0, math.inf

    def monotonic(self):
        return self.now

    def tick(self):
        assert self.now < self.end, "the driver waits for ever"
        self.now += 1


class ToyBoard:
    """A line whose board holds `registers` ({name: [words]}) and gives each image the result word `word`."""

    name, baud, clock = "toy", 10_000_000, Clock()

    def __init__(self, word=0, **registers):
        words = {"IDENTIFICATION": [0x4653504B], "VERSION": [1 << 16], "STATUS": [ROOM], "INPUTS": [4],
                 "OUTPUTS": [3 | 16 << 16], "SHAPE": [4 | 1 << 8], "WEIGHT_MAP": [MAP], "NETWORK_HASH": list(range(8)),
                 "RESULT": [word], **registers}
        self.words = {INDEX[name] + k: value for name, values in words.items() for k, value in enumerate(values)}
        self.pixels = b""  # that were written
        self.loaded, self.room = b"", 1024  # words that are loaded, and how many there have to be
        self.synced, self.closed, self._decoder, self._waiting = False, False, Decoder(), b""

    def write(self, data):
        for frame in self._decoder.feed(data):
            self._waiting += self.answer(frame).encode()

    def read(self):
        self.clock.tick()
        data, self._waiting = self._waiting, b""
        return data

    def close(self):
        self.closed = True

    def answer(self, frame):
        """The Frame that answers another."""
        reply = frame._replace(kind=ANSWER + DONE, words=frame.words[:0])
        if frame.kind == SYNC:
            self.synced = True
            return reply._replace(words=frame.words)
        if not self.synced:
            return reply._replace(kind=ANSWER + NOT_SYNCED, count=0)
        if frame.kind == READ:
            return reply._replace(words=Frame.array([self.words.get(frame.address + k, 0) for k in range(frame.count)]))
        if frame.kind == PUSH:
            self.push(frame.address, frame.words.astype("<u4").tobytes())
        else:
            for number, word in enumerate(frame.words.tolist()):
                if not self.store(frame.address + number, word):
                    return reply._replace(kind=ANSWER + REFUSED, count=number)
        return reply

    def push(self, index, data):
        if index == INDEX["PIXELS"]:
            self.pixels += data
            self.words[INDEX["RESULT_STATUS"]] = 1
        if index == INDEX["LOAD_WORDS"]:
            self.loaded += data

    def store(self, index, word):
        """Write a register; whether it was not refused."""
        if index == INDEX["LOAD_STATUS"]:
            self.words[index] = self.words.get(index, 0) & ~(word & REGISTERS["LOAD_STATUS"].mask("w1c"))
            return True
        if index == INDEX["LOAD_COMMIT"]:
            return self.commit(word)
        self.words[index] = word
        if index == INDEX["LOAD_BEGIN"]:
            self.loaded = b""
        if index == INDEX["RESULT_TAKE"]:
            self.words[INDEX["RESULT_STATUS"]] = 0
            self.words[INDEX["IMAGES"]] = (self.words.get(INDEX["IMAGES"], 0) + 1) % (1 << 32)
        return True

    def commit(self, code):
        status, now = REGISTERS["LOAD_STATUS"].fields, INDEX["LOAD_STATUS"]
        wrong = [name for name, is_wrong in (
            ("wrong_count", len(self.loaded) != 2 * self.room or self.words.get(INDEX["LOAD_COUNT"]) != self.room),
            ("wrong_crc", code != zlib.crc32(self.loaded) ^ self.words[INDEX["WEIGHT_MAP"]])) if is_wrong]
        self.words[now] = self.words.get(now, 0) | sum(status[name].mask for name in wrong)
        if not wrong:
            bank = self.words[INDEX["LOAD_BEGIN"]]
            self.words[now] = self.words[now] & ~1 | bank | 1 << status["loaded"].low + bank
        return not wrong


class LateAnswers:
    """Beside a ToyBoard: an answer is there when it is looked for the second time."""

    looked = False

    def read(self):
        self.looked = bool(self._waiting) and not self.looked
        if not self.looked:
            return super().read()
        self.clock.tick()
        return b""


@pytest.fixture
def clock(monkeypatch):
    """The Clock of the driver and of all toys; tests import this fixture by name."""
    made = Clock()
    made.end = 100_000
    monkeypatch.setattr(link, "time", made)
    monkeypatch.setattr(ToyBoard, "clock", made)
    return made
