"""A processor, as it is built: what it has room for, and where in its memories things lie."""

import struct
from dataclasses import dataclass
from zlib import crc32

from first_spike.golden.contract.option import option, options_of, require_choice
from first_spike.golden.errors import UserError

MAGIC = 0x53345031  # the first word of a load: "S4P1"
POTENTIAL_BITS = 15  # of a neuron, relative to its threshold; a 16th bit says that it has fired
NIBBLE = 4  # bits of a weight in a word; weights of 5 to 8 bits are two of them
START_ROWS = 4  # nibbles of what a potential begins with
HEADER_FIELDS = ("beats", "step_shift", "layers", "classes", "class_word", "events", "last_input", "most_events")
LAYER_FIELDS = ("weights", "starts", "inputs", "folds", "word", "parts")
MAP_FIELDS = ("positions", "row_words", "row_weights", "column_weights")  # of a layer, where there may be convolutions
FIELD_SLOTS = 8  # words that the header takes, and each layer; twice as many where there may be convolutions
REACHES = 32  # rows, or columns, of positions that one input reaches at the most
MAP_INPUT_PLACES = 512  # of a list of input spikes, at the most, where there may be convolutions
DENSE, ALL = "dense", "all"  # kinds of layers
LEAST_WORDS = 64  # where there may be convolutions
MOST_EVENTS = (1 << 16) - 1  # of a recording
FIELD_BITS = 16  # of a field, which is the low half of its word
QUEUE_DEPTH, QUEUE_MARGIN = 16, 12  # fired folds that wait for the serializer, and places kept for the pipeline


def powers(least, most):
    """The powers of two from one to another."""
    return tuple(1 << bit for bit in range(least.bit_length() - 1, most.bit_length()))


@dataclass(frozen=True)
class Processor:
    """Hardware that takes any network that fits. Each parameter is a limit of these networks.

    lanes, weight_words (places for a nibble of each lane) and words (places of the potentials, one for a fold of a
    layer; with kinds "all" one for each position of a map, and an input of a convolution has one, too) are of its
    memories; inputs, steps, neurons and layers of a network; from 4 pixels a beat on there is room for an event. With 2
    weight_banks a second network is loaded while the first one works. Raises UserError for what cannot be.
    """

    lanes: int = option(16, "neurons worked on at a time", title="lanes", values=powers(8, 64), letter="P")
    weight_words: int = option(8192, "places of the weight memory: a nibble for each lane", title="weight_words",
                               values=powers(64, 1 << 16), letter="N")
    inputs: int = option(1024, "pixels of an image, at the most", title="inputs", letter="N")
    steps: int = option(16, "time steps, at the most", title="steps", values=powers(2, 256), letter="T")
    neurons: int = option(512, "neurons of a layer, at the most", title="neurons", values=powers(16, 1 << 14),
                          letter="N")
    words: int = option(64, "folds of all layers together, and positions, at the most", title="words",
                        values=powers(4, 1 << 12), letter="N")
    layers: int = option(8, "layers, at the most", title="layers", values=powers(2, 16), letter="N")
    pixels: int = option(8, "pixels per beat of the input stream", title="pixels", values=powers(1, 16), letter="B")
    memory: str = option("block", "of the weights: block, or spram of an iCE40 UP5K", title="memory",
                         values=("block", "spram"), letter="MEMORY")
    kinds: str = option(DENSE, "of layers: dense, or all, which takes convolutions too", title="kinds",
                        values=(DENSE, ALL), letter="KINDS")
    weight_banks: int = option(1, "networks that it has room for: 2: one is loaded while the other works",
                               title="weight_banks", values=powers(1, 2), letter="N")

    @classmethod
    def options(cls):
        """The Option of each field."""
        return options_of(cls)

    def __post_init__(self):
        for one in self.options():
            value = getattr(self, one.name)
            if isinstance(one.default, str):
                require_choice(f"{one.title} of a processor", value, one.values)
            elif one.values and (type(value) is not int or value not in one.values):
                raise UserError(f"{one.title} of a processor must be a power of two from {one.values[0]} to "
                                f"{one.values[-1]}, found {value!r}")
        if self.takes_maps and self.words < LEAST_WORDS:
            raise UserError(f"words of a processor that takes convolutions must be at least {LEAST_WORDS}, found "
                            f"{self.words}")
        if isinstance(self.inputs, bool) or not isinstance(self.inputs, int) or self.inputs % self.pixels or not (
                4 * self.pixels <= self.inputs < 1 << 16):
            raise UserError(f"inputs of a processor must be from 4 to {(1 << 16) // self.pixels - 1} beats of "
                            f"{self.pixels}, found {self.inputs!r}")
        if self.neurons < 2 * self.lanes:
            raise UserError(f"neurons of a processor must be at least 2 folds of {self.lanes}, found {self.neurons}")

    @property
    def beats(self):
        """Of an image, at the most."""
        return self.inputs // self.pixels

    @property
    def takes_events(self):
        """Whether a beat has room for an event, which is 32 bits."""
        return self.pixels >= 4

    @property
    def takes_maps(self):
        """Whether there may be convolutions."""
        return self.kinds == ALL

    @property
    def step_bits(self):
        return (self.steps - 1).bit_length()

    @property
    def folds(self):
        """Of a layer, at the most: so many that a list of spikes holds all of its neurons."""
        return self.neurons // self.lanes

    @property
    def groups(self):
        """Numbers that P neurons may have which fire together: a fold of a layer, or a place that a convolution
        reads."""
        return max(self.folds, self.words) if self.takes_maps else self.folds

    @property
    def input_places(self):
        """Input spikes that a list of them holds; a step with more is taken in list by list."""
        return min(self.neurons, MAP_INPUT_PLACES) if self.takes_maps else self.neurons

    @property
    def layer_fields(self):
        """What is to be known of a layer, in the order of its slot."""
        return LAYER_FIELDS + MAP_FIELDS if self.takes_maps else LAYER_FIELDS

    @property
    def slot_words(self):
        """Words of the header, and of the slot of a layer."""
        return 2 * FIELD_SLOTS if self.takes_maps else FIELD_SLOTS

    @property
    def parts(self):
        """Words of 32 bits in a word of weights."""
        return self.lanes * NIBBLE // 32

    @property
    def first_mask(self):
        """Word of a load's payload at which the masks of beats begin, behind the header and a slot for each layer."""
        return self.slot_words * (1 + self.layers)

    @property
    def first_reach(self):
        """Word of a load's payload at which the table of reaches begins, two words for each; behind the masks."""
        return self.first_mask + self.beats

    @property
    def first_window(self):
        """Word of a load's payload at which the table of windows begins, a word for each word of potentials."""
        return self.first_reach + (2 * self.words if self.takes_maps else 0)

    @property
    def first_weight(self):
        """Word of a load's payload at which the weights begin."""
        return self.first_window + (self.words if self.takes_maps else 0)

    @property
    def most_words(self):
        """Of a load's payload."""
        return self.first_weight + self.weight_words * self.parts

    def word_bits(self, place):
        """The bits that the word of a load's payload at `place` may have."""
        if place < self.first_mask:
            return (1 << FIELD_BITS) - 1
        if place < self.first_reach:
            return (1 << self.pixels) - 1
        if place < self.first_window:
            if (place - self.first_reach) % 2:
                return 1 << 16 | REACHES - 1 << 8 | REACHES - 1
            return self.words - 1 << 16 | self.weight_words - 1
        return self.groups - 1 << 16 | self.words - 1 if place < self.first_weight else (1 << 32) - 1

    @property
    def identity(self):
        """What a load is packed for: a CRC-32 of all that decides where its words lie and how far they may reach."""
        return crc32(struct.pack("<8I", self.lanes, self.pixels, self.steps, self.layers, self.beats, self.neurons,
                                 self.words, self.takes_maps))

    @property
    def header_most(self):
        """{field: its largest value} of the header; what counts something is one less than it."""
        return {"beats": self.beats - 1, "step_shift": self.step_bits, "layers": self.layers - 1,
                "classes": self.neurons - 1, "class_word": self.words - 1,
                "events": int(self.takes_events), "last_input": self.inputs - 1, "most_events": MOST_EVENTS}

    @property
    def layer_most(self):
        """{field: its largest value} of a layer's slot."""
        most = {"weights": self.weight_words - 1, "starts": self.weight_words - 1,
                "inputs": max(self.inputs, self.neurons), "folds": self.folds - 1, "word": self.words - 1, "parts": 1}
        if self.takes_maps:
            most |= {"inputs": max(most["inputs"], self.weight_words - 1), "positions": self.words - 1,
                     "row_words": self.words - 1, "row_weights": self.weight_words - 1,
                     "column_weights": self.weight_words - 1}
        return most

    @property
    def settings(self):
        """{name: value} of all of them."""
        return {one.name: getattr(self, one.name) for one in self.options()}
