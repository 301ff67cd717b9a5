"""Labels and pixels as other programs hand them over: int64, floats, columns, text."""

import numpy as np

from first_spike.golden.errors import UserError


def are_whole(array):
    """Whether all that it holds are whole numbers, of whatever type."""
    return array.dtype.kind in "iu" or array.dtype.kind == "f" and bool(
        (np.isfinite(array) & (array == np.rint(array))).all())


def are_bytes(array):
    """Whether it holds whole numbers from 0 to 255, as bright as pictures are, of another type than uint8."""
    return array.dtype != np.uint8 and are_whole(array) and bool(array.min() >= 0 and 128 <= array.max() <= 255)


def as_bytes_hint(*arrays):
    """How these become bytes, for the end of a sentence; or what stands against it."""
    if all(are_whole(array) and array.min() >= 0 and array.max() <= 255 for array in arrays):
        return ": .astype(np.uint8) makes them so, without loss"
    low, high = min(array.min() for array in arrays), max(array.max() for array in arrays)
    return f"; not all are whole numbers from 0 to 255, they lie from {low:g} to {high:g}"


def as_labels(name, array, count):
    """int64 [count] of whole numbers of any type, exact; UserError, with what helps, for anything else."""
    if array.ndim == 1 and len(array) == count and are_whole(array):
        with np.errstate(invalid="ignore"):  # of floats beyond int64, which become negative
            return array.astype(np.int64)
    if array.shape == (count, 1):
        hint = f": {name}.ravel() has one axis"
    elif array.dtype.kind in "US":
        hint = f": np.unique({name}, return_inverse=True) gives the names and the numbers"
    else:
        hint = ""
    raise UserError(f"{name} must be one integer for each of {count} images, found {array.dtype} of shape "
                    f"{list(array.shape)}{hint}")
