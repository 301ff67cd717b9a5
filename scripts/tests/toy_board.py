"""A board in plain Python, as far as the driver can tell: a line with what should answer behind it."""

import zlib

from rtl_model.registers.addresses import REGISTERS
from rtl_model.serial.bundles import ANSWER, DONE, NOT_SYNCED, READ, REFUSED, SYNC, WRITE
from scripts.device.frames import Decoder, Frame

ROOM = REGISTERS["STATUS"].fields["room"].mask | REGISTERS["STATUS"].fields["by_registers"].mask

MAP = 0x1234ABCD


class ToyBoard:
    """A line whose board holds `registers` ({name: [words]}) and gives each image the result word `word`."""

    name, baud = "toy", 10_000_000

    def __init__(self, word=0, **registers):
        words = {"IDENTIFICATION": [0x4653504B], "VERSION": [1 << 16], "STATUS": [ROOM], "INPUTS": [4],
                 "OUTPUTS": [3 | 16 << 16], "SHAPE": [4 | 1 << 8], "WEIGHT_MAP": [MAP], "NETWORK_HASH": list(range(8)),
                 "RESULT": [word], **registers}
        self.words = {REGISTERS[name].index + k: value for name, values in words.items()
                      for k, value in enumerate(values)}
        self.loaded, self.room = b"", 1024  # words that are loaded, and how many there have to be
        self.synced, self.closed, self._decoder, self._waiting = False, False, Decoder(), b""

    def write(self, data):
        for frame in self._decoder.feed(data):
            self._waiting += self.answer(frame).encode()

    def read(self):
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
        if frame.kind == WRITE:
            self.words.update((frame.address + k, int(word)) for k, word in enumerate(frame.words))
        if frame.address == REGISTERS["LOAD_BEGIN"].index:
            self.loaded = b""
        if frame.address == REGISTERS["LOAD_WORDS"].index:
            self.loaded += frame.words.tobytes()
        if frame.address == REGISTERS["LOAD_COMMIT"].index:
            status = REGISTERS["LOAD_STATUS"].fields
            code = zlib.crc32(self.loaded) ^ self.words[REGISTERS["WEIGHT_MAP"].index]
            wrong = "wrong_count" if len(self.loaded) != 2 * self.room else "wrong_crc"
            if int(frame.words[0]) != code or wrong == "wrong_count":
                self.words[REGISTERS["LOAD_STATUS"].index] = status[wrong].mask
                return reply._replace(kind=ANSWER + REFUSED, count=0)
            self.words[REGISTERS["LOAD_STATUS"].index] = (
                status["loaded"].mask | self.words[REGISTERS["LOAD_BEGIN"].index])
        if frame.address == REGISTERS["PIXELS"].index:
            self.words[REGISTERS["RESULT_STATUS"].index] = 1
        if frame.kind == WRITE and frame.address == REGISTERS["RESULT_TAKE"].index:
            self.words[REGISTERS["RESULT_STATUS"].index] = 0
            self.words[REGISTERS["IMAGES"].index] = self.words.get(REGISTERS["IMAGES"].index, 0) + 1
        return reply
