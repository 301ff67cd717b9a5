"""Images as users hand them over: arrays of bytes, or the sentence that says how they become such."""

import numpy as np

from first_spike.golden.errors import UserError, require_kind


def are_whole(array):
    """Whether all that it holds are whole numbers, of whatever type."""
    return array.dtype.kind in "iu" or array.dtype.kind == "f" and bool(
        (np.isfinite(array) & (array == np.rint(array))).all())


def as_bytes_hint(*arrays):
    """How these become bytes, for the end of a sentence, or why they cannot; "" for what holds no numbers."""
    if any(array.dtype.kind not in "biuf" or not array.size for array in arrays):
        return ""
    low, high = min(array.min() for array in arrays), max(array.max() for array in arrays)
    to_255 = '(images * 255).astype("uint8") makes 1 the brightest pixel, 255'
    if all(array.dtype.kind == "b" for array in arrays):
        return f": {to_255}"
    if low >= 0 and 1 < high <= 255 or low == high == 0:
        if all(map(are_whole, arrays)):
            return ': .astype("uint8") makes them so, without loss'
        todo = ': .astype("uint8") drops the fractions'
    elif low >= 0 and high <= 1:
        todo = f": {to_255}"
    else:
        todo = ": scale them to this range first"
    return f"; not all are whole numbers from 0 to 255, they lie from {low:g} to {high:g}{todo}"


def refuse_tensor(value, name):
    """Raise UserError for a tensor of PyTorch, which is told by its methods: torch need not be there."""
    if hasattr(value, "detach") and hasattr(value, "numpy"):
        raise UserError(f"{name} must be a numpy array, found a {type(value).__name__}: {name}.numpy() is one, "
                        f"{name}.detach().cpu().numpy() of a tensor with gradients or on a GPU")


def require_images(images):
    """Raise UserError unless `images` are a numpy array of bytes, of any shape."""
    refuse_tensor(images, "images")
    require_kind(images, np.ndarray, "an array of images, uint8 [n, rows, columns],")
    if images.dtype != np.uint8:
        raise UserError(f"images must be uint8, found {images.dtype}{as_bytes_hint(images)}")
