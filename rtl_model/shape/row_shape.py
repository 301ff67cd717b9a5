"""The hardware of a convolution that works on a row of its kernel at a time, and what fills it: banks of columns."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from golden.contract.limits import ROW_SETTLE, SHALLOW_WORDS
from rtl_model.parts.streams import bits_for
from rtl_model.shape.layer_contents import LayerContents, pack
from rtl_model.shape.layer_shape import potential_width
from rtl_model.shape.map_shape import potential_limits, source_table
from rtl_model.shape.placement import folds_of, windows_of


@dataclass(frozen=True)
class RowShape:
    """A convolution of `lanes` lanes in each of `banks` banks. Bank b holds the columns b, b + banks, b + 2 * banks...
    of positions, the place of a column there is its group; a spike reaches at most one column of each bank. What its
    kernel reaches in one row of positions is visited at once. Rows are visited in the order of row % slots, so that the
    same row comes again after as many visits.

    A word of a bank stands at {half, row, group, fold of channels}; a word of the pool, of which each bank has a copy,
    at {half, row and column of the window, fold of channels}.
    """

    name: str  # begins the names of its modules and files
    lanes: int  # of a bank
    banks: int
    slots: int  # rows of positions that a spike reaches at the most
    folds: int  # of what fires: windows, and folds of channels in each
    ways: int  # always 1
    rows: int  # of its feed
    row_bits: int
    weight_bits: int
    potential_bits: int
    channel_folds: int
    positions: tuple  # rows and columns
    pool: tuple  # rows and columns of a window
    place_bits: int  # of a row of the feed, which name a channel; the others name an entry of the table
    weight_words: int
    fold_stride: int
    row_stride: int
    is_map: ClassVar[bool] = True  # its block wants the reset, and is never the last
    by_rows: ClassVar[bool] = True  # of its kernel
    start_bits: ClassVar[None] = None  # its weights are constants

    @property
    def code_bits(self):
        """Width of a weight at the adder."""
        return max(2, self.weight_bits)

    @property
    def y_bits(self):
        """Width of a row of positions."""
        return bits_for(self.positions[0])

    @property
    def group_bits(self):
        """Width of a group of columns."""
        return bits_for(-(-self.positions[1] // self.banks))

    @property
    def top_bits(self):
        """Width of the number of a bank."""
        return bits_for(self.banks)

    @property
    def count_bits(self):
        """Width of a number of rows, less one."""
        return bits_for(self.slots)

    @property
    def fold_bits(self):
        """Width of a fold of channels."""
        return bits_for(self.channel_folds)

    @property
    def number_bits(self):
        """Width of the fold of channels in the number of a word; without folds it has none."""
        return (self.channel_folds - 1).bit_length()

    @property
    def word_bits(self):
        """Width of the number of a word of a bank, without the half."""
        return self.y_bits + self.group_bits + self.number_bits

    @property
    def windows(self):
        """Rows and columns of windows."""
        return tuple(count // side for count, side in zip(self.positions, self.pool))

    @property
    def window_bits(self):
        """Width of the number of a word of the pool, without the half."""
        return sum(map(bits_for, self.windows)) + self.number_bits

    @property
    def scrub_bits(self):
        """Width of the number of what is emptied at once: a word of each bank and of the pool."""
        return max(self.word_bits, self.window_bits)

    @property
    def entry_bits(self):
        """Width of a candidate: {row, group of the last column, its bank, fold of channels, mask of banks}."""
        return self.y_bits + self.group_bits + self.top_bits + self.fold_bits + self.banks

    @property
    def place_of(self):
        """{part: (high, low)} of what travels through the pipeline: {half, window of a test, group of each bank, bank 0
        in the lowest bits, and what is a candidate's}."""
        widths = dict(mask=self.banks, fold=self.fold_bits, top=self.top_bits, group=self.group_bits, y=self.y_bits,
                      groups=self.banks * self.group_bits, window=self.window_bits, half=1)
        places, low = {}, 0
        for name, bits in widths.items():
            places[name] = (low + bits, low)
            low += bits
        return places

    @property
    def visit_bits(self):
        """Width of that."""
        return self.place_of["half"][0]

    @property
    def most_candidates(self):
        """Candidates that wait at the most: each has a word at least, and none is in two of them."""
        return math.prod(self.positions) * self.channel_folds

    @property
    def address_bits(self):
        """Width of an address of the weight memory without the place."""
        return bits_for(-(-self.weight_words >> self.place_bits))

    @property
    def table_bits(self):
        """Width of the number of an entry of the table."""
        return max(1, self.row_bits - self.place_bits)

    @property
    def shallow(self):
        """Whether its weights lie in LUTs."""
        return self.weight_words <= SHALLOW_WORDS

    @property
    def emptied_after(self):
        """Cycles after a reset in which both halves are emptied."""
        return 2 * ((1 << self.scrub_bits) + 2 * ROW_SETTLE)

    def most_vectors(self, steps):
        """How many vectors an image puts into the queue behind it at the most: each has a spike or closes a step."""
        return self.folds * self.lanes + steps


def row_shape(layer, lanes, feed, name):
    """RowShape of a golden ConvolutionLayer in `lanes` lanes a bank, fed by `feed`."""
    geometry, channels = layer.geometry, len(layer.thresholds)
    channel_folds = -(-channels // lanes)
    slots, banks = (-(-reach // step) for reach, step in zip(geometry.kernel, geometry.stride))
    place_bits, sources, _ = source_table(layer, feed)
    tap = channel_folds * sources
    turns = banks * geometry.stride[1]
    lowest, highest = potential_limits(layer, feed)
    if channel_folds * lanes > channels and layer.weight_bits == 1:
        # the code of a surplus weight is 0, which a one-bit layer takes for -1
        lowest -= feed.most_events or geometry.places
    return RowShape(
        name=name, lanes=lanes, banks=banks, slots=slots, folds=folds_of(layer.neurons, lanes, windows_of(layer)),
        ways=1, rows=feed.rows, row_bits=feed.row_bits, weight_bits=layer.weight_bits,
        potential_bits=potential_width(lowest, highest), channel_folds=channel_folds, positions=geometry.positions,
        pool=geometry.pool, place_bits=place_bits, weight_words=geometry.kernel[0] * turns * tap << place_bits,
        fold_stride=sources, row_stride=geometry.stride[0] * turns * tap)


@dataclass(frozen=True)
class RowContents(LayerContents):
    """The data of a convolution: as in LayerContents, `initials` for each fold of channels; bank 0 in the lowest part
    of a word of weights.

    visits: for each entry of the table (first row that is visited, first row, last row, rows less one, group of the
    last column, its bank, mask of banks, address of the weights of the row that is visited first), None for an entry
    whose spikes visit nothing.
    """

    visits: tuple


def row_contents(layer, shape, feed):
    """RowContents of a golden ConvolutionLayer in a hardware of the RowShape `shape`, fed by `feed`."""
    geometry, channels, lanes = layer.geometry, len(layer.thresholds), shape.lanes
    places = shape.channel_folds * lanes
    initials = np.full(places, potential_limits(layer, feed)[0])
    initials[:channels] = -layer.thresholds.astype(np.int64) - 1
    weights = layer.weights.astype(np.int64).reshape(*geometry.kernel, geometry.source[2], channels)
    codes = np.zeros((geometry.kernel[0], geometry.kernel[1] + 1, geometry.source[2], places), np.int64)
    codes[:, :-1, :, :channels] = (weights > 0) if shape.weight_bits == 1 else weights % (1 << shape.weight_bits)
    place_bits, sources, entries = source_table(layer, feed)
    channel_of = {}  # of {source, place}
    for entry in entries:
        if entry is not None:
            channel_of |= {(entry[1], place): channel for place, channel in entry[2].items()}
    words = []
    for i in range(geometry.kernel[0] - 1, -1, -1):  # the lowest row of positions has the last row of the kernel
        for top in range(shape.banks):
            for offset in range(geometry.stride[1]):
                taps = [min(offset + geometry.stride[1] * ((top - bank) % shape.banks), geometry.kernel[1])
                        for bank in range(shape.banks)]
                for fold in range(shape.channel_folds):
                    for source in range(sources):
                        for place in range(1 << place_bits):
                            channel = channel_of.get((source, place))
                            own = codes[i, taps, channel or 0, fold * lanes:(fold + 1) * lanes]
                            words.append(0 if channel is None else pack(own.ravel(), shape.weight_bits))
    visits = tuple(None if entry is None else _visits(geometry, shape, *entry[:2]) for entry in entries)
    visits += (None,) * ((1 << shape.table_bits) - len(visits))  # an entry for each number that a row may have
    starts = list(map(tuple, initials.reshape(shape.channel_folds, lanes).tolist()))
    starts += starts[-1:] * ((1 << shape.number_bits) - len(starts))  # what is emptied has any fold
    return RowContents(words=(tuple(words),), visits=visits, initials=tuple(starts))


def _visits(geometry, shape, position, source):
    """Entry of RowContents.visits for a spike at `position` of the map before."""
    reached = [np.flatnonzero((geometry.reached(axis) == at).any(axis=1))
               for axis, at in enumerate(divmod(position, geometry.source[1]))]
    if not all(map(len, reached)):
        return None
    (first, last), (x, x_last) = ((int(places[0]), int(places[-1])) for places in reached)
    begin = -(-first // shape.slots) * shape.slots
    begin = first if begin > last else begin
    at, column = position // geometry.source[1], position % geometry.source[1] + geometry.padding[1]
    i = geometry.kernel[0] - 1 - (at + geometry.padding[0] - begin * geometry.stride[0])
    rightmost, offset = divmod(column, geometry.stride[1])  # it may lie outside of the map
    group, top = divmod(rightmost, shape.banks)
    mask = sum(1 << place % shape.banks for place in range(x, x_last + 1))
    turns, turn = shape.banks * geometry.stride[1], top * geometry.stride[1] + offset
    return (begin, first, last, last - first, group % (1 << shape.group_bits), top, mask,
            (i * turns + turn) * shape.channel_folds * shape.fold_stride + source)
