"""A folder of an event camera's recordings as a data set, its times binned to the steps of a network.

A recording is a file of N-MNIST's format (`.bin` or `.bs2`: five bytes an event, x, y, and 1 bit of polarity before 23
bits of microseconds) or an `.npy` of numpy's structured arrays (fields x, y, t, p; t in microseconds). They lie in one
sub-folder per class; or in `train` and `test` (or `Train` and `Test`), each with one sub-folder per class; or are named
by lists `train*.txt` and `test*.txt`: in each line a file, without its ending, and its class. An input of the network
is (y * columns + x) * 2 + polarity.
"""

import re
from collections import Counter
from pathlib import Path

import numpy as np

from first_spike.golden.data.dataset import (
    SEED,
    Dataset,
    by_name,
    draw,
    labels_of,
    left_out,
    numbers,
    text,
    time_steps,
    visible,
    whole,
)
from first_spike.golden.data.recording_files import FORMATS, read_recordings
from first_spike.golden.errors import UserError
from first_spike.golden.recordings import Recordings

RULES = {"seed": whole, "train_per_class": whole, "test_files": text, "fold": text, "window": numbers,
         "per_input": whole, "steps": time_steps}  # of a split, see split.py
STEPS = 16
WHOLE_SECOND = (0.0, 1000.0)
MOST_SIDE = 2048


def load_event_folder(path, image_shape=None, train=True, seed=None, train_per_class=None, test_files=None, fold=None,
                      window=None, per_input=None, steps=None):
    """Read the recordings as Recordings in so many steps (None: 16).

    image_shape: (rows, columns) or (rows, columns, 2) of the sensor; None takes the least that holds every event.
    test_files, train_per_class, seed: as in audio.py, where the folder says nothing of a test set. fold: "2/5" takes
    every fifth recording of a class in drawn order, from the second on, for the test set, whatever the folder says.
    window: [from, to] milliseconds since a recording's first event (None: 0 to 1000). per_input: events of an input
    that are kept, the first ones (None: 1); 0 for all. Raises UserError for folders without recordings, and for files
    that are none, of which it names every one.
    """
    path = Path(path)
    if not path.is_dir():
        raise UserError(f"{path} is not a folder")
    window = _checked_window(WHOLE_SECOND if window is None else window)
    per_input, steps = 1 if per_input is None else per_input, STEPS if steps is None else steps
    classes, training, test, split = _sides(path, seed, train_per_class, test_files, fold, train)
    said = left_out(path, "recordings", [*_lists(path, "train"), *_lists(path, "test"),
                                         *(file for group in training + test for file in group)])
    raw = read_recordings([file for group in test + (training if train else []) for file in group])
    sensor = _sensor(image_shape, raw, path)
    made, outside = _binned(raw, sensor, window, per_input, steps)
    every = sum(len(t) for _, _, t, _ in raw)
    said += [f"{path}: {sentence}" for sentence in (*_outside(outside, every, window), *_divided(made, window, steps))]
    cut = sum(map(len, test))
    drawn_from = sum(map(len, test + training)) if "seed" in split else 0
    split |= {"window": list(window), "per_input": per_input, "steps": steps}
    return Dataset(made[cut:], labels_of(training) if train else np.zeros(0, np.int64), made[:cut], labels_of(test),
                   classes, path.resolve().name, split, kind="events", sensor=sensor, said=tuple(said),
                   drawn_from=drawn_from)


def _checked_window(window):
    if len(window) != 2 or not 0 <= window[0] < window[1] <= 1e6:
        raise UserError(f"a window is two numbers of milliseconds from 0 on, the second larger, found "
                        f"{' and '.join(f'{edge:g}' for edge in window)}")
    return tuple(map(float, window))


def _sides(path, seed, train_per_class, test_files, fold, train):
    """(classes, [training files of each class], [test files], the split as a file says it); without `train` nothing
    need be left for training, and what would draw a folder that is split already is left aside."""
    train_folder, test_folder = (_either(path, name) for name in ("train", "test"))
    lists = _lists(path, "train"), _lists(path, "test")
    if all(lists):
        classes, sides = _from_lists(path, lists)
    elif train_folder and test_folder:
        (classes, training), (others, test) = _classes_of(train_folder), _classes_of(test_folder)
        if classes != others:
            raise UserError(f"{path}: class {sorted(set(classes) ^ set(others))[0]} is in only one of train and test")
        sides = training, test
    else:
        (classes, files), sides = _classes_of(path), None
    if len(classes) == 1:
        raise UserError(f"{path} holds the single class {classes[0]}; at least two are needed")
    if fold is not None:
        if (train_per_class, test_files) != (None, None):
            raise UserError("a fold says all of the split but its seed: a number of training recordings or a pattern "
                            "of test files cannot change that")
        together = files if sides is None else [one + other for one, other in zip(*sides)]
        return classes, *_fold(classes, together, fold, seed)
    if sides is not None:
        if train and (seed, train_per_class, test_files) != (None, None, None):
            raise UserError(f"{path} is split already, into train and test: a seed, a number of training recordings or "
                            f"a pattern cannot change that, only a fold can")
        return classes, *sides, {}
    if test_files is not None:
        return classes, *by_name(classes, files, test_files, path, seed, train_per_class, train)
    return classes, *draw(classes, files, seed, train_per_class, path, "recordings", train)


def _lists(path, name):
    return sorted(path.glob(f"{name}*.txt"))


def _either(path, name):
    return next((path / own for own in (name, name.capitalize()) if (path / own).is_dir()), None)


def _classes_of(path):
    folders = [entry for entry in visible(path) if entry.is_dir()]
    files = [_recordings(folder) for folder in folders]
    if not any(files):
        raise UserError(f"{path} holds no recordings: sub-folders of classes with files of {', '.join(FORMATS)}, or "
                        f"lists train*.txt and test*.txt, are needed")
    empty = [folder.name for folder, group in zip(folders, files) if not group]
    if empty:
        raise UserError(f"{path}: no recordings for class {', '.join(empty)}")
    return tuple(folder.name for folder in folders), files


def _recordings(folder):
    return [file for file in visible(folder) if file.suffix.lower() in FORMATS]


def _from_lists(path, lists):
    """(classes, (training files of each class, test files)) as lists of files name them."""
    there = {file.stem: file for file in _recordings(path)}
    sides = [[entry for file in group for entry in _read_list(file, there)] for group in lists]
    twice = [file for file, times in Counter(file for side in sides for file, _ in side).items() if times > 1]
    if twice:
        raise UserError(f"{path}: the lists name {twice[0].name} more than once; a recording belongs to one side, once")
    names = tuple(sorted({name for side in sides for _, name in side}, key=lambda name: (len(name), name)))
    found = tuple([[file for file, own in side if own == name] for name in names] for side in sides)
    for what, groups in zip(("training", "test"), found):
        if not all(groups):
            raise UserError(f"{path}: class {names[[bool(group) for group in groups].index(False)]} has no {what} "
                            f"recordings")
    return names, found


def _read_list(file, there):
    try:
        lines = file.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"cannot read {file}: {getattr(error, 'strerror', None) or error}") from error
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words or line.startswith("#"):
            continue
        if len(words) != 2 or words[0] not in there:
            raise UserError(f"{file}, line {number}: a recording of this folder and its class are needed, found "
                            f"{line.strip()!r}")
        yield there[words[0]], words[1]


def _fold(classes, groups, fold, seed):
    said = re.fullmatch("([0-9]{1,9})/([0-9]{1,9})", fold)
    number, count = map(int, said.groups()) if said else (0, 0)
    if not 1 <= number <= count > 1:
        raise UserError(f"a fold is K/N, the K-th of N parts of every class, such as 1/5, found {fold!r:.60}")
    few = [name for name, group in zip(classes, groups) if len(group) < count]
    if few:
        raise UserError(f"the fold {fold} needs {count} recordings of every class: {', '.join(few)} has fewer")
    seed = SEED if seed is None else seed
    rng = np.random.default_rng(seed)
    orders = [rng.permutation(len(group)) for group in groups]
    test = [[group[n] for n in order[number - 1::count]] for group, order in zip(groups, orders)]
    training = [[group[n] for place, n in enumerate(order) if place % count != number - 1]
                for group, order in zip(groups, orders)]
    return training, test, {"seed": seed, "fold": fold}


def _sensor(image_shape, raw, path):
    """(rows, columns, 2): the one that is given, or the least that holds every event."""
    most = [1 + max((int(one[axis].max()) for one in raw if len(one[axis])), default=0) for axis in (1, 0)]
    rows, columns, *polarities = image_shape or most
    if polarities not in ([], [2]):
        raise UserError(f"{path}: an event camera has two polarities, but the network takes {polarities[0]} channels")
    if rows > MOST_SIDE or columns > MOST_SIDE:
        raise UserError(f"{path}: a sensor of at most {MOST_SIDE} x {MOST_SIDE} pixels is taken, found {rows} x "
                        f"{columns}")
    if most[0] > rows or most[1] > columns:
        raise UserError(f"{path}: an event lies outside of {rows} x {columns} pixels: the largest y is {most[0] - 1}, "
                        f"the largest x {most[1] - 1}")
    return rows, columns, 2


def _binned(raw, sensor, window, per_input, steps):
    """(Recordings, how many events lie outside of the window)."""
    begin, end = (round(edge * 1000) for edge in window)
    lists, outside = [], 0
    for x, y, t, p in raw:
        since = t - t[0] if len(t) else t
        inside = (since >= begin) & (since < end)
        outside += int((~inside).sum())
        inputs = ((y * sensor[1] + x) * 2 + p)[inside]
        event_steps = (since[inside] - begin) * steps // (end - begin)
        kept = first_ones(inputs, per_input)
        lists.append((inputs[kept], event_steps[kept]))
    offsets = np.cumsum([0, *(len(inputs) for inputs, _ in lists)])
    none = [np.zeros(0, np.int64)]
    return Recordings(offsets, np.concatenate([inputs for inputs, _ in lists] or none),
                      np.concatenate([event_steps for _, event_steps in lists] or none)), outside


def _outside(outside, every, window):
    """A sentence, or none, on events outside of the window. One that is chosen may well leave out most of them: a
    saccade of N-MNIST's three is a third."""
    if outside and outside >= every * (0.5 if window == WHOLE_SECOND else 0.9):
        yield (f"{outside:,} of {every:,} events lie outside of the window from {window[0]:g} to {window[1]:g} ms and "
               f"are left out: times are in microseconds")


def _divided(recordings, window, steps):
    """Sentences of what the window and its steps left of Recordings."""
    full = recordings.counts > 0
    first, last = (recordings.steps[places[full]] for places in (recordings.offsets[:-1], recordings.offsets[1:] - 1))
    at_once = int(((first == last) & (recordings.counts[full] > 1)).sum())
    if not full.all():
        yield (f"{(~full).sum():,} of {len(full):,} recordings have no event in the window from {window[0]:g} to "
               f"{window[1]:g} ms")
    if at_once > len(full) / 2:
        yield (f"{at_once:,} of {len(full):,} recordings have all their events in one of {steps} steps: times are in "
               f"microseconds, and a shorter window divides them further")


def first_ones(inputs, per_input):
    """bool [events]: the first `per_input` events of each input, all of them for 0; inputs: int64 [events]."""
    if per_input == 0:
        return np.ones(len(inputs), bool)
    order = np.argsort(inputs, kind="stable")
    ordered = inputs[order]
    number = np.arange(len(inputs)) - np.searchsorted(ordered, ordered)  # among the events of its input
    kept = np.empty(len(inputs), bool)
    kept[order] = number < per_input
    return kept
