"""The driver: a board at a serial line, which classifies images."""

import secrets
import time
import zlib
from dataclasses import dataclass, replace

import numpy as np

from golden.contract.result_word import BAD_BIT
from golden.errors import UserError
from rtl_model.registers.addresses import REGISTERS
from rtl_model.serial.bundles import ANSWER, DONE, MOST_WORDS, NOT_SYNCED, PUSH, READ, REFUSED, SYNC, WRITE
from scripts.device.frames import Decoder, Frame
from scripts.device.line import LineError, SerialLine

PATIENCE = 1.9  # seconds within which anything is done, or an error is raised
ANSWER_SECONDS = 0.15  # that an answer may take beside its way over the line; twice that the next time, and so on
BITS = 10  # of a byte on the line
WRITES = 128  # sequence numbers below are for writes, from here on for the rest: so no two writes in a row share one
NO_NETWORK = "0" * 64  # the hash of a board into which none was loaded yet
BY_REGISTERS, RESTART = 1, 2  # CONTROL
RESULT_BLOCK = ("RESULT_STATUS", "RESULT", "LATENCY", "IMAGES")  # side by side: one read


class _Confused(Exception):
    """The board is not in the state in which it was left: it was restarted, or somebody else uses it."""


@dataclass(frozen=True)
class Identity:
    """What a board says of itself. version: (major, minor) of its registers; inputs: pixels of an image; classes;
    steps; pixels: in a beat; weight_bits: of each layer; loadable: weights can be loaded; banks: of them; sha256: of
    its network, of the one that was loaded last where weights are loaded, NO_NETWORK before."""

    version: tuple
    inputs: int
    classes: int
    steps: int
    pixels: int
    weight_bits: tuple
    loadable: bool
    banks: int
    sha256: str


@dataclass(frozen=True, eq=False)
class Answers:
    """words: int64 [n], result words; latency: int64 [n], cycles from the last beat of an image to its result."""

    words: np.ndarray
    latency: np.ndarray


class Device:
    """A board at a serial line: `with Device(port) as device: device.identify(); device.classify(images)`.

    port: the name of a serial port, or a line (an object with `read`, `write`, `close`, `name` and `baud`); patience:
    seconds within which whatever does not work ends in an error; answer: seconds after which a request is sent again,
    beside its way over the line. Nothing is believed before `identify`.
    Raises LineError, a UserError, where the line or the board fails, and UserError for a port that cannot be opened.
    """

    def __init__(self, port, patience=PATIENCE, answer=ANSWER_SECONDS):
        self._line = port if hasattr(port, "read") else SerialLine(port)
        self._patience, self._answer = patience, answer
        self._decoder = Decoder()
        self._write_number = self._other_number = 0
        self._deadline = 0
        self._identity = None

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._line.close()

    def identify(self, network=None):
        """The Identity of the board. Raises LineError if it is no such accelerator, or, where a `network` is given,
        UserError if the board holds another."""
        self._begin()
        identity = self._trying(self._meet)
        if network is not None and identity.sha256 != network.sha256:
            raise UserError(f"the board at {self._line.name} holds the network {identity.sha256[:12]}…, not "
                            f"{network.sha256[:12]}…: make a bitstream of it")
        self._identity = identity
        return identity

    def classify(self, images, progress=None):
        """Classify `images` (uint8 [n, rows, columns]) one after the other; returns Answers.

        `progress(count)` is called with the number of results so far. An image is sent again when the board was
        restarted meanwhile. Raises LineError when an image has no result within the patience, UserError for images of
        another size.
        """
        if self._identity is None:
            raise UserError("the board is not identified yet: call identify first")
        images = np.asarray(images, np.uint8).reshape(len(images), -1)
        if images.shape[1] != self._identity.inputs:
            raise UserError(f"the board takes images of {self._identity.inputs} pixels, found {images.shape[1]}")
        self._begin()
        number, found = self._trying(self._prepare, self._prepare_anew), []
        for count, image in enumerate(images, 1):
            self._begin(4 * len(image))
            number, *answer = self._trying(lambda: self._classify(image, number),
                                           lambda: self._classify(image, self._prepare_anew()))
            found.append(answer)
            if progress is not None:
                progress(count)
        words, latency = np.array(found, np.int64).reshape(-1, 2).T
        return Answers(words, latency)

    def load(self, words, sha256, progress=None):
        """Load a network into the board, with two banks into the one that is not worked with; it works from then on.

        words: uint16 [n], the words of the network in the board's map; sha256: of the network, which the board keeps.
        `progress(share)` is called now and then. Raises UserError where the weights of the board are constants, and
        LineError where the board refuses the network or does not answer; then it holds what it held, or, with one bank,
        nothing.
        """
        if self._identity is None:
            raise UserError("the board is not identified yet: call identify first")
        if not self._identity.loadable:
            raise UserError(f"the weights of the board at {self._line.name} are constants: make a bitstream of the "
                            f"network")
        pairs = np.concatenate([words, np.zeros(len(words) % 2, np.uint16)]).astype("<u2").view("<u4")
        self._begin(4 * len(words))
        self._trying(lambda: self._load(pairs, len(words), sha256, progress, self._prepare),
                     lambda: self._load(pairs, len(words), sha256, progress, self._prepare_anew))
        self._identity = replace(self._identity, sha256=sha256)

    def _load(self, pairs, count, sha256, progress, prepare):
        prepare()
        status = REGISTERS["LOAD_STATUS"].fields
        before = int(self._read("LOAD_STATUS", 1)[0])
        bank = (status["bank"].of(before) + 1) % self._identity.banks
        self._write(WRITE, "LOAD_STATUS", [before])  # clears errors of older loads
        self._write(WRITE, "LOAD_BEGIN", [bank])
        for first in range(0, len(pairs), MOST_WORDS):
            self._write(PUSH, "LOAD_WORDS", pairs[first:first + MOST_WORDS])
            if progress is not None:
                progress(min(1, (first + MOST_WORDS) / len(pairs)))
        self._write(WRITE, "LOAD_HASH", [int(sha256[k:k + 8], 16) for k in range(0, 64, 8)])
        self._write(WRITE, "LOAD_COUNT", [count])
        try:
            self._write(WRITE, "LOAD_COMMIT", [zlib.crc32(pairs.tobytes())])
        except _Confused:
            after = int(self._read("LOAD_STATUS", 1)[0])
            wrong = [name.replace("_", " ") for name, field in status.items() if field.access == "w1c"
                     and field.of(after)]
            if wrong:
                raise LineError(f"the board at {self._line.name} refuses the network: {', '.join(wrong)}") from None
            raise

    def _classify(self, image, number):
        """(number of the next image, result word, latency) of an image that is the board's image `number`."""
        words = np.frombuffer(image.tobytes() + bytes(-len(image) % 4), "<u4")
        for first in range(0, len(words), MOST_WORDS):
            self._write(PUSH, "PIXELS", words[first:first + MOST_WORDS])
        waiting = 0
        while not waiting:
            waiting, word, latency, images = map(int, self._read(RESULT_BLOCK[0], len(RESULT_BLOCK)))
            self._require_time(f"{self._line.name}: the board gives no result")
        if images != number or word >> BAD_BIT or word & 0xFFFF >= self._identity.classes:
            raise _Confused
        self._write(WRITE, "RESULT_TAKE", [1])
        return (number + 1) % (1 << 32), word, latency

    def _prepare(self):
        """Make the board forget what it was doing and take pixels by registers; returns the number of the next
        image."""
        self._write(WRITE, "CONTROL", [BY_REGISTERS | RESTART])
        status = REGISTERS["STATUS"].fields
        word = 0
        while not status["room"].of(word) or status["busy"].of(word):
            word = int(self._read("STATUS", 1)[0])
            self._require_time(f"{self._line.name}: the board has no room for an image")
        return int(self._read("IMAGES", 1)[0])

    def _prepare_anew(self):
        """The same after a session has ended; the board must be the one that it was."""
        if self._meet() != self._identity:
            raise LineError(f"the board at {self._line.name} is another one than before")
        return self._prepare()

    def _trying(self, action, again=None):
        """What `action` returns; where the board is not as it was left, what `again` returns, or the same again."""
        while True:
            try:
                return action()
            except _Confused:
                self._require_time(f"{self._line.name}: the board does not stay as it was left; is another program "
                                   f"using it?")
            action = again or action

    def _meet(self):
        """Open a session and read the Identity."""
        self._synchronize()
        words = self._read("IDENTIFICATION", 2)
        if words[0] != REGISTERS["IDENTIFICATION"].fields["magic"].reset:
            raise LineError(f"what answers at {self._line.name} is no first-spike accelerator")
        version = REGISTERS["VERSION"].fields
        major, minor = version["major"].of(int(words[1])), version["minor"].of(int(words[1]))
        if major != version["major"].reset:
            raise LineError(f"the board at {self._line.name} has registers of version {major}.{minor}, which this "
                            f"driver does not know")
        inputs, outputs, shape, capabilities, bits = map(int, self._read("INPUTS", 5))
        sha256 = "".join(f"{word:08x}" for word in self._read("NETWORK_HASH", 8))
        if _field("CAPABILITIES", "loadable", capabilities):
            status = int(self._read("LOAD_STATUS", 1)[0])
            holds = _field("LOAD_STATUS", "loaded", status) >> _field("LOAD_STATUS", "bank", status) & 1
            sha256 = "".join(f"{word:08x}" for word in self._read("LOAD_HASH", 8)) if holds else NO_NETWORK
        layers = min(_field("SHAPE", "layers", shape), 8)
        return Identity((major, minor), inputs, _field("OUTPUTS", "classes", outputs), _field("OUTPUTS", "steps",
                                                                                              outputs),
                        _field("SHAPE", "beat", shape), tuple((bits >> 4 * k & 15) + 1 for k in range(layers)),
                        bool(_field("CAPABILITIES", "loadable", capabilities)),
                        _field("CAPABILITIES", "banks", capabilities) + 1, sha256)

    def _synchronize(self):
        """Open a session: what the board or the line still hold of an older one counts no more."""
        word = Frame.array([secrets.randbits(32)])
        self._exchange(Frame(secrets.randbits(8), SYNC, 0, 1, word), lambda reply: np.array_equal(reply.words, word))

    def _read(self, name, count):
        """Words of registers that lie side by side: uint32 [count]."""
        self._other_number = (self._other_number + 1) % WRITES
        request = Frame(WRITES + self._other_number, READ, REGISTERS[name].index, count)
        return self._checked(request).words

    def _write(self, kind, name, words):
        """Write words to registers that lie side by side, or all to one."""
        self._write_number = (self._write_number + 1) % WRITES
        words = Frame.array(words)
        self._checked(Frame(self._write_number, kind, REGISTERS[name].index, len(words), words))

    def _checked(self, request):
        reply = self._exchange(request, lambda reply: True)
        if reply.kind in (ANSWER + NOT_SYNCED, ANSWER + REFUSED):
            raise _Confused
        if reply.kind != ANSWER + DONE or reply.count != request.count or len(reply.words) != (
                request.count if request.kind == READ else 0):
            raise LineError(f"what answers at {self._line.name} speaks another language")
        return reply

    def _exchange(self, request, fits):
        """The reply to a request, which is sent again until it comes; LineError when time is over."""
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
                self._require_time(f"no board answers at {self._line.name}: is it on, and does it hold a bitstream "
                                   f"of this project?")

    def _begin(self, size=0):
        """The clock starts: for something that moves `size` bytes over the line."""
        self._deadline = time.monotonic() + self._patience + BITS * size / self._line.baud

    def _require_time(self, sentence):
        if time.monotonic() > self._deadline:
            raise LineError(sentence)


def _field(register, field, word):
    return REGISTERS[register].fields[field].of(word)
