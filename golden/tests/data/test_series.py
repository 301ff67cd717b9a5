"""Series with outliers, of unequal length, and with gaps."""

import numpy as np
import pytest

from first_spike.golden.data.arrays import fit, load_arrays, scale
from first_spike.golden.data.catalogue import load
from first_spike.golden.data.scaling import outside
from first_spike.golden.errors import UserError

NAN = np.nan


def write(tmp_path, x_train, x_test=None):
    x_test = x_train[:2] if x_test is None else x_test
    np.savez(tmp_path / "mine.npz", x_train=x_train, y_train=np.arange(len(x_train)) % 2, x_test=x_test,
             y_test=np.arange(len(x_test)) % 2)
    return str(tmp_path / "mine.npz")


def series(*lists):
    """Floats [n, length] with NaN behind the shorter ones."""
    length = max(map(len, lists))
    return np.array([[*own, *[NAN] * (length - len(own))] for own in lists])


def test_one_outlier_leaves_a_channel_its_bytes(tmp_path):
    x = np.random.default_rng(1).normal(0, 1, (200, 24, 2))
    before = load_arrays(write(tmp_path, x))
    others = x[..., 1].copy()
    x[7, 3, 1], others[7, 3] = 1e6, x[..., 1].max()
    path = write(tmp_path, x)
    data = load_arrays(path)
    assert np.array_equal(data.train_images[..., 0], before.train_images[..., 0])
    low, high = data.split["low"][1], data.split["high"][1]
    assert (low, high) == (x[..., 1].min(), np.sort(x[..., 1].max(axis=1))[-3])  # of all recordings but two
    assert np.unique(data.train_images[..., 1]).size > 200 and data.train_images[7, 0, 3, 1] == 255
    assert data.said == (f"{path}: x_train: outliers, in at most 2 of 200 recordings, are taken for the nearest of the "
                         f"others' numbers in channel 1 ({low:g} to 1e+06, scaled from {low:g} to {high:g})",)
    assert np.array_equal(load_arrays(path, train=False, **data.split).test_images, data.test_images)
    assert load_arrays(path, train=False, **data.split).said == ()


@pytest.mark.parametrize("draw", [
    lambda rng: rng.normal(0, 1, (300, 20, 1, 2)), lambda rng: rng.uniform(-5, 5, (300, 20, 1, 2)),
    lambda rng: rng.exponential(1, (300, 20, 1, 2)), lambda rng: rng.standard_t(5, (300, 20, 1, 2)),
    lambda rng: rng.integers(0, 4, (300, 20, 1, 2)) * 1.0, lambda rng: np.cumsum(rng.normal(0, 1, (300, 20, 1, 2)), 1),
    lambda rng: np.where(np.arange(20)[:, None, None] == rng.integers(0, 20, (300, 1, 1, 2)), 9, 0.1)  # a pulse in each
    * rng.normal(1, 0.1, (300, 20, 1, 2)),
    lambda rng: np.where(np.arange(300)[:, None, None, None] == 5, 1.0, 0) * np.ones((300, 20, 1, 2))])  # of two values
def test_series_without_outliers_keep_their_whole_range(draw):
    values = draw(np.random.default_rng(1))
    low, high, said = fit(values)
    assert low.tolist() == values.min(axis=(0, 1, 2)).tolist() and high.tolist() == values.max(axis=(0, 1, 2)).tolist()
    assert said == []


def test_outliers_below_and_of_one_of_few_recordings():
    values = np.random.default_rng(1).normal(0, 1, (20, 1, 30, 6))
    values[4, 0, 3, :5] = -1e30
    low, high, said = fit(values)
    assert low.tolist()[:5] == np.sort(values[..., :5].min(axis=(1, 2)), axis=0)[1].tolist()
    assert low[5] == values[..., 5].min() and high.tolist() == values.max(axis=(0, 1, 2)).tolist()
    assert "in at most 1 of 20 recordings" in said[0] and said[0].endswith(" and 1 more")
    assert fit(values[:19])[0].tolist()[:5] == [-1e30] * 5
    values[4, 0, 3, 0] = -np.finfo(np.float64).max
    assert fit(values)[0][0] == low[0]
    extremes = np.array([-1.0, 1.0] * 10 + [0.5] * 4).reshape(24, 1, 1, 1) * np.finfo(np.float64).max
    for values in (extremes, extremes[:19]):
        with pytest.raises(UserError, match=r"x_train holds 1.79769e\+308, and numbers have to stay below 1e\+38"):
            fit(values)


def test_few_distinct_bytes_are_said(tmp_path):
    x = np.random.default_rng(1).normal(0, 1, (40, 24, 2))
    x[::4, 3, 1] = 1e6  # in a quarter of the recordings, which are no outliers
    path = write(tmp_path, x)
    data = load_arrays(path)
    assert np.unique(data.train_images[..., 1]).tolist() == [0, 255]
    assert data.said == (f"{path}: x_train: few distinct bytes are left of channel 1 (2 of 951 distinct numbers): a "
                         f"few numbers lie far from the others; clip them",)


OUTSIDE = "more than 5% of the numbers lie outside of the range of the training set, and count as its ends, in channel"


def test_numbers_outside_of_the_range_of_the_training_are_said(tmp_path):
    x = np.random.default_rng(1).random((40, 5, 5, 2)).astype(np.float32)
    x[0, 0, 0], x[1, 0, 0] = 0, 1
    split = load_arrays(write(tmp_path, x)).split
    for factor, said in ((1, ()), (np.array([1, 255], np.float32), (" 1 (100%: 0 to 255, the range is 0 to 1)",))):
        path = write(tmp_path, x, x * factor)
        for data in (load_arrays(path), load_arrays(path, train=False, **split)):
            assert data.said == tuple(f"{path}: x_test: {OUTSIDE}{one}" for one in said)
    values = np.concatenate([np.full(4, 1.5), np.full(95, 0.5), [-1, NAN]]).reshape(-1, 1, 1, 1)
    assert outside("x", values, [0], [1]) == [] != outside("x", np.append(values, 2).reshape(-1, 1, 1, 1), [0], [1])


@pytest.mark.parametrize("coding", ["plain", "sides"])
def test_a_test_set_in_other_units_is_said(tmp_path, coding):
    """By sides in evaluation too: a network's file says how far numbers lay from their middle. Units that differ less
    are none, nor are few recordings."""
    rng = np.random.default_rng(1)
    x, test = rng.normal(5, 1, (60, 24, 2)), rng.normal(5, 1, (20, 24, 2))
    for factor, count, said in (([1, 1], 20, None), ([1, 0.001], 20, "1"), ([0.05, 1], 20, "0"), ([0.5, 0.2], 20, None),
                                ([0.001, 1], 9, None), ([0.001, 1], 10, "0")):
        path = write(tmp_path, x, 5 + (test[:count] - 5) * factor)
        data = load(path, split={"coding": coding})
        assert len(data.said) == (said is not None) and all(f"channel {said} (" in one for one in data.said)
        later = load(path, train=False, image_shape=data.image_shape, split=data.split)
        assert later.said == (data.said if coding == "sides" else ())


@pytest.mark.parametrize("coding", ["plain", "sides"])
@pytest.mark.parametrize("draw", [
    lambda rng, count: rng.exponential(1, (count, 30, 1)), lambda rng, count: rng.standard_t(2, (count, 30, 1)),
    lambda rng, count: rng.normal(0, 1, (count, 30, 1)) * np.exp(rng.normal(0, 1, (count, 1, 1))),
    lambda rng, count: np.where(rng.random((count, 30, 1)) < 0.002, 1, rng.normal(0, 0.001, (count, 30, 1))),
    lambda rng, count: (rng.random((count, 1, 1)) < 0.5) + rng.normal(0, 0.01, (count, 30, 1)),
    lambda rng, count: 1e6 + rng.normal(0, 1, (count, 30, 1)), lambda rng, count: np.zeros((count, 30, 1))])
def test_one_way_of_drawing_numbers_has_one_unit(tmp_path, draw, coding):
    """Rare peaks and two middles among them, of which a small test set may hold one."""
    rng = np.random.default_rng(1)
    for _ in range(5):
        data = load(write(tmp_path, draw(rng, 80), draw(rng, 10)), split={"coding": coding})
        assert not any("other units" in sentence for sentence in data.said)


UNEQUAL = series([0, 10, 20, 30, 40], [40, 0, 40], [10], [0, 20])


def test_unequal_series_are_padded_with_silence(tmp_path):
    path = write(tmp_path, UNEQUAL, series([40, 0, 0, 0, 0, 0, 40], [20]))
    data = load(path, split={"unequal": "pad"})
    assert data.train_images.tolist() == [[[0, 64, 128, 191, 255]], [[255, 0, 255, 0, 0]], [[64, 0, 0, 0, 0]],
                                          [[0, 128, 0, 0, 0]]]
    assert data.test_images.tolist() == [[[255, 0, 0, 0, 0]], [[128, 0, 0, 0, 0]]]
    assert data.split == {"unequal": "pad", "low": [0], "high": [40]}
    assert data.said == (
        f"{path}: x_train: of 4 series of 1 to 5 steps 3 are padded to 5, silent behind their ends",
        f"{path}: x_test: of 2 series of 1 to 7 steps 1 are padded to 5, silent behind their ends, and 1 are cut there")
    again = load(path, train=False, image_shape=data.image_shape, split=data.split)
    assert np.array_equal(again.test_images, data.test_images)


def test_unequal_series_are_resampled(tmp_path):
    path = write(tmp_path, UNEQUAL, series([40, 0, 0, 0, 0, 0, 40, 0, 40], [20]))
    data = load(path, split={"unequal": "resample"})
    assert data.train_images.tolist() == [[[0, 64, 128, 191, 255]], [[255, 128, 0, 128, 255]], [[64] * 5],
                                          [[0, 32, 64, 96, 128]]]
    assert data.test_images.tolist() == [[[255, 0, 0, 255, 255]], [[128] * 5]]
    assert data.said[1] == f"{path}: x_test: of 2 series of 1 to 9 steps 2 are resampled to 5"
    equal = np.arange(12.0).reshape(4, 3)
    assert load_arrays(write(tmp_path, equal), unequal="resample").said == ()
    assert np.array_equal(load_arrays(write(tmp_path, equal), unequal="resample").train_images,
                          load_arrays(write(tmp_path, equal)).train_images)
    assert load_arrays(write(tmp_path, equal), (1, 5), train=False, **data.split).test_images.shape == (2, 1, 5)


@pytest.mark.parametrize("gaps, filled", [("hold", [[1, 1, 1, 4, 4, 4], [6, 5, 4, 3, 2, 1]]),
                                          ("interpolate", [[1, 1, 2.5, 4, 4, 4], [6, 5, 4, 3, 2, 1]])])
def test_gaps_are_filled(tmp_path, gaps, filled):
    one = np.array([[NAN, 1, NAN, 4, NAN, NAN], [6, 5, 4, 3, 2, 1]])
    x = np.stack([one, np.array([[0, 1, 2, 3, 4, 5.0]] * 2)], axis=2)
    path = write(tmp_path, x)
    data = load_arrays(path, gaps=gaps)
    want = scale(np.array(filled)[..., None], np.array([1.0]), np.array([6.0]))
    assert np.array_equal(data.train_images[:, 0, :, :1], want) and data.split["gaps"] == gaps
    how = {"hold": "held from the number before", "interpolate": "interpolated"}[gaps]
    assert data.said == tuple(f"{path}: x_{part}: 4 numbers missing in 1 of 2 series, {how}"
                              for part in ("train", "test"))
    maps = x.reshape(2, 2, 3, 2)  # of two rows of three columns; the gaps are of the columns
    assert load_arrays(write(tmp_path, maps), gaps="hold").train_images[0, :, :, 0].tolist() == [[0, 0, 0], [153] * 3]


def test_ends_and_gaps_together(tmp_path):
    data = load_arrays(write(tmp_path, series([0, NAN, 4, 3, 2], [4, 0, NAN, 2])), unequal="pad", gaps="interpolate")
    assert data.train_images.tolist() == [[[0, 128, 255, 191, 128]], [[255, 0, 64, 128, 0]]]


@pytest.mark.parametrize("x, options, sentence", [
    (UNEQUAL, {}, "x_train: series 1 ends after 3 of 5 steps, NaN behind; series of unequal length are trained with "
     "--unequal pad or --unequal resample"),
    (UNEQUAL, {"gaps": "hold"}, "x_train: series 1 ends after 3 of 5 steps"),
    (series([0, 1, 2], [0, NAN, 1]), {"unequal": "pad"}, "x_train: series 1 has a gap, NaN, at step 1 of channel 0; "
     "series with gaps are trained with --gaps hold or --gaps interpolate"),
    (np.full((2, 3, 2), [1, NAN]), {"gaps": "hold"}, "x_train: series 0 holds no number in channel 1"),
    (series([0, 1], [NAN, NAN]), {"unequal": "pad"}, "x_train: series 1 holds no number"),
    (np.array([[1.0, 2], [1, np.inf]]), {"gaps": "hold"}, "x_train holds inf at [1, 1]; it must be finite"),
    (np.zeros((2, 3), np.uint8), {"unequal": "pad"}, "x_train holds uint8; --unequal and --gaps are for floats"),
    (np.zeros((2, 3)), {"unequal": "cut"}, "unequal of a split of arrays must be pad or resample, found 'cut'"),
    (np.zeros((2, 3)), {"gaps": 1}, "gaps of a split of arrays must be hold or interpolate, found 1"),
    (np.zeros((2, 3)), {"channels": "no"}, "channels of a split of arrays must be first or last, found 'no'"),
])
def test_what_is_refused(tmp_path, x, options, sentence):
    with pytest.raises(UserError) as caught:
        load(write(tmp_path, x), split=options)
    assert sentence in str(caught.value)


def test_the_lengths_of_training_and_test_set(tmp_path):
    path = write(tmp_path, np.zeros((2, 4, 2)), np.ones((2, 3, 2)))
    with pytest.raises(UserError, match=r"x_train \(float64, \[4, 2\] each\) and x_test \(float64, \[3, 2\] each\) do"):
        load_arrays(path)
    assert load_arrays(path, unequal="pad").test_images.shape == (2, 1, 4, 2)
    with pytest.raises(UserError, match="do not go together"):
        load_arrays(write(tmp_path, np.zeros((2, 4, 2)), np.ones((2, 4, 3))), unequal="pad")
    path = write(tmp_path, np.zeros((2, 2, 6)), np.ones((2, 2, 5)))
    assert load_arrays(path, unequal="pad", channels="first").test_images.shape == (2, 1, 6, 2)
