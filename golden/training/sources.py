"""Where the batches of a training come from: pictures or recordings.

Recordings as a learning rule sees them: a batch of an epoch, deformed as their picture would be.

Images as a learning rule sees them: the spike times of a batch of an epoch, deformed.
"""

from typing import NamedTuple

import numpy as np
from numba import njit, prange

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
    """Batches of Recordings. shape: (rows, columns, channels) of the inputs. per_input: events of an input that are
    kept after a deformation, 0 for all. heard: bool [inputs], those of which events are handed on."""

    def __init__(self, recordings, shape, per_input, heard, augmentation):
        self.recordings, self.shape, self.per_input = recordings, shape, per_input
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
            augment.warp_channels(self.images, chosen, self.affine[part], self.nodes[part], self.pixels,
                                  self.augmentation.extend)
        else:
            self.pixels[:] = self.images[chosen]
        times = encode(self.pixels, self.steps)
        times[:, self.unheard] = self.steps
        return times
