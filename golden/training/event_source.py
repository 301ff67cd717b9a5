"""Recordings as a learning rule sees them: a batch of an epoch, deformed where events lie."""

from typing import NamedTuple

import numpy as np
from numba import njit, prange

from golden.training import augment


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
        ends = np.empty(len(batch), np.int64)
        inputs, steps = np.empty_like(batch.inputs), np.empty_like(batch.steps)
        warp_events(batch.offsets, batch.inputs, batch.steps, affine, self.shape, self.per_input, self.heard, ends,
                    inputs, steps)
        return EventBatch(batch.offsets[:-1], ends, inputs, steps)


@njit(cache=True, nogil=True, parallel=True)
def warp_events(offsets, inputs, event_steps, affine, shape, per_input, heard, ends, new_inputs, new_steps):
    """Write each recording, deformed, from its own offset on: events move with the picture, to the nearest pixel.

    affine: rows as in augment.draw, which map where an event is seen to where it was; none for no deformation. What
    moves out of the picture is gone, and of what falls on one input `per_input` events stay. ends: int64 [n], written.
    """
    rows, columns, channels = shape
    centre_y, centre_x = (rows - 1) / 2, (columns - 1) / 2
    for n in prange(ends.size):
        end = offsets[n]
        counts = np.zeros(heard.size if per_input > 0 else 0, np.int32)
        for event in range(offsets[n], offsets[n + 1]):
            source = inputs[event]
            if len(affine) > 0:
                a, b, c, d, e, f = affine[n]
                place, channel = source // channels, source % channels
                u, v = place % columns - centre_x - c, place // columns - centre_y - f
                x = int(np.rint((e * u - b * v) / (a * e - b * d) + centre_x))
                y = int(np.rint((a * v - d * u) / (a * e - b * d) + centre_y))
                if not (0 <= x < columns and 0 <= y < rows):
                    continue
                source = (y * columns + x) * channels + channel
            if not heard[source]:
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
def first_times(batch, silent, times):
    """Write the step of the first event of each input to times, int16 [batch, inputs]; `silent` where it has none."""
    times[:] = silent
    for n in range(batch.begins.size):
        for event in range(batch.begins[n], batch.ends[n]):
            source = batch.inputs[event]
            times[n, source] = min(times[n, source], batch.steps[event])
