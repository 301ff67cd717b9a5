"""The driver: a board at a serial line, which classifies images and takes networks.

The registers of the loader, in the order in which a network wants them.
"""

import math
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from first_spike.device.identity import NO_NETWORK, field, read_identity
from first_spike.device.line import LineError, SerialLine
from first_spike.device.link import Confused, Link
from first_spike.golden.errors import UserError
from first_spike.golden.pixels import require_images
from first_spike.golden.recordings import Recordings
from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.serial.bundles import MOST_WORDS
from first_spike.rtl_model.shape.frames import INPUT_BITS, NO_INPUT

ATTEMPTS = 3  # to load a network, each after the board was restarted in the middle of the one before


def load_in_parts(link, load, banks, prepare, prepare_anew):
    """Load a Load over a Link; yields the share that is there after each part; at its end the network works.

    banks: of the board; prepare(): makes it idle, prepare_anew(): after it was restarted. Raises LineError where the
    board refuses the network, is restarted again and again, or does not answer.
    """
    for _ in range(ATTEMPTS):
        try:
            link.begin()
            prepare()
            bank = _begin(link, banks)
            for first in range(0, len(load.pairs), MOST_WORDS):
                link.begin(8 * MOST_WORDS)
                link.push("LOAD_WORDS", load.pairs[first:first + MOST_WORDS])
                yield min(1, (first + MOST_WORDS) / len(load.pairs))
            link.begin()
            _commit(link, load, bank)
            return
        except Confused:
            with suppress(Confused):  # it was restarted, and says nothing
                _unrefused_status(link)
            prepare = prepare_anew
    raise LineError(f"the board at {link.name} does not stay as it was left; is another program using it?")


def _begin(link, banks):
    """The bank that is loaded from now on."""
    status = link.read("LOAD_STATUS")[0]
    link.write("LOAD_STATUS", [status])  # clears errors of older loads
    bank = (field("LOAD_STATUS", "bank", status) + 1) % banks
    link.write("LOAD_BEGIN", [bank])
    _unrefused_status(link)  # else the hash would go to the bank that works
    return bank


def _commit(link, load, bank):
    link.write("LOAD_HASH", [int(load.sha256[k:k + 8], 16) for k in range(0, 64, 8)])
    link.write("LOAD_COUNT", [load.count])
    link.write("LOAD_COMMIT", [load.code])
    if not field("LOAD_STATUS", "loaded", _unrefused_status(link)) >> bank & 1:
        raise Confused


def _unrefused_status(link):
    """LOAD_STATUS, as a bus may tell nobody of a write that was refused. Raises LineError if it says what is wrong with
    a load."""
    status = link.read("LOAD_STATUS")[0]
    wrong = [name.replace("_", " ") for name, each in REGISTERS["LOAD_STATUS"].fields.items()
             if each.access == "w1c" and each.of(status)]
    if wrong:
        raise LineError(f"the board at {link.name} refuses the network: {', '.join(wrong)}")
    return status


PATIENCE = 1.9  # seconds within which anything is done, or an error is raised
ANSWER_SECONDS = 0.15  # that an answer may take beside its way over the line
BY_REGISTERS, RESTART = 1, 2  # CONTROL
RESULT_BLOCK = ("RESULT_STATUS", "RESULT", "LATENCY", "IMAGES")  # side by side: one read


def words_of(data):
    """uint32 [n]: bytes four by four, filled up with zeros."""
    return np.frombuffer(data + bytes(-len(data) % 4), "<u4")


@dataclass(frozen=True, eq=False)
class Answers:
    """words: int64 [n], result words; latency: int64 [n], cycles from the last beat of an image to its result."""

    words: np.ndarray
    latency: np.ndarray


def written_words(identity, images):
    """For each of the images (uint8 [n, rows, columns], or Recordings) the words that are written to PIXELS, uint32.
    Raises UserError unless the device with the Identity takes such."""
    if isinstance(images, Recordings) != (identity.pixels == 0):
        taken, found = ("images", "recordings") if identity.pixels else ("recordings", "images")
        raise UserError(f"the board takes {taken}, found {found}")
    if isinstance(images, Recordings):
        events = images.steps.astype("<u4") << INPUT_BITS | images.inputs.astype("<u4")
        parts = np.split(events, images.offsets[1:])[:-1]
        return [np.append(part, np.uint32(NO_INPUT)) for part in parts]
    return [words_of(image.tobytes()) for image in flat_images(images, identity.inputs)]


def flat_images(images, inputs):
    """uint8 [n, inputs] of images (uint8 [n, rows, columns]). Raises UserError for another type or size."""
    images = np.asarray(images)
    require_images(images)
    images = images.reshape(len(images), math.prod(images.shape[1:]))
    if images.shape[1] != inputs:
        raise UserError(f"the board takes images of {inputs} pixels, found {images.shape[1]}")
    return images


class Device:
    """A board at a serial line: `with Device(port) as device: device.identify(); device.classify(images)`.

    port: the name of a serial port, a line (an object with `read`, `write`, `close`, `name` and `baud`), or a Link: a
    Mapped is; patience, answer: as for the Link that is made of the others. Nothing is believed before `identify`.
    Raises LineError, a UserError, where the line or the board fails, and UserError for a port that cannot be opened.
    """

    def __init__(self, port, patience=PATIENCE, answer=ANSWER_SECONDS):
        self._link = port if isinstance(port, Link) else Link(
            port if hasattr(port, "read") else SerialLine(port), patience, answer)
        self._identity = None

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._link.close()

    def identify(self, network=None):
        """The Identity of the board. Raises LineError if it is no such accelerator, or, where a `network` is given,
        UserError if the board holds another."""
        self._link.begin()
        identity = self._link.trying(self._meet)
        self._check_kind(identity)
        if network is not None and identity.sha256 != network.sha256:
            holds = "no network yet" if identity.sha256 == NO_NETWORK else f"the network {identity.sha256[:12]}…"
            way = "load it first" if identity.loadable else "make a bitstream of it"
            raise UserError(f"the board at {self._link.name} holds {holds}, not {network.sha256[:12]}…: {way}")
        self._identity = identity
        return identity

    def cycles(self):
        """Cycles of the board's clock since its reset, modulo 2**32."""
        self._known()
        self._link.begin()
        return self._link.trying(lambda: self._link.read("CYCLES")[0],
                                 lambda: self._meet() and self._link.read("CYCLES")[0])

    def classify(self, images, progress=None):
        """Classify `images` (uint8 [n, rows, columns], or Recordings) one after the other; returns Answers.

        `progress(count)` is called with the number of results so far. An image is sent again when the board was
        restarted meanwhile. Raises LineError when an image has no result within the patience, UserError for images of
        another type or size, or of what the board does not take, and where no network is loaded.
        """
        frames = self._frames(images)
        self._link.begin()
        number, found = self._link.trying(self._prepare, self._prepare_anew), []
        for count, frame in enumerate(frames, 1):
            self._link.begin(16 * len(frame))
            number, *answer = self._link.trying(lambda: self._classify(frame, number),
                                                lambda: self._classify(frame, self._prepare_anew()))
            found.append(answer)
            if progress is not None:
                progress(count)
        words, latency = np.array(found, np.int64).reshape(-1, 2).T
        return Answers(words, latency)

    def load(self, network, design, progress=None):
        """Load a network into the board, with two banks into the one that is not worked with; it works from then on.

        design: the LoadableDesign that the board holds. `progress(share)` is called now and then. Raises UserError
        where the network does not fit into the design, or the board holds another design, and LineError where the board
        refuses the network or does not answer; then it holds what it held, or, with one bank, nothing.
        """
        for share in self.loading(network, design):
            if progress is not None:
                progress(share)

    def loading(self, network, design):
        """As `load`, in parts: yields the share that is there after each, and has loaded it at its end. With two banks
        images may be classified meanwhile, by the network that the board held before."""
        identity = self._known()
        load = design.load_of(network)
        if not identity.loadable:
            raise UserError(f"the weights of the board at {self._link.name} are constants: make a bitstream of the "
                            f"network")
        if identity.weight_map != load.weight_map:
            raise UserError(f"the board at {self._link.name} holds another design (map {identity.weight_map:08x}, not "
                            f"{load.weight_map:08x}): name the network and the options that it was made with")
        yield from load_in_parts(self._link, load, identity.banks, self._prepare,
                                 lambda: self._prepare_anew(loading=True))
        self._identity = replace(self._identity, sha256=load.sha256)

    def _known(self):
        if self._identity is None:
            raise UserError("the board is not identified yet: call identify first")
        return self._identity

    def _check_kind(self, identity):
        """Raise UserError unless this driver is for what the board holds."""
        if identity.limits is not None:
            raise UserError(f"the board at {self._link.name} is a processor, which takes any network: say --top "
                            f"processor")

    def _frames(self, images):
        """The words of each image."""
        identity = self._known()
        identity.require_network(self._link.name)
        return written_words(identity, images)

    def _send(self, words):
        """Give the words of an image to the board."""
        for first in range(0, len(words), MOST_WORDS):
            self._link.push_in_time("PIXELS", words[first:first + MOST_WORDS])

    def _is_believable(self, word):
        return self._identity.is_believable(word)

    def _classify(self, frame, number):
        """(number of the next image, result word, latency) of the words of an image that is the board's image
        `number`."""
        self._send(frame)
        waiting = 0
        while not waiting:
            waiting, word, latency, images = self._link.read(RESULT_BLOCK[0], len(RESULT_BLOCK))
            self._link.require_time(f"{self._link.name}: the board gives no result")
        if images != number or not self._is_believable(word):
            raise Confused
        self._link.write("RESULT_TAKE", [1])
        return (number + 1) % (1 << 32), word, latency

    def _prepare(self):
        """Make the board forget what it was doing and take pixels by registers; returns the number of the next
        image."""
        self._link.write("CONTROL", [BY_REGISTERS | RESTART])
        word = 0
        while not field("STATUS", "room", word) or field("STATUS", "busy", word):
            word = self._link.read("STATUS")[0]
            self._link.require_time(f"{self._link.name}: the board has no room for an image")
        return self._link.read("IMAGES")[0]

    def _prepare_anew(self, loading=False):
        """The same after a session has ended; the board must be the one that it was, and hold what it held, unless
        that counts no more, since a network is on its way."""
        found = self._meet()
        lost = found.loadable and replace(found, sha256=self._identity.sha256) == self._identity
        if found != self._identity and not (lost and loading):
            what = "was restarted and lost its network: load it again" if lost else "is another one than before"
            raise LineError(f"the board at {self._link.name} {what}")
        return self._prepare()

    def _meet(self):
        """Open a session and read the Identity."""
        self._link.synchronize()
        return read_identity(self._link)
