"""Images and their labels in two arrays: a data set whose test images are drawn here."""

import numpy as np

from first_spike.golden.data.array_forms import CHANNELS, as_labels, channels_last
from first_spike.golden.data.arrays import MOST_CLASSES
from first_spike.golden.data.dataset import Dataset, draw
from first_spike.golden.errors import UserError
from first_spike.golden.pixels import refuse_tensor, require_images

NAME = "arrays"


def labelled_dataset(images, labels, channels=None):
    """The Dataset of images, uint8 [n, rows, columns], [n, rows, columns, channels] or [n, inputs], with labels [n].

    labels: whole numbers that count classes from 0 on. channels: "first" or "last", as for an `.npz` of arrays. Of each
    class 80 % are for training and the others for the test, drawn by a fixed seed: the same arrays give the same
    Dataset. Raises UserError for anything else, and where a class has a single image.
    """
    require_images(images)
    if images.ndim not in (2, 3, 4) or 0 in images.shape:
        raise UserError(f"images must be [n, rows, columns], [n, rows, columns, channels] or [n, inputs], none of them "
                        f"0, found shape {list(images.shape)}")
    if channels is not None and (channels not in CHANNELS or images.ndim != 4):
        raise UserError(f"channels must be {' or '.join(CHANNELS)} and goes with images of four axes, found "
                        f"{channels!r} with shape {list(images.shape)}")
    arranged, assumed = channels_last({"images": images}, channels) if images.ndim == 4 else ({"images": images}, [])
    images = arranged["images"]
    images = images[:, None] if images.ndim == 2 else images
    labels = _labels(labels, len(images))
    names, groups = np.unique(labels), [np.flatnonzero(labels == label) for label in np.unique(labels)]
    train, test, split = draw(list(map(str, names)), groups, None, None, NAME, "images")
    train, test = (np.sort(np.concatenate(side)) for side in (train, test))
    drawn = (f"of {len(images):,} images {len(train):,} are for training and {len(test):,} for the test, drawn from "
             f"each class by seed {split['seed']}")
    return Dataset(images[train], labels[train], images[test], labels[test], tuple(map(str, range(names[-1] + 1))),
                   NAME, split,
                   said=tuple(f"{NAME}: {sentence}" for sentence in (*assumed, drawn)))


def _labels(labels, count):
    refuse_tensor(labels, "labels")
    labels = np.asarray(labels)
    if labels.dtype.kind in "US":
        raise UserError("labels must be whole numbers, found text: names, labels = np.unique(labels, "
                        "return_inverse=True) numbers them")
    labels = as_labels("labels", labels, count)
    if labels.min() < 0 or labels.max() >= MOST_CLASSES:
        raise UserError(f"labels must count classes from 0 on, found {labels.min()} to {labels.max()}")
    if labels.min() == labels.max():
        raise UserError(f"labels name the single class {labels[0]}; at least two are needed")
    return labels
