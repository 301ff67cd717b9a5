"""Pixels that a network is trained not to listen to: fewer events, so that the hardware decides sooner.

Neighbouring pixels tell nearly the same, and hardware sends one event after the other, but none of an input whose
weights are all zero. A network that leaves out a lattice of pixels loses little and waits for fewer of them.
"""

import numpy as np

# One tile of the lattice that covers the image from its first pixel on; 1: listened to.
TILES = {"none": [[1]], "quarter": [[0, 1], [1, 1]], "half": [[1, 0], [0, 1]]}


def listened(kind, image_shape):
    """bool [inputs], raster order: the pixels that the first layer listens to.

    kind: "none" leaves out no pixel, "quarter" those at even row and even column (counted from 0), "half" every second
    one as on a checkerboard. image_shape: (rows, columns) or (rows, columns, channels), of which all are alike.
    """
    tile = np.array(TILES[kind], bool)
    times = [-(-side // length) for side, length in zip(image_shape, tile.shape)]
    rows, columns, channels = (*image_shape, 1)[:3]
    return np.tile(tile, times)[:rows, :columns].ravel().repeat(channels)
