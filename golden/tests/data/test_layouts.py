"""Channels first, as PyTorch has them, and numbers of other types than bytes."""

import numpy as np
import pytest

from first_spike.golden.data.array_forms import class_labels
from first_spike.golden.data.arrays import load_arrays
from first_spike.golden.data.catalogue import load
from first_spike.golden.errors import UserError

RNG = np.random.default_rng(1)


def write(tmp_path, x, **others):
    arrays = {"x_train": x, "y_train": np.arange(len(x)) % 2, "x_test": x[:3], "y_test": np.arange(3) % 2}
    np.savez(tmp_path / "mine.npz", **arrays | others)
    return str(tmp_path / "mine.npz")


@pytest.mark.parametrize("shape, channels, first, words", [
    ((3, 28, 28), None, True, "[3, 28, 28] each, taken with channels first, as 3 channels of 28 x 28; "
     "--channels last takes 28 channels of 3 x 28"),
    ((1, 28, 20), None, True, "[1, 28, 20] each, taken with channels first, as 1 channel of 28 x 20; "
     "--channels last takes 20 channels of 1 x 28"),
    ((3, 28, 28), "last", False, ""), ((3, 28, 28), "first", True, ""), ((28, 28, 3), None, False, ""),
    ((28, 28, 3), "first", True, ""), ((8, 8, 16), None, False, ""),
    ((16, 8, 8), None, False, "[16, 8, 8] each, taken with channels last, as 8 channels of 16 x 8; "
     "--channels first takes 16 channels of 8 x 8"),
    ((3, 28, 3), None, False, "[3, 28, 3] each, taken with channels last, as 3 channels of 3 x 28; "
     "--channels first takes 3 channels of 28 x 3"),
    ((4, 4, 4), None, False, "[4, 4, 4] each, taken with channels last, as 4 channels of 4 x 4; "
     "--channels first takes 4 channels of 4 x 4"),
])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_pictures_with_channels_first(tmp_path, shape, channels, first, words, dtype):
    x = RNG.integers(0, 256, (6, *shape), np.uint8)
    x[0].flat[:] = np.resize([0, 255], x[0].size)  # the whole range in each channel, wherever it is
    x[1].flat[:] = np.resize([255, 0], x[0].size)
    path = write(tmp_path, x if dtype == np.uint8 else (x / 255).astype(dtype))
    data = load(path, split={"channels": channels} if channels else None)
    assert np.array_equal(data.train_images, np.moveaxis(x, 1, -1).squeeze() if first else x)
    assert data.said == ((f"{path}: x_train and x_test: {words}",) if words else ())
    assert data.split.get("channels") == channels


@pytest.mark.parametrize("shape, channels, first, words", [
    ((3, 100), None, True, "[3, 100] each, taken with channels first, as 3 channels of 100 steps; "
     "--channels last takes 100 channels of 3 steps"),
    ((12, 26), None, False, "[12, 26] each, taken with channels last, as 26 channels of 12 steps; "
     "--channels first takes 12 channels of 26 steps"),
    ((28, 28), None, False, "[28, 28] each, taken for series, 28 channels of 28 steps; maps are [n, rows, columns, 1]"),
    ((12, 26), "first", True, ""), ((26, 12), "last", False, ""), ((100, 3), None, False, "")])
def test_series_with_channels_first(tmp_path, shape, channels, first, words):
    x = RNG.normal(0, 1, (6, *shape))
    path = write(tmp_path, x)
    data = load_arrays(path, channels=channels)
    other = load_arrays(write(tmp_path, x.swapaxes(1, 2) if first else x), channels="last")
    assert np.array_equal(data.train_images, other.train_images) and data.image_shape == other.image_shape
    assert data.said == ((f"{path}: x_train and x_test: {words}",) if words else ())


@pytest.mark.parametrize("found, shape, first", [
    ((3, 28, 28), (28, 28, 3), True), ((28, 28, 3), (28, 28, 3), False), ((3, 28, 28), (3, 28, 28), False),
    ((16, 8, 8), (8, 8, 16), True), ((1, 9, 8), (9, 8), True), ((9, 8, 1), (9, 8), False),
    ((4, 4, 4), (4, 4, 4), False)])
def test_a_network_says_where_channels_are(tmp_path, found, shape, first):
    x = RNG.integers(0, 256, (6, *found), np.uint8)
    path = write(tmp_path, x)
    data = load_arrays(path, shape, train=False)
    assert data.image_shape == shape
    assert np.array_equal(data.test_images, (np.moveaxis(x, 1, -1) if first else x)[:3].reshape(3, *shape))
    many = f"{found[0]} channel{'s'[:found[0] > 1]}"
    assert data.said == ((f"{path}: x_test: {list(found)} each, taken with channels first, as {many} of {found[1]} "
                          f"x {found[2]}, which the network takes",) if first else ())


def test_channels_of_what_has_none(tmp_path):
    with pytest.raises(UserError, match=r"x_test, uint8 \[3, 4, 5\], has no channels that could come first"):
        load_arrays(write(tmp_path, np.zeros((6, 4, 5), np.uint8)), channels="first")
    known = {"channels": "first", "low": [0.0], "high": [1.0]}  # of a network that was trained on [n, 1, 4]
    assert load_arrays(write(tmp_path, np.zeros((6, 4))), (1, 4), train=False, **known).image_shape == (1, 4)


@pytest.mark.parametrize("x, words", [
    (np.full((6, 4), 255), r"bytes must be uint8: \.astype"),
    (np.full((6, 4), 256), "bytes must be uint8; not all are whole numbers from 0 to 255, they lie from 256 to 256: "),
    (np.full((6, 4), -1, np.int8), "not all are whole numbers from 0 to 255, they lie from -1 to -1: ")])
def test_whole_numbers_of_other_types(tmp_path, x, words):
    with pytest.raises(UserError, match=f"x_test holds {x.dtype}: for spike times give their number of steps.*{words}"):
        load(write(tmp_path, x))


def test_pixels_as_floats_are_said(tmp_path):
    x = RNG.integers(0, 256, (6, 8, 3)).astype(np.float32)
    path = write(tmp_path, x)
    assert load(path).said == (f"{path}: x_train holds whole numbers up to {x.max():g} as float32, which are scaled as "
                               f"floats are; if they are pixels, x.astype(np.uint8) makes them bytes",)
    for other in (x + 0.5, x / x.max(), np.minimum(x, 127), x * 2, -x):
        assert load(write(tmp_path, other)).said == ()


@pytest.mark.parametrize("labels, words", [
    (np.arange(6.0).reshape(6, 1) % 2, r"found float64 of shape \[6, 1\]: \.ravel\(\) leaves one axis$"),
    (np.array(list("aabbab")), r"<U1 of shape \[6\]: both sides are numbered alike by classes, y_train = np\.unique"
                               r"\(y_train, return_inverse=True\), then y_test = np\.searchsorted\(classes, y_test\)$"),
    (np.array([0, 1, 0, np.nan, 1, 0]), "one integer for each of 6 images, found float64"),
    (np.array([0, 1, 0, np.inf, 1, 0]), "one integer for each of 6 images, found float64"),
    (np.array([0, 1, 0, 1e300, 1, 0]), "y_train must count classes from 0 on")])
def test_labels_that_are_none(tmp_path, labels, words):
    with pytest.raises(UserError, match=words):
        load(write(tmp_path, np.zeros((6, 4), np.uint8), y_train=labels))


@pytest.mark.parametrize("dtype", [np.int64, np.float64, np.uint8, np.float16])
def test_exact_labels_of_any_type(tmp_path, dtype):
    data = load(write(tmp_path, np.zeros((6, 4), np.uint8), y_train=np.array([0, 2, 1, 0, 2, 1], dtype)))
    assert data.train_labels.dtype == np.int64 and data.train_labels.tolist() == [0, 2, 1, 0, 2, 1]


def test_text_labels_of_a_test_alone_are_numbered_by_the_classes_of_the_network(tmp_path):
    names = np.array(list("aabbab"))
    with pytest.raises(UserError, match=r"y_test must be one integer .*network\.classes\.index\(name\)$"):
        load(write(tmp_path, np.zeros((6, 4), np.uint8), y_train=names, y_test=names), train=False)


def test_text_beside_a_network_is_numbered_by_its_classes():
    """Not by the names that are among the labels, which may lack one."""
    with pytest.raises(UserError, match=r"^labels must be one integer .* <U1 of shape \[3\]: the number of each name "
                                        r"in the network's classes is needed, network\.classes\.index\(name\)$"):
        class_labels(np.array(list("aca")), 3, 3)
