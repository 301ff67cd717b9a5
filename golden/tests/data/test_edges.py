"""Strength of edges: a hand-computed picture, plain loops on random ones, and folders read that way."""

import numpy as np
import pytest

from first_spike.golden.data.catalogue import load
from first_spike.golden.data.pictures import GAIN, edge_strength, load_folder
from first_spike.golden.errors import UserError
from tb.helpers.pictures import write_pictures

Image = pytest.importorskip("PIL.Image")


def test_by_hand():
    grey = np.array([[10, 10, 30], [10, 10, 30], [13, 10, 30]], np.uint8)
    # across: 0 20 20 / 0 20 20 / 3 17 20; down: 0 0 0 / 3 0 0 / 3 0 0
    assert edge_strength(grey, 1).tolist() == [[0, 80, 80], [12, 80, 80], [24, 68, 80]]
    assert edge_strength(grey, 3).tolist() == [[GAIN * 126 // 9]]


def test_flat_is_black_whatever_its_brightness():
    for value in (0, 128, 255):
        assert not edge_strength(np.full((6, 9), value, np.uint8), 3).any()


def test_brightness_does_not_matter_and_strong_edges_are_white():
    grey = np.random.default_rng(1).integers(0, 200, (8, 12)).astype(np.uint8)
    assert np.array_equal(edge_strength(grey, 2), edge_strength(grey + np.uint8(55), 2))
    assert edge_strength(np.tile(np.array([[0, 0, 255, 255]], np.uint8), (2, 1)), 1).max() == 255


@pytest.mark.parametrize("size", [1, 2, 4])
def test_against_loops(size):
    grey = np.random.default_rng(size).integers(0, 70, (3 * size, 5 * size)).astype(np.uint8)
    rows, columns = grey.shape

    def pixel(y, x):
        return int(grey[min(max(y, 0), rows - 1), min(max(x, 0), columns - 1)])

    expected = []
    for top in range(0, rows, size):
        for left in range(0, columns, size):
            total = sum(abs(pixel(y, x + 1) - pixel(y, x - 1)) + abs(pixel(y + 1, x) - pixel(y - 1, x))
                        for y in range(top, top + size) for x in range(left, left + size))
            expected.append(min(total * GAIN // size ** 2, 255))
    assert edge_strength(grey, size).ravel().tolist() == expected


def test_folder_is_read_the_same_way_again(tmp_path):
    """What the split says is enough to read the test images of a network again, as evaluation and comparison do."""
    write_pictures(tmp_path)
    pattern = np.random.default_rng(3).integers(0, 60, (12, 8)).astype(np.uint8)
    Image.fromarray(pattern).save(tmp_path / "cat" / "pattern.png")
    data = load(f"folder:{tmp_path}", image_shape=(6, 4), split={"edges": 2, "train_per_class": 1})
    assert data.split == {"seed": 1, "train_per_class": 1, "edges": 2}
    again = load(f"folder:{tmp_path}", train=False, image_shape=(6, 4), split=data.split)
    assert np.array_equal(again.test_images, data.test_images)
    images = np.concatenate([data.train_images, data.test_images])
    assert (images == edge_strength(pattern, 2)).all(axis=(1, 2)).sum() == 1
    assert (images == 0).all(axis=(1, 2)).sum() == 12  # pictures of one grey value have no edges


def test_given_train_and_test_folders_keep_it(tmp_path):
    write_pictures(tmp_path / "train", count=2)
    write_pictures(tmp_path / "test", count=2)
    assert load_folder(tmp_path, (3, 3), edges=4).split == {"edges": 4}


@pytest.mark.parametrize("edges", [0, -1, 17])
def test_out_of_range(tmp_path, edges):
    with pytest.raises(UserError, match=f"edges are measured on pictures 1 to 16 times as large, found {edges}"):
        load_folder(tmp_path, (5, 4), edges=edges)
