"""Requests to a board and their answers: registers read and written over a line that may lose anything.

The frames on the line between a host and a board (docs/reference/serial.md).
"""

import secrets
import time
import zlib
from typing import NamedTuple

import numpy as np

from first_spike.device.line import LineError
from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.serial.bundles import (
    ANSWER,
    DONE,
    END_BYTE,
    ESCAPE,
    ESCAPED_END,
    ESCAPED_ESCAPE,
    MOST_WORDS,
    NOT_SYNCED,
    PUSH,
    READ,
    REFUSED,
    SYNC,
    WRITE,
)

LONGEST = 4096  # bytes between two END bytes; what is longer is noise
UNESCAPED = {ESCAPED_END: END_BYTE, ESCAPED_ESCAPE: ESCAPE}


class Frame(NamedTuple):
    """sequence, kind (what is asked for, or how it went), address, count: a byte each; words: uint32 [n]."""

    sequence: int
    kind: int
    address: int
    count: int
    words: np.ndarray = np.zeros(0, np.uint32)

    @staticmethod
    def array(words):
        """Words as they stand in a Frame."""
        return np.array(words, np.uint32)

    def encode(self):
        """The bytes on the line."""
        body = bytes([self.sequence, self.kind, self.address, self.count]) + self.words.astype("<u4").tobytes()
        body += zlib.crc32(body).to_bytes(4, "little")
        body = body.replace(bytes([ESCAPE]), bytes([ESCAPE, ESCAPED_ESCAPE]))
        body = body.replace(bytes([END_BYTE]), bytes([ESCAPE, ESCAPED_END]))
        return bytes([END_BYTE]) + body + bytes([END_BYTE])


class Decoder:
    """Finds the frames in what comes from a line; what is none is dropped."""

    def __init__(self):
        self._part = bytearray()

    def feed(self, data):
        """The Frames that `data` completes."""
        *whole, rest = (bytes(self._part) + data).split(bytes([END_BYTE]))
        self._part = bytearray(rest[-LONGEST:])
        return [frame for frame in map(decode, whole) if frame is not None]


def decode(escaped):
    """The Frame whose bytes between two ENDs are `escaped`; None if it is not whole."""
    body, parts = bytearray(), iter(escaped)
    for byte in parts:
        if byte == ESCAPE:
            byte = UNESCAPED.get(next(parts, None))
            if byte is None:
                return None
        body.append(byte)
    words, rest = divmod(len(body), 4)
    if rest or not 2 <= words <= MOST_WORDS + 2 or zlib.crc32(body[:-4]) != int.from_bytes(body[-4:], "little"):
        return None
    return Frame(*body[:4], np.frombuffer(bytes(body[4:-4]), "<u4"))


BITS = 10  # of a byte on the line
WRITES = 128  # sequence numbers below are for writes, from here on for the rest: so no two writes in a row share one


class Confused(Exception):
    """The board is not in the state in which it was left: it was restarted, or somebody else uses it."""


class Link:
    """A line (an object with `read`, `write`, `close`, `name` and `baud`) as reads and writes of registers.

    patience: seconds within which whatever does not work ends in an error, from the latest `begin` on; answer: seconds
    after which a request is sent again, beside its way over the line; twice that the next time, and so on. Every call
    raises LineError where time is over, and Confused where the board refuses or knows of no session.
    """

    def __init__(self, line, patience, answer):
        self.name = line.name
        self._line, self._patience, self._answer = line, patience, answer
        self._decoder = Decoder()
        self._write_number = self._other_number = 0
        self._deadline = 0

    def close(self):
        """Give the line back."""
        self._line.close()

    def begin(self, size=0):
        """The clock starts: for something that moves `size` bytes over the line."""
        self._deadline = time.monotonic() + self._patience + BITS * size / self._line.baud

    def require_time(self, sentence):
        """Raise LineError, with this sentence, when time is over."""
        if time.monotonic() > self._deadline:
            raise LineError(sentence)

    def synchronize(self):
        """Open a session: what the board or the line still hold of an older one counts no more."""
        word = Frame.array([secrets.randbits(32)])
        self._exchange(Frame(secrets.randbits(8), SYNC, 0, 1, word), lambda reply: np.array_equal(reply.words, word))

    def read(self, name, count=1):
        """Words of registers that lie side by side: [count] ints."""
        self._other_number = (self._other_number + 1) % WRITES
        request = Frame(WRITES + self._other_number, READ, REGISTERS[name].index, count)
        return self._checked(request).words.tolist()

    def write(self, name, words):
        """Write words to registers that lie side by side."""
        self._change(WRITE, name, words)

    def push(self, name, words):
        """Write words to one register, one after the other; MOST_WORDS at the most."""
        self._change(PUSH, name, words)

    def push_in_time(self, name, words):
        """The same where the board may have no room for a while, as for events: it goes on where it was refused."""
        while len(words):
            self._write_number = (self._write_number + 1) % WRITES
            request = Frame(self._write_number, PUSH, REGISTERS[name].index, len(words), Frame.array(words))
            reply = self._exchange(request, lambda reply: True)
            if reply.kind == ANSWER + REFUSED:
                self.require_time(f"{self.name} takes no more {name.lower()}")
            else:
                self._check(request, reply)
            words = words[reply.count:]

    def trying(self, action, again=None):
        """What `action` returns; where the board is not as it was left, what `again` returns, or the same again."""
        while True:
            try:
                return action()
            except Confused:
                self.require_time(f"{self.name}: the board does not stay as it was left; is another program using it?")
            action = again or action

    def _change(self, kind, name, words):
        self._write_number = (self._write_number + 1) % WRITES
        words = Frame.array(words)
        self._checked(Frame(self._write_number, kind, REGISTERS[name].index, len(words), words))

    def _checked(self, request):
        reply = self._exchange(request, lambda reply: True)
        self._check(request, reply)
        return reply

    def _check(self, request, reply):
        """Raise Confused or LineError unless a request was done."""
        if reply.kind in (ANSWER + NOT_SYNCED, ANSWER + REFUSED):
            raise Confused
        if reply.kind != ANSWER + DONE or reply.count != request.count or len(reply.words) != (
                request.count if request.kind == READ else 0):
            raise LineError(f"what answers at {self.name} speaks another language")

    def _exchange(self, request, fits):
        """The reply to a request, which is sent again until it comes."""
        data = request.encode()
        way = BITS * (len(data) + 8 * max(1, request.count)) / self._line.baud
        pause = self._answer
        while True:
            self._line.write(data)
            until = time.monotonic() + pause + way
            pause *= 2  # a board that is slow to answer is not buried under requests
            while time.monotonic() < until:
                for reply in self._decoder.feed(self._line.read()):
                    if reply.kind >= ANSWER and reply.sequence == request.sequence and reply.address == (
                            request.address) and fits(reply):
                        return reply
                self.require_time(f"no board answers at {self.name}: is it on, and does it hold a bitstream of this "
                                  f"project?")
