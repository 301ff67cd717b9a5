"""Floats as bytes by the range of the training set, a channel each, but for outliers."""

import numpy as np

from first_spike.golden.data.dataset import LARGEST_NUMBER
from first_spike.golden.errors import UserError

OUTLYING = 0.01  # largest share of recordings, one at least, that may be put aside
FEWEST_RECORDINGS = 20  # of which one may be an outlier
FAR = 3  # times the range of all others
FEW_BYTES = 16
MOST_OUTSIDE = 0.05  # of the numbers of a channel, before it is said
MOST_SHOWN = 4  # channels in a sentence
OTHER_UNITS = 10  # times as far from their middle as in training, or a part of it
FEWEST_COMPARED = 10  # recordings: a few may be alike


def fit(values):
    """(low, high, sentences): of each channel the lowest and the highest number, float64 [channels]; values: floats
    [n, rows, length, channels], NaN where there is nothing.

    A number that lies further from all recordings but 1 % than FAR times their range, of the channel, is an outlier,
    and the range on its side is theirs. UserError for a range that no network's file may hold.
    """
    least = np.sort(np.fmin.reduce(values, axis=(1, 2)), axis=0).astype(np.float64)  # of each recording
    most = np.sort(np.fmax.reduce(values, axis=(1, 2)), axis=0)[::-1].astype(np.float64)
    low, high = least[0], most[0]
    if len(values) < FEWEST_RECORDINGS:
        return *_writable(low, high), []
    aside = max(int(OUTLYING * len(values)), 1)
    inner_low, inner_high = least[aside], most[aside]
    width = inner_high / 8 - inner_low / 8  # of eighths, since FAR times the whole may be more than the largest float
    below = (inner_low / 8 - low / 8 > FAR * width) & (width > 0)
    above = (high / 8 - inner_high / 8 > FAR * width) & (width > 0)
    fitted = np.where(below, inner_low, low), np.where(above, inner_high, high)
    far = [f"{channel} ({low[channel]:g} to {high[channel]:g}, scaled from {fitted[0][channel]:g} to "
           f"{fitted[1][channel]:g})" for channel in np.flatnonzero(below | above)]
    said = [f"x_train: outliers, in at most {aside} of {len(values):,} recordings, are taken for the nearest of the "
            f"others' numbers in channel {_listed(far)}"] if far else []
    return *_writable(*fitted), said


def _writable(low, high):
    """Both; UserError where a number is too large."""
    largest = np.abs([low, high]).max()
    if largest >= LARGEST_NUMBER:
        raise UserError(f"x_train holds {largest:g}, and numbers have to stay below {LARGEST_NUMBER:g}")
    return low, high


def scale(values, low, high):
    """uint8: floats [..., channels] with `low` as 0 and `high` as 255, what is beyond them alike, and NaN as 0; low,
    high: [channels]."""
    width = high / 2 - low / 2
    share = (values / 2 - low / 2) / np.where(width > 0, width, 0.5)
    return np.rint(np.nan_to_num(np.clip(share, 0, 1)) * 255).astype(np.uint8)


def outside(name, values, low, high, spreads=None):
    """Compare numbers with those of the training set.

    Args:
        name: of the array, for the sentences.
        values: floats [n, rows, length, channels], NaN where there is nothing.
        low, high: the range of the training set, [channels].
        spreads: of the training set, [channels, 2], see `spread`; None if nothing is known of it.

    Returns:
        At most two sentences, in a list. One names the channels of which more than MOST_OUTSIDE of the numbers lie
        below `low` or above `high`. One names, of the other channels, those in which median and mean distance from the
        middle are both more than OTHER_UNITS times as large as in training, or as small. Of fewer than FEWEST_COMPARED
        recordings only the first is given.
    """
    found, units = [], []
    for channel in range(values.shape[-1]):
        numbers = values[..., channel][~np.isnan(values[..., channel])]
        share = np.mean((numbers < low[channel]) | (numbers > high[channel]))
        if share > MOST_OUTSIDE:
            least, most, *ends = _told_apart(numbers.min(), numbers.max(), low[channel], high[channel])
            found.append(f"{channel} ({share:.0%}: {least} to {most}, the range is {' to '.join(ends)})")
        elif spreads is not None and len(values) >= FEWEST_COMPARED:
            own, trained = spread(numbers), spreads[channel]
            far, near = own > OTHER_UNITS * trained, own * OTHER_UNITS < trained
            if own.all() and trained.all() and (far.all() or near.all()):
                units.append(f"{channel} (on average {own[1]:.3g}, in training {trained[1]:.3g})")
    return ([f"{name}: more than {MOST_OUTSIDE:.0%} of the numbers lie outside of the range of the training set, and "
             f"count as its ends, in channel {_listed(found)}"] if found else []) + (
            [f"{name}: numbers lie more than {OTHER_UNITS} times nearer to their middle, or further from it, than in "
             f"the training set, and may be in other units, in channel {_listed(units)}"] if units else [])


def spread(numbers):
    """float64 [2]: the median and the mean distance of numbers [n] from their median, means of both sides of it. Those
    that equal it are left out; zeros if all do."""
    with np.errstate(over="ignore"):  # of numbers near the largest float
        far = numbers.astype(np.float64) - np.median(numbers)
        return mean_spread([[np.median(side), side.mean()] for side in (far[far > 0], -far[far < 0]) if side.size])


def mean_spread(sides):
    """The mean of the [median, mean] of each side that there is."""
    return np.mean(sides, axis=0) if len(sides) else np.zeros(2)


def _told_apart(*numbers):
    """Texts of the numbers, of six digits, or of as many as tell them apart."""
    numbers = [float(number) for number in numbers]
    shown = ([f"{number:.{digits}g}" for number in numbers] for digits in range(6, 18))
    return next(texts for texts in shown if len(set(texts)) >= len(set(numbers)))


def few_bytes(values, made):
    """A sentence, in a list, of the channels that keep fewer than FEW_BYTES distinct bytes though they hold more
    distinct numbers; values: floats, made: uint8, both [n, rows, length, channels]."""
    found = []
    for channel in range(made.shape[-1]):
        count = np.count_nonzero(np.bincount(made[..., channel].ravel(), minlength=256))
        if count < FEW_BYTES:
            numbers = values[..., channel]
            distinct = len(np.unique(numbers[~np.isnan(numbers)]))
            if distinct > count:
                found.append(f"{channel} ({count} of {distinct:,} distinct numbers)")
    return [f"x_train: few distinct bytes are left of channel {_listed(found)}: a few numbers lie far from the others; "
            f"clip them"] if found else []


def _listed(words):
    more = len(words) - MOST_SHOWN
    return ", ".join(words[:MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")


def check_scale(low, high, channels):
    """UserError unless a network's file says two numbers for so many channels, or none."""
    if (low is None) != (high is None) or low is not None and not len(low) == len(high) == channels:
        raise UserError(f"the network scales series of {len(low or high)} channels, found {channels}")
