"""Python's own values of what a notebook hands over."""

import numpy as np


def plain(value):
    """Tuples for arrays, lists and dicts, Python's numbers for numpy's; anything else as it is."""
    if isinstance(value, (np.ndarray, np.generic)):
        value = value.tolist()
    if isinstance(value, dict):
        value = value.items()
    return value if isinstance(value, (str, bytes)) or not np.iterable(value) else tuple(map(plain, value))
