"""A data set in one `.npz`: x_train, y_train, x_test, y_test, and perhaps classes (names) and steps.

What x holds says its type: uint8 are pixels; integers in a file with `steps` T are spike times, 0 to T, T silent;
floats are series or maps, which are scaled to bytes, a channel each, by the lowest and the highest value in x_train.
x is [n, inputs], [n, rows, columns] or [n, rows, columns, channels], but floats of three axes are series,
[n, length, channels].
"""

from pathlib import Path

import numpy as np

from golden.data.dataset import Dataset
from golden.data.npz import read_npz
from golden.data.split import numbers, whole
from golden.errors import UserError
from golden.files import holds_characters

RULES = {"low": numbers, "high": numbers, "steps": whole}  # of a split, see split.py
STEPS = (2, 4, 8, 16, 32, 64, 128, 256)
MOST_CLASSES = 1 << 16


def load_arrays(path, _, train=True, low=None, high=None, steps=None):
    """Read the file; train=False leaves x_train and y_train out, which then need not be there.

    low, high: of each channel, what floats are scaled by; None takes those of x_train. steps: what spike times in the
    file have to have, None for whatever they have. Raises UserError, naming the array, for anything else than is said
    above.
    """
    path = Path(path)
    parts = ("train", "test") if train else ("test",)
    names = [f"{letter}_{part}" for part in parts for letter in "xy"]
    found = read_npz(path, names, ("x_train", "y_train", "classes", "steps"))
    try:
        x = {part: found[f"x_{part}"] for part in ("train", "test") if f"x_{part}" in found}
        made, split = _as_bytes(x, found.get("steps"), train, low, high, steps)
        y = {part: _labels(f"y_{part}", found[f"y_{part}"], len(x[part])) for part in x if f"y_{part}" in found}
        if train and len(np.unique(y["train"])) < 2:
            raise UserError(f"y_train holds the single class {y['train'][0]}; at least two are needed")
        classes = _classes(found.get("classes"), y)
    except UserError as error:
        raise UserError(f"{path}: {error}") from error
    if not train:
        made["train"], y["train"] = made["test"][:0], y["test"][:0]
    return Dataset(made["train"], y["train"], made["test"], y["test"], classes, path.name, split)


def _as_bytes(x, file_steps, train, low, high, steps):
    """({part: uint8 images}, the split) of the arrays x, by part."""
    for part, array in x.items():
        if array.dtype != x["test"].dtype or array.shape[1:] != x["test"].shape[1:]:
            raise UserError(f"x_train ({array.dtype}, {list(array.shape[1:])} each) and x_test ({x['test'].dtype}, "
                            f"{list(x['test'].shape[1:])} each) do not go together")
        if array.ndim not in (2, 3, 4) or 0 in array.shape:
            raise UserError(f"x_{part} must have two to four axes, none of them empty, found shape "
                            f"{list(array.shape)}")
    kind = x["test"].dtype.kind
    if kind == "f":
        return _scaled(x, train, low, high)
    if kind not in "iu":
        raise UserError(f"x_test holds {x['test'].dtype}; it must hold bytes (uint8), spike times or floats")
    if file_steps is not None:
        count = _steps(file_steps)
        if steps not in (None, count):
            raise UserError(f"holds spike times of {count} steps, but {steps} are needed")
        return {part: _map(_from_times(f"x_{part}", array, count)) for part, array in x.items()}, {"steps": count}
    if x["test"].dtype != np.uint8:
        raise UserError(f"x_test holds {x['test'].dtype}: for spike times give their number of steps as `steps`; bytes "
                        f"must be uint8")
    return {part: _map(array) for part, array in x.items()}, {}


def _map(array):
    """[n, inputs] as [n, 1, inputs]; others as they are."""
    return array[:, None] if array.ndim == 2 else array


def _steps(array):
    if array.ndim != 0 or array.dtype.kind not in "iu" or int(array) not in STEPS:
        raise UserError(f"steps must be a single power of two from 2 to 256, found {array.tolist()!r:.60}")
    return int(array)


def _from_times(name, times, steps):
    """The pixels that spike at these times."""
    wrong = np.argwhere((times < 0) | (times > steps))
    if wrong.size:
        raise UserError(f"{name} holds the spike time {times[tuple(wrong[0])]} at {wrong[0].tolist()}; it must be from "
                        f"0 to {steps}, which is silent")
    if steps == 256 and (times == 255).any():
        raise UserError(f"{name} holds the spike time 255, which no pixel has with 256 steps: the dimmest spikes at "
                        f"254")
    # the dimmest pixel of its step may be 0, which is silent; so take the brightest
    pixels = 255 - (times.astype(np.int64) << (8 - (steps.bit_length() - 1)))
    return np.where(times == steps, 0, pixels).astype(np.uint8)


def _scaled(x, train, low, high):
    for part, array in x.items():
        wrong = np.argwhere(~np.isfinite(array))
        if wrong.size:
            raise UserError(f"x_{part} holds {array[tuple(wrong[0])]} at {wrong[0].tolist()}; it must be finite")
    channels = x["test"].shape[-1] if x["test"].ndim > 2 else 1
    if (low is None) != (high is None) or low is not None and not len(low) == len(high) == channels:
        raise UserError(f"the network scales series of {len(low or high)} channels, found {channels}")
    if low is None:
        if not train:
            raise UserError("holds floats, but the network's file does not say how to scale them to bytes: it was "
                            "trained on something else")
        values = x["train"].reshape(-1, channels).astype(np.float64)
        low, high = values.min(axis=0).tolist(), values.max(axis=0).tolist()
    low, high = np.array(low, np.float64), np.array(high, np.float64)
    made = {part: scale(array if array.ndim > 2 else array[..., None], low, high) for part, array in x.items()}
    if x["test"].ndim < 4:  # series are maps of one row
        made = {part: array[:, None] for part, array in made.items()}
    if channels == 1 and x["test"].ndim < 4:
        made = {part: array[..., 0] for part, array in made.items()}
    return made, {"low": low.tolist(), "high": high.tolist()}


def scale(values, low, high):
    """uint8: floats [..., channels] with `low` as 0 and `high` as 255, what is beyond them alike; low, high:
    [channels]."""
    width = high / 2 - low / 2  # of halves, since the whole may be more than the largest float
    share = (values / 2 - low / 2) / np.where(width > 0, width, 0.5)
    return np.rint(np.clip(share, 0, 1) * 255).astype(np.uint8)


def _labels(name, array, count):
    if array.ndim != 1 or array.dtype.kind not in "iu" or len(array) != count:
        raise UserError(f"{name} must be one integer for each of {count} images, found {array.dtype} of shape "
                        f"{list(array.shape)}")
    if array.min() < 0 or array.max() >= MOST_CLASSES:
        raise UserError(f"{name} must count classes from 0 on, found {array.min()} to {array.max()}")
    return array.astype(np.int64)


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
