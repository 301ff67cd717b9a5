"""Random affine and elastic deformations of training images.

Every number that an epoch needs is drawn in one go from that epoch's generator, so that a run which was
stopped in the middle of an epoch can draw the same numbers again and go on.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit, prange

ELASTIC_GRID = 6


@dataclass(frozen=True)
class Augmentation:
    """How far images are deformed. Every figure is the largest deviation of a uniform draw, but `elastic`.

    rotation, shear: radians. scale, aspect: relative. shift, elastic: a share of the image's longer side
    (`elastic` is the standard deviation of the displacement at the nodes of a 6 x 6 grid). flip: mirror
    left to right every second time.
    """

    rotation: float = 0.0
    scale: float = 0.0
    aspect: float = 0.0
    shear: float = 0.0
    shift: float = 0.0
    elastic: float = 0.0
    flip: bool = False

    @property
    def active(self):
        return any((self.rotation, self.scale, self.aspect, self.shear, self.shift, self.elastic, self.flip))


DIGITS = Augmentation(rotation=0.14, scale=0.1, aspect=0.1, shear=0.14, shift=0.036, elastic=0.0215)
CLOTHES = Augmentation(flip=True)
PICTURES = Augmentation(shift=0.03, flip=True)


def draw(rng, count, image_shape, augmentation):
    """The deformations of `count` images: (affine float32 [count, 6], nodes float32 [count, 2, 6, 6]).

    An affine row (a, b, c, d, e, f) maps a centred target pixel (x, y) to the source (a x + b y + c, d x + e y + f);
    `nodes` holds additional displacements in x and y, in pixels, interpolated linearly between the nodes.
    """
    a = augmentation
    longest = max(image_shape)
    angle, scale, aspect, shear = (
        rng.uniform(-1, 1, count) * size for size in (a.rotation, a.scale, a.aspect, a.shear)
    )
    shift_x, shift_y = (rng.uniform(-1, 1, count) * a.shift * longest for _ in range(2))
    flip = np.where(rng.random(count) < (0.5 if a.flip else 0.0), -1.0, 1.0)
    scale_x, scale_y = (1 + scale) * (1 + aspect), (1 + scale) / (1 + aspect)
    cos, sin = np.cos(angle), np.sin(angle)
    affine = np.stack(
        [
            flip * scale_x * cos,
            scale_x * (cos * shear - sin),
            shift_x,
            flip * scale_y * sin,
            scale_y * (sin * shear + cos),
            shift_y,
        ],
        axis=1,
    ).astype(np.float32)
    nodes = rng.standard_normal((count, 2, ELASTIC_GRID, ELASTIC_GRID), dtype=np.float32)
    nodes *= np.float32(a.elastic * longest)
    return affine, nodes


@njit(cache=True, parallel=True)
def warp(images, chosen, affine, nodes, out):
    """Write images[chosen], deformed, to out (uint8 [n, r, c]); row n of `affine` and `nodes` serves out[n].

    Bilinear sampling, black outside.
    """
    rows, columns = images.shape[1:]
    centre_y, centre_x = np.float32((rows - 1) / 2), np.float32((columns - 1) / 2)
    intervals = nodes.shape[2] - 1
    zero, half = np.float32(0), np.float32(0.5)
    for n in prange(chosen.size):
        image = images[chosen[n]]
        a, b, c, d, e, f = affine[n]
        for y in range(rows):
            grid_y = np.float32(y * intervals) / np.float32(max(rows - 1, 1))
            node_y = min(int(grid_y), intervals - 1)
            part_y = grid_y - np.float32(node_y)
            v = np.float32(y) - centre_y
            for x in range(columns):
                grid_x = np.float32(x * intervals) / np.float32(max(columns - 1, 1))
                node_x = min(int(grid_x), intervals - 1)
                part_x = grid_x - np.float32(node_x)
                u = np.float32(x) - centre_x
                w11 = part_y * part_x
                w10 = part_y - w11
                w01 = part_x - w11
                w00 = np.float32(1) - part_y - w01
                gx, gy = nodes[n, 0], nodes[n, 1]
                source_x = a * u + b * v + c + centre_x + (
                    w00 * gx[node_y, node_x] + w01 * gx[node_y, node_x + 1]
                    + w10 * gx[node_y + 1, node_x] + w11 * gx[node_y + 1, node_x + 1])
                source_y = d * u + e * v + f + centre_y + (
                    w00 * gy[node_y, node_x] + w01 * gy[node_y, node_x + 1]
                    + w10 * gy[node_y + 1, node_x] + w11 * gy[node_y + 1, node_x + 1])
                left, top = int(np.floor(source_x)), int(np.floor(source_y))
                px, py = source_x - np.float32(left), source_y - np.float32(top)
                value = zero
                if -1 < top < rows and -1 < left < columns:
                    value += (np.float32(1) - py) * (np.float32(1) - px) * np.float32(image[top, left])
                if -1 < top < rows and -1 < left + 1 < columns:
                    value += (np.float32(1) - py) * px * np.float32(image[top, left + 1])
                if -1 < top + 1 < rows and -1 < left < columns:
                    value += py * (np.float32(1) - px) * np.float32(image[top + 1, left])
                if -1 < top + 1 < rows and -1 < left + 1 < columns:
                    value += py * px * np.float32(image[top + 1, left + 1])
                out[n, y, x] = np.uint8(value + half)
