"""Classes that are unlike in size: what is held out, what each image weighs, and what a training makes of it."""

from dataclasses import replace

import numpy as np
import pytest

from first_spike.golden.data.dataset import Dataset
from first_spike.golden.errors import UserError
from first_spike.golden.tests.training.test_loop import DECISION, S4NN
from first_spike.golden.training import defaults
from first_spike.golden.training.loop import Training
from first_spike.golden.training.sources import hold_out, image_weights, images_of_classes, unlike, usual_weights


def labels_of(*counts):
    return np.random.default_rng(5).permutation(np.repeat(np.arange(len(counts)), counts))


@pytest.mark.parametrize("counts, found", [((10, 20), False), ((10, 21), True), ((0, 20, 0, 10), False), ((7,), False),
                                           ((0, 1, 3), True), ((), False)])
def test_unlike(counts, found):
    labels = labels_of(*counts).astype(np.int64)
    assert unlike(labels) == found
    assert usual_weights(labels) == ("equal" if found else "as-given")


def test_classes_weigh_alike():
    labels = labels_of(32, 0, 16, 8, 8)
    assert image_weights(labels).tolist() == np.array([0.5, 0, 1, 2, 2])[labels].tolist()
    assert image_weights(labels_of(6, 6)).tolist() == [1] * 12


@pytest.mark.parametrize("counts, held_out, expected", [
    ((103, 98, 2), 20, (10, 9, 1)), ((103, 98, 2), 150, (76, 73, 1)), ((200, 40, 1), 24, (20, 4, 0)),
    ((9, 3, 1), 2, (1, 1, 0))])
def test_unlike_classes_are_held_out_by_their_shares(counts, held_out, expected):
    labels = labels_of(*counts)
    drawn = set()
    for seed in range(5):
        held, rest = hold_out(labels, held_out, seed)
        assert sorted([*held, *rest]) == list(range(len(labels))) and np.array_equal(rest, np.sort(rest))
        assert np.bincount(labels[held], minlength=3).tolist() == list(expected)
        drawn.add(tuple(held))
    assert len(drawn) == 5


@pytest.mark.parametrize("counts, held_out", [((200, 200), 40), ((40,) * 40, 160), ((20, 10), 6), ((999, 1000), 199)])
def test_few_are_held_out_by_class(counts, held_out):
    """Each class gives its share, whatever the seed; which images, the seed says."""
    labels = labels_of(*counts)
    draws = [hold_out(labels, held_out, seed)[0] for seed in range(5)]
    assert len({tuple(held) for held in draws}) == 5
    for held in draws:
        shares = np.bincount(labels[held], minlength=len(counts)) / held_out
        assert np.abs(shares - np.array(counts) / len(labels)).max() <= 1 / held_out


@pytest.mark.parametrize("counts, held_out, by_class", [
    ((1000, 1000), 200, False), ((1000, 1000), 199, True), ((1000, 1500), 250, False), ((1000, 1500), 249, True),
    ((5421,) + (6064,) * 9, 5000, False)])
def test_many_are_held_out_as_they_come(counts, held_out, by_class):
    """From 100 images of the smallest class on."""
    labels = labels_of(*counts)
    held, rest = hold_out(labels, held_out, 3)
    order = np.random.default_rng([3, 0]).permutation(len(labels))
    assert np.array_equal(held, order[:held_out]) != by_class
    assert np.array_equal(np.sort([*held, *rest]), np.arange(len(labels)))


def test_images_of_classes():
    labels = np.array([0, 0, 1, 1, 1, 3])
    data = Dataset(np.zeros((12, 1, 1), np.uint8), np.tile(labels, 2), np.zeros((1, 1, 1), np.uint8), np.array([2]),
                   tuple("abcd"), "data", versions=2)
    assert images_of_classes(data, np.array([0, 4])) == {
        "trained": {"a": 1, "b": 2, "c": 0, "d": 1}, "held_out": {"a": 1, "b": 1, "c": 0, "d": 0},
        "tested": {"a": 0, "b": 0, "c": 1, "d": 0}}


@pytest.fixture(scope="module")
def bars():
    """Bars that lie (120 to train on) and stand (20), in noise: (Dataset, plan)."""
    def pictures(rng, labels):
        images = rng.integers(0, 100, (len(labels), 6, 6))
        for image, label, place in zip(images, labels, rng.integers(0, 6, len(labels))):
            image[(slice(None), place) if label else place] += 150
        return images.astype(np.uint8)
    rng, train, test = np.random.default_rng(2), labels_of(120, 20), labels_of(200, 200)
    data = Dataset(pictures(rng, train), train, pictures(rng, test), test, ("lies", "stands"), "bars")
    return data, replace(DECISION, hidden=(16,), held_out=12, epochs=300, finetune=60, augmentation="none", options=(),
                         usual=tuple(defaults.FEW_SETTINGS.items()))


@pytest.mark.thorough
def test_a_small_class_is_learnt(bars):
    data, plan = bars
    given, equal = (Training(replace(plan, class_weights=kind), data).run().shown["integer"]
                    for kind in ("as-given", "equal"))
    assert given["worst_class"] == "stands" and equal["worst_recall"] > given["worst_recall"] + 0.2
    assert equal["accuracy"] > given["accuracy"]


@pytest.mark.parametrize("change", [
    {}, pytest.param({"layers": "conv 3 3x3, dense 2", "hidden": ()}, marks=pytest.mark.thorough),
    pytest.param({"rule": "s4nn", "steps": 64}, marks=pytest.mark.thorough)])
def test_every_rule_weighs_images(bars, change):
    """Weights of 1 are none, to the byte; others are not."""
    data, plan = bars
    given, ones, equal = (Training(replace(plan, epochs=1, finetune=1, class_weights=kind, **change), data)
                          for kind in ("as-given", "equal", "equal"))
    ones.weights = np.ones(len(ones.labels))
    hashes = [training.run().network.sha256 for training in (given, ones, equal)]
    assert hashes[0] == hashes[1] != hashes[2]


def test_what_is_refused(bars):
    with pytest.raises(UserError, match="class weights are equal or as-given, found 'heavy'"):
        replace(S4NN, class_weights="heavy")
    with pytest.raises(UserError, match="140 held-out images leave nothing of the 140 training images"):
        Training(replace(bars[1], held_out=140), bars[0])
