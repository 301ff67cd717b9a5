"""What the hardware of a convolution is built as, and what fills it: words of potentials that spikes visit."""

import math
from dataclasses import dataclass
from typing import ClassVar

from first_spike.golden.contract.limits import MOST_SCRUBBED
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
class MapShape(ConvolutionShape):
    """A convolution that works on one place of its kernel in a cycle. A word holds the potentials of the lanes at one
    position (and fold of channels); its number is {fire fold, place in the window}, and the fire fold is
    window * channel_folds + channel fold.

    The words of position (y, x) begin at row_words[y] + column_words[x]. A spike visits rows and columns of positions;
    from column to column its weights are `column_stride` apart, in units of 2 ** place_bits.
    """

    window_bits: int  # of the place of a position in its window
    row_words: tuple
    column_words: tuple
    column_stride: int
    by_rows: ClassVar[bool] = False  # of its kernel

    @property
    def range_bits(self):
        """{member of VisitRange but for `some`: its bits}: row of the first visit and of the last, column of the first
        and of the last, address of the first weight."""
        return dict(y=self.y_bits, y_last=self.y_bits, x=self.x_bits, x_last=self.x_bits, address=self.address_bits)

    @property
    def words(self):
        """Words of potentials."""
        return self.folds << self.window_bits

    @property
    def pool_bits(self):
        """Of the number of a word, the lowest, which words that share one of the pool differ in: none where it sums."""
        return self.window_bits if self.often == 1 else 0

    @property
    def pool_words(self):
        """Words of the pool."""
        return self.words >> self.pool_bits

    @property
    def potential_words(self):
        """The same, as every convolution calls them."""
        return self.words

    @property
    def word_bits(self):
        """Width of the number of a word."""
        return bits_for(self.words)

    @property
    def y_bits(self):
        """Width of a row of positions."""
        return bits_for(len(self.row_words))

    @property
    def x_bits(self):
        """Width of a column of positions."""
        return bits_for(len(self.column_words))

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


def map_shape(layer, lanes, feed, name):
    """MapShape of a golden ConvolutionLayer in `lanes` lanes, fed by `feed`."""
    geometry, numbers = layer.geometry, common_numbers(layer, lanes, feed, name)
    rows, columns = geometry.pool
    window_bits = (rows * columns - 1).bit_length()
    step = numbers["channel_folds"] << window_bits  # words from window to window
    row_words = tuple(y // rows * geometry.handed[1] * step + y % rows * columns
                      for y in range(geometry.positions[0]))
    column_words = tuple(x // columns * step + x % columns for x in range(geometry.positions[1]))
    tap = numbers["channel_folds"] * numbers["fold_stride"]
    return MapShape(
        **numbers, window_bits=window_bits, row_words=row_words, column_words=column_words,
        weight_words=math.prod(geometry.kernel) * tap << numbers["place_bits"],
        column_stride=geometry.stride[1] * tap, row_stride=geometry.stride[0] * geometry.kernel[1] * tap)


def map_contents(layer, shape, feed):
    """ConvolutionContents of a golden ConvolutionLayer in a hardware of the MapShape `shape`, fed by `feed`."""
    geometry, lanes = layer.geometry, shape.lanes
    codes, channels = weight_codes(layer, shape), channels_of_addresses(layer, feed)
    words = []
    for i in range(geometry.kernel[0] - 1, -1, -1):  # the first visit has the last row of the kernel
        for j in range(geometry.kernel[1] - 1, -1, -1):
            for fold in range(shape.channel_folds):
                for channel in channels:
                    own = codes[i, j, channel or 0, fold * lanes:(fold + 1) * lanes]
                    words.append(0 if channel is None else pack(own, shape.weight_bits))
    visits = visits_of_entries(layer, shape, feed, lambda position, source: _visits(geometry, shape, position, source))
    return ConvolutionContents(words=(tuple(words),), visits=visits,
                               initials=tuple(map(tuple, first_potentials(layer, shape, feed).tolist())))


def _visits(geometry, shape, position, source):
    """Entry of ConvolutionContents.visits for a spike at `position` of the map before."""
    reached = reached_positions(geometry, position)
    if not all(map(len, reached)):
        return None
    ranges = []
    for axis, (at, positions) in enumerate(zip(divmod(position, geometry.source[1]), reached)):
        first = int(positions[0])
        ranges.append((first, int(positions[-1]), geometry.kernel[axis] - 1
                       - (at + geometry.padding[axis] - first * geometry.stride[axis])))
    (y, y_last, i), (x, x_last, j) = ranges
    tap = shape.channel_folds * shape.fold_stride
    return y, y_last, x, x_last, (i * geometry.kernel[1] + j) * tap + source
