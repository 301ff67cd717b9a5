"""The scenarios of loads by registers, as a script for compiled code."""

import zlib

import numpy as np

from first_spike.golden.contract.design import Design
from first_spike.golden.contract.limits import pack
from first_spike.golden.contract.network import Network
from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.cycles import latency
from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.shape.load_map import load_words, weight_map
from tb.helpers.random_networks import random_images
from tb.scenarios.bench_script import BenchScript

OKAY, SLVERR = 0, 2
ALL = 0xFFFF_FFFF
ERRORS_OF_PROCESSORS = ("other_processor", "field_too_large", "wrong_form")  # of a load, which no other design has
HASH_WORDS = REGISTERS["LOAD_HASH"].count
MANY, KEPT = 400, 6  # images that are made, and those that are taken
MORE = 8  # fewer than so many are added to the thresholds of a layer
PAIR = 60  # cycles in which the loader has done with a pair of words
LONG, MIDDLE = 30, 8  # cycles from the last beat to the result, and to a moment in which the image is worked on


class LoadScript(BenchScript):
    """A BenchScript for `accelerator_axi`, whose weights are loaded by registers."""

    begins_whole = True  # behind registers

    def __init__(self, design, seed=1):
        super().__init__(design, seed)
        self._load, self._first = [], design.network
        self._banks, self._map = design.configuration.weight_banks, weight_map(design)

    def start(self, name, *stalls):
        super().start(name, *stalls)
        self.line("registers 0")
        self.load(0)

    def reset(self, how):
        super().reset(how)
        self.load(0)

    def open(self, name, stalls=0, source=0, sink=0, load=True):
        """A scenario whose accesses stall in so many percent of the cycles; its network is loaded."""
        super().start(f"{name}_{stalls}", source, sink)
        self.network = self._first
        self.line(f"registers {stalls}")
        if load:
            self.load(0)

    def write(self, name, word, strobes=15, answer=OKAY):
        self.line(f"write {REGISTERS[name].offset} {word} {strobes} {answer}")

    def read(self, name, word, number=0, mask=ALL, how="read"):
        self.line(f"{how} {REGISTERS[name].offset + 4 * number} {mask} {word}")

    def field(self, name, field, value, how="read"):
        found = REGISTERS[name].fields[field]
        self.read(name, value << found.low, mask=found.mask, how=how)

    def other(self):
        """A Network of the same shape: the same weights in another order, and so thresholds, all some more."""
        layers = [type(layer)(self.rng.permutation(layer.weights.ravel()).reshape(layer.weights.shape),
                              self.rng.permutation(layer.thresholds) + self.rng.integers(MORE, dtype=np.int32),
                              layer.weight_bits) for layer in self._first.layers]
        return Network(self._first.steps, self._first.image_shape, layers, self._first.classes, "another order")

    def load(self, bank, network=None, spoil=None):
        """Load a Network, by itself that with which the design was made; unless it is spoilt, it is the one whose
        results come from now on."""
        network = network or self._first
        crc = self.send_load(bank, network, spoil)
        self.write("LOAD_COMMIT", crc, answer=SLVERR if spoil else OKAY)
        if not spoil:
            self.network = network
            self.field("LOAD_STATUS", "bank", bank)

    def send_load(self, bank, network, spoil=None):
        """All of a load but its commit; returns what that says."""
        words = load_words(Design(network, self.configuration))
        pairs = np.concatenate([words, np.zeros(len(words) % 2, np.uint16)]).view("<u4")
        crc = zlib.crc32(pairs.tobytes()) ^ self._map
        self.write("LOAD_BEGIN", bank)
        if spoil == "word":
            pairs = pairs ^ (np.arange(len(pairs)) == len(pairs) // 2).astype(np.uint32)
        for pair in pairs[:len(pairs) - (spoil == "end")].tolist():
            self.write("LOAD_WORDS", pair)
        self.write("LOAD_COUNT", len(words) - (spoil == "count"))
        return crc

    def some(self, count):
        """uint8 [count, rows, columns]."""
        made = np.concatenate([random_images(self.rng, self.network) for _ in range(-(-count // 7))])
        return made[self.rng.permutation(len(made))[:count]]

    def words(self, images):
        found = infer(self.network, images)
        return found, pack(found.classes, found.decision_time, found.silent, found.tie)

    def choose_registers(self, chosen=1):
        self.write("CONTROL", chosen)
        self.field("STATUS", "by_registers", chosen, "poll")

    def write_image(self, image):
        self.field("STATUS", "room", 1, "poll")
        data = image.tobytes()
        for first in range(0, len(data), 4):
            part = data[first:first + 4]
            part += bytes(self.rng.integers(0, 256, 4 - len(part), np.uint8))  # what is too much counts nothing
            self.write("PIXELS", int.from_bytes(part, "little"))

    def take_result(self, word):
        self.read("RESULT_STATUS", 1, how="poll")
        self.read("RESULT", word)
        self.write("RESULT_TAKE", 1)
        self.line("taken")

    def classify_one(self):
        images = self.some(1)
        self.write_image(images[0])
        self.take_result(self.words(images)[1][0])

    def a_wrong_load_is_refused(self, stalls):
        self.open("a_wrong_load_is_refused", stalls)
        self.choose_registers()
        for spoil, error in (("word", "wrong_crc"), ("count", "wrong_count")):
            self.load(self._banks - 1, self.other(), spoil)
            self.field("LOAD_STATUS", error, 1)
            if self._banks == 2:
                self.classify_one()
        self.load(self._banks - 1, self.other())
        self.classify_one()

    def a_load_is_what_its_registers_say(self):
        """The count byte by byte, what only can be written reads as 0, and errors as they come."""
        self.open("a_load_is_what_its_registers_say")
        errors = {name: field.mask for name, field in REGISTERS["LOAD_STATUS"].fields.items()
                  if name not in ("loaded", "bank", *ERRORS_OF_PROCESSORS)}
        every = sum(errors.values())
        for strobes, word, right in ((15, 0xEDCBA9, 0xEDCBA9), (15, 0x123456, 0x123456), (1, ALL, 0x1234FF),
                                     (2, 0, 0x1200FF), (4, 0, 0xFF)):
            self.write("LOAD_COUNT", word, strobes)
            self.read("LOAD_COUNT", right)
        for name in ("LOAD_BEGIN", "LOAD_WORDS", "LOAD_COMMIT"):
            self.read(name, 0)
            self.write(name, 0, 7, SLVERR)
        self.write("LOAD_WORDS", ALL, answer=SLVERR)  # behind a commit: no load has begun
        self.read("LOAD_STATUS", errors["not_begun"], mask=every)
        self.write("LOAD_STATUS", ALL)
        self.read("LOAD_STATUS", 0, mask=every)
        crc = self.send_load(self._banks - 1, self._first)
        self.write("LOAD_WORDS", ALL, answer=SLVERR)  # more than a network has
        self.read("LOAD_STATUS", errors["too_long"], mask=every)
        self.write("LOAD_STATUS", ALL)
        for bank in (2, 0)[:self._banks]:  # one that does not exist, one that is worked with: the load goes on
            self.write("LOAD_BEGIN", bank, answer=SLVERR)
            self.read("LOAD_STATUS", errors["wrong_bank"], mask=every)
            self.write("LOAD_STATUS", ALL)
        self.write("LOAD_COMMIT", crc)
        for bank in (0, 1)[:self._banks]:
            self.load(bank)
            begun = self._banks - 1 - bank  # the other one, which holds no network from here on
            self.write("LOAD_BEGIN", begun)
            self.field("LOAD_STATUS", "loaded", (1 << bank) & ~(1 << begun))
            self.write("LOAD_COMMIT", 0, answer=SLVERR)
            self.write("LOAD_STATUS", ALL)

    def errors_of_a_load_stay_until_each_is_cleared(self):
        """By a 1 in its own bit, in the byte that it is in."""
        self.open("errors_of_a_load_stay_until_each_is_cleared")
        masks = {name: field.mask for name, field in REGISTERS["LOAD_STATUS"].fields.items()
                 if field.access == "w1c" and name not in ERRORS_OF_PROCESSORS}
        for first in range(len(masks)):
            self.write("LOAD_WORDS", 0, answer=SLVERR)  # not begun
            self.send_load(self._banks - 1, self._first)
            self.write("LOAD_WORDS", 0, answer=SLVERR)  # too long
            self.write("LOAD_COUNT", 1)
            self.write("LOAD_COMMIT", 0, answer=SLVERR)  # wrong count, wrong CRC
            self.write("LOAD_BEGIN", 3, answer=SLVERR)  # wrong bank
            left = sum(masks.values())
            for name in [*masks][first:] + [*masks][:first]:
                self.write("LOAD_STATUS", masks[name], 13)
                self.read("LOAD_STATUS", left, mask=sum(masks.values()))
                self.write("LOAD_STATUS", masks[name], 2)
                left -= masks[name]
                self.read("LOAD_STATUS", left, mask=sum(masks.values()))

    def a_load_that_is_too_short_is_refused(self):
        """Though its count is right."""
        self.open("a_load_that_is_too_short_is_refused")
        self.load(self._banks - 1, spoil="end")
        self.field("LOAD_STATUS", "wrong_count", 1)
        self.write("LOAD_STATUS", ALL)

    def no_other_word_clears_errors_of_a_load(self):
        """Its address comes before its word, or behind it."""
        self.open("no_other_word_clears_errors_of_a_load", 40)
        mask = REGISTERS["LOAD_STATUS"].fields["not_begun"].mask
        self.write("LOAD_WORDS", 0, answer=SLVERR)
        for _ in range(16):
            self.write("LOAD_COUNT", ALL)
            self.write("LOAD_STATUS", 0)
            self.field("LOAD_STATUS", "not_begun", 1)
        self.write("LOAD_STATUS", mask)
        self.field("LOAD_STATUS", "not_begun", 0)

    def each_bank_has_its_hash(self):
        """That of the bank that is worked with is read."""
        self.open("each_bank_has_its_hash")
        for bank in [self._banks - 1, 0] * 2:
            self.write("LOAD_BEGIN", bank)
            hashed = self.rng.integers(0, 1 << 32, HASH_WORDS).tolist()
            for number, word in enumerate(hashed):
                self.line(f"write {REGISTERS['LOAD_HASH'].offset + 4 * number} {word} 15 {OKAY}")
            self.load(bank)
            for number, word in enumerate(hashed):
                self.read("LOAD_HASH", word, number)

    def an_image_keeps_its_bank(self):
        """A commit comes while an image is worked on, which counts from the next one on."""
        if self._banks == 1:
            return
        self.open("an_image_keeps_its_bank")
        for bank in [1, 0] * KEPT:
            other = self.other()
            images = self.some(MANY)
            found, words = self.words(images)
            cycles = latency(self.design, images, found, whole=True)
            differ = np.flatnonzero((cycles > LONG) & (infer(other, images).classes != found.classes))
            if len(differ):
                crc = self.send_load(bank, other)
                self.line(f"wait {PAIR}")
                self.begin(images[differ[:1]])
                self.line(f"wait {self.beats + MIDDLE}")
                self.write("LOAD_COMMIT", crc)
                self.write("LOAD_BEGIN", 1 - bank, answer=SLVERR)  # an image is still worked on with it
                self.line("finish")
                self.field("LOAD_STATUS", "wrong_bank", 1)
                self.write("LOAD_STATUS", ALL)
                self.network = other
                self.classify(images[differ[:1]])
