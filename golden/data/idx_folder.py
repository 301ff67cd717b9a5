"""A folder of the idx files that MNIST has."""

import numpy as np

from first_spike.golden.data.dataset import Dataset
from first_spike.golden.data.idx import read_idx
from first_spike.golden.errors import UserError

FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}


def load_idx_folder(folder, train=True, name=None):
    """Load a folder of the four files that MNIST has (or the two of the test set, with train=False)."""
    test_images, test_labels = _load_pair(folder, *FILES["test"])
    train_images, train_labels = test_images[:0], test_labels[:0]
    if train:
        train_images, train_labels = _load_pair(folder, *FILES["train"])
        if train_images.shape[1:] != test_images.shape[1:]:
            raise UserError(f"{folder}: training images of {train_images.shape[1:]} and test images of "
                            f"{test_images.shape[1:]} do not go together")
    for part, images in (("test", test_images), ("training", train_images)):
        if len(images) == 0 and (train or part == "test"):
            raise UserError(f"{folder} holds no {part} images")
    count = max(10, 1 + int(max(labels.max(initial=0) for labels in (train_labels, test_labels))))
    classes = tuple(str(index) for index in range(count))
    return Dataset(train_images, train_labels, test_images, test_labels, classes, name or folder.name)


def _load_pair(folder, images_name, labels_name):
    images = read_idx(_find(folder, images_name))
    labels = read_labels(_find(folder, labels_name))
    if images.ndim != 3:
        raise UserError(f"{folder / images_name} must have the axes [n, rows, columns], found shape {images.shape}")
    if len(images) != len(labels):
        raise UserError(f"{folder}: {len(images)} images in {images_name}, but {len(labels)} labels in {labels_name}")
    return images, labels


def read_labels(path):
    """Labels int64 [n] from an idx file of bytes."""
    labels = read_idx(path)
    if labels.ndim != 1:
        raise UserError(f"{path} must have one axis, [n], found shape {labels.shape}")
    return labels.astype(np.int64)


def _find(folder, name):
    """Path of an idx file in `folder`: as it is, or with the dot that some copies have, or compressed."""
    dotted = name.replace("-idx", ".idx")
    for candidate in (name, dotted, f"{name}.gz", f"{dotted}.gz"):
        if (folder / candidate).is_file():
            return folder / candidate
    raise UserError(f"{folder} holds no {name} (nor {name}.gz)")
