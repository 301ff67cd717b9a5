"""The driver of a processor: a board that takes any network within its limits, images or recordings of events.

    with Processor("/dev/ttyUSB0") as board:
        board.identify()
        board.load(network)
        answers = board.classify(images)
"""

from dataclasses import replace

import numpy as np

from first_spike.device.device import Device, load_in_parts, words_of
from first_spike.device.identity import processor_load
from first_spike.golden.contract.base_network import EVENTS, PIXELS
from first_spike.golden.contract.limits import BAD_BIT
from first_spike.golden.errors import UserError
from first_spike.golden.inference.encode import check_images
from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.serial.bundles import MOST_WORDS
from first_spike.rtl_model.shape.frames import EVENT_BITS, FRAMES


class Processor(Device):
    """A Device, port and errors as there, whose board is a processor. What it holds is known behind `load`, or behind
    `identify` with a network."""

    _network = None

    def identify(self, network=None):
        """The Identity of the board, `limits` in it. Raises UserError if it is no processor, or, where a `network` is
        given, holds another."""
        identity = super().identify(network)
        self._network = network
        return identity

    def loading(self, network, design=None):
        """As Device's; images that are under way are forgotten. Raises UserError, naming the limit and by how much it
        is exceeded, for a network that does not fit, before anything is sent."""
        load = processor_load(network, self._known().limits)
        if self._identity.banks == 1:
            self._network = None
        yield from load_in_parts(self._link, load, self._identity.banks, self._prepare, self._prepare_another)
        self._identity, self._network = replace(self._identity, sha256=load.sha256), network

    def load(self, network, design=None, progress=None):
        """Load a network, which works from then on; `progress(share)` is called now and then. Errors as `loading`, and
        LineError where the board refuses it or does not answer: then it holds none, or, with two banks, what it
        held."""
        super().load(network, design, progress)

    def _prepare_another(self):
        """After a session has ended in the middle of a load: what the board held before may be lost."""
        self._network = None
        return self._prepare_anew(loading=True)

    def _check_kind(self, identity):
        if identity.limits is None:
            raise UserError(f"the board at {self._link.name} is no processor: it holds the design of one network")

    def _frames(self, images):
        """[FRAME, words...] of each image (uint8 [n, rows, columns]) or recording (of Recordings)."""
        if self._network is None:
            raise UserError("which network the board holds is not known yet: load one, or call identify with it")
        check_images(self._network, images)
        limits = self._known().limits
        if self._network.takes == EVENTS:
            mark = REGISTERS["FRAME"].fields["events"].mask
            recordings = [words_of(data) for data in FRAMES[EVENTS](images, EVENT_BITS // 8)]
            for number, words in enumerate(recordings):
                if len(words) > mark:  # the field below it says how many there are, less one
                    raise UserError(f"recording {number} has {len(words):,} events: the board takes at most {mark:,}")
            return [np.concatenate([[mark | len(words) - 1], words]) for words in recordings]
        beats = -(-self._network.inputs // limits.pixels)
        return [np.concatenate([[beats - 1], words_of(data.ljust(beats * limits.pixels, b"\0"))])
                for data in FRAMES[PIXELS](images, limits.pixels)]

    def _send(self, words):
        self._link.write("FRAME", words[:1])
        for first in range(1, len(words), MOST_WORDS):
            self._link.push_in_time("PIXELS", words[first:first + MOST_WORDS])

    def _is_believable(self, word):
        bad = word >> BAD_BIT and self._network.takes == PIXELS  # a recording may have too many events
        return not bad and word & 0xFFFF < len(self._network.classes)
