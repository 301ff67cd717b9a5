"""A data set in one `.npz`: x_train, y_train, x_test, y_test, and perhaps classes (names) and steps.

What x holds says its type: uint8 are pixels; whole numbers in a file with `steps` T are spike times, 0 to T, T silent;
floats are series or maps, which are scaled to bytes, a channel each, by what x_train holds, or series that are coded
by sides (see series.py).
x is [n, inputs], [n, rows, columns] or [n, rows, columns, channels], but floats of three axes are series,
[n, length, channels]. Channels may come first (see channels.py), and floats may have gaps, NaN (see gaps.py).
"""

import math
from pathlib import Path

import numpy as np

from first_spike.golden.data.array_forms import (
    CHANNELS,
    GAPS,
    UNEQUAL,
    are_bytes,
    as_labels,
    channels_last,
    in_order,
    like,
    without_gaps,
)
from first_spike.golden.data.dataset import Dataset, numbers, one_of, time_steps, whole
from first_spike.golden.data.npz import read_npz
from first_spike.golden.data.scaling import check_scale, few_bytes, fit, outside, scale, spread
from first_spike.golden.data.series import as_sides, fit_sides, outside_sides, sides_of
from first_spike.golden.data.spike_times import from_times, steps_of, whole_times
from first_spike.golden.errors import UserError
from first_spike.golden.files import holds_characters
from first_spike.golden.pixels import as_bytes_hint

CODINGS = ("sides", "plain")  # of series
RULES = {"low": numbers, "high": numbers, "steps": time_steps, "channels": one_of(CHANNELS), "unequal": one_of(UNEQUAL),
         "gaps": one_of(GAPS), "coding": one_of(CODINGS), "length": whole, "middle": numbers,
         "levels": numbers}  # of a split, see split.py
MOST_CLASSES = 1 << 16


def load_arrays(path, image_shape=None, train=True, low=None, high=None, steps=None, channels=None, unequal=None,
                gaps=None, coding=None, length=None, middle=None, levels=None):
    """Read the file; train=False leaves x_train and y_train out, which then need not be there.

    image_shape: of the images that a network takes, which says where channels are and how long series become. low,
    high: of each channel, what floats are scaled by; None takes those of x_train. steps: of the spike times that the
    file has to hold, None for whatever it holds. channels, unequal, gaps: as array_forms.py has them. coding: "sides"
    makes series channels as series.py does, and those of unequal length equal; anything else is read as without it.
    length, middle, levels: what their Sides are, None for those of x_train. Raises UserError, naming the array, for
    anything else than is said above.
    """
    path = Path(path)
    parts = ("train", "test") if train else ("test",)
    names = [f"{letter}_{part}" for part in parts for letter in "xy"]
    found = read_npz(path, names, ("x_train", "y_train", "classes", "steps"))
    x = {f"x_{part}": found[f"x_{part}"] for part in parts}
    floats = (low, high, middle) != (None, None, None)
    by_sides = coding == "sides" and x["x_test"].dtype.kind == "f" and x["x_test"].ndim < 4 and "steps" not in found
    try:
        _check_as_trained(x["x_test"].dtype, "steps" in found, floats, steps)
        x = whole_times(x) if "steps" in found else x
        sides = None if not by_sides or middle is None else sides_of(length, middle, levels)
        if by_sides and unequal is None and sides is None and _may_be_unequal(x):
            unequal = "resample"
        x, said = _arranged(x, channels, unequal, (1, length, sides.channels) if sides else image_shape)
        split = {name: word for name, word in (("channels", channels), ("unequal", unequal), ("gaps", gaps)) if word}
        if by_sides:
            x, own, more = _by_sides(x, train, sides, unequal, gaps)
        elif x["x_test"].dtype.kind == "f":
            x, own, more = _scaled(x, train, low, high, unequal, gaps, image_shape and image_shape[1])
        else:
            x, own, more = *_pixels(x, found.get("steps"), steps), []
            if train and (unequal or gaps):
                raise UserError(f"x_train holds {x['x_train'].dtype}; --unequal and --gaps are for floats")
        y = {part: _labels(f"y_{part}", found[f"y_{part}"], len(found[f"x_{part}"]))
             for part in (("train", "test") if train else ("test", "train"))  # the first one's fault is said
             if f"x_{part}" in found and f"y_{part}" in found}
        if train and len(np.unique(y["train"])) < 2:
            raise UserError(f"y_train holds the single class {y['train'][0]}; at least two are needed")
        classes = _classes(found.get("classes"), y)
    except UserError as error:
        raise UserError(f"{path}: {error}") from error
    flat = found["x_test"].ndim == 2 and not by_sides
    made = {part: _shaped(x[f"x_{part}"], image_shape, flat, channels == "first") for part in parts}
    if flat and channels != "first" and made["test"].shape[3:] > (1,):
        said = said + [in_order(made["test"].shape[1:])]
    if not train:
        made["train"], y["train"] = made["test"][:0], y["test"][:0]
    return Dataset(made["train"], y["train"], made["test"], y["test"], classes, path.name, split | own,
                   kind="series" if by_sides else "", said=tuple(f"{path}: {sentence}" for sentence in said + more))


def _check_as_trained(dtype, has_steps, floats, steps):
    """UserError unless x is floats, or spike times, where those were that the network was trained on; steps: None where
    these were none."""
    if floats and has_steps:
        raise UserError("the network was trained on floats, but the file holds spike times: for floats leave `steps` "
                        "out")
    if floats and dtype.kind != "f":
        raise UserError(f"the network was trained on floats, but x_test holds {dtype}: give .astype(float)")
    if steps is not None and not has_steps:
        raise UserError(f"the network was trained on spike times of {steps} steps: the file needs their number as "
                        f"`steps`")


def _arranged(x, channels, unequal, image_shape):
    """({name: array} with the channels last, sentences), checked to be alike but for the length of unequal series."""
    test = x["x_test"]
    for name, array in x.items():
        if array.ndim not in (2, 3, 4) or 0 in array.shape:
            raise UserError(f"{name} must have two to four axes, none of them empty, found shape {list(array.shape)}")
        if (array.dtype, array.ndim) != (test.dtype, test.ndim):
            raise _not_alike(x)
    said, has_channels = [], test.ndim == 4 or test.ndim == 3 and test.dtype.kind == "f"
    if has_channels:
        x, said = channels_last(x, channels, image_shape)
    elif channels and image_shape is None:
        raise UserError(f"x_test, {test.dtype} {list(test.shape)}, has no channels that could come {channels}")
    length = 1 + (test.ndim == 4) if unequal else None  # which axis it is
    if len({tuple(np.delete(array.shape, [0] if length is None else [0, length])) for array in x.values()}) > 1:
        raise _not_alike(x)
    return x, said


def _not_alike(x):
    train, test = x["x_train"], x["x_test"]
    return UserError(f"x_train ({train.dtype}, {list(train.shape[1:])} each) and x_test ({test.dtype}, "
                     f"{list(test.shape[1:])} each) do not go together")


def _pixels(x, file_steps, steps):
    """({name: uint8 images}, the split) of bytes or spike times."""
    dtype = x["x_test"].dtype
    if dtype.kind not in "iu":
        raise UserError(f"x_test holds {dtype}; it must hold bytes (uint8), spike times or floats")
    if file_steps is not None:
        count = steps_of(file_steps)
        if steps not in (None, count):
            raise UserError(f"holds spike times of {count} steps, but {steps} are needed")
        return {name: _map(from_times(name, array, count)) for name, array in x.items()}, {"steps": count}
    if dtype != np.uint8:
        raise UserError(f"x_test holds {dtype}: for spike times give their number of steps as `steps`; bytes must be "
                        f"uint8{as_bytes_hint(*x.values())}")
    return {name: _map(array) for name, array in x.items()}, {}


def _shaped(images, shape, flat, first):
    """Images as a network of that shape has them where they are flat, with the channels `first` or last, or differ by a
    single channel; shape: or None."""
    images = like(images, shape)
    if not (flat and shape and images[0].size == math.prod(shape)):
        return images
    if first and len(shape) == 3:
        return np.moveaxis(images.reshape(-1, shape[2], *shape[:2]), 1, -1)
    return images.reshape(-1, *shape)


def _map(array):
    """[n, inputs] as [n, 1, inputs]; others as they are."""
    return array[:, None] if array.ndim == 2 else array


def _as_maps(x):
    """Floats of four bytes or more, with four axes: series are maps of one row. UserError for what is not finite."""
    for name, array in x.items():
        wrong = np.argwhere(np.isinf(array))
        if wrong.size:
            raise UserError(f"{name} holds {array[tuple(wrong[0])]} at {wrong[0].tolist()}; it must be finite")
    axes, wide = x["x_test"].ndim, np.promote_types(x["x_test"].dtype, np.float32)
    x = {name: array.astype(wide, copy=False) for name, array in x.items()}
    x = {name: array[:, None] if axes < 4 else array for name, array in x.items()}
    return {name: array[..., None] if axes < 3 else array for name, array in x.items()}


def _as_bytes(x_train):
    """A sentence, in a list, where floats may be pixels."""
    return [f"x_train holds whole numbers up to {x_train.max():g} as {x_train.dtype}, which are scaled as floats are; "
            f"if they are pixels, x.astype(np.uint8) makes them bytes"] if are_bytes(x_train) else []


def _scaled(x, train, low, high, unequal, gaps, length):
    """({name: uint8 images}, the split, sentences) of floats."""
    x = _as_maps(x)
    if low is None and not train:
        raise UserError("holds floats, and no network that was trained on such says how to scale them to bytes")
    said = _as_bytes(x["x_train"]) if low is None else []
    channels = x["x_test"].shape[3]
    check_scale(low, high, channels)
    x, more = without_gaps(x, unequal, gaps, length)
    said += more
    fitted = low is None
    if fitted:
        low, high, more = fit(x["x_train"])
        said += more
    low, high = np.array(low, np.float64), np.array(high, np.float64)
    made = {name: scale(array, low, high) for name, array in x.items()}
    spreads = None
    if fitted:
        said += few_bytes(x["x_train"], made["x_train"])
        spreads = [spread(numbers[~np.isnan(numbers)]) for numbers in np.moveaxis(x["x_train"], -1, 0)]
    return made, {"low": low.tolist(), "high": high.tolist()}, said + outside("x_test", x["x_test"], low, high, spreads)


def _may_be_unequal(x):
    """Whether arrays differ in length, or NaN may stand behind the end of a series."""
    return len({array.shape[1:] for array in x.values()}) > 1 or any(np.isnan(array).any() for array in x.values())


def _by_sides(x, train, sides, unequal, gaps):
    """({name: uint8 images}, the split, sentences) of series."""
    x = _as_maps(x)
    if sides is None and not train:
        raise UserError("holds series, and no network that was trained on such says how they are coded")
    said = _as_bytes(x["x_train"]) if sides is None else []
    channels = x["x_test"].shape[3]
    if sides is not None and sides.channels != channels:
        raise UserError(f"the network is for series of {sides.channels} channels, found {channels}")
    x, more = without_gaps(x, unequal, gaps, sides and sides.length)
    sides = fit_sides(x["x_train"]) if sides is None else sides
    made = {name: as_sides(array, sides) for name, array in x.items()}
    return made, sides.split, said + more + outside_sides("x_test", x["x_test"], sides)


def _labels(name, array, count):
    array = as_labels(name, array, count)
    if array.min() < 0 or array.max() >= MOST_CLASSES:
        raise UserError(f"{name} must count classes from 0 on, found {array.min()} to {array.max()}")
    return array


def _classes(names, y):
    count = 1 + int(max(labels.max() for labels in y.values()))
    if names is None:
        return tuple(map(str, range(max(count, 2))))
    if names.ndim != 1 or names.dtype.kind != "U" or len(names) < count:
        raise UserError(f"classes must be a name for each of {count} classes, found {names.dtype} of shape "
                        f"{list(names.shape)}")
    if not holds_characters(names):
        raise UserError("classes hold codes that are no characters")
    return tuple(map(str, names))
