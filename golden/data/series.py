"""Series as the channels of a picture of one row: what a series is above and below its middle, and how it rises and
falls.

A low number would be silent, though it may say as much as a high one. So each feature has two channels, as a pixel of
an event camera has two polarities: the further above its middle a number lies, the earlier spikes the one, the further
below, the other. Features are the series, its slope and, of a series of more than MOST_COLUMNS steps, which becomes
means of neighbouring steps, its roughness: the mean of how far it jumps from step to step.

Bytes are shares of the training set: half of the numbers above the middle are 128 or more, whatever their size. So
spikes are spread over all steps, and rare large numbers take no room from the others.
"""

from typing import NamedTuple

import numpy as np

from first_spike.golden.data.scaling import mean_spread, outside
from first_spike.golden.errors import UserError

MOST_COLUMNS = 256
LEVELS = 17  # from the smallest to the largest number of a side, an equal share of them between two
LARGEST = 1e37  # of which a slope is a number that a file may hold
DIGITS = 6  # of numbers in a network's file
FINEST = 1e-3  # of what lies around the middle, that the middle may be off by


class Sides(NamedTuple):
    """How series become bytes. length: steps of a series. middle: float64 [features]; levels: float64 [2, features,
    LEVELS], how far above and below it lie so large shares of the numbers, all 0 where there are none."""

    length: int
    middle: np.ndarray
    levels: np.ndarray

    @property
    def split(self):
        """What a network's file says of them."""
        return {"coding": "sides", "length": self.length, "middle": self.middle.tolist(),
                "levels": self.levels.ravel().tolist()}

    @property
    def channels(self):
        """Of the series."""
        return len(self.middle) // _features(self.length)

    @property
    def spreads(self):
        """float64 [channels, 2]: what `spread` gives for each channel of the training set, as near as the levels say
        it."""
        far = self.levels[:, :self.channels]
        return np.array([mean_spread([[side[LEVELS // 2], side.mean()] for side in both if side[-1] > 0])
                         for both in far.swapaxes(0, 1)])


def sides_of(length, middle, levels):
    """The Sides that a network's file says by three lists of numbers; UserError where they do not go together."""
    if not length or not middle or not levels or len(middle) % _features(length) or (
            len(levels) != 2 * LEVELS * len(middle)):
        raise UserError(f"the network's file says {len(middle or ())} middles and {len(levels or ())} levels for "
                        f"series of {length or 0} steps, which do not go together")
    return Sides(length, np.array(middle, np.float64), np.reshape(np.array(levels, np.float64), (2, -1, LEVELS)))


def fit_sides(values):
    """The Sides of a training set: floats [n, 1, length, channels], NaN where nothing is to spike; UserError for
    numbers that are too large."""
    largest = np.nanmax(np.abs(values))
    if largest >= LARGEST:
        raise UserError(f"x_train holds {largest:g}, and numbers have to stay below {LARGEST:g}")
    found = features(values)
    middle = _middle(found)
    levels = np.zeros((2, len(middle), LEVELS))
    for side, sign in enumerate((1, -1)):
        for feature, centre in enumerate(middle):
            far = sign * (found[..., feature] - centre)
            far = far[far > 0]
            if far.size:
                levels[side, feature] = _short(np.quantile(far, np.linspace(0, 1, LEVELS)))
    return Sides(values.shape[2], middle, levels)


def as_sides(values, sides):
    """uint8 [n, 1, columns, channels]: floats [n, 1, length, channels of the series]; channels are each feature above
    its middle, then each below. UserError for series of another length."""
    if values.shape[2] != sides.length:
        raise UserError(f"series have {values.shape[2]} steps, but the network is for {sides.length}: it was trained "
                        f"without --unequal")
    found, shares = features(values), np.linspace(1, 255, LEVELS)
    bytes_of = np.zeros((*found.shape[:3], 2, found.shape[3]), np.uint8)
    for side, sign in enumerate((1, -1)):
        for feature, centre in enumerate(sides.middle):
            far, levels = sign * (found[..., feature] - centre), sides.levels[side, feature]
            if levels[-1] > 0:
                bytes_of[..., side, feature] = np.where(far > 0, np.rint(np.interp(far, levels, shares)), 0)
    return bytes_of.reshape(*found.shape[:3], -1)


def outside_sides(name, values, sides):
    """`outside` of the range that series had in training; name: of the values, as of `as_sides`."""
    middle, rounding = sides.middle[:sides.channels], 10 ** (1 - DIGITS)
    above, below = sides.levels[:, :sides.channels, -1] * (1 + rounding)  # a level may be rounded down
    off = np.where(_short(middle) == middle, np.abs(middle) * rounding / 2, 0)
    return outside(name, _columns(values), middle - below - off, middle + above + off, sides.spreads)


def features(values):
    """float64 [n, 1, columns, features]: the channels, their slopes and, where columns are fewer than steps, their
    roughness; NaN where something is missing."""
    shown = _columns(values)
    found = [shown, _slope(shown)]
    if values.shape[2] > MOST_COLUMNS:
        found.append(_columns(np.abs(np.diff(values, axis=2, prepend=values[:, :, :1]))))
    return np.concatenate(found, axis=3)


def _features(length):
    return 3 if length > MOST_COLUMNS else 2


def _columns(values):
    """Means over the steps of each column."""
    length = values.shape[2]
    if length <= MOST_COLUMNS:
        return values.astype(np.float64)
    edges = np.arange(MOST_COLUMNS + 1) * length // MOST_COLUMNS
    sums = np.add.reduceat(values.astype(np.float64), edges[:-1], axis=2)
    return sums / np.diff(edges)[:, None]


def _slope(values):
    """Of each column, the next one minus the one before; at the ends, of the nearest two."""
    padded = np.concatenate([values[:, :, :1], values, values[:, :, -1:]], axis=2)
    return padded[:, :, 2:] - padded[:, :, :-2]


def _middle(found):
    """float64 [features]: the medians, short where that is close enough for how far numbers lie from them."""
    exact = np.nanmedian(found, axis=(0, 1, 2))
    around = np.nanmedian(np.abs(found - exact), axis=(0, 1, 2))
    return np.where(np.abs(_short(exact) - exact) <= FINEST * around, _short(exact), exact)


def _short(numbers):
    """Numbers as a file keeps them."""
    return np.array([float(f"{number:.{DIGITS}g}") for number in numbers.ravel()]).reshape(numbers.shape)
