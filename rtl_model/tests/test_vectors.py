"""Images as beats of a stream, by hand."""

import numpy as np
import pytest

from rtl_model.delivery.vectors import beats

IMAGES = np.array([[[1, 2, 3], [4, 5, 255]], [[0, 0, 0], [0, 16, 0]]], np.uint8)


@pytest.mark.parametrize("pixels, expected", [
    (1, ["01", "02", "03", "04", "05", "ff", "00", "00", "00", "00", "10", "00"]),
    (2, ["0201", "0403", "ff05", "0000", "0000", "0010"]),
    (4, ["04030201", "0000ff05", "00000000", "00000010"]),  # the last beat of an image is filled up with zeros
    (8, ["0000ff0504030201", "0000001000000000"])])
def test_the_first_pixel_is_the_lowest_byte(pixels, expected):
    assert beats(IMAGES, pixels) == expected
