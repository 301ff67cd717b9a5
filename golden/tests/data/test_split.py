"""Files of classes of unequal size, told apart into training and test; what a Dataset of anybody's has to hold."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from first_spike.golden.data.dataset import Dataset, by_name, checked_dataset, draw
from first_spike.golden.errors import UserError
from first_spike.golden.recordings import Recordings

CLASSES = ("circle", "square", "triangle")
IMAGES, LABELS = np.zeros((4, 2, 3), np.uint8), np.arange(4) % 2
MINE = Dataset(IMAGES, LABELS, IMAGES, LABELS, ("a", "b"), "mine")
EVENTS = Recordings.of_lists([[(0, 1)], [(5, 3)], [], [(2, 2)]])
RECORDED = replace(MINE, train_images=EVENTS, test_images=EVENTS, sensor=(1, 3, 2))


def files(*counts):
    return [[Path(name, f"{n}.png") for n in range(count)] for name, count in zip(CLASSES, counts)]


def sizes(side):
    return [len(group) for group in side]


def test_each_class_by_its_own_share():
    groups = files(129, 123, 3)
    training, test, split = draw(CLASSES, groups, None, None, "shapes", "images")
    assert (sizes(training), sizes(test), split) == ([103, 98, 2], [26, 25, 1], {"seed": 1})
    assert [sorted(one + other) for one, other in zip(training, test)] == [sorted(group) for group in groups]
    assert draw(CLASSES, groups, 1, None, "shapes", "images") == (training, test, split)


def test_a_class_that_has_no_more_than_is_asked_for_gives_its_own_share():
    training, test, split = draw(CLASSES, files(129, 100, 3), 4, 100, "shapes", "images")
    assert (sizes(training), sizes(test)) == ([100, 80, 2], [29, 20, 1])
    assert split == {"seed": 4, "train_per_class": 100}


@pytest.mark.parametrize("counts", [(10, 10, 10), (10, 11, 10)])
def test_equal_shares_are_the_number_that_the_file_says(counts):
    drawn = draw(CLASSES, files(*counts), 2, None, "shapes", "images")
    assert drawn[2] == {"seed": 2, "train_per_class": 8}
    assert draw(CLASSES, files(*counts), 2, 8, "shapes", "images") == drawn


@pytest.mark.parametrize("counts, asked, message", [
    ((6, 1, 1), None, "shapes has too few images of class square, triangle: two are needed, one to train on"),
    ((6, 8, 5), 8, "8 training images per class leave none on one side: the largest class of shapes, square, has 8"),
    ((6, 8, 5), 0, "0 training images per class leave none on one side"),
])
def test_what_leaves_nothing_on_one_side(counts, asked, message):
    with pytest.raises(UserError, match=message):
        draw(CLASSES, files(*counts), None, asked, "shapes", "images")


def test_a_pattern_names_the_classes_that_it_leaves_empty():
    with pytest.raises(UserError, match="by the pattern '9.png' class circle, triangle of shapes has no test files"):
        by_name(CLASSES, files(9, 10, 3), "9.png", "shapes")


@pytest.mark.parametrize("given", [MINE, RECORDED])
def test_labels_of_any_whole_numbers(given):
    for labels in (LABELS.astype(np.uint8), LABELS.astype(float), LABELS.tolist()):
        found = checked_dataset(replace(given, train_labels=labels))
        assert found.train_labels.dtype == np.int64 and np.array_equal(found.train_labels, LABELS)
        assert found.train_images is given.train_images


@pytest.mark.parametrize("given, change, sentence", [
    (MINE, {"train_images": IMAGES / 255}, "training images of mine: images must be uint8, found float64"),
    (MINE, {"test_images": IMAGES[:, :1]}, r"test images of mine: uint8 of one shape .* of shape \[4, 1, 3\]$"),
    (MINE, {"test_images": IMAGES.tolist()}, "test images of mine: an array of images, .* is needed, found list: "),
    (MINE, {"train_images": IMAGES[0]}, r"training images of mine: uint8 .* found uint8 of shape \[2, 3\]$"),
    (MINE, {"train_images": IMAGES.tolist()}, "training images of mine: an array of images, .* found list: "),
    (MINE, {"train_images": EVENTS}, "training images of mine: an array of images, .* is needed, found Recordings: "),
    (MINE, {"test_images": IMAGES[:0], "test_labels": LABELS[:0]}, "test images of mine: there are none$"),
    (MINE, {"train_labels": LABELS[:3]}, "training images of mine: 3 labels for 4 images$"),
    (MINE, {"train_labels": LABELS + 1}, "training images of mine: label 2 of image 1 is none of the network's 2 "),
    (MINE, {"test_labels": LABELS - 1}, "test images of mine: label -1 of image 0 is none"),
    (MINE, {"test_labels": LABELS + 0.5}, "test images of mine: labels must be one integer for each of 4 images"),
    (RECORDED, {"test_images": IMAGES}, "test images of mine: an instance of Recordings is needed, found ndarray"),
    (RECORDED, {"sensor": (1, 2, 2)}, r"training images of mine: input 5 of an event is none of a sensor of \[1, 2, 2"),
    (RECORDED, {"train_labels": LABELS[1:]}, "training images of mine: 3 labels for 4 images$")])
def test_what_cannot_be_trained_on(given, change, sentence):
    with pytest.raises(UserError, match=f"^{sentence}"):
        checked_dataset(replace(given, **change))


def test_steps_of_a_network_are_those_of_the_spike_times():
    cut = replace(RECORDED, split={"steps": 4})
    assert (MINE.steps_for(None), MINE.steps_for(8), cut.steps_for(None), cut.steps_for(4)) == (None, 8, 4, 4)
    assert RECORDED.steps_for(16) == 16
    with pytest.raises(UserError, match="^mine holds spike times of 4 steps, but the network is to have 8: say "):
        cut.steps_for(8)
    with pytest.raises(UserError, match="^mine holds an event of step 3, but the network is to have 2 steps, counted"):
        RECORDED.steps_for(2)
