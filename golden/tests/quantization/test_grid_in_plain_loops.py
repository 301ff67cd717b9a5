"""Levels, grids and their ends, number by number in exact fractions."""

from fractions import Fraction
from math import floor

import numpy as np
import pytest

from first_spike.golden.quantization.grid import Grid, choose_grid

RANGES = {1: (-1, 1, 2), 2: (-1, 1, 1), 3: (-4, 3, 1), 4: (-8, 7, 1), 5: (-16, 15, 1), 6: (-32, 31, 1),
          7: (-64, 63, 1), 8: (-128, 127, 1)}  # lowest level, highest, distance
SCALES = 1, 2, 0.5, 4, 0.25  # powers of two, by which products in floats are exact


def nearest_level(weight, scale, bits):
    """In the middle between two levels the one that is an even number of levels above the lowest."""
    low, high, step = RANGES[bits]
    above = (Fraction(float(weight)) * Fraction(scale) - low) / step
    lower = floor(above)
    up = above - lower > Fraction(1, 2) or above - lower == Fraction(1, 2) and lower % 2 == 1
    return min(max((lower + up) * step + low, low), high)


@pytest.mark.parametrize("bits", RANGES)
def test_every_half_of_a_level_is_rounded_to_an_even_one(bits):
    """From below the lowest level to above the highest, in quarters, with another scale for each column."""
    low, high, _ = RANGES[bits]
    quarters = np.arange(4 * (low - 2), 4 * (high + 2) + 1, dtype=np.float32) / 4
    weights = quarters[:, None] / np.array(SCALES, np.float32)
    levels = np.full_like(weights, 99)
    Grid(bits, np.array(SCALES, np.float32)).round(weights, levels)
    assert levels.tolist() == [[nearest_level(weight, scale, bits) for weight, scale in zip(row, SCALES)]
                               for row in weights]


@pytest.mark.parametrize("shape", [(7, 5), (2, 5)])
@pytest.mark.parametrize("bits", RANGES)
def test_masters_of_every_row_and_column_are_held_half_a_level_around_the_grid(bits, shape):
    low, high, _ = RANGES[bits]
    weights = (np.arange(shape[0] * shape[1], dtype=np.float32).reshape(shape) % 11 - 5) * np.float32(high)
    held = weights.copy()
    Grid(bits, np.array(SCALES, np.float32)).hold(held)
    assert held.tolist() == [[min(max(float(weight), (low - 0.5) / scale), (high + 0.5) / scale)
                              for weight, scale in zip(row, SCALES)] for row in weights]


def test_an_outlier_is_clipped_to_a_sixteenth_but_no_further():
    """1,000 weights of one bit are all but one of one size; the scale that meets them is the last that is tried."""
    threshold = int(1024 ** (131 / 119))
    size = np.float32(1 / (threshold + 0.5))
    weights = np.where(np.arange(1000) % 3 > 0, size, -size).astype(np.float32).reshape(500, 2)
    weights[7, 1] = size * np.float32(16.2)
    assert choose_grid(weights, 1)[1].tolist() == [threshold] * 2
    weights[7, 1] = size * np.float32(40)
    assert choose_grid(weights, 1)[1][0] < threshold


def test_no_threshold_is_far_above_two_to_the_24():
    """The smaller weights of one bit are, the higher it is."""
    thresholds = [int(choose_grid(np.full((3, 2), size, np.float32), 1)[1][0]) for size in (1e-5, 1e-9, 1e-20)]
    assert abs(thresholds[0] / 1e5 - 1) < 0.06
    assert thresholds[1] == thresholds[2] and 1 << 24 <= thresholds[1] < 1.06 * (1 << 24)


def test_no_threshold_is_below_one():
    """Weights of more than the threshold leave 1, whatever it is multiplied with."""
    weights = np.full((4, 3), 5, np.float32)
    for per_channel in (False, True):
        grid, thresholds = choose_grid(weights, 2, 0.1, per_channel)
        assert thresholds.tolist() == [1] * 3 and grid.scales.tolist() == [1.5] * 3
