"""Random affine and elastic deformations of training images.

Every number that an epoch needs is drawn in one go from that epoch's generator, so that a run which was
stopped in the middle of an epoch can draw the same numbers again and go on.
"""

from dataclasses import dataclass, replace

import numpy as np
from numba import njit, prange

ELASTIC_GRID = 6


@dataclass(frozen=True)
class Augmentation:
    """How far images are deformed. Every figure is the largest deviation of a uniform draw, but `elastic`.

    rotation, shear: radians. scale, aspect: relative. shift, elastic: a share of the image's longer side
    (`elastic` is the standard deviation of the displacement at the nodes of a 6 x 6 grid). flip: mirror
    left to right every second time. extend: outside, an image goes on as it is at its border, rather than in black.
    nearest: a pixel is that of the image which is nearest to where it looks, rather than a mean of four: what changes
    from pixel to pixel, such as the noise of a series, stays as it is.
    """

    rotation: float = 0.0
    scale: float = 0.0
    aspect: float = 0.0
    shear: float = 0.0
    shift: float = 0.0
    elastic: float = 0.0
    flip: bool = False
    extend: bool = False
    nearest: bool = False

    @property
    def active(self):
        return any((self.rotation, self.scale, self.aspect, self.shear, self.shift, self.elastic, self.flip))


DIGITS = Augmentation(rotation=0.14, scale=0.1, aspect=0.1, shear=0.14, shift=0.036, elastic=0.0215)
# half of it, for networks of so few bits that they cannot learn more
GENTLE = Augmentation(rotation=0.07, scale=0.05, aspect=0.05, shear=0.07, shift=0.018, elastic=0.01075)
# for few images of anything: not mirrored, since that may make another thing of it
ANYTHING = replace(DIGITS, extend=True)
CLOTHES = Augmentation(flip=True)
# for convolutions, which see the same in more places than a dense layer does
MIRRORED = replace(GENTLE, flip=True)
# for spectra of sounds: a little higher or later, none turned
SOUND = Augmentation(scale=0.05, aspect=0.03, shift=0.03, elastic=0.01, extend=True)
# for series: a little earlier or later, faster or slower, here and there
SERIES = Augmentation(scale=0.1, shift=0.05, elastic=0.03, extend=True, nearest=True)
# for an event camera, whose events move with the picture: no elastic, no aspect
EVENTS = Augmentation(rotation=0.1, scale=0.08, shear=0.1, shift=0.0735)
# Many photographs of things have a border that says what they show: black beyond it would hide that.
PICTURES = Augmentation(scale=0.2, aspect=0.1, shift=0.05, flip=True, extend=True)


def draw(rng, count, image_shape, augmentation):
    """The deformations of `count` images: (affine float32 [count, 6], nodes float32 [count, 2, 6, 6]).

    An affine row (a, b, c, d, e, f) maps a centred target pixel (x, y) to the source (a x + b y + c, d x + e y + f);
    `nodes` holds additional displacements in x and y, in pixels, interpolated linearly between the nodes.
    """
    a = augmentation
    longest = max(image_shape[:2])
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


def warp_by(augmentation, images, chosen, affine, nodes, out):
    """`warp`, as the Augmentation says, of images with or without a fourth axis, of channels, which are deformed
    alike."""
    if augmentation.nearest:
        out[:] = _nearest(images, chosen, affine, nodes, augmentation.extend)
    elif images.ndim == 3:
        warp(images, chosen, affine, nodes, out, augmentation.extend)
    else:
        for channel in range(images.shape[3]):
            warp(images[..., channel], chosen, affine, nodes, out[..., channel], augmentation.extend)


def _nearest(images, chosen, affine, nodes, extend):
    rows, columns = images.shape[1:3]
    node_y, part_y = _between_nodes(rows, nodes.shape[2] - 1)
    node_x, part_x = _between_nodes(columns, nodes.shape[3] - 1)
    bent = nodes[:, :, node_y] + part_y[:, None] * (nodes[:, :, node_y + 1] - nodes[:, :, node_y])
    bent = bent[..., node_x] + part_x * (bent[..., node_x + 1] - bent[..., node_x])
    v, u = np.arange(rows)[:, None] - (rows - 1) / 2, np.arange(columns) - (columns - 1) / 2
    a, b, c, d, e, f = affine.T[:, :, None, None]
    x = np.rint(a * u + b * v + c + bent[:, 0] + (columns - 1) / 2).astype(np.int64)
    y = np.rint(d * u + e * v + f + bent[:, 1] + (rows - 1) / 2).astype(np.int64)
    near_x, near_y = np.clip(x, 0, columns - 1), np.clip(y, 0, rows - 1)
    found = images[chosen[:, None, None], near_y, near_x]
    if not extend:
        found[(near_x != x) | (near_y != y)] = 0
    return found


def deformed(rng, images, augmentation):
    """A copy of images (uint8 [n, *image_shape]), each deformed anew."""
    made = np.empty_like(images)
    warp_by(augmentation, images, np.arange(len(images)), *draw(rng, len(images), images.shape[1:], augmentation), made)
    return made


@njit(cache=True, nogil=True, parallel=True)
def warp(images, chosen, affine, nodes, out, extend=False):
    """Write images[chosen], deformed, to out (uint8 [n, r, c]); row n of `affine` and `nodes` serves out[n].

    Bilinear sampling; outside black or, with `extend`, as the nearest pixel of the border.
    """
    rows, columns = images.shape[1:]
    centre_y, centre_x = np.float32((rows - 1) / 2), np.float32((columns - 1) / 2)
    one = np.float32(1)
    node_y, part_y = _between_nodes(rows, nodes.shape[2] - 1)
    node_x, part_x = _between_nodes(columns, nodes.shape[2] - 1)
    for n in prange(chosen.size):
        image = images[chosen[n]]
        a, b, c, d, e, f = affine[n]
        across = np.empty((2, nodes.shape[3]), np.float32)  # displacements of one row, at the columns of the nodes
        for y in range(rows):
            for axis in range(2):
                for k in range(across.shape[1]):
                    upper, lower = nodes[n, axis, node_y[y], k], nodes[n, axis, node_y[y] + 1, k]
                    across[axis, k] = upper + part_y[y] * (lower - upper)
            v = np.float32(y) - centre_y
            start_x, start_y = b * v + c + centre_x, e * v + f + centre_y
            for x in range(columns):
                k, part = node_x[x], part_x[x]
                u = np.float32(x) - centre_x
                source_x = start_x + a * u + across[0, k] + part * (across[0, k + 1] - across[0, k])
                source_y = start_y + d * u + across[1, k] + part * (across[1, k + 1] - across[1, k])
                left, top = int(np.floor(source_x)), int(np.floor(source_y))
                px, py = source_x - np.float32(left), source_y - np.float32(top)
                if 0 <= top < rows - 1 and 0 <= left < columns - 1:
                    p00, p01 = image[top, left], image[top, left + 1]
                    p10, p11 = image[top + 1, left], image[top + 1, left + 1]
                else:
                    p00, p01 = _pixel(image, top, left, extend), _pixel(image, top, left + 1, extend)
                    p10, p11 = _pixel(image, top + 1, left, extend), _pixel(image, top + 1, left + 1, extend)
                if p00 | p01 | p10 | p11 == 0:
                    out[n, y, x] = 0
                    continue
                upper = (one - px) * np.float32(p00) + px * np.float32(p01)
                lower = (one - px) * np.float32(p10) + px * np.float32(p11)
                out[n, y, x] = np.uint8((one - py) * upper + py * lower + np.float32(0.5))


@njit(cache=True)
def _between_nodes(size, intervals):
    """For each position of an axis: the node before it, and how far it is towards the next (0 to 1)."""
    node, part = np.empty(size, np.int64), np.empty(size, np.float32)
    for n in range(size):
        place = n * intervals / max(size - 1, 1)
        node[n] = min(int(place), intervals - 1)
        part[n] = np.float32(place - node[n])
    return node, part


@njit(cache=True)
def _pixel(image, row, column, extend):
    near_row = min(max(row, 0), image.shape[0] - 1)
    near_column = min(max(column, 0), image.shape[1] - 1)
    inside = near_row == row and near_column == column
    return image[near_row, near_column] if inside or extend else np.uint8(0)
