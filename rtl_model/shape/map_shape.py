"""What the hardware of a convolution is built as, and what fills it: words of potentials that spikes visit."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from golden.contract.limits import MOST_SCRUBBED, SHALLOW_WORDS
from rtl_model.parts.streams import bits_for
from rtl_model.shape.layer_contents import LayerContents, pack
from rtl_model.shape.layer_shape import potential_width
from rtl_model.shape.placement import folds_of, windows_of


@dataclass(frozen=True)
class MapShape:
    """A convolution of `lanes` lanes. A word holds the potentials of the lanes at one position (and fold of channels);
    its number is {fire fold, place in the window}, and the fire fold is window * channel_folds + channel fold.

    The words of position (y, x) begin at row_words[y] + column_words[x]. A spike visits rows and columns of positions
    that stand in a table, as does the address of the first weight; from column to column the weights are
    `column_stride` apart, from row to row `row_stride`, from fold to fold `fold_stride`, all of them in units of
    2 ** place_bits.
    """

    name: str  # begins the names of its modules and files
    lanes: int
    folds: int  # of what fires: windows, and folds of channels in each
    ways: int  # always 1
    rows: int  # of its feed
    row_bits: int
    weight_bits: int
    potential_bits: int
    channel_folds: int
    window_bits: int  # of the place of a position in its window
    row_words: tuple
    column_words: tuple
    place_bits: int  # of a row of the feed, which name a channel; the others name an entry of the table
    weight_words: int
    fold_stride: int
    column_stride: int
    row_stride: int
    is_map: ClassVar[bool] = True  # its block wants the reset, and is never the last
    by_rows: ClassVar[bool] = False  # of its kernel
    start_bits: ClassVar[None] = None  # its weights are constants

    @property
    def code_bits(self):
        """Width of a weight at the adder."""
        return max(2, self.weight_bits)

    @property
    def words(self):
        """Words of potentials."""
        return self.folds << self.window_bits

    @property
    def word_bits(self):
        """Width of the number of a word."""
        return bits_for(self.words)

    @property
    def address_bits(self):
        """Width of an address of the weight memory without the place."""
        return bits_for(-(-self.weight_words >> self.place_bits))

    @property
    def table_bits(self):
        """Width of the number of an entry of the table."""
        return max(1, self.row_bits - self.place_bits)

    @property
    def y_bits(self):
        """Width of a row of positions."""
        return bits_for(len(self.row_words))

    @property
    def x_bits(self):
        """Width of a column of positions."""
        return bits_for(len(self.column_words))

    @property
    def shallow(self):
        """Whether its weights lie in LUTs."""
        return self.weight_words <= SHALLOW_WORDS

    @property
    def epoch_bits(self):
        """Width of the number of an image, which tells words of this image from stale ones: wide enough for each word
        to be emptied, MOST_SCRUBBED in an image, before the number comes back."""
        return (-(-self.words // MOST_SCRUBBED)).bit_length()

    @property
    def scrubbed(self):
        """Words that are emptied at the start of an image."""
        return -(-self.words // ((1 << self.epoch_bits) - 1))

    @property
    def emptied_after(self):
        """Cycles after a reset in which all words are emptied."""
        return self.words

    def most_vectors(self, steps):
        """How many vectors an image puts into the queue behind it at the most: each has a spike or closes a step."""
        return self.folds * self.lanes + steps


def map_shape(layer, lanes, feed, name):
    """MapShape of a golden ConvolutionLayer in `lanes` lanes, fed by `feed`."""
    geometry, channels = layer.geometry, len(layer.thresholds)
    channel_folds = -(-channels // lanes)
    rows, columns = geometry.pool
    window_bits = (rows * columns - 1).bit_length()
    step = channel_folds << window_bits  # words from window to window
    row_words = tuple(y // rows * geometry.handed[1] * step + y % rows * columns
                      for y in range(geometry.positions[0]))
    column_words = tuple(x // columns * step + x % columns for x in range(geometry.positions[1]))
    place_bits, sources, _ = source_table(layer, feed)
    fold_stride = sources
    tap = channel_folds * fold_stride
    lowest, highest = potential_limits(layer, feed)
    if channel_folds * lanes > channels and layer.weight_bits == 1:
        # the code of a surplus weight is 0, which a one-bit layer takes for -1
        lowest -= feed.most_events or geometry.places
    return MapShape(
        name=name, lanes=lanes, folds=folds_of(layer.neurons, lanes, windows_of(layer)), ways=1, rows=feed.rows,
        row_bits=feed.row_bits, weight_bits=layer.weight_bits, potential_bits=potential_width(lowest, highest),
        channel_folds=channel_folds, window_bits=window_bits, row_words=row_words, column_words=column_words,
        place_bits=place_bits, weight_words=math.prod(geometry.kernel) * tap << place_bits, fold_stride=fold_stride,
        column_stride=geometry.stride[1] * tap, row_stride=geometry.stride[0] * geometry.kernel[1] * tap)


@dataclass(frozen=True)
class MapContents(LayerContents):
    """The data of a convolution: as in LayerContents, `initials` for each fold of channels.

    visits: for each entry of the table (first row, last row, first column, last column, address of the first weight),
    None for an entry whose spikes visit nothing.
    """

    visits: tuple


def map_contents(layer, shape, feed):
    """MapContents of a golden ConvolutionLayer in a hardware of the MapShape `shape`, fed by `feed`."""
    geometry, channels, lanes = layer.geometry, len(layer.thresholds), shape.lanes
    kernel, places = geometry.kernel, shape.channel_folds * lanes
    initials = np.full(places, potential_limits(layer, feed)[0])
    initials[:channels] = -layer.thresholds.astype(np.int64) - 1
    weights = layer.weights.astype(np.int64).reshape(*kernel, geometry.source[2], channels)
    codes = np.zeros((*kernel, geometry.source[2], places), np.int64)
    codes[..., :channels] = (weights > 0) if shape.weight_bits == 1 else weights % (1 << shape.weight_bits)
    place_bits, sources, entries = source_table(layer, feed)
    channel_of = {}  # of {source, place}
    for entry in entries:
        if entry is not None:
            channel_of |= {(entry[1], place): channel for place, channel in entry[2].items()}
    words = []
    for i in range(kernel[0]):  # the first visit has the last row of the kernel
        for j in range(kernel[1]):
            for fold in range(shape.channel_folds):
                for source in range(sources):
                    for place in range(1 << place_bits):
                        channel = channel_of.get((source, place))
                        own = codes[kernel[0] - 1 - i, kernel[1] - 1 - j, channel or 0, fold * lanes:(fold + 1) * lanes]
                        words.append(0 if channel is None else pack(own, shape.weight_bits))
    visits = tuple(None if entry is None else _visits(geometry, shape, *entry[:2]) for entry in entries)
    visits += (None,) * ((1 << shape.table_bits) - len(visits))  # an entry for each number that a row may have
    return MapContents(words=(tuple(words),), visits=visits,
                       initials=tuple(map(tuple, initials.reshape(shape.channel_folds, lanes).tolist())))


def potential_limits(layer, feed):
    """(lowest, highest) potential less threshold and one that any neuron of a golden ConvolutionLayer can reach, fed by
    `feed`."""
    initials = -layer.thresholds.astype(np.int64) - 1
    lowest, highest = (bound.reshape(-1, len(initials)) for bound in layer.bounds(feed.most_events))
    return int((initials + lowest).min()), int((initials + highest).max())


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


def _visits(geometry, shape, position, source):
    """Entry of MapContents.visits for a spike at `position` of the map before."""
    ranges = []
    for axis, at in enumerate(divmod(position, geometry.source[1])):
        reached = np.flatnonzero((geometry.reached(axis) == at).any(axis=1))
        if not len(reached):
            return None
        first = int(reached[0])
        ranges.append((first, int(reached[-1]), geometry.kernel[axis] - 1
                       - (at + geometry.padding[axis] - first * geometry.stride[axis])))
    (y, y_last, i), (x, x_last, j) = ranges
    tap = shape.channel_folds * shape.fold_stride
    return y, y_last, x, x_last, (i * geometry.kernel[1] + j) * tap + source
