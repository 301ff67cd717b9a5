"""Where the batches of a training come from: pictures or recordings.

Recordings as a learning rule sees them: a batch of an epoch, deformed as their picture would be.

Images as a learning rule sees them: the spike times of a batch of an epoch, deformed.

Which images are held out, by class; classes that are unlike in size, and how much each of their images weighs.

What an epoch was like: counts that the learning rules give to the training loop.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit, prange

from first_spike.golden.contract.base_network import image_map
from first_spike.golden.errors import UserError
from first_spike.golden.inference.encode import encode
from first_spike.golden.training import augment

ROOM = 3  # times the events of a recording, for what a deformation makes of it
IDENTITY = np.array([1, 0, 0, 0, 1, 0], np.float32)


class EventBatch(NamedTuple):
    """Events of recordings in order: those of number n are inputs and steps from begins[n] to ends[n].

    begins, ends: int64 [batch]. inputs: int32, steps: int16.
    """

    begins: np.ndarray
    ends: np.ndarray
    inputs: np.ndarray
    steps: np.ndarray


class EventSource:
    """Batches of Recordings. shape: image_shape of the inputs. per_input: events of an input that are
    kept after a deformation, 0 for all. heard: bool [inputs], those of which events are handed on."""

    def __init__(self, recordings, shape, per_input, heard, augmentation):
        self.recordings, self.shape, self.per_input = recordings, image_map(shape), per_input
        self.heard, self.augmentation = heard, augmentation

    def begin_epoch(self, rng, count):
        if self.augmentation.active:
            self.affine, _ = augment.draw(rng, count, self.shape, self.augmentation)

    def take(self, chosen, part):
        """The EventBatch of the recordings `chosen` (int64 [batch]), which come at the places `part` of the epoch."""
        batch = self.recordings[chosen]
        affine = self.affine[part] if self.augmentation.active else np.zeros((0, 6), np.float32)
        begins, ends = batch.offsets[:-1] * ROOM, np.empty(len(batch), np.int64)
        inputs, steps = (np.empty(len(batch.inputs) * ROOM, array.dtype) for array in (batch.inputs, batch.steps))
        warp_events(batch.offsets, batch.inputs, batch.steps, affine, self.shape, self.per_input, self.heard, ends,
                    inputs, steps)
        return EventBatch(begins, ends, inputs, steps)


@njit(cache=True, nogil=True, parallel=True)
def warp_events(offsets, inputs, event_steps, affine, shape, per_input, heard, ends, new_inputs, new_steps):
    """Write each recording, deformed, from ROOM times its own offset on: each pixel sees the events that the pixel saw
    which lay nearest to where it looks now, so there are no gaps in a picture that grows.

    affine: rows as in augment.draw, which map where a pixel is to where it looks; none for no deformation. Of what an
    input sees `per_input` events stay, 0 for all; of a recording no more than ROOM times as many as it had. ends: int64
    [n], written.
    """
    rows, columns, channels = shape
    for n in prange(ends.size):
        first, viewers = _viewers(affine[n] if len(affine) > 0 else IDENTITY, rows, columns)
        end, last = offsets[n] * ROOM, offsets[n + 1] * ROOM
        counts = np.zeros(heard.size if per_input > 0 else 0, np.int32)
        for event in range(offsets[n], offsets[n + 1]):
            place, channel = inputs[event] // channels, inputs[event] % channels
            for viewer in viewers[first[place]:first[place + 1]]:
                source = viewer * channels + channel
                if not heard[source] or end == last:
                    continue
                if per_input > 0:
                    counts[source] += 1
                    if counts[source] > per_input:
                        continue
                new_inputs[end] = source
                new_steps[end] = event_steps[event]
                end += 1
        ends[n] = end


@njit(cache=True, nogil=True)
def _viewers(affine, rows, columns):
    """(first, viewers): the pixels that look at pixel p are viewers[first[p]:first[p + 1]]; places are row * columns +
    column."""
    centre_y, centre_x = (rows - 1) / 2, (columns - 1) / 2
    seen, first = np.full(rows * columns, -1, np.int32), np.zeros(rows * columns + 1, np.int64)
    a, b, c, d, e, f = affine
    for place in range(rows * columns):
        u, v = place % columns - centre_x, place // columns - centre_y
        x, y = int(np.rint(a * u + b * v + c + centre_x)), int(np.rint(d * u + e * v + f + centre_y))
        if 0 <= x < columns and 0 <= y < rows:
            seen[place] = y * columns + x
            first[seen[place] + 1] += 1
    first = np.cumsum(first)
    viewers, places = np.empty(first[-1], np.int32), first.copy()
    for place in range(rows * columns):
        if seen[place] >= 0:
            viewers[places[seen[place]]] = place
            places[seen[place]] += 1
    return first, viewers


@njit(cache=True, nogil=True)
def first_times(batch, silent, times):
    """Write the step of the first event of each input to times, int16 [batch, inputs]; `silent` where it has none."""
    times[:] = silent
    for n in range(batch.begins.size):
        for event in range(batch.begins[n], batch.ends[n]):
            source = batch.inputs[event]
            times[n, source] = min(times[n, source], batch.steps[event])


class PictureSource:
    """Batches of images (uint8 [n, rows, columns], channels behind). unheard: numbers of the inputs whose spikes are
    left out. batch: images of one."""

    def __init__(self, images, steps, unheard, batch, augmentation):
        self.images, self.steps, self.unheard, self.augmentation = images, steps, unheard, augmentation
        self.pixels = np.empty((batch, *images.shape[1:]), np.uint8)

    def begin_epoch(self, rng, count):
        if self.augmentation.active:
            self.affine, self.nodes = augment.draw(rng, count, self.images.shape[1:], self.augmentation)

    def take(self, chosen, part):
        """Times int16 [batch, inputs] of the images `chosen` (int64 [batch]), which come at the places `part` of the
        epoch."""
        if self.augmentation.active:
            augment.warp_by(self.augmentation, self.images, chosen, self.affine[part], self.nodes[part], self.pixels)
        else:
            self.pixels[:] = self.images[chosen]
        times = encode(self.pixels, self.steps)
        times[:, self.unheard] = self.steps
        return times


MOST_UNLIKE = 2  # times as many images in the largest class as in the smallest: beyond it they are unlike
CLASS_WEIGHTS = ("equal", "as-given")
MANY_HELD = 100  # held-out images of a class, whose number a draw by chance hardly changes


def unlike(labels):
    """Whether the largest class has more than MOST_UNLIKE times as many labels (int64 [n]) as the smallest that has
    some."""
    counts = np.bincount(labels)
    return counts.max(initial=0) > MOST_UNLIKE * counts[counts > 0].min(initial=len(labels))


def usual_weights(labels):
    """One of CLASS_WEIGHTS, where nothing else is asked for."""
    return CLASS_WEIGHTS[0 if unlike(labels) else 1]


def image_weights(labels):
    """float64 [n]: the weight of each image with which all classes weigh alike, 1 on average."""
    counts = np.bincount(labels)
    return len(labels) / (np.count_nonzero(counts) * counts[labels])


def hold_out(labels, held_out, seed):
    """Draw the training images that are kept for choosing things.

    If the smallest class's proportional share of `held_out` is below MANY_HELD images, or if the classes are unlike in
    size, each class gives its share, at least one image, and keeps its last one as long as others are left. If every
    share is larger, chance hardly changes it, and images are drawn without regard to their class.

    Args:
        labels: int64 [n], of all training images.
        held_out: how many images to draw.
        seed: of the training.

    Returns:
        Indices of the held-out images, and of the others, sorted: two int64 arrays.
    """
    order = np.random.default_rng([seed, 0]).permutation(len(labels))
    counts = np.bincount(labels)
    smallest = counts[counts > 0].min(initial=len(labels))
    if unlike(labels) or held_out * smallest < MANY_HELD * len(labels):
        turn = np.empty(len(order))  # who comes first is held out first
        for label in np.unique(labels):
            own = np.flatnonzero(labels[order] == label)
            turn[own] = np.arange(len(own)) / len(own)
            turn[own[-1]] = 1
        order = order[np.argsort(turn, kind="stable")]
    return order[:held_out], np.sort(order[held_out:])


def held_and_rest(plan, dataset):
    """What `hold_out` gives for a Plan; UserError where nothing is left to train on."""
    count = dataset.train_count
    if plan.held_out >= count:
        raise UserError(f"{plan.held_out} held-out images leave nothing of the {count} training images")
    return hold_out(dataset.train_labels[:count], plan.held_out, plan.seed)


def images_of_classes(dataset, held):
    """{"trained": {class: images}, "held_out": ..., "tested": ...}; held: indices of the held-out training images."""
    def counts(labels):
        return np.bincount(labels, minlength=len(dataset.classes))

    all_, kept = counts(dataset.train_labels[:dataset.train_count]), counts(dataset.train_labels[held])
    sides = {"trained": all_ - kept, "held_out": kept, "tested": counts(dataset.test_labels)}
    return {side: dict(zip(dataset.classes, found.tolist())) for side, found in sides.items()}


@dataclass
class Tally:
    """Counts over the training images of an epoch; silent and ties only among those whose output may fire (`free`)."""

    images: int = 0
    right: int = 0
    free: int = 0
    silent: int = 0
    ties: int = 0
    events: int = 0

    def add(self, other):
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def shares(self):
        """accuracy, silent, ties as shares, and input and hidden spikes up to the decision per image."""
        free, images = max(self.free, 1), max(self.images, 1)
        return {"accuracy": self.right / images, "silent": self.silent / free, "ties": self.ties / free,
                "spikes": self.events / images}
