"""Numbers that are missing, NaN, in floats [n, rows, length, channels]: behind the ends of series that are shorter than
others, and between numbers."""

import numpy as np

from first_spike.golden.errors import UserError

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
