"""Data sets by name, folder or file."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from first_spike.golden.data import arrays, audio, dataset, event_folder, pictures
from first_spike.golden.data.dataset import Dataset
from first_spike.golden.data.idx import load_idx_folder
from first_spike.golden.data.mnist import load_fashion, load_mnist, load_samples, unwatched
from first_spike.golden.errors import UserError
from first_spike.golden.files import require_text

TRAIN = 1437  # the first four fifths; the writers of the last fifth are others


def load_digits(train=True, watch=unwatched):
    """The digits as a Dataset, their 0..16 spread over 0..255. UserError when scikit-learn is not installed."""
    try:
        from sklearn.datasets import load_digits as read
    except ImportError as error:
        raise UserError("the digits data set comes with scikit-learn: pip install scikit-learn") from error
    bunch = read()
    images = np.minimum(bunch.images * 16, 255).astype(np.uint8)
    labels = bunch.target.astype(np.int64)
    count = TRAIN if train else 0
    return Dataset(images[:count], labels[:count], images[TRAIN:], labels[TRAIN:],
                   tuple(str(digit) for digit in range(10)), "digits")


PICTURES, SOUNDS, EVENTS, ARRAYS = "folder:", "audio:", "events:", ".npz"
FOLDERS = (PICTURES, SOUNDS, EVENTS)  # what a name of a folder that is read whole begins with
LOADERS = {"mnist": load_mnist, "fashion": load_fashion, "digits": load_digits, "samples": load_samples}
READERS = {PICTURES: (pictures.load_folder, "pictures", pictures.RULES),
           SOUNDS: (audio.load_audio, "sounds", audio.RULES),
           EVENTS: (event_folder.load_event_folder, "events", event_folder.RULES),
           ARRAYS: (arrays.load_arrays, "arrays", arrays.RULES)}
USUAL = f"NAME, FOLDER, FILE{ARRAYS} or {' or '.join(f'{folder}PATH' for folder in FOLDERS)}"


def kind_of(name):
    """One of FOLDERS, ARRAYS, or "" for a data set by name or a folder of idx files."""
    prefix = next((prefix for prefix in FOLDERS if str(name).startswith(prefix)), "")
    return prefix or (ARRAYS if str(name).endswith(ARRAYS) else "")


def load(name, train=True, image_shape=None, split=None, watch=unwatched):
    """Load a data set.

    name: a key of LOADERS, or a folder with MNIST-like idx files, plain or `.gz`; or `folder:PATH` for a folder of
    pictures or `audio:PATH` for one of WAV files, which become pictures of image_shape; or `events:PATH` for one of
    recordings of a sensor of image_shape; or an `.npz` with arrays.
    `split` holds the further arguments of their readers (see READERS).
    train: False leaves the training images out (shape [0, rows, columns]); their files need not exist.
    watch: called as watch(label, bytes so far, bytes in all or None) while something is fetched.
    Raises UserError when there is no such data set, or when it cannot be had or read.
    """
    if str(name) in LOADERS:
        return LOADERS[str(name)](train, watch)
    kind = kind_of(name)
    if kind:
        reader, what, _ = READERS[kind]
        if kind in (PICTURES, SOUNDS) and image_shape and len(image_shape) > 2:
            raise UserError(f"{name}: {what} come without channels, but the network takes {image_shape[2]}")
        return _apart(reader(str(name).removeprefix(kind), image_shape, train, **check_split(kind, split or {})))
    if not Path(name).is_dir():
        raise UserError(f"{name} is neither a folder nor one of the data sets {', '.join(LOADERS)}, {PICTURES}PATH, "
                        f"{SOUNDS}PATH, {EVENTS}PATH, FILE{ARRAYS}")
    return _apart(load_idx_folder(Path(name), train))


def check_split(kind, found):
    """`found`, the split in a network's file, as arguments of the reader of that kind; UserError where it is none."""
    _, what, rules = READERS[kind]
    return dataset.check(found, what, rules)


FILES_ONLY = {"seed", "train_per_class", "test_files", "fold", "channels"}  # of splits: what makes no pixels


def split_for(name, network):
    """The split that a network's file says, as arguments of the reader of the data set of that name; empty where it is
    one of another kind, and for data without a reader. UserError where it is none, or where one of another kind makes
    the pixels that the network was trained on."""
    kind, found = kind_of(name), network.accuracy.get("split") or {}
    of_kinds = [own for own, (*_, rules) in READERS.items() if isinstance(found, dict) and set(found) <= set(rules)]
    if kind in of_kinds or not of_kinds:
        return check_split(kind, found) if kind in READERS else {}
    making = [f"{key} {value}" if type(value) in (int, str) else key
              for key, value in check_split(of_kinds[0], found).items() if key not in FILES_ONLY and value is not None]
    if making:
        what = " or ".join(READERS[own][1] for own in of_kinds)
        raise UserError(f"the network was trained on {what} read by {', '.join(making)}; {name} cannot be read so")
    return {}


def _apart(dataset):
    """A user's own folder, under a name that is none of LOADERS': a network's file must not be taken for one of
    those. UserError where a network could not name its classes."""
    require_text(dataset.classes)
    return replace(dataset, name=f"{dataset.name} (a folder)") if dataset.name in LOADERS else dataset
