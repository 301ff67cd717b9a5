"""The idx files that MNIST and its successors come in.

A folder of the idx files that MNIST has.
"""

import gzip
import math
import zlib
from pathlib import Path

import numpy as np

from first_spike.golden.data.dataset import Dataset
from first_spike.golden.errors import UserError
from first_spike.golden.files import replacing

UINT8 = 0x08


def read_idx(path):
    """Read an idx file of bytes, gzip-compressed if its name ends in `.gz`.

    Returns a uint8 array with the axes that the file announces. Raises UserError when the file is missing, holds
    another type, or is not exactly as long as its header says.
    """
    path = Path(path)
    data = _read_bytes(path)
    axes = data[3] if len(data) > 3 else 0
    start = 4 + 4 * axes
    if data[:3] != bytes([0, 0, UINT8]) or axes == 0:
        raise UserError(f"{path} is not an idx file of bytes (it must begin with 00 00 08)")
    if len(data) < start:
        raise UserError(f"{path} is cut short: it ends within its header")
    shape = [int.from_bytes(data[4 + 4 * k:8 + 4 * k], "big") for k in range(axes)]
    if len(data) != start + math.prod(shape):
        fault = "is cut short" if len(data) < start + math.prod(shape) else "has bytes after its end"
        raise UserError(f"{path} {fault}: its header announces {math.prod(shape)} values, {len(data) - start} follow")
    try:
        return np.frombuffer(data, np.uint8, offset=start).reshape(shape)
    except ValueError as error:  # no values along one axis, too many along others, or too many axes
        raise UserError(f"{path} announces an array of {' x '.join(map(str, shape))} values, which there cannot be"
                        ) from error


def _read_bytes(path):
    try:
        if path.suffix == ".gz":
            with gzip.open(path) as file:
                return file.read()
        return path.read_bytes()
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UserError(f"{path} is cut short or damaged ({error})") from error
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from error


def write_idx(path, array):
    """Write a uint8 array as an uncompressed idx file."""
    if array.dtype != np.uint8:
        raise UserError(f"an idx file here holds uint8, found {array.dtype}")
    with replacing(path) as file:
        file.write(bytes([0, 0, UINT8, array.ndim]) + b"".join(side.to_bytes(4, "big") for side in array.shape))
        file.write(array.tobytes())


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
    return Dataset(train_images, train_labels, test_images, test_labels, classes, name or folder.resolve().name)


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
