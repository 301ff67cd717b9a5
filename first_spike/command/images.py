"""The images that a command works on: a data set by name or folder, or a file of one's own."""

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from first_spike.command.bars import step
from first_spike.command.cli import note
from first_spike.command.option_values import number_or_all
from first_spike.command.silence import warn
from first_spike.golden.data.array_forms import as_labels, channels_last, class_labels, like
from first_spike.golden.data.catalogue import ARRAYS, EVENTS, LOADERS, USUAL, kind_of, load, split_for
from first_spike.golden.data.idx import read_idx
from first_spike.golden.data.npz import read_event_file
from first_spike.golden.errors import UserError, printable
from first_spike.golden.inference.encode import check_images
from first_spike.golden.pixels import require_images

MEGA = 1_000_000  # bytes


@dataclass(frozen=True, eq=False, repr=False)
class ChosenImages:
    """images: uint8 [n, rows, columns], or Recordings of events; labels: int64 [n], or None where there are none; name:
    for a table's title."""

    images: np.ndarray
    labels: np.ndarray | None
    name: str

    def __repr__(self):
        what = f"images {self.images.shape}" if isinstance(self.images, np.ndarray) else "recordings"
        labels = f"{'without' if self.labels is None else 'with'} labels"
        return f"{len(self.images):,} {what} of {printable(self.name)}, {labels}"

    def first(self, count, default=math.inf):
        """Return the same with its first images.

        Args:
            count: How many images, infinity for all of them, or None for the default.
            default: How many images `count=None` takes; all of them if there are fewer.

        Raises:
            UserError: There are fewer than `count` images.
        """
        there = len(self.images)
        if count is not None and there < count < math.inf:
            raise UserError(f"{self.name} holds {there} images: choose --count {there} or fewer, or all")
        wanted = min(there, default if count is None else count)
        return self._only(slice(wanted))

    def spread(self, count):
        """The same with `count` images evenly spaced over all, which may be sorted by class; all if there are fewer."""
        there = len(self.images)
        return self if there <= count else self._only(np.arange(count) * there // count)

    def _only(self, which):
        return replace(self, images=self.images[which], labels=None if self.labels is None else self.labels[which])


def add_image_arguments(parser):
    """Add --data, --images and --labels to an argparse parser."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--data", metavar="FOLDER",
                       help="folder of idx files as MNIST has them, the name of a data set, an .npz of arrays, "
                            "folder:PATH of pictures, audio:PATH of WAV files or events:PATH of recordings; its test "
                            "set is used (default: the one that the network's file names, or mnist)")
    group.add_argument("--images", metavar="FILE",
                       help="uint8 array [n, rows, columns] or [n, rows, columns, channels], .npy or idx, instead of "
                            "--data")
    group.add_argument("--events", metavar="FILE",
                       help="recordings of events instead of --data, .npz with offsets, input, step and perhaps labels")
    parser.add_argument("--labels", metavar="FILE", help="integer array [n], .npy or idx, that goes with --images")


def add_count(parser, default):
    """Add --count to an argparse parser; None where it is not given, to be read by `ChosenImages.first`."""
    parser.add_argument("--count", type=number_or_all, metavar="N|all", help=f"the first N images (default: {default})")


def load_shown(name, network=None, **options):
    """`golden.data.catalogue.load` with the same arguments; says on stderr what the data set says of itself, and where
    a drawn test set has another number of images than that on which the accuracy of `network` was counted. UserError
    for spike times of other steps than those that the network was trained on, or else has."""
    with step(f"read the data set {name}") as one:
        def watch(label, done, total):
            text = f"fetch {label}"
            if one.text != text:
                one.begin(text, total and total / MEGA, "MB")
            one.reach(done / MEGA)

        dataset = load(name, watch=watch, **options)
    if network is not None:
        _check_steps(name, dataset, options["split"].get("steps", network.steps))
    for sentence in dataset.said:
        note(sentence)
    count = len(dataset.test_images)
    if network is not None and "seed" in dataset.split and network.accuracy.get("images", count) != count:
        of = f" of {dataset.drawn_from:,}" if dataset.drawn_from else ""
        warn([f"{name}: the test set that is drawn has {count:,}{of} images, but the network's accuracy was counted on "
              f"{network.accuracy['images']!r:.20}: the files are not those of its training, and images that it was "
              f"trained on may be among the test images"])
    return dataset


def _check_steps(name, dataset, steps):
    """UserError where the Dataset of that name holds spike times of other steps."""
    found = dataset.split.get("steps", steps)
    if found != steps:
        raise UserError(f"{name}: holds spike times of {found} steps, but {steps} are needed")


def read_images(arguments, network, default=None):
    """The ChosenImages that the arguments ask for: all of them, or, with a `default`, the first `--count`, as `first`
    has it. UserError unless they can be read and fit `network`, images and labels."""
    if arguments.events is not None:
        if arguments.labels is not None:
            raise UserError("--labels goes with --images only; a file of events brings its own labels")
        chosen = ChosenImages(*read_event_file(arguments.events), Path(arguments.events).name)
    elif arguments.images is None:
        if arguments.labels is not None:
            raise UserError("--labels goes with --images only; a data set brings its own labels")
        otherwise = f"name it by --data {USUAL}, or others by --images or --events"
        data = load_shown(arguments.data or own_data(network, otherwise), network, train=False,
                          **as_taken(network, arguments.data or ""))
        check_classes(arguments.data or data.name, data, network)
        chosen = ChosenImages(data.test_images, data.test_labels, data.name)
    else:
        images = _as_images(arguments.images, _read_array(arguments.images), network.image_shape)
        labels = None if arguments.labels is None else _read_labels(arguments.labels)
        chosen = ChosenImages(images, labels, Path(arguments.images).name)
    chosen = checked(chosen, network)
    first = chosen if default is None else chosen.first(arguments.count, default)
    warn(_left_out(first, chosen) + _out_of_range(first, network))
    return first


def check_classes(name, data, network):
    """UserError where the Dataset `data` of that name holds others than the network's classes; arrays may leave theirs
    unnamed, and one of LOADERS is only warned of, if its images fit: a network of them need not name classes alike."""
    unnamed = kind_of(name) in ("", ARRAYS) and data.classes == tuple(map(str, range(len(data.classes))))
    if data.classes == network.classes or (unnamed and name not in LOADERS):
        return
    sentence = f"{name} holds the classes {', '.join(data.classes)}, but the network names {', '.join(network.classes)}"
    if name not in LOADERS:
        raise UserError(sentence)
    if data.image_shape == network.image_shape:
        warn([f"{sentence}: labels are compared by number"])


def _left_out(first, chosen):
    """A sentence, or none, in a list, where the `first` of the ChosenImages leave out half of the classes that all have
    or more, although they are as many as there are classes: they are sorted."""
    if chosen.labels is None:
        return []
    count, there, found = len(first.images), *(len(np.unique(one.labels)) for one in (chosen, first))
    if 2 * found > there or count < there:
        return []
    return [f"the first {count:,} images of {chosen.name} leave out {there - found} of its {there} classes: "
            f"`first-spike evaluate` counts all images"]


def _out_of_range(chosen, network):
    """A sentence, or none, in a list, where events of the ChosenImages have an input or a step that the network has
    not."""
    if network.most_events is None:
        return []
    events = chosen.images
    ranges = (("input", events.inputs, network.inputs), ("step", events.steps, network.steps))
    wrong = np.any([numbers >= many for _, numbers, many in ranges], axis=0)
    said = " and ".join(f"{what} {numbers.max()} is none of the network's {many:,}" for what, numbers, many in ranges
                        if numbers.max(initial=0) >= many)
    return [f"{chosen.name}: {np.count_nonzero(wrong):,} of {len(wrong):,} events, in "
            f"{len(np.unique(events.owners[wrong])):,} of {len(events):,} recordings, are dropped: {said}, which count "
            f"from 0"] if said else []


def images_of(data):
    """The images of ChosenImages; anything else as it is."""
    return data.images if isinstance(data, ChosenImages) else data


def checked(data, network):
    """ChosenImages, or an array of images, as ChosenImages whose labels are int64; UserError unless there is at least
    one image, and all of them, and labels where there are some, fit the network."""
    chosen = data if isinstance(data, ChosenImages) else ChosenImages(data, None, "data")
    try:
        check_images(network, chosen.images)
    except UserError as error:
        raise UserError(f"{chosen.name}: {error}") from error
    if len(chosen.images) == 0:
        raise UserError(f"{chosen.name} holds no {'images' if network.most_events is None else 'recordings'}")
    if chosen.labels is None:
        return chosen
    return replace(chosen, labels=class_labels(chosen.labels, len(chosen.images), len(network.classes)))


def as_taken(network, name):
    """How the data set of that name is read for a network: {"image_shape", "split"}, as its file says."""
    split = split_for(name, network)
    if kind_of(name) == EVENTS:
        split = split | {"steps": network.steps}  # into which recordings are divided
    return {"image_shape": network.image_shape, "split": split}


def own_data(network, otherwise):
    """Name of the data set that the network's file says it was trained on; mnist where it says none. UserError, which
    says what to do `otherwise`, unless it is one of LOADERS: a file of that name may be anybody's."""
    name = network.accuracy.get("dataset", "mnist")
    if name not in list(LOADERS):  # anything may stand in the file
        raise UserError(f"the network was trained on {name}, which is not at hand: {otherwise}")
    return name


def _read_array(path):
    """A numpy array from a `.npy` file, or from an idx file when it is called anything else."""
    if Path(path).suffix != ".npy":
        return read_idx(path)
    try:
        array = np.load(path, allow_pickle=False)
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from error
    except Exception as error:  # damaged bytes surface as several types, numpy's tokenizer's own among them
        raise UserError(f"{path} is not a whole .npy file of plain numbers") from error
    if not isinstance(array, np.ndarray):
        raise UserError(f"{path} is an archive of arrays; one array in a .npy file is needed")
    if array.ndim == 0:
        raise UserError(f"{path} holds a single number, not an array of several")
    return array


def _as_images(path, array, shape):
    """uint8 images as the network has them where only the place of their channels is another."""
    if array.size:
        try:
            require_images(array)
        except UserError as error:
            raise UserError(f"{path}: {error}") from error
    if array.ndim == 4:
        moved, said = channels_last({path: array}, shape=shape)
        array = moved[path]
        for sentence in said:
            note(sentence)
    return like(array, shape)


def _read_labels(path):
    array = _read_array(path)
    return as_labels(path, array, len(array))
