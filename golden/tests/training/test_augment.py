"""Deformations of training images."""

from dataclasses import replace

import numpy as np
import pytest

from first_spike.golden.training.augment import SERIES, Augmentation, draw, warp, warp_by


def deformed(images, affine=(1, 0, 0, 0, 1, 0), nodes=0.0, extend=False):
    count = len(images)
    out = np.empty_like(images)
    grid = np.zeros((count, 2, 6, 6), np.float32) + np.asarray(nodes, np.float32)
    warp(images, np.arange(count), np.tile(np.array(affine, np.float32), (count, 1)), grid, out, extend)
    return out


@pytest.fixture
def images():
    return np.random.default_rng(1).integers(0, 256, (3, 9, 7)).astype(np.uint8)


def test_nothing_drawn_changes_nothing(images):
    affine, nodes = draw(np.random.default_rng(2), 3, (9, 7), Augmentation())
    out = np.empty_like(images)
    warp(images, np.arange(3), affine, nodes, out)
    assert np.array_equal(out, images)


def test_whole_pixel_shift_fills_with_black(images):
    out = deformed(images, (1, 0, 2, 0, 1, -1))
    assert np.array_equal(out[:, 1:, :-2], images[:, :-1, 2:])
    assert not out[:, 0].any() and not out[:, :, -2:].any()


def test_extended_goes_on_as_at_its_border(images):
    out = deformed(images, (1, 0, 2, 0, 1, -1), extend=True)
    assert np.array_equal(out, np.pad(images, ((0, 0), (1, 0), (0, 2)), mode="edge")[:, :-1, 2:])


def test_half_pixel_shift_is_the_mean():
    images = np.array([[[0, 100, 50, 0]] * 3], np.uint8)
    assert deformed(images, (1, 0, 0.5, 0, 1, 0))[0, 1].tolist() == [50, 75, 25, 0]


def test_flip(images):
    assert np.array_equal(deformed(images, (-1, 0, 0, 0, 1, 0)), images[:, :, ::-1])


def test_quarter_turn():
    images = np.random.default_rng(3).integers(0, 256, (2, 5, 5)).astype(np.uint8)
    assert np.array_equal(deformed(images, (0, -1, 0, 1, 0, 0)), np.rot90(images, 1, axes=(1, 2)))


def test_equal_nodes_are_a_shift(images):
    nodes = np.zeros((2, 6, 6))
    nodes[0], nodes[1] = 2, -1
    assert np.array_equal(deformed(images, nodes=nodes), deformed(images, (1, 0, 2, 0, 1, -1)))


def test_draws_stay_in_range_and_repeat():
    kind = Augmentation(rotation=0.2, scale=0.1, aspect=0.1, shear=0.1, shift=0.1, elastic=0.05, flip=True)
    affine, nodes = draw(np.random.default_rng(4), 4000, (20, 10), kind)
    again, _ = draw(np.random.default_rng(4), 4000, (20, 10), kind)
    assert np.array_equal(affine, again)
    assert np.abs(affine[:, [2, 5]]).max() <= 2.0
    assert abs(float(nodes.std()) - 1.0) < 0.02
    assert 0.45 < np.mean(affine[:, 0] < 0) < 0.55
    assert np.abs(np.abs(affine[:, 4]) - 1).max() < 0.35


@pytest.mark.parametrize("extend", [False, True])
def test_nearest_takes_pixels_as_they_are(extend):
    """Whichever way an image is bent, a pixel is one of it: that of where it looks, by loops."""
    images = np.random.default_rng(1).integers(1, 256, (4, 1, 30, 3)).astype(np.uint8)
    kind, chosen = replace(SERIES, extend=extend, shift=0.3), np.array([2, 0, 3])
    affine, nodes = draw(np.random.default_rng(2), 3, (1, 30), kind)
    affine[:, 5], nodes[:, 1] = 0, 0  # up and down there is nothing
    out = np.empty((3, 1, 30, 3), np.uint8)
    warp_by(kind, images, chosen, affine, nodes, out)
    outside = 0
    for n in range(3):
        for x in range(30):
            node = min(x * 5 // 29, 4)
            bent = np.interp(x * 5 / 29, [node, node + 1], nodes[n, 0, 0, node:node + 2])
            at = round(affine[n, 0] * (x - 14.5) + affine[n, 2] + bent + 14.5)
            outside += not 0 <= at < 30
            want = images[chosen[n], 0, min(max(at, 0), 29)] if extend or 0 <= at < 30 else [0, 0, 0]
            assert out[n, 0, x].tolist() == list(want)
    assert outside > 5


def test_nearest_of_whole_pictures(images):
    kind, affine = Augmentation(flip=True, nearest=True), np.array([[1, 0, 2, 0, 1, -1]] * 3, np.float32)
    moved, smooth = np.empty_like(images), np.empty_like(images)
    warp_by(kind, images, np.arange(3), affine, np.zeros((3, 2, 6, 6), np.float32), moved)
    warp_by(replace(kind, nearest=False), images, np.arange(3), affine, np.zeros((3, 2, 6, 6), np.float32), smooth)
    assert np.array_equal(moved, smooth)  # by whole pixels
