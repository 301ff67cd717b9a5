"""Requests to a board and their answers: registers read and written over a line that may lose anything."""

import secrets
import time

import numpy as np

from first_spike.device.frames import Decoder, Frame
from first_spike.device.line import LineError
from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.serial.bundles import ANSWER, DONE, NOT_SYNCED, PUSH, READ, REFUSED, SYNC, WRITE

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
        if reply.kind in (ANSWER + NOT_SYNCED, ANSWER + REFUSED):
            raise Confused
        if reply.kind != ANSWER + DONE or reply.count != request.count or len(reply.words) != (
                request.count if request.kind == READ else 0):
            raise LineError(f"what answers at {self.name} speaks another language")
        return reply

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
