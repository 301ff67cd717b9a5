"""The hardware of a convolution that works on a row of its kernel at a time, and what fills it: banks of columns."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from first_spike.golden.contract.limits import ROW_SETTLE
from first_spike.rtl_model.parts.streams import bits_for
from first_spike.rtl_model.shape.convolution_shape import (
    ConvolutionContents,
    ConvolutionShape,
    channels_of_addresses,
    common_numbers,
    first_potentials,
    reached_positions,
    visits_of_entries,
    weight_codes,
)
from first_spike.rtl_model.shape.layer_shape import pack


@dataclass(frozen=True)
class RowShape(ConvolutionShape):
    """A convolution of `lanes` lanes in each of `banks` banks. Bank b holds the columns b, b + banks, b + 2 * banks...
    of positions, the place of a column there is its group; a spike reaches at most one column of each bank. What its
    kernel reaches in one row of positions is visited at once. Rows are visited in the order of row % slots, so that the
    same row comes again after as many visits.

    A word of a bank stands at {half, row, group, fold of channels}; a word of the pool, of which each bank has a copy,
    at {half, row and column of the window, fold of channels}. Where the pool sums, each bank has words of its own, one
    for each of potentials.
    """

    banks: int
    slots: int  # rows of positions that a spike reaches at the most
    positions: tuple  # rows and columns
    pool: tuple  # rows and columns of a window
    by_rows: ClassVar[bool] = True  # of its kernel

    @property
    def range_bits(self):
        """{member of VisitRange but for `some`: its bits}: first row that is visited, first row, last row, rows less
        one, group of the last column, its bank, mask of banks, address of the weights of the row that is visited
        first."""
        return dict(y=self.y_bits, first=self.y_bits, last=self.y_bits, count=self.count_bits, group=self.group_bits,
                    top=self.top_bits, mask=self.banks, address=self.address_bits)

    @property
    def weight_lanes(self):
        """Weights in a word."""
        return self.banks * self.lanes

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
    def potential_words(self):
        """Words of a bank, both halves."""
        return 2 << self.word_bits

    @property
    def windows(self):
        """Rows and columns of windows."""
        return tuple(count // side for count, side in zip(self.positions, self.pool))

    @property
    def window_bits(self):
        """Width of the number of a word of the pool, without the half."""
        return sum(map(bits_for, self.windows)) + self.number_bits

    @property
    def pool_words(self):
        """Words of the pool in a bank, both halves."""
        return 2 << (self.window_bits if self.often == 1 else self.word_bits)

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
    def emptied_after(self):
        """Cycles after a reset in which both halves are emptied."""
        return 2 * ((1 << self.scrub_bits) + 2 * ROW_SETTLE)


def row_shape(layer, lanes, feed, name):
    """RowShape of a golden ConvolutionLayer in `lanes` lanes a bank, fed by `feed`."""
    geometry, numbers = layer.geometry, common_numbers(layer, lanes, feed, name)
    slots, banks = (-(-reach // step) for reach, step in zip(geometry.kernel, geometry.stride))
    row = banks * geometry.stride[1] * numbers["channel_folds"] * numbers["fold_stride"]  # weights of a kernel row
    return RowShape(
        **numbers, banks=banks, slots=slots, positions=geometry.positions, pool=geometry.pool,
        weight_words=geometry.kernel[0] * row << numbers["place_bits"], row_stride=geometry.stride[0] * row)


def row_contents(layer, shape, feed):
    """ConvolutionContents of a golden ConvolutionLayer in a hardware of the RowShape `shape`, fed by `feed`; bank 0 in
    the lowest part of a word of weights."""
    geometry, lanes = layer.geometry, shape.lanes
    codes, channels = weight_codes(layer, shape), channels_of_addresses(layer, feed)
    codes = np.pad(codes, ((0, 0), (0, 1), (0, 0), (0, 0)))  # a column of zeros behind those of the kernel
    words = []
    for i in range(geometry.kernel[0] - 1, -1, -1):  # the lowest row of positions has the last row of the kernel
        for top in range(shape.banks):
            for offset in range(geometry.stride[1]):
                taps = [min(offset + geometry.stride[1] * ((top - bank) % shape.banks), geometry.kernel[1])
                        for bank in range(shape.banks)]
                for fold in range(shape.channel_folds):
                    for channel in channels:
                        own = codes[i, taps, channel or 0, fold * lanes:(fold + 1) * lanes]
                        words.append(0 if channel is None else pack(own.ravel(), shape.weight_bits))
    visits = visits_of_entries(layer, shape, feed, lambda position, source: _visits(geometry, shape, position, source))
    starts = list(map(tuple, first_potentials(layer, shape, feed).tolist()))
    starts += starts[-1:] * ((1 << shape.number_bits) - len(starts))  # what is emptied has any fold
    return ConvolutionContents(words=(tuple(words),), visits=visits, initials=tuple(starts))


def _visits(geometry, shape, position, source):
    """Entry of ConvolutionContents.visits for a spike at `position` of the map before."""
    reached = reached_positions(geometry, position)
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
