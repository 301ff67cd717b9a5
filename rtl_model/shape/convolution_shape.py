"""What the hardware of every convolution is built as and filled with, however many places of its kernel it works on in
a cycle."""

import math
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from first_spike.golden.contract.limits import SHALLOW_WORDS
from first_spike.rtl_model.parts.streams import bits_for
from first_spike.rtl_model.shape.layer_shape import LayerContents, LoadedMemories, needed_bits, potential_bounds
from first_spike.rtl_model.shape.placement import folds_of, windows_of


@dataclass(frozen=True)
class ConvolutionShape(LoadedMemories):
    """A convolution of `lanes` lanes, the channels of one position that are worked on side by side. A spike visits the
    positions that stand for its source in a table."""

    name: str  # begins the names of its modules and files
    lanes: int
    folds: int  # of what fires: windows, and folds of channels in each
    ways: int  # always 1
    rows: int  # of its feed
    row_bits: int
    weight_bits: int
    potential_bits: int
    channel_folds: int
    place_bits: int  # of a row of the feed, which name a channel; the others name an entry of the table
    weight_words: int
    fold_stride: int  # of the addresses of weights from fold to fold of channels, in units of 2 ** place_bits
    row_stride: int  # from row to row of positions
    often: int = field(default=1, kw_only=True)  # spikes of a window and channel in an image: 1, but for a sum pool
    weight_banks: int | None = field(default=None, kw_only=True)  # these three as in LayerShape
    start_bits: int | None = field(default=None, kw_only=True)
    spram: bool = field(default=False, kw_only=True)
    distributed: bool = field(default=False, kw_only=True)  # whether potentials of few words are distributed RAM
    is_map: ClassVar[bool] = True  # its block wants the reset, and is never the last

    @property
    def of_potentials(self):
        """What says of their memory that it is distributed RAM, as `word_memory` takes it."""
        return dict(distributed=True) if self.distributed and self.potential_words <= SHALLOW_WORDS else {}

    @property
    def code_bits(self):
        """Width of a weight at the adder."""
        return max(2, self.weight_bits)

    @property
    def address_bits(self):
        """Width of an address of the weight memory without the place."""
        return bits_for(-(-self.weight_words >> self.place_bits))

    @property
    def weight_address_bits(self):
        """Width of the same with the place."""
        return self.address_bits + self.place_bits

    @property
    def weight_lanes(self):
        """Weights in a word."""
        return self.lanes

    @property
    def start_folds(self):
        """How many start values a lane has."""
        return self.channel_folds

    @property
    def table_bits(self):
        """Width of the number of an entry of the table."""
        return max(1, self.row_bits - self.place_bits)

    @property
    def shallow(self):
        """Whether its weights lie in LUTs."""
        return self.weight_words <= SHALLOW_WORDS

    def most_vectors(self, steps):
        """How many vectors an image puts into the queue behind it at the most: each has a spike or closes a step."""
        return self.folds * self.lanes * self.often + steps


def common_numbers(layer, lanes, feed, name):
    """{field of ConvolutionShape: its value} of a golden ConvolutionLayer in `lanes` lanes, fed by `feed`, but for
    `weight_words` and `row_stride`."""
    channels = len(layer.thresholds)
    channel_folds = -(-channels // lanes)
    place_bits, sources, _ = source_table(layer, feed)
    folds = folds_of(math.prod(layer.map), lanes, windows_of(layer))
    return dict(name=name, lanes=lanes, folds=folds, ways=1, rows=feed.rows, row_bits=feed.row_bits,
                weight_bits=layer.weight_bits, often=layer.often,
                potential_bits=needed_bits(layer, lanes, feed.most_events, feed.often).potential,
                channel_folds=channel_folds, place_bits=place_bits, fold_stride=sources)


@dataclass(frozen=True)
class ConvolutionContents(LayerContents):
    """The data of a convolution: as in LayerContents, `initials` for each fold of channels.

    visits: for each entry of the table the members of a range of visits, in the order of the shape's `range_bits`; None
    for an entry whose spikes visit nothing.
    """

    visits: tuple


def first_potentials(layer, shape, feed):
    """int64 [folds of channels, lanes]: what potentials begin with; surplus lanes with the lowest that there is."""
    channels, places = len(layer.thresholds), shape.channel_folds * shape.lanes
    initials = np.full(places, potential_bounds(layer, feed.most_events, feed.often)[0])
    initials[:channels] = -layer.thresholds.astype(np.int64) - 1
    return initials.reshape(shape.channel_folds, shape.lanes)


def weight_codes(layer, shape):
    """int64 [rows of the kernel, columns of it, input channels, folds of channels * lanes]: weights as the memory holds
    them, 0 in surplus lanes."""
    geometry, channels = layer.geometry, len(layer.thresholds)
    weights = layer.weights.astype(np.int64).reshape(*geometry.kernel, geometry.source[2], channels)
    codes = np.zeros((*weights.shape[:3], shape.channel_folds * shape.lanes), np.int64)
    codes[..., :channels] = (weights > 0) if shape.weight_bits == 1 else weights % (1 << shape.weight_bits)
    return codes


def source_table(layer, feed):
    """(bits of the place, sources, entries): a row of the feed is {entry, place}, and all places of an entry lie at one
    position. Of each entry (position, number among those of its position, {place: channel}), None without neurons."""
    channels = layer.geometry.source[2]
    rows = feed.sources[0]
    place_bits = feed.place_bits
    entries, found = [], {}
    for first in range(0, len(rows), 1 << place_bits):
        inputs = {place: row for place, row in enumerate(rows[first:first + (1 << place_bits)]) if row >= 0}
        if not inputs:
            entries.append(None)
            continue
        position = next(iter(inputs.values())) // channels
        number = found[position] = found.get(position, -1) + 1
        entries.append((position, number, {place: row % channels for place, row in inputs.items()}))
    return place_bits, max(found.values()) + 1, tuple(entries)


def channels_of_addresses(layer, feed):
    """The input channel of each {source, place}, the lowest part of an address of weights; None where there is none."""
    place_bits, sources, entries = source_table(layer, feed)
    channels = [None] * (sources << place_bits)
    for entry in entries:
        if entry is not None:
            for place, channel in entry[2].items():
                channels[entry[1] << place_bits | place] = channel
    return channels


def visits_of_entries(layer, shape, feed, visits_of):
    """`visits` of ConvolutionContents, an entry for each number that a row of the feed may have; visits_of(position,
    source): what a spike there visits."""
    entries = source_table(layer, feed)[2]
    visits = tuple(None if entry is None else visits_of(*entry[:2]) for entry in entries)
    return visits + (None,) * ((1 << shape.table_bits) - len(visits))


def reached_positions(geometry, position):
    """For rows and for columns the positions, in order, that the kernel reaches from a `position` of the map before."""
    return [np.flatnonzero((geometry.reached(axis) == at).any(axis=1))
            for axis, at in enumerate(divmod(position, geometry.source[1]))]
