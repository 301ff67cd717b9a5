"""Spike times in arrays, as the pixels that spike then."""

import numpy as np

from first_spike.golden.data.dataset import STEPS
from first_spike.golden.errors import UserError


def whole_times(x):
    """Spike times that are floats as int64, others as they are. UserError for what is not whole."""
    for name, array in x.items():
        wrong = np.argwhere((array != np.rint(array)) | (abs(array) > 1e9)) if array.dtype.kind == "f" else array[:0]
        if wrong.size:
            raise UserError(f"{name} holds {array[tuple(wrong[0])]} at {wrong[0].tolist()}; in a file with `steps` it "
                            f"must hold whole spike times, for series leave `steps` out")
    return {name: array.astype(np.int64) if array.dtype.kind == "f" else array for name, array in x.items()}


def steps_of(array):
    """The number of steps that an array holds; UserError for one that holds another thing."""
    if array.ndim != 0 or array.dtype.kind not in "iu" or int(array) not in STEPS:
        raise UserError(f"steps must be a single power of two from 2 to 256, found {array.tolist()!r:.60}")
    return int(array)


def from_times(name, times, steps):
    """uint8: the pixels that spike at these times, integers of any shape, `steps` where silent; UserError, by the name,
    for others."""
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
