"""The numbers of a dense layer, and what its memories hold; how those of any layer are loaded."""

from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

import numpy as np

from first_spike.golden.contract.limits import BLOCK_RAM_STAGES, COMBINED_WAYS, SHALLOW_WORDS, WAY_SUM_STAGES
from first_spike.rtl_model.parts.streams import LOAD_DATA_BITS, bits_for


class LoadedMemories:
    """What the shape of a layer of any kind says of the memories that are loaded: of each way one for weights, and one
    for start values.

    A shape has `ways`, `lanes`, `weight_bits`, and these: weight_words: words of the memory of a way; weight_lanes:
    weights in one; weight_address_bits: width of its address; start_folds: start values of a lane; start_bits: of one
    that are written, None where weights and thresholds are constants.
    """

    @property
    def weight_memory_bits(self):
        """Bits of the weights of a way."""
        return self.weight_words * self.weight_lanes * self.weight_bits

    @property
    def write_parts(self):
        """Parts that a loaded word of weights of a way is written in."""
        return -(-self.weight_lanes * self.weight_bits // LOAD_DATA_BITS)

    @property
    def write_bits(self):
        """Width of the address {word, part} of a part of a word."""
        return self.weight_address_bits + (self.write_parts - 1).bit_length()

    @property
    def part_bits(self):
        """Width of such a part; the last may have fewer bits."""
        return min(self.weight_lanes * self.weight_bits, LOAD_DATA_BITS)

    @property
    def start_address_bits(self):
        """Width of the address {fold, lane} of what a loaded potential begins with."""
        return (self.start_folds - 1).bit_length() + (self.lanes - 1).bit_length()

    def write_of_way(self, s_write, way):
        """What is written to the weights of one way, of the MemoryWrite of the layer."""
        return s_write.to(way, 1, self.write_bits, self.part_bits)

    def write_of_starts(self, s_write):
        """What is written to the start values, of the same."""
        return s_write.to(self.ways, 1, self.start_address_bits, self.start_bits)


@dataclass(frozen=True)
class LayerShape(LoadedMemories):
    """A layer of `lanes` lanes and `folds` folds; neuron = fold * lanes + lane. The surplus lanes of the last fold are
    neurons with weights of zero that start at the lowest potential: they never fire and never win.

    Weights and thresholds are no part of it, see LayerContents: the structure depends on the widths alone.
    """

    name: str  # begins the names of its modules and files
    lanes: int
    folds: int
    ways: int
    rows: int  # of each way, one a neuron that feeds it
    row_bits: int  # of their number on the spike stream
    weight_bits: int
    potential_bits: int
    weight_banks: int | None = field(default=None, kw_only=True)  # of loaded weights; None where they are constants
    start_bits: int | None = field(default=None, kw_only=True)  # of what a loaded potential begins with, below ones
    spram: bool = field(default=False, kw_only=True)  # what loaded weights are kept in, rather than in block RAM
    is_map: ClassVar[bool] = False  # its block keeps nothing over a reset, and may be the last

    @property
    def code_bits(self):
        """Width of a weight at the adder. A weight that is not wanted becomes zero, for which a single bit has no
        code."""
        return max(2, self.weight_bits)

    @property
    def weight_words(self):
        """Number of words in the weight memory of a way."""
        return self.folds * self.rows

    @property
    def weight_lanes(self):
        """Weights in a word."""
        return self.lanes

    @property
    def start_folds(self):
        """How many start values a lane has."""
        return self.folds

    @property
    def address_bits(self):
        """Width of an address of the weight memory of a way: no less than that of a row, which may be wider where rows
        are few."""
        return max(bits_for(self.weight_words), self.row_bits)

    @property
    def weight_address_bits(self):
        """Width of the address of a word of weights."""
        return self.address_bits

    def most_vectors(self, steps):
        """How many vectors an image puts into the queue behind it at the most: one for each fold and step."""
        return steps * self.folds

    @property
    def lane_parameters(self):
        """What every lane is made with."""
        return dict(ways=self.ways, code_bits=self.code_bits, potential_bits=self.potential_bits)

    @property
    def read_stages(self):
        """Pipeline stages between the address and the last register behind the weight memory."""
        return 0 if self.weight_words <= SHALLOW_WORDS else BLOCK_RAM_STAGES

    @property
    def sum_stages(self):
        """Pipeline stages between the weights and the adder of the potential."""
        return WAY_SUM_STAGES if sum_is_registered(self.ways) else 0


def sum_is_registered(ways):
    """Whether the sum over `ways` weights has a pipeline stage of its own."""
    return ways > COMBINED_WAYS


def layer_shape(layer, lanes, feed, name):
    """LayerShape of a golden Layer in `lanes` lanes, fed by `feed`, with constant weights; its potentials are as wide
    as the layer's bounds ask for."""
    return LayerShape(name=name, lanes=lanes, folds=-(-layer.neurons // lanes), ways=feed.ways, rows=feed.rows,
                      row_bits=feed.row_bits, weight_bits=layer.weight_bits,
                      potential_bits=needed_bits(layer, lanes, feed.most_events, feed.often).potential)


class NeededBits(NamedTuple):
    """potential: of a potential, in two's complement; start: of what it begins with, below bits that are all ones."""

    potential: int
    start: int


def needed_bits(layer, lanes, most_events=None, often=1):
    """The NeededBits of the weights and thresholds of a golden Layer in `lanes` lanes; the others as in Feed."""
    lowest, highest = potential_bounds(layer, most_events, often)
    surplus = len(layer.thresholds) % lanes != 0
    # The code of a surplus weight is 0, which a one-bit layer takes for -1.
    floor = lowest - (most_events or len(layer.weights) * often) if surplus and layer.weight_bits == 1 else lowest
    first = lowest if surplus else -int(layer.thresholds.max()) - 1  # what a surplus neuron starts with lies lowest
    return NeededBits(potential_width(floor, highest), (-first - 1).bit_length())


def potential_width(lowest, highest):
    """Bits of a potential in two's complement that holds both."""
    return 1 + max((-lowest - 1).bit_length(), max(highest, 0).bit_length())


def potential_bounds(layer, most_events, often=1):
    """(lowest, highest) potential less threshold and one that any neuron of a golden layer, dense or a convolution, can
    reach; most_events, often: as in Feed."""
    initials = -layer.thresholds.astype("int64") - 1
    lowest, highest = (often * bound.reshape(-1, len(initials)) for bound in layer.bounds(most_events))
    return int((initials + lowest).min()), int((initials + highest).max())


@dataclass(frozen=True)
class LayerContents:
    """The data of a layer, which change nothing of its structure: hex files and tables of constants."""

    words: tuple  # for each way the words of its weight memory: at fold * rows + row, lane 0 in the lowest bits
    initials: tuple  # for each fold and lane -threshold - 1


def layer_contents(layer, shape, feed):
    """LayerContents of a golden Layer in a hardware of the LayerShape `shape`, fed by `feed`."""
    lanes, places = shape.lanes, shape.folds * shape.lanes
    inputs, neurons = layer.weights.shape
    lowest, _ = potential_bounds(layer, feed.most_events, feed.often)
    initials = np.full(places, lowest)
    initials[:neurons] = -layer.thresholds.astype(np.int64) - 1
    codes = np.zeros((inputs + 1, places), np.int64)  # the last row serves source -1
    weights = layer.weights.astype(np.int64)
    codes[:inputs, :neurons] = (weights > 0) if shape.weight_bits == 1 else weights % (1 << shape.weight_bits)
    folds = [[pack(row[fold * lanes:(fold + 1) * lanes], shape.weight_bits) for row in codes]
             for fold in range(shape.folds)]
    words = tuple(tuple(fold[source] for fold in folds for source in way) for way in feed.sources)
    return LayerContents(words=words, initials=tuple(map(tuple, initials.reshape(shape.folds, lanes).tolist())))


def pack(codes, bits):
    """One integer from `codes`, the first in the lowest `bits`."""
    planes = (codes[:, None] >> np.arange(bits)) & 1
    return int.from_bytes(np.packbits(planes.astype(np.uint8).ravel(), bitorder="little").tobytes(), "little")
