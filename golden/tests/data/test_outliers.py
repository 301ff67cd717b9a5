"""Outliers of seven kinds: each is what it is called, the same by a seed, and another by another."""

import numpy as np
import pytest

from first_spike.golden.data.outliers import KINDS, make_outliers
from first_spike.golden.errors import UserError


def given(shape=(12, 12), count=30):
    """(images with a number of their own in the first pixel, images of another data set)."""
    rng = np.random.default_rng(3)
    images = np.where(rng.random((count, *shape)) < 0.3, rng.integers(1, 256, (count, *shape)), 0).astype(np.uint8)
    images.reshape(count, -1)[:, 0] = np.arange(count) + 1
    return images, 255 - images


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(12, 12), (12, 12, 3)])
def test_the_same_by_a_seed(kind, shape):
    if kind == "letters":
        pytest.importorskip("matplotlib")
    images, other = given(shape)
    before = images.copy()
    made = make_outliers(kind, images, 70, 5, other)
    assert made.dtype == np.uint8 and made.shape == (70, *shape) and np.array_equal(images, before)
    assert np.array_equal(made, make_outliers(kind, images, 70, 5, other))
    assert not np.array_equal(made, make_outliers(kind, images, 70, 6, other))


def sources(made):
    """Numbers of the images that `made` are, by their first pixels."""
    return (made.reshape(len(made), -1)[:, 0] - 1).tolist()


def test_every_image_is_drawn_before_one_is_drawn_again():
    images, _ = given()
    drawn = sources(255 - make_outliers("inverted", images, 70))
    assert sorted(drawn[:30]) == sorted(drawn[30:60]) == list(range(30)) and len(set(drawn[60:])) == 10
    assert drawn[:30] != list(range(30)) != drawn[30:60] != drawn[:30]


def test_each_kind_is_what_it_is_called():
    images, other = given()
    inverted = make_outliers("inverted", images, 20)
    assert np.array_equal(inverted, 255 - images[sources(255 - inverted)])
    rotated = make_outliers("rotated", images, 20)
    for made in rotated:  # the first pixel comes to the lower left
        assert np.array_equal(made, [list(row) for row in zip(*images[int(made[-1, 0]) - 1].tolist())][::-1])
    shuffled = make_outliers("shuffled", images, 20)
    contents = {tuple(sorted(image.ravel().tolist())) for image in images}
    assert {tuple(sorted(image.ravel().tolist())) for image in shuffled} <= contents
    orders = [np.argsort(image.ravel(), kind="stable").tolist() for image in shuffled]
    assert len({tuple(order) for order in orders}) == 20
    assert {image.tobytes() for image in make_outliers("other", images, 20, 1, other)} <= {
        image.tobytes() for image in other}
    sparse = make_outliers("sparse", images, 400)
    assert abs((sparse > 0).mean() - (images > 0).mean()) < 0.01
    assert (sparse.max(), sparse[sparse > 0].min()) == (255, 1)
    noise = make_outliers("noise", images, 400)
    counts = np.bincount(noise.ravel(), minlength=256)
    assert counts.min() > 0.6 * counts.mean() and counts.max() < 1.4 * counts.mean()


def test_letters_are_small_and_white_on_black():
    pytest.importorskip("matplotlib")
    letters = make_outliers("letters", np.zeros((1, 28, 28), np.uint8), 200)
    assert len({image.tobytes() for image in letters}) > 150
    for image in letters:
        rows, columns = (np.flatnonzero((image > 127).any(axis=axis)) for axis in (1, 0))
        assert 0 < max(np.ptp(rows), np.ptp(columns)) <= 20 and image.max() > 200
        assert not image[[0, -1]].any() and not image[:, [0, -1]].any()
    assert make_outliers("letters", np.zeros((1, 3, 2), np.uint8), 4).shape == (4, 3, 2)
    coloured = make_outliers("letters", np.zeros((1, 28, 28, 2), np.uint8), 3)
    assert np.array_equal(coloured[..., 0], coloured[..., 1])


@pytest.mark.parametrize("kind, images, other, message", [
    ("odd", given()[0], None, "there are no outliers of kind 'odd': choose from other, noise"),
    ("other", given()[0], None, r"need images of another data set of shape \[12, 12\], found none"),
    ("other", given()[0], given((4, 4))[0], r"found images of shape \[4, 4\]"),
    ("rotated", given((4, 6))[0], None, "images of 4 x 6 pixels keep no shape if they are rotated"),
    ("noise", given()[0] / 255, None, "uint8"),
])
def test_mistakes(kind, images, other, message):
    with pytest.raises(UserError, match=message):
        make_outliers(kind, images, 3, 1, other)
