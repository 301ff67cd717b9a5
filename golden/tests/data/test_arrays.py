"""Data sets in one file: bytes, spike times and float series, and one sentence for every array that is none of them."""

import numpy as np
import pytest

from first_spike.golden.data.arrays import scale
from first_spike.golden.data.catalogue import load
from first_spike.golden.errors import UserError
from first_spike.golden.inference.encode import encode

BYTES = np.arange(24, dtype=np.uint8).reshape(4, 2, 3)


def write(tmp_path, **arrays):
    good = {"x_train": BYTES, "y_train": np.array([0, 1, 0, 2]), "x_test": BYTES[:2] + 1, "y_test": np.array([1, 0])}
    arrays = {name: array for name, array in (good | arrays).items() if array is not None}
    np.savez(tmp_path / "mine.npz", **arrays)
    return str(tmp_path / "mine.npz")


def test_bytes(tmp_path):
    data = load(write(tmp_path, classes=np.array(["a", "b", "c", "none"])))
    assert np.array_equal(data.train_images, BYTES) and np.array_equal(data.test_images, BYTES[:2] + 1)
    assert (data.classes, data.name, data.split, data.image_shape) == (("a", "b", "c", "none"), "mine.npz", {}, (2, 3))
    assert data.train_labels.tolist() == [0, 1, 0, 2] and data.train_labels.dtype == np.int64
    flat = load(write(tmp_path, x_train=BYTES.reshape(4, 6), x_test=BYTES.reshape(4, 6)[:2]))
    assert flat.image_shape == (1, 6) and flat.classes == ("0", "1", "2")
    alone = load(write(tmp_path, x_train=None, y_train=None), train=False)
    assert len(alone.train_images) == 0 and alone.test_labels.tolist() == [1, 0]


@pytest.mark.parametrize("steps", [2, 16, 128])
def test_spike_times_become_the_pixels_that_spike_then(tmp_path, steps):
    times = np.random.default_rng(1).integers(0, steps + 1, (4, 2, 3)).astype(np.int16)
    times[0, 0] = 0, steps - 1, steps
    data = load(write(tmp_path, x_train=times, x_test=times[:2], steps=np.array(steps)))
    assert np.array_equal(encode(data.train_images, steps), times.reshape(4, 6)) and data.split == {"steps": steps}
    for coding in ("sides", "plain"):
        floats = load(write(tmp_path, x_train=times.astype(np.float32), x_test=times[:2].astype(np.float32),
                            steps=np.array(steps)), split={"coding": coding})
        assert np.array_equal(floats.train_images, data.train_images) and floats.split["steps"] == steps
        assert floats.kind == ""
    with pytest.raises(UserError, match=f"spike times of {steps} steps, but 64 are needed"):
        load(str(tmp_path / "mine.npz"), split={"steps": 64})


def test_spike_times_of_256_steps(tmp_path):
    times = np.arange(256).clip(0, 254).reshape(1, 256).repeat(2, axis=0)
    data = load(write(tmp_path, x_train=times, y_train=np.arange(2), x_test=times[:1] * 0 + 256,
                      y_test=np.ones(1, int), steps=np.array(256)))
    assert np.array_equal(encode(data.train_images, 256), times) and not data.test_images.any()
    with pytest.raises(UserError, match="x_train holds the spike time 255, which no pixel has with 256 steps"):
        load(write(tmp_path, x_train=np.full((4, 2, 3), 255), x_test=np.zeros((2, 2, 3), int), steps=np.array(256)))


def test_float_series_are_scaled_on_the_training_set(tmp_path):
    """Channel 0 runs from -1 to 1 in training, channel 1 stands still at 5."""
    train = np.stack([np.linspace(-1, 1, 12).reshape(4, 3), np.full((4, 3), 5.0)], axis=2).astype(np.float32)
    test = np.array([[[-2, 5], [0, 6], [2, 4]]] * 2, np.float32)
    path = write(tmp_path, x_train=train, x_test=test)
    data = load(path)
    assert data.image_shape == (1, 3, 2) and data.split == {"low": [-1, 5], "high": [1, 5]}
    assert data.train_images[..., 0].ravel().tolist() == np.rint(np.linspace(0, 255, 12)).tolist()
    assert data.test_images[0, 0].tolist() == [[0, 0], [128, 255], [255, 0]]
    again = load(path, train=False, split={"low": [-2, 4], "high": [2, 6]})
    assert again.test_images[0, 0].tolist() == [[0, 128], [128, 255], [255, 0]]
    one = load(write(tmp_path, x_train=train[..., 0], x_test=test[..., 0]))
    assert one.image_shape == (1, 3) and one.test_images[0].tolist() == [[0, 128, 255]]
    assert scale(np.array([[0.25]]), np.array([0.0]), np.array([1.0])).tolist() == [[64]]
    largest = np.finfo(np.float64).max
    assert scale(np.array([[-largest], [0], [largest]]), np.array([-largest]), np.array([largest])).tolist() == [
        [0], [128], [255]]


@pytest.mark.parametrize("changes, options, message", [
    ({"x_test": None}, {}, "holds no array 'x_test'; it has x_train, y_train, y_test"),
    ({"x_test": BYTES[:2, :1]}, {}, r"x_train \(uint8, \[2, 3\] each\) and x_test \(uint8, \[1, 3\] each\) do not"),
    ({"x_test": BYTES[:2].astype(float)}, {}, r"x_train \(uint8, .*and x_test \(float64"),
    ({"x_train": BYTES[:0], "y_train": np.zeros(0, int)}, {}, "x_train must have two to four axes, none of them"),
    ({"x_train": np.zeros(4, np.uint8), "x_test": np.zeros(2, np.uint8)}, {}, r"two to four axes.*shape \[4\]"),
    ({"x_train": BYTES.astype(int), "x_test": BYTES[:2].astype(int)}, {}, "holds int64: for spike times give their n"),
    ({"x_train": BYTES > 3, "x_test": BYTES[:2] > 3}, {}, r"x_test holds bool; it must hold bytes \(uint8\)"),
    ({"steps": np.array(12)}, {}, "steps must be a single power of two from 2 to 256, found 12"),
    ({"steps": np.array([16])}, {}, r"steps must be a single power of two from 2 to 256, found \[16\]"),
    ({"steps": np.array(16)}, {}, r"x_train holds the spike time 17 at \[2, 1, 2\]; it must be from 0 to 16"),
    ({"x_train": np.where(BYTES == 7, np.nan, 1.0), "x_test": BYTES[:2] * 1.0, "steps": np.array(16)}, {},
     r"x_train holds nan at \[1, 0, 1\]; in a file with `steps` it must hold whole spike times, for series leave"),
    ({"x_train": np.where(BYTES == 7, 0.5, 1.0), "x_test": BYTES[:2] * 1.0, "steps": np.array(16)}, {},
     r"x_train holds 0.5 at \[1, 0, 1\]; in a file with `steps` it must hold whole spike times, for series leave"),
    ({"x_train": np.where(BYTES == 7, np.inf, 1.0), "x_test": BYTES[:2] * 1.0, "steps": np.array(16)}, {},
     r"x_train holds inf at \[1, 0, 1\]; in a file with `steps` it must hold whole spike times, for series leave"),
    ({"x_train": np.where(BYTES == 7, np.inf, 1.0), "x_test": BYTES[:2] * 1.0}, {},
     r"x_train holds inf at \[1, 0, 1\]; it must be finite"),
    ({"x_train": BYTES * 1.0, "x_test": BYTES[:2] * 1.0}, {"train": False}, "no network that was trained on"),
    ({"x_train": BYTES * 1.0, "x_test": BYTES[:2] * 1.0}, {"split": {"low": [0], "high": [1]}},
     "the network scales series of 1 channels, found 3"),
    ({"y_test": np.array([0])}, {}, r"y_test must be one integer for each of 2 images, found int64 of shape \[1\]"),
    ({"y_test": np.array([0, -1])}, {}, "y_test must count classes from 0 on, found -1 to 0"),
    ({"y_train": np.array([0, 1, 2, 1.5])}, {}, "y_train must be one integer for each of 4 images, found float64"),
    ({"y_train": np.array([3, 3, 3, 3])}, {}, "y_train holds the single class 3; at least two are needed"),
    ({"classes": np.array(["a", "b"])}, {}, "classes must be a name for each of 3 classes, found <U1 of shape"),
    ({"classes": np.array([1, 2, 3])}, {}, "classes must be a name for each of 3 classes, found int64"),
    ({"classes": np.array([97, 98, 0x110000], "<u4").view("<U1")}, {}, "classes hold codes that are no characters"),
    ({"classes": np.array(["a", "b", "\ud801"])}, {}, r"the class name '\\ud801' is no text, for it holds half"),
    ({}, {"split": {"low": [0]}}, "the network scales series"),
    ({}, {"split": {"low": ["0"]}}, "low of a split of arrays must be a list of finite numbers, found"),
    ({}, {"split": {"seed": 1}}, "how arrays were split by low, high, steps, channels, "
     "unequal, gaps, coding, length, middle and levels, found {'s"),
])
def test_what_is_refused(tmp_path, changes, options, message):
    if options.get("split") == {"low": [0]}:
        changes = {"x_train": BYTES * 1.0, "x_test": BYTES[:2] * 1.0}
    with pytest.raises(UserError, match=message):
        load(write(tmp_path, **changes), **options)


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 1), (1, 2, 3), (1, 6)])
@pytest.mark.parametrize("dtype, split", [(np.uint8, {}), (np.int32, {"steps": 32}),
                                          (float, {"low": [0], "high": [25]})])
def test_flat_numbers_are_those_of_the_images_of_the_network(tmp_path, shape, dtype, split):
    x = {f"x_{part}": array.reshape(-1, 6).astype(dtype) for part, array in (("train", BYTES), ("test", BYTES[:2] + 1))}
    path = write(tmp_path, **x, steps=np.array(32) if "steps" in split else None)
    flat, shaped = load(path, split=split), load(path, image_shape=shape, split=split)
    for part in ("train_images", "test_images"):
        own = getattr(shaped, part)
        assert own.shape[1:] == shape and np.array_equal(own.reshape(-1, 1, 6), getattr(flat, part))
    assert load(path, image_shape=(2, 4), split=split).image_shape[:2] == (1, 6)
    x = {name: array[:, None] for name, array in x.items()}
    if dtype == np.uint8:
        assert load(write(tmp_path, **x), image_shape=(2, 3)).image_shape == (1, 6)


@pytest.mark.parametrize("split", [{}, {"steps": 256}])
@pytest.mark.parametrize("channels, axes", [("first", (0, 3, 1, 2)), ("last", (0, 1, 2, 3)), (None, (0, 1, 2, 3))])
def test_flat_numbers_of_several_channels_are_in_the_order_of_the_training(tmp_path, split, channels, axes):
    images = np.arange(120).reshape(2, 4, 5, 3).astype(np.uint8)
    own, steps = images.transpose(axes), np.array(256) if split else None
    found = []
    for x in (own, own.reshape(2, 60)):
        path = write(tmp_path, x_test=x, y_test=np.arange(2), steps=steps)
        found.append(load(path, train=False, image_shape=(4, 5, 3), split=split | {"channels": channels}))
    assert np.array_equal(found[1].test_images, found[0].test_images) and found[0].said == ()
    assert found[1].said == (() if channels == "first" else (
        f"{path}: 60 numbers each, taken in the order row, column, channel as 3 channels of 4 x 5",))


FLOATS = {"low": [0.0], "high": [20.0]}


@pytest.mark.parametrize("split, dtype, steps, sentence", [
    ({"steps": 16}, np.uint8, None, "the network was trained on spike times of 16 steps: the file needs their number"),
    ({"steps": 16}, np.float32, None, "the network was trained on spike times of 16 steps: the file needs their num"),
    (FLOATS, np.uint8, None, r"the network was trained on floats, but x_test holds uint8: give .astype\(float\)$"),
    (FLOATS, np.int16, None, r"the network was trained on floats, but x_test holds int16: give .astype\(float\)$"),
    ({"coding": "sides", "length": 3, "middle": [0.0], "levels": [1.0]}, np.uint8, None, "trained on floats, but x_"),
    (FLOATS, np.uint8, 16, "the network was trained on floats, but the file holds spike times: for floats leave `st"),
    ({"channels": "last"}, np.int16, None, "bytes must be uint8: .astype")])
def test_later_data_are_of_the_kind_of_the_training(tmp_path, split, dtype, steps, sentence):
    path = write(tmp_path, x_test=np.arange(12).reshape(4, 3).astype(dtype), y_test=np.arange(4),
                 steps=steps and np.array(steps))
    with pytest.raises(UserError, match=sentence):
        load(path, train=False, image_shape=(1, 3), split=split)


def test_no_such_file(tmp_path):
    with pytest.raises(UserError, match="cannot read .*none.npz: No such file"):
        load(str(tmp_path / "none.npz"))
