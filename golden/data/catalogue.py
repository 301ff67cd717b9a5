"""Data sets by name or folder."""

from dataclasses import replace
from pathlib import Path

from golden.data.digits import load_digits
from golden.data.download import unwatched
from golden.data.fashion import load_fashion
from golden.data.idx_folder import load_idx_folder
from golden.data.mnist import load_mnist, load_samples
from golden.data.pictures import check_split, load_folder
from golden.errors import UserError

PICTURES = "folder:"
LOADERS = {"mnist": load_mnist, "fashion": load_fashion, "digits": load_digits, "samples": load_samples}


def load(name, train=True, image_shape=None, split=None, watch=unwatched):
    """Load a data set.

    name: a key of LOADERS, or a folder with MNIST-like idx files, plain or `.gz`, or `folder:PATH` for a folder of
    pictures, which are resized to image_shape; `split` holds the further arguments of
    `golden.data.pictures.load_folder`.
    train: False leaves the training images out (shape [0, rows, columns]); their files need not exist.
    watch: called as watch(label, bytes so far, bytes in all or None) while something is fetched.
    Raises UserError when there is no such data set, or when it cannot be had or read.
    """
    if str(name) in LOADERS:
        return LOADERS[str(name)](train, watch)
    if str(name).startswith(PICTURES):
        return _apart(load_folder(str(name)[len(PICTURES):], image_shape, train, **check_split(split or {})))
    if not Path(name).is_dir():
        raise UserError(f"{name} is neither a folder nor one of the data sets {', '.join(LOADERS)}, {PICTURES}PATH")
    return _apart(load_idx_folder(Path(name), train))


def _apart(dataset):
    """A user's own folder, under a name that is none of LOADERS': a network's file must not be taken for one of
    those."""
    return replace(dataset, name=f"{dataset.name} (a folder)") if dataset.name in LOADERS else dataset
