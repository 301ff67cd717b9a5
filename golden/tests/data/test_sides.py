"""Series as channels above and below their middle, and how a network's file keeps that."""

import json

import numpy as np
import pytest

from first_spike.golden.data.catalogue import load
from first_spike.golden.data.series import LEVELS, MOST_COLUMNS, as_sides, features, fit_sides, sides_of
from first_spike.golden.errors import UserError
from first_spike.golden.tests.data.test_series import write

NAN = np.nan
SIDES = {"coding": "sides"}


def maps(*lists):
    """Floats [n, 1, length, 1] of lists."""
    return np.array(lists, np.float64)[:, None, :, None]


def test_both_sides_of_a_series_by_hand():
    """The middle is 2; above lie 2 and 6, below 1 and 2: what lies furthest is 255. Slopes: the ends know one
    neighbour."""
    values = maps([0, 2, 4, 8], [2, 2, 1, 2])
    sides = fit_sides(values)
    assert sides.length == 4 and sides.middle.tolist() == [2, 1.5] and sides.channels == 1
    assert features(values)[..., 1].tolist() == [[[2, 4, 6, 4]], [[0, -1, 0, 1]]]
    made = as_sides(values, sides)
    assert made.shape == (2, 1, 4, 4) and made.dtype == np.uint8
    assert made[0, 0, :, 0].tolist() == [0, 0, 1, 255] and made[0, 0, :, 2].tolist() == [255, 0, 0, 0]
    assert made[1, 0, :, 0].tolist() == [0, 0, 0, 0] and made[1, 0, :, 2].tolist() == [0, 0, 1, 0]
    assert made[0, 0, :, 3].tolist() == [0, 0, 0, 0] and made[1, 0, 1:, 3].tolist() == [255, made[1, 0, 0, 3], 1]
    beyond = as_sides(maps([-99, 2, 5, 99]), sides)
    assert beyond[0, 0, :, 0].tolist() == [0, 0, round(1 + 254 * 0.25), 255] and beyond[0, 0, :, 2].tolist() == [
        255, 0, 0, 0]


def test_bytes_are_rounded():
    """Above the middle, 2, lie 2 to 6, below it 1 to 2, both spread over 1 to 255."""
    sides = fit_sides(maps([0, 2, 4, 8], [2, 2, 1, 2]))
    made = as_sides(maps([5.1, 6.7, 0.9, 0.27]), sides)[0, 0]
    assert made[:2, 0].tolist() == [71, 172]  # 70.85 and 172.45
    assert made[2:, 2].tolist() == [26, 186]  # 26.4 and 186.42


def test_bytes_are_shares_of_the_training_set_whatever_the_size_of_numbers():
    rng = np.random.default_rng(1)
    values = rng.normal(0, 1, (50, 1, 40, 2)) ** 3 * [1, 1000]
    made = as_sides(values, fit_sides(values))
    for channel in range(8):
        lit = made[..., channel][made[..., channel] > 0]
        quarters = np.bincount((lit - 1) // 64, minlength=4)
        assert quarters.max() - quarters.min() < 0.06 * lit.size and abs(lit.size - 1000) < 60


def test_the_middle_is_as_exact_as_numbers_around_it_ask_for():
    """Six digits of a small offset, all of a large one: half of the numbers lie above the middle in either."""
    values = np.random.default_rng(1).normal(0, 1, (20, 1, 40, 1))
    assert fit_sides(values).middle[0] == float(f"{np.median(values):.6g}")
    for offset in (10_132_514, -8_388_612_345):
        made = as_sides(values + offset, fit_sides(values + offset))
        assert np.count_nonzero(made[..., 0]) == np.count_nonzero(made[..., 2]) == 400


def test_long_series_become_means_with_their_roughness():
    length = MOST_COLUMNS * 2 + 100
    values = np.random.default_rng(1).normal(0, 1, (2, 1, length, 2))
    found = features(values)
    assert found.shape == (2, 1, MOST_COLUMNS, 6)
    for column in (0, 100, MOST_COLUMNS - 1):
        steps = [step for step in range(length) if max(k for k in range(MOST_COLUMNS)
                                                       if k * length // MOST_COLUMNS <= step) == column]
        jumps = [abs(values[1, 0, step, 1] - values[1, 0, max(step - 1, 0), 1]) for step in steps]
        assert found[1, 0, column, 1] == pytest.approx(np.mean([values[1, 0, step, 1] for step in steps]), abs=1e-12)
        assert found[1, 0, column, 5] == pytest.approx(np.mean(jumps), abs=1e-12)
    assert np.array_equal(found[..., 1:-1, 2:4], found[..., 2:, :2] - found[..., :-2, :2])
    assert features(values[:, :, :MOST_COLUMNS]).shape[3] == 4


def test_a_constant_channel_is_silent():
    values = np.concatenate([maps([1, 2, 3], [3, 1, 2]), np.full((2, 1, 3, 1), 7.0)], axis=3)
    sides = fit_sides(values)
    assert not as_sides(values, sides)[..., 1::2].any() and not as_sides(values + 1, sides)[..., 1::2].any()


def test_a_file_is_read_alike_later(tmp_path):
    """By what the network's file says, whatever else is in the file; channels first, which nobody said, too."""
    rng = np.random.default_rng(1)
    for shape in ((12, 30), (12, 30, 2), (12, 2, 30), (12, 300)):
        x = rng.normal(0, 1, shape)
        data = load(write(tmp_path, x), split=SIDES)
        columns, many = max(shape[1:]), 2 if len(shape) == 3 else 1
        assert data.kind == "series" and data.image_shape == (1, min(columns, 256), many * (6 if columns > 256 else 4))
        split = json.loads(json.dumps(data.split))
        other = load(write(tmp_path, x * 5, x), train=False, image_shape=data.image_shape, split=split)
        assert np.array_equal(other.test_images, data.train_images) and other.split == split and other.kind == "series"


def test_what_is_no_series_is_read_as_ever(tmp_path):
    for x in (np.random.default_rng(1).normal(0, 1, (4, 3, 5, 2)), np.arange(24, dtype=np.uint8).reshape(4, 6)):
        data, plain = load(write(tmp_path, x), split=SIDES), load(write(tmp_path, x))
        assert np.array_equal(data.train_images, plain.train_images) and data.split == plain.split and data.kind == ""


def test_series_of_unequal_length_are_resampled_without_an_option(tmp_path):
    x = np.array([[0, 10, 20, 30, 40], [40, 0, 40, NAN, NAN], [0, 20, NAN, NAN, NAN], [4, 3, 2, 1, 0]])
    path = write(tmp_path, x, x[:, :4])
    data = load(path, split=SIDES)
    assert data.split["unequal"] == "resample" and data.split["length"] == 5
    assert data.said[0] == f"{path}: x_train: of 4 series of 2 to 5 steps 2 are resampled to 5"
    filled = np.array([[0, 10, 20, 30, 40], [40, 20, 0, 20, 40], [0, 5, 10, 15, 20], [4, 3, 2, 1, 0]])
    assert np.array_equal(data.train_images, load(write(tmp_path, filled * 1.0), split=SIDES).train_images)
    again = load(write(tmp_path, x, x[:, :4]), train=False, image_shape=data.image_shape, split=data.split)
    assert np.array_equal(again.test_images, data.test_images)
    padded = load(write(tmp_path, x), split=SIDES | {"unequal": "pad"})
    assert not padded.train_images[1, 0, 3:].any() and padded.train_images[1, 0, :2].any(axis=1).all()


def test_flat_series_are_those_of_one_channel_wherever_it_came(tmp_path):
    x = np.random.default_rng(1).normal(size=(6, 1, 9))
    path = write(tmp_path, x)
    trained = load(path, split=SIDES | {"channels": "first"})
    flat = load(write(tmp_path, x[:, 0]), train=False, image_shape=trained.image_shape, split=trained.split)
    assert np.array_equal(flat.test_images, trained.test_images) and flat.said == ()


@pytest.mark.parametrize("length", [6, 600])
def test_series_outside_of_the_range_of_the_training_are_said(tmp_path, length):
    x = np.clip(np.random.default_rng(1).normal(0.1, 1, (40, length, 2)), -1 / 3, 1 / 3)  # many numbers are its ends
    split = load(write(tmp_path, x), split=SIDES).split
    for other, said in ((x, ()), (x * [1, 10], (" 1 (",)), (x + 9, (" 0 (100%: ",))):
        path = write(tmp_path, x, other)
        for data in (load(path, split=SIDES), load(path, train=False, split=split)):
            assert len(data.said) == len(said)
            assert all(f"{path}: x_test: more than 5% of the numbers lie outside of the range of the training set, and "
                       f"count as its ends, in channel{one}" in whole for one, whole in zip(said, data.said))


def test_a_range_is_said_in_as_many_digits_as_tell_it_from_the_numbers(tmp_path):
    x = 10_132_514 + np.random.default_rng(1).random((40, 6, 1))
    for coding in ("plain", "sides"):
        [said] = load(write(tmp_path, x, x + 3), split={"coding": coding}).said
        assert said.endswith("channel 0 (100%: 10132517 to 10132518, the range is 10132514 to 10132515)")


def test_a_middle_of_few_digits_is_no_other_range(tmp_path):
    x = np.full((40, 6, 2), [0.123456789, -9876543.2])
    path = write(tmp_path, x)
    split = load(path, split=SIDES).split
    short = split | {"middle": [float(f"{middle:.6g}") for middle in split["middle"]]}
    assert short != split and load(path, train=False, split=short).said == ()
    assert len(load(write(tmp_path, x, x * 1.0001), train=False, split=short).said) == 1


FIT = fit_sides(np.arange(12.0).reshape(2, 1, 6, 1)).split


@pytest.mark.parametrize("x, split, sentence", [
    (np.zeros((2, 7)), FIT, "series have 7 steps, but the network is for 6: it was trained without --unequal"),
    (np.zeros((2, 6, 2)), FIT, "the network is for series of 1 channels, found 2"),
    (np.zeros((2, 6)), SIDES, "no network that was trained on such says how they are coded"),
    (np.zeros((2, 6)), FIT | {"levels": [1.0]}, "the network's file says 2 middles and 1 levels for series of 6 steps"),
    (np.zeros((2, 6)), FIT | {"middle": [1.0]}, "says 1 middles and 68 levels for series of 6 steps"),
    (np.zeros((2, 6)), FIT | {"length": 0}, "says 2 middles and 68 levels for series of 0 steps"),
    (np.zeros((2, 6)), FIT | {"length": 300}, "says 2 middles and 68 levels for series of 300 steps"),
    (np.zeros((2, 6)), FIT | {"coding": "both"}, "coding of a split of arrays must be sides or plain, found 'both'"),
    (np.full((2, 6), np.inf), FIT, "x_test holds inf at [0, 0]; it must be finite"),
])
def test_what_is_refused(tmp_path, x, split, sentence):
    with pytest.raises(UserError) as caught:
        load(write(tmp_path, x), train=False, split=split)
    assert sentence in str(caught.value)


@pytest.mark.parametrize("x, sentence", [
    ([[0, NAN, 2], [1, 2, 3]], "series 0 has a gap, NaN, at step 1 of channel 0; series with gaps are trained with"),
    ([[0, 1e38, 2], [-1e38, 2, 3]], "x_train holds 1e+38, and numbers have to stay below 1e+37"),
])
def test_what_is_no_training_set(tmp_path, x, sentence):
    with pytest.raises(UserError) as caught:
        load(write(tmp_path, np.array(x)), split=SIDES)
    assert sentence in str(caught.value)


def test_series_of_two_bytes_a_number_are_as_those_of_eight(tmp_path):
    x = np.random.default_rng(1).choice([-6e4, 6e4], (40, 300, 1)).astype(np.float16)  # slopes are past a float16
    narrow, wide = (load(write(tmp_path, numbers), split=SIDES) for numbers in (x, x.astype(np.float64)))
    assert np.array_equal(narrow.train_images, wide.train_images) and narrow.split == wide.split


def test_sides_as_they_were_said():
    said = {name: FIT[name] for name in ("length", "middle", "levels")}
    assert sides_of(**said).split == FIT and sides_of(**said).levels.shape == (2, 2, LEVELS)
