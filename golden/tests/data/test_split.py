"""Files of classes of unequal size, told apart into training and test."""

from pathlib import Path

import pytest

from first_spike.golden.data.dataset import by_name, draw
from first_spike.golden.errors import UserError

CLASSES = ("circle", "square", "triangle")


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
