"""Forms in which other programs hand arrays over, and the one form in which networks take them.

Which axis of an array holds the channels: the last one, as everywhere here, or the first behind n, as PyTorch has
it.

Numbers that are missing, NaN, in floats [n, rows, length, channels]: behind the ends of series that are shorter than
others, and between numbers.

Labels and pixels as other programs hand them over: int64, floats, columns, text.
"""

import numpy as np

from first_spike.golden.errors import UserError
from first_spike.golden.pixels import are_whole

CHANNELS = ("first", "last")
FEW = 4  # an axis of so many before larger ones is taken for channels


def channels_last(x, channels=None, shape=None):
    """({name: array} with the channels last, sentences of what was assumed).

    x: {name: array [n, rows, columns, channels], or series [n, length, channels], or either with the channels behind
    n}, all alike. channels: what the user says, "first" or "last". shape: of the images that a network takes; where one
    of the two fits it, that is taken.
    """
    names, found = " and ".join(x), next(iter(x.values())).shape[1:]
    moved, said = (*found[1:], found[0]), []
    if shape is not None and _fits(found, shape) != _fits(moved, shape):
        first = _fits(moved, shape)
        if first and channels is None:
            said = [f"{names}: {list(found)} each, taken with channels first, as {_shown(moved)}, which the network "
                    f"takes"]
    elif channels or shape is not None:
        first = channels == "first"
    else:
        first = found[0] <= FEW < min(found[1:])
        if first:
            said = [_assumed(names, found, "first", moved, "last", found)]
        elif not _clearly_last(*found):
            said = [_assumed(names, found, "last", found, "first", moved)]
        elif len(found) == 2 and min(found) > FEW:
            said = [f"{names}: {list(found)} each, taken for series, {_shown(found)}; maps are [n, rows, columns, 1]"]
    return {name: np.moveaxis(array, 1, -1) if first else array for name, array in x.items()}, said


def _clearly_last(*found):
    """Whether found is [length, channels] or [rows, columns, channels] beyond doubt."""
    *places, channels = found
    if len(places) == 1:
        return channels <= places[0]
    return channels <= FEW < min(places) or places[0] == places[1] != channels


def _assumed(names, found, this, taken, other, left):
    return (f"{names}: {list(found)} each, taken with channels {this}, as {_shown(taken)}; --channels {other} takes "
            f"{_shown(left)}")


def like(images, shape=None):
    """images [n, ...] as [n, *shape] where they differ by a single channel that one of them does not name; without a
    shape none names it."""
    plain = _plain(images.shape[1:])
    shape = plain if shape is None else tuple(shape)
    return images.reshape(-1, *shape) if plain == _plain(shape) else images


def in_order(shape):
    """The sentence of flat numbers that are taken for images of a shape with channels behind."""
    return f"{np.prod(shape)} numbers each, taken in the order row, column, channel as {_shown(shape)}"


def _plain(shape):
    return shape[:-1] if len(shape) == 3 and shape[-1] == 1 else shape


def _fits(found, shape):
    """Whether the network's shape has these channels, and these rows; the length of series may be any."""
    channels = shape[2] if len(shape) > 2 else 1
    return found[-1] == channels and found[:-2] in ((), (shape[0],))


def _shown(found):
    """[rows, columns, channels] or [length, channels] in words."""
    *places, channels = found
    many = f"{channels} channel{'s'[:channels > 1]}"
    if len(places) == 1:
        return f"{many} of {places[0]} step{'s'[:places[0] > 1]}"
    return f"{many} of {places[0]} x {places[1]}"


UNEQUAL, GAPS = ("pad", "resample"), ("hold", "interpolate")


def without_gaps(x, unequal=None, gaps=None, length=None):
    """({name: floats [n, rows, length, channels]}, sentences of what was done); NaN is left where nothing is to spike.

    x: {name: such floats}, of which the first say the length unless `length` does: that of the longest series. A series
    ends with the last step at which it holds a number. unequal: "pad" leaves NaN behind the end of a shorter series and
    cuts a longer one, "resample" interpolates every series to the length. gaps: within a series, "hold" repeats the
    last number before (or the first that there is), "interpolate" draws a straight line. Raises UserError for gaps and
    ends without their option, and for a channel without a number.
    """
    ends = {name: _ends(name, array) for name, array in x.items()}
    said, made = [], {}
    for name, array in x.items():
        made[name], sentences = _filled(name, array, ends[name], gaps)
        said += sentences
    if unequal is None:
        for name, array in made.items():
            short = np.flatnonzero(ends[name] < array.shape[2])
            if short.size:
                raise UserError(f"{name}: series {short[0]} ends after {ends[name][short[0]]} of {array.shape[2]} "
                                f"steps, NaN behind; series of unequal length are trained with --unequal pad or "
                                f"--unequal resample")
        return made, said
    length = length or int(next(iter(ends.values())).max())
    for name, array in made.items():
        made[name] = (_padded if unequal == "pad" else _resampled)(array, ends[name], length)
        said += _changed(name, ends[name], unequal, length)
    return made, said


def _ends(name, array):
    """int64 [n]: steps up to the last one that holds a number."""
    there = np.isfinite(array).any(axis=(1, 3))
    empty = np.flatnonzero(~there.any(axis=1))
    if empty.size:
        raise UserError(f"{name}: series {empty[0]} holds no number")
    return there.shape[1] - there[:, ::-1].argmax(axis=1)


def _filled(name, array, ends, gaps):
    missing = np.isnan(array) & (np.arange(array.shape[2]) < ends[:, None])[:, None, :, None]
    places = np.argwhere(missing)
    if not places.size:
        return array, []
    if gaps is None:
        n, _, step, channel = places[0]
        raise UserError(f"{name}: series {n} has a gap, NaN, at step {step} of channel {channel}; series with gaps are "
                        f"trained with --gaps hold or --gaps interpolate")
    filled = array.copy()
    for n, row, channel in np.unique(places[:, [0, 1, 3]], axis=0):
        line = filled[n, row, :ends[n], channel]
        there, steps = np.flatnonzero(~np.isnan(line)), np.arange(len(line))
        if not there.size:
            raise UserError(f"{name}: series {n} holds no number in channel {channel}")
        if gaps == "interpolate":
            line[:] = np.interp(steps, there, line[there])
        else:
            line[:] = line[there[np.maximum(np.searchsorted(there, steps, "right") - 1, 0)]]
    count = len(np.unique(places[:, 0]))
    done = "interpolated" if gaps == "interpolate" else "held from the number before"
    return filled, [f"{name}: {len(places):,} numbers missing in {count:,} of {len(array):,} series, {done}"]


def _padded(array, ends, length):
    made = np.full((*array.shape[:2], length, array.shape[3]), np.nan, array.dtype)
    count = min(length, array.shape[2])
    made[:, :, :count] = array[:, :, :count]
    return made


def _resampled(array, ends, length):
    made = np.empty((*array.shape[:2], length, array.shape[3]), array.dtype)
    for n, end in enumerate(ends):
        places = np.linspace(0, end - 1, length)
        before = places.astype(np.int64)
        share = (places - before)[None, :, None]
        made[n] = array[n, :, before].swapaxes(0, 1) * (1 - share)
        made[n] += array[n, :, np.minimum(before + 1, end - 1)].swapaxes(0, 1) * share
    return made


def _changed(name, ends, unequal, length):
    """What became of the series that have another length."""
    shorter, longer = (ends < length).sum(), (ends > length).sum()
    if not shorter and not longer:
        return []
    every = f"{name}: of {len(ends):,} series of {ends.min()} to {ends.max()} steps "
    if unequal == "resample":
        return [every + f"{shorter + longer:,} are resampled to {length}"]
    return [every + f"{shorter:,} are padded to {length}, silent behind their ends"
            + (f", and {longer:,} are cut there" if longer else "")]


def are_bytes(array):
    """Whether it holds whole numbers from 0 to 255, as bright as pictures are, of another type than uint8."""
    return array.dtype != np.uint8 and are_whole(array) and bool(array.min() >= 0 and 128 <= array.max() <= 255)


def as_labels(name, array, count):
    """int64 [count] of whole numbers of any type, exact; UserError, with what helps, for anything else."""
    if array.ndim == 1 and len(array) == count and are_whole(array):
        with np.errstate(invalid="ignore"):  # of floats beyond int64, which become negative
            return array.astype(np.int64)
    if array.shape == (count, 1):
        hint = ": .ravel() leaves one axis"
    elif array.dtype.kind in "US" and name == "y_train":
        hint = (": both sides are numbered alike by classes, y_train = np.unique(y_train, return_inverse=True), then "
                "y_test = np.searchsorted(classes, y_test)")
    elif array.dtype.kind in "US":
        hint = ": the number of each name in the network's classes is needed, network.classes.index(name)"
    else:
        hint = ""
    raise UserError(f"{name} must be one integer for each of {count} images, found {array.dtype} of shape "
                    f"{list(array.shape)}{hint}")


def class_labels(labels, count, classes):
    """int64 [count], each the number of one of so many classes, of whole numbers of any type; UserError for others."""
    found = as_labels("labels", np.asarray(labels), np.size(labels))
    if len(found) != count:
        raise UserError(f"{len(found)} labels for {count} images")
    wrong = np.flatnonzero((found < 0) | (found >= classes))
    if wrong.size:
        raise UserError(f"label {found[wrong[0]]} of image {wrong[0]} is none of the network's {classes} classes, "
                        f"which count from 0")
    return found
