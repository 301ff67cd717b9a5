"""What a data set is, wherever it comes from.

How files were told apart and read, as a network's file says it: drawn, and checked where anybody may have written
it.
"""

import math
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

import numpy as np

from first_spike.golden.data.array_forms import class_labels
from first_spike.golden.errors import UserError, printable, require_kind
from first_spike.golden.pixels import require_images
from first_spike.golden.recordings import Recordings


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Images are uint8 [n, rows, columns], with the channels behind where there are some, or Recordings of events;
    labels int64 [n], indices into `classes`, a tuple of names.

    split: how training and test images were told apart and read, where that is the reader's choice; else empty.
    versions: of every training image there are so many, the first as it is: version v of image k is number
    v * train_count + k. kind: "sound", "events" or "", which settings of a training are usual for. sensor: image_shape
    of recordings. said: sentences of what was assumed, left out or made of what was found. drawn_from: so many files
    the test images were drawn from; 0 where they were not.
    """

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    classes: tuple
    name: str
    split: dict = field(default_factory=dict)
    versions: int = 1
    kind: str = ""
    sensor: tuple = ()
    said: tuple = ()
    drawn_from: int = 0

    def __repr__(self):
        return (f"Dataset {printable(self.name)}: {self.train_count:,} for training, {len(self.test_images):,} for the "
                f"test, of {self.image_shape}, {len(self.classes)} classes")

    @property
    def image_shape(self):
        """(rows, columns) or (rows, columns, channels)."""
        return self.sensor or self.test_images.shape[1:]

    @property
    def most_events(self):
        """The power of two from the longest training recording on; None of images."""
        if not isinstance(self.train_images, Recordings):
            return None
        return 1 << max(int(self.train_images.counts.max()) - 1, 0).bit_length()

    def steps_for(self, steps):
        """Steps of a network for which `steps` are asked, None where nothing is: those of the data set's spike times,
        where it holds such; UserError where they are others, or events are later."""
        own = self.split.get("steps", steps)
        if steps not in (None, own):
            raise UserError(f"{self.name} holds spike times of {own} steps, but the network is to have {steps}: say "
                            f"--steps {own}")
        for images in (self.train_images, self.test_images):
            if isinstance(images, Recordings) and own is not None and images.steps.max(initial=0) >= own:
                raise UserError(f"{self.name} holds an event of step {images.steps.max()}, but the network is to have "
                                f"{own} steps, counted from 0")
        return own

    @property
    def train_count(self):
        """Training images, each counted once however many versions of it there are."""
        return len(self.train_images) // self.versions

    @property
    def train_arrays(self):
        """All that the training set is, as numpy arrays."""
        return *_arrays(self.train_images), self.train_labels

    @property
    def test_arrays(self):
        """All that the test set is, as numpy arrays."""
        return *_arrays(self.test_images), self.test_labels


def _arrays(images):
    return (images.offsets, images.inputs, images.steps) if isinstance(images, Recordings) else (images,)


def checked_dataset(dataset):
    """The Dataset with labels that are int64, of whole numbers of any type.

    UserError unless each side has at least one image, all of them uint8 and of one shape, or recordings of the sensor;
    and for each a label that counts its class from 0 on.
    """
    made = {}
    for side, word in (("train", "training"), ("test", "test")):
        images, labels = getattr(dataset, f"{side}_images"), getattr(dataset, f"{side}_labels")
        try:
            _check_images(images, dataset)
            made[f"{side}_labels"] = class_labels(labels, len(images), len(dataset.classes))
        except UserError as error:
            raise UserError(f"{word} images of {dataset.name}: {error}") from error
    return replace(dataset, **made)


def _check_images(images, dataset):
    if dataset.sensor:
        require_kind(images, Recordings, "an instance of Recordings")
        if images.inputs.max(initial=0) >= math.prod(dataset.sensor):
            raise UserError(f"input {images.inputs.max()} of an event is none of a sensor of "
                            f"{list(dataset.sensor)}")
    else:
        require_images(images)
        if images.ndim not in (3, 4) or images.shape[1:] != dataset.train_images.shape[1:]:
            raise UserError(f"uint8 of one shape [n, rows, columns] or [n, rows, columns, channels] is needed, found "
                            f"{images.dtype} of shape {list(images.shape)}")
    if not len(images):
        raise UserError("there are none")


SEED = 1
TRAIN_SHARE = 0.8  # of each class


def draw(classes, groups, seed, train_per_class, place, what, train=True):
    """Draw the training files of each class: (training groups, test groups, the split as a file says it).

    classes, groups: names, and a list of files for each. train_per_class: None for 80 % of each class, which it also is
    of a class that has no more files than so many. place, what: for the sentence of the UserError where nothing is left
    on one side, such as a folder and "images". Without `train` nothing need be left for training.
    """
    sizes = [len(group) for group in groups]
    few = [name for name, size in zip(classes, sizes) if size < 2]
    if few and train:
        raise UserError(f"{place} has too few {what} of class {', '.join(few)}: two are needed, one to train on and "
                        f"one to test")
    counts = [int(TRAIN_SHARE * size) for size in sizes]
    if train_per_class is not None:
        if train and not 0 < train_per_class < max(sizes):
            raise UserError(f"{train_per_class} training {what} per class leave none on one side: the largest class of "
                            f"{place}, {classes[np.argmax(sizes)]}, has {max(sizes)} {what}")
        counts = [train_per_class if size > train_per_class else own for size, own in zip(sizes, counts)]
    elif len(set(counts)) == 1:
        train_per_class = counts[0]
    seed = SEED if seed is None else seed
    rng = np.random.default_rng(seed)
    orders = [rng.permutation(len(group)) for group in groups]
    training = [[group[n] for n in order[:count]] for group, order, count in zip(groups, orders, counts)]
    test = [[group[n] for n in order[count:]] for group, order, count in zip(groups, orders, counts)]
    return training, test, {"seed": seed} | ({"train_per_class": train_per_class} if train_per_class else {})


def by_name(classes, groups, test_files, place, seed=None, train_per_class=None, train=True):
    """(training groups, test groups, split) where the test set has the files whose names match the pattern `test_files`
    (with * and ?, as on a command line). UserError where one side of a class is empty, or something is to be drawn,
    too; without `train` only the test's may not be empty. Else as `draw`."""
    if (seed, train_per_class) != (None, None):
        raise UserError("a pattern of test files says all of the split: a seed or a number of training files cannot "
                        "change that")
    test = [[file for file in group if fnmatchcase(file.name, test_files)] for group in groups]
    training = [[file for file in group if not fnmatchcase(file.name, test_files)] for group in groups]
    for side, parts in (("test", test), ("training", training))[:1 + train]:
        empty = [name for name, part in zip(classes, parts) if not part]
        if empty:
            raise UserError(f"by the pattern {test_files!r} class {', '.join(empty)} of {place} has no {side} files")
    return training, test, {"test_files": test_files}


MOST_NAMED = 4  # files that are left out


def visible(folder):
    """All that is in a folder, sorted, but what is hidden by a dot in front."""
    return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))


def left_out(path, what, files):
    """The sentence of what is visible in a folder and is none of its `files`, [Path], in a list. what: "pictures"."""
    files, folders = set(files), {file.parent for file in files}
    folders |= {above for folder in folders for above in folder.parents}

    def others(folder):
        for entry in visible(folder):
            if entry in folders:
                yield from others(entry)
            elif entry not in files:
                yield f"{entry.relative_to(path)}{'/' * entry.is_dir()}"

    names = list(others(path))
    return [f"{path}: files and folders that are no {what} of a class, left out: {len(names):,} "
            f"({', '.join(names[:MOST_NAMED])}{', ...' if names[MOST_NAMED:] else ''})"] if names else []


def labels_of(groups):
    """int64: the number of the class of each file, group after group."""
    return np.repeat(np.arange(len(groups), dtype=np.int64), [len(group) for group in groups])


def check(split, what, rules):
    """`split` as arguments of the reader of `what`, from a file that anybody may have written.

    rules: {name: function of a value that gives what it must be, or None where it is that}. UserError unless it is a
    mapping of these names to such values, or None.
    """
    if not isinstance(split, dict) or set(split) - set(rules):
        names = list(rules)
        raise UserError(f"the network's header says how {what} were split by {', '.join(names[:-1])} and {names[-1]}, "
                        f"found {split!r}")
    for name, value in split.items():
        wanted = None if value is None else rules[name](value)
        if wanted:
            raise UserError(f"{name} of a split of {what} must be {wanted}, found {value!r}")
    return split


def whole(value):
    """A rule of `check`: whole numbers from 0 on."""
    return None if type(value) is int and value >= 0 else "a whole number from 0 on"


STEPS = (2, 4, 8, 16, 32, 64, 128, 256)


def time_steps(value):
    """A rule of `check`: one of STEPS."""
    return None if type(value) is int and value in STEPS else "a power of two from 2 to 256"


def text(value):
    """A rule of `check`."""
    return None if isinstance(value, str) else "text"


LARGEST_NUMBER = 1e38  # about what a float32 holds


def numbers(value):
    """A rule of `check`: a list of numbers below LARGEST_NUMBER."""
    fine = isinstance(value, list) and value and all(type(one) in (int, float) and abs(one) < LARGEST_NUMBER
                                                     for one in value)
    return None if fine else "a list of finite numbers"


def one_of(words):
    """A rule of `check`: one of two words."""
    return lambda value: None if value in words else " or ".join(words)
