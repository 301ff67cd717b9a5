"""What the commands that quantize share: their data set, their bits, and the table of results."""

import re
from numbers import Integral

import numpy as np
from rich.table import Table

from first_spike.command.images import load_shown
from first_spike.command.option_values import natural, positive
from first_spike.golden.contract.option import require_known
from first_spike.golden.contract.plain import plain
from first_spike.golden.data.array_forms import CHANNELS, FEW, GAPS, UNEQUAL
from first_spike.golden.data.arrays import CODINGS
from first_spike.golden.data.catalogue import ARRAYS, EVENTS, FOLDERS, LOADERS, PICTURES, SOUNDS, kind_of, split_for
from first_spike.golden.errors import UserError

# Options of some kinds of data sets: what the split calls them, and the kinds. image_size is of the network.
OPTIONS = {"image_size": (None, FOLDERS), "train_per_class": ("train_per_class", FOLDERS),
           "split_seed": ("seed", FOLDERS), "edges": ("edges", (PICTURES,)),
           "test_files": ("test_files", (SOUNDS, EVENTS)), "fold": ("fold", (EVENTS,)), "window": ("window", (EVENTS,)),
           "per_input": ("per_input", (EVENTS,)), "channels": ("channels", (ARRAYS,)),
           "unequal": ("unequal", (ARRAYS,)), "gaps": ("gaps", (ARRAYS,)), "coding": ("coding", (ARRAYS,))}


def add_dataset_arguments(parser, default="mnist"):
    """Add --dataset and OPTIONS to an argparse parser."""
    parser.add_argument("--dataset", default=default, metavar="NAME",
                        help=f"{', '.join(name for name in LOADERS if name != 'samples')}, a folder of idx files, "
                             f"FILE{ARRAYS} with x_train, y_train, x_test and y_test, {PICTURES}PATH with one "
                             f"sub-folder of pictures per class, or {SOUNDS}PATH with WAV files, likewise or called "
                             f"LABEL_*.wav, or {EVENTS}PATH with recordings of an event camera, likewise or named "
                             f"by lists (default: {default or 'the one in the file'})")
    parser.add_argument("--image-size", metavar="HxW",
                        help=f"pictures are resized to this, sounds become pictures of so many bands by columns, 16x16 "
                             f"where nothing is said, and an event camera has so many pixels "
                             f"{_kinds('image_size')}")
    parser.add_argument("--train-per-class", type=positive, metavar="N",
                        help=f"training files of each class that has more; of others, and by default, four "
                             f"fifths {_kinds('train_per_class')}")
    parser.add_argument("--split-seed", type=natural, metavar="N",
                        help=f"of the training/test split {_kinds('split_seed')}")
    parser.add_argument("--edges", type=positive, metavar="N",
                        help=f"read the strength of edges instead of brightness, measured on pictures N times as large "
                             f"{_kinds('edges')}")
    parser.add_argument("--test-files", metavar="PATTERN",
                        help=f"the files that are the test set, by their names, such as '*_[0-4].wav', instead of "
                             f"drawing them {_kinds('test_files')}")
    parser.add_argument("--fold", metavar="K/N",
                        help=f"the test set is the K-th of N parts of all recordings {_kinds('fold')}")
    parser.add_argument("--window", type=float, nargs=2, metavar="MS",
                        help=f"what is read of a recording, in milliseconds from its first event on (default: 0 1000) "
                             f"{_kinds('window')}")
    parser.add_argument("--per-input", type=natural, metavar="N",
                        help=f"events of an input that are kept, the first ones, 0 for all (default: 1) "
                             f"{_kinds('per_input')}")
    parser.add_argument("--channels", choices=CHANNELS,
                        help=f"which axis of x holds the channels, the first behind n or the last (default: the last, "
                             f"or the first of 1 to {FEW}, which is said) {_kinds('channels')}")
    parser.add_argument("--unequal", choices=UNEQUAL,
                        help=f"series that end early, NaN behind, are silent from there on, or are all resampled to "
                             f"the longest {_kinds('unequal')}")
    parser.add_argument("--gaps", choices=GAPS,
                        help=f"NaN within a series is the number before, or on a straight line between its neighbours "
                             f"{_kinds('gaps')}")
    parser.add_argument("--coding", choices=CODINGS,
                        help=f"series as channels above and below their middle and that of their slope, or each number "
                             f"as one byte (default: sides in a training) {_kinds('coding')}")


def _kinds(option):
    return f"({', '.join(OPTIONS[option][1])} only)"


def add_patient(parser):
    """Add --patient to an argparse parser."""
    parser.add_argument("--patient", action="store_true",
                        help="also with fewer than 1,000 held-out images take the highest of equally good output "
                             "thresholds: now and then a better decision, more silent outputs")


def data_choices(arguments):
    """Those of OPTIONS that the parsed arguments of a command say, as `read_dataset` takes them."""
    return {option: getattr(arguments, option) for option in OPTIONS if getattr(arguments, option) is not None}


def read_dataset(name, choices=None, steps=None, network=None, train=True):
    """The data set of that name (see golden.data.catalogue.load, `train` too); UserError when it cannot be had.

    choices: {option: value} of OPTIONS, tuples and numbers of numpy as well. steps: into which recordings are divided.
    network: data are read as those that it was trained on, by the size and the split in its file; choices that say
    otherwise are refused.
    """
    kind, given = kind_of(name), {option: _as_stored(value) for option, value in (choices or {}).items()}
    require_known("a data set", given, OPTIONS)
    odd = [option for option in given if kind not in OPTIONS[option][1]]
    if odd:
        wanted = " or ".join(f"FILE{own}" if own == ARRAYS else f"{own}PATH" for own in OPTIONS[odd[0]][1])
        raise UserError(f"{_shown(odd[0])} goes with --dataset {wanted} only")
    if "image_size" in given:
        given["image_size"] = image_size(given["image_size"])
    size = given.pop("image_size", None)
    split = {OPTIONS[option][0]: value for option, value in given.items()}
    if kind == EVENTS:
        split["steps"] = steps if network is None else network.steps
    if network is not None:
        stored = split_for(name, network)
        for option, (own, _) in OPTIONS.items():
            wanted, found = (stored.get(own), split.get(own)) if own else (network.image_shape[:2], size)
            if found not in (None, wanted):
                raise UserError(f"{_shown(option)} is {found}, but the network was trained with {wanted}: leave it out")
        split, size = stored | {key: split[key] for key in ("steps",) if key in split}, network.image_shape
    return load_shown(name, network, train=train, image_shape=size, split=split)


def _shown(option):
    return f"--{option.replace('_', '-')}"


def _as_stored(value):
    """A value as a network's file holds it: Python's own, a list for several."""
    value = plain(value)
    return list(value) if isinstance(value, tuple) else value


def image_size(value):
    """(rows, columns) of HxW, or of a list of the two."""
    text = "x".join(map(str, value)) if isinstance(value, list) else str(value)
    said = re.fullmatch("0*([1-9][0-9]{0,8})x0*([1-9][0-9]{0,8})", text.lower())
    if said is None:
        raise UserError(f"--image-size takes rows x columns, such as 28x28, found {value!r:.60}")
    return int(said[1]), int(said[2])


def check_bits(bits, layers):
    """A tuple of one width per layer, from one or several; UserError when they are out of range, or not so many."""
    bits = list(bits) if np.iterable(bits) else [bits]
    if len(bits) not in (1, layers):
        raise UserError(f"{len(bits)} values of bits for {layers} layers; give one, or one per layer")
    if not all(isinstance(width, Integral) and 1 <= width <= 8 for width in bits):
        raise UserError(f"bits must be whole numbers from 1 to 8, found {' '.join(map(repr, bits))}")
    return tuple(map(int, bits * layers if len(bits) == 1 else bits))


def read_options(items):
    """Pairs of name and number from a list of NAME=NUMBER."""
    options = []
    for item in items:
        name, _, value = item.partition("=")
        try:
            options.append((name, float(value)))
        except ValueError as error:
            raise UserError(f"--set takes NAME=NUMBER, found {item!r}") from error
    return tuple(options)


def worst_class(figures):
    """Text on the class of which the smallest share is named rightly, from what `recall` of golden/inference/figures.py
    gives."""
    return "–" if figures["worst_class"] is None else f"{figures['worst_recall']:.2%} ({figures['worst_class']})"


def result_table(title, shown):
    """What is shown of networks, {word: see golden/inference/figures.py}, as a table for people."""
    grid = Table("network", "accuracy (strict)", "worst class", "silent", "ties", "spikes to the decision", title=title)
    for name, figures in shown.items():
        grid.add_row(name, f"{figures['accuracy']:.2%}", worst_class(figures), f"{figures['silent']:.2%}",
                     f"{figures['ties']:.2%}", f"{figures['events']}")
    return grid
