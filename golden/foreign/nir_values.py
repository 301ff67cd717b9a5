"""Values of NIR nodes that work element by element, one for each neuron of the map before them, as NumPy broadcasts.

NIR calls a Scale node a Hadamard product: nothing there is by channel but what its shape makes so. A value of one axis
before a map of several would be by column, and is often meant by channel, so that it is refused.
"""

import math

import numpy as np

from first_spike.golden.contract.geometry import by
from first_spike.golden.errors import UserError


def of_channels(node, name, image_map, flat):
    """float64 [channels, places] of one of a Node's values, for a map [rows, columns, channels] before it.

    flat: whether the map is given as a row of numbers. Raises UserError for a shape that is not that of the map.
    """
    values, (rows, columns, channels) = node.array(name), image_map
    whole, count = (channels, rows, columns), math.prod(image_map)
    line = count == max(whole)  # a row as it is
    shapes = [(count,)] * (flat or line) + [whole] * (not flat or line)
    first = next((axis for axis, side in enumerate(values.shape) if side != 1), values.ndim)  # behind that of a batch
    fits = [shape for shape in shapes if _fits(values.shape[first:], shape)]
    if not fits or values.ndim == 1 and values.size > 1 and fits[0] == whole:
        meant = shapes[0] == whole and values.size == channels
        hint = f": one number for each channel has the shape {channels} x 1 x 1" if meant else ""
        raise UserError(f"{node}: {name} is of {by(values.shape)} numbers, but what is before it gives "
                        f"{by(shapes[0])}{hint}")
    return np.broadcast_to(values.reshape(values.shape[first:]), fits[0]).reshape(channels, rows * columns)


def _fits(shape, given):
    """Whether NumPy broadcasts one shape to the other."""
    return len(shape) <= len(given) and all(side in (1, there) for side, there in zip(shape[::-1], given[::-1]))
