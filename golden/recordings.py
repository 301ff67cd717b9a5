"""Recordings: lists of events (input, step), as an event camera gives them, in three plain arrays."""

from dataclasses import dataclass

import numpy as np

from first_spike.golden.errors import UserError

LARGEST_INPUT = (1 << 24) - 2  # of a hardware event, which has 24 bits for it; all ones stand for "no event"
LARGEST_STEP = 255  # it has 8 bits for it


@dataclass(frozen=True, eq=False)
class Recordings:
    """n recordings, one behind the other: the events of recording k are those from offsets[k] to offsets[k + 1].

    offsets: int64 [n + 1], from 0, never falling. inputs: int32 [events], 0 to LARGEST_INPUT. steps: int16 [events], 0
    to LARGEST_STEP. An input may spike more than once. What a network makes of events out of order, out of its range or
    too many says golden/inference/encode.py. Raises UserError for arrays that hold no recordings.
    """

    offsets: np.ndarray
    inputs: np.ndarray
    steps: np.ndarray

    def __post_init__(self):
        for name, dtype in (("offsets", np.int64), ("inputs", np.int32), ("steps", np.int16)):
            array = np.asarray(getattr(self, name))
            if array.ndim != 1 or array.dtype.kind not in "iu":
                raise UserError(f"{name} of recordings must be integers with one axis, found {array.dtype} of shape "
                                f"{list(array.shape)}")
            if array.size and not np.iinfo(dtype).min <= array.min() <= array.max() <= np.iinfo(dtype).max:
                raise UserError(f"{name} of recordings must fit in {np.dtype(dtype).name}, found "
                                f"{array.min()} to {array.max()}")
            object.__setattr__(self, name, np.ascontiguousarray(array, dtype))
        self._validate()

    def _validate(self):
        if len(self.inputs) != len(self.steps):
            raise UserError(f"{len(self.inputs)} inputs of events, but {len(self.steps)} steps")
        if not len(self.offsets) or self.offsets[0] != 0 or self.offsets[-1] != len(self.inputs):
            raise UserError(f"offsets of recordings must run from 0 to the number of events, {len(self.inputs)}")
        falling = np.flatnonzero(np.diff(self.offsets) < 0)
        if falling.size:
            raise UserError(f"offsets of recordings must never fall, but that behind recording {falling[0]} does")
        for name, array, largest in (("input", self.inputs, LARGEST_INPUT), ("step", self.steps, LARGEST_STEP)):
            wrong = np.flatnonzero((array < 0) | (array > largest))
            if wrong.size:
                raise UserError(f"{name} {array[wrong[0]]} of event {wrong[0]} must be from 0 to {largest}")

    @classmethod
    def of_times(cls, times, silent):
        """The recordings in which each input spikes once, at its time: integers [n, inputs], `silent` or more where it
        does not. Sorted by step, then by input."""
        order = np.argsort(times, axis=1, kind="stable")
        sorted_times = np.take_along_axis(times, order, axis=1)
        spikes = sorted_times < silent
        return cls(np.concatenate([[0], np.cumsum(spikes.sum(axis=1))]), order[spikes], sorted_times[spikes])

    @classmethod
    def of_lists(cls, lists):
        """From n lists of (input, step)."""
        events = np.array([event for recording in lists for event in recording], np.int64).reshape(-1, 2)
        return cls(np.cumsum([0, *map(len, lists)]), events[:, 0], events[:, 1])

    def __len__(self):
        return len(self.offsets) - 1

    def __getitem__(self, which):
        """The recordings that a slice, an array of numbers or a mask chooses, in its order."""
        rows = np.arange(len(self))[which]
        counts = self.counts[rows]
        offsets = np.concatenate([[0], np.cumsum(counts)])
        places = np.repeat(self.offsets[:-1][rows] - offsets[:-1], counts) + np.arange(offsets[-1])
        return Recordings(offsets, self.inputs[places], self.steps[places])

    @property
    def counts(self):
        """int64 [n]: events of each recording."""
        return np.diff(self.offsets)

    @property
    def owners(self):
        """int64 [events]: the recording that each event belongs to."""
        return np.repeat(np.arange(len(self)), self.counts)

    @property
    def most_repeated(self):
        """Events of the input that has most of them in a recording; 0 where there are none."""
        if not len(self.inputs):
            return 0
        return int(np.unique(self.owners << 24 | self.inputs, return_counts=True)[1].max())

    def first(self, most):
        """The same with the first `most` events of each recording."""
        return self.only(np.arange(len(self.inputs)) - self.offsets[self.owners] < most)

    def first_times(self, inputs, silent):
        """int16 [n, inputs]: the earliest step of each input, `silent` where it has no event."""
        times = np.full((len(self), inputs), silent, np.int16)
        np.minimum.at(times, (self.owners, self.inputs), self.steps)
        return times

    def only(self, kept):
        """The same without some events; kept: bool [events]."""
        sums = np.concatenate([[0], np.cumsum(kept)])
        return Recordings(sums[self.offsets], self.inputs[kept], self.steps[kept])
