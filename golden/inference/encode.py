"""Time-to-first-spike coding of pixels, the brighter the earlier, and spikes in the order of their times.

What a network makes of recordings: which events it takes in, and which frames are bad.

An event out of range (its input or step is none of the network's), out of order (earlier than the one taken in before
it) or beyond most_events taken in is dropped, as if it were not there, and makes the frame bad. What comes after the
decision changes nothing, the flag neither: a step ends at the first event taken in of a later step, or at the end of
the frame, and a frame is bad when an event that stands before the end of the decision step is dropped.
"""

import math

import numpy as np
from numba import njit, prange

from first_spike.golden.contract.base_network import shown_shape
from first_spike.golden.errors import UserError
from first_spike.golden.pixels import require_images
from first_spike.golden.recordings import Recordings


def take_in(network, given):
    """What the first layer is fed of images or Recordings, as for `infer.run_layer`; and bool [events], which are kept,
    None for images. Raises UserError unless they are what the network takes."""
    check_images(network, given)
    if network.most_events is None:
        return encode(given, network.steps), None
    kept = taken_in(network, given)
    return given.only(kept), kept


def check_images(network, images):
    """Raise UserError unless `images` are what the network takes: uint8 and of its shape, or flat with its number of
    inputs; Recordings where it takes events."""
    if isinstance(images, Recordings) != (network.most_events is not None):
        taken, found = ("images", "recordings") if network.most_events is None else ("recordings", "images")
        raise UserError(f"the network takes {taken}, found {found}")
    if isinstance(images, Recordings):
        return
    require_images(images)
    shapes = network.image_shape, (network.inputs,)
    if images.ndim < 2 or images.shape[1:] not in shapes:
        hint = ": images[None] makes this one image an array of images" if images.shape in shapes else ""
        raise UserError(f"the network takes images of {shown_shape(network.image_shape)}, "
                        f"found an array of shape {list(images.shape)}{hint}")


def encode(images, steps):
    """Spike time of every pixel: (255 - p) >> (8 - log2 T) for p >= 1, and T, "silent", for p = 0.

    At T = 256 this is S4NN's floor((255 - p) * T / 255) exactly; at smaller T it is the same code with the
    low bits dropped.

    images: uint8 [n, rows, columns], with the channels behind where there are some, or [n, inputs]; steps: T, a power
    of two from 2 to 256.
    Returns int16 [n, inputs], inputs in raster order, channels fastest. Raises UserError for another dtype or shape.
    """
    require_images(images)
    if images.ndim not in (2, 3, 4):
        raise UserError(f"images must have the axes [n, rows, columns], [n, rows, columns, channels] or [n, inputs], "
                        f"found shape {images.shape}")
    shift = 8 - (steps.bit_length() - 1)
    table = ((255 - np.arange(256)) >> shift).astype(np.int16)
    table[0] = steps
    return table.take(images).reshape(len(images), math.prod(images.shape[1:]))


@njit(cache=True)
def sort_by_step(times, steps, order, first):
    """Counting sort: order[first[t]:first[t + 1]] become the inputs that spike in step t, by number.

    times: integers [inputs], `steps` or more where silent. order: int32 [inputs] and first: int64 [steps + 1], both
    written.
    """
    first[:] = 0
    for i in range(times.size):
        if times[i] < steps:
            first[times[i] + 1] += 1
    for t in range(steps):
        first[t + 1] += first[t]
    for i in range(times.size):
        if times[i] < steps:
            order[first[times[i]]] = i
            first[times[i]] += 1
    for t in range(steps, 0, -1):
        first[t] = first[t - 1]
    first[0] = 0


def feed(layer, times, steps):
    """What the layer behind `layer` is fed of its spike times int16 [n, neurons]: these, or behind a sum pool
    Recordings of its units, those of a step in the order of the neurons."""
    if layer.often == 1:
        return times
    offsets = np.concatenate([[0], np.cumsum(np.count_nonzero(times < steps, axis=1))])
    inputs, event_steps = np.empty(offsets[-1], np.int32), np.empty(offsets[-1], np.int16)
    _list_events(times, steps, layer.often, offsets, inputs, event_steps)
    return Recordings(offsets, inputs, event_steps)


@njit(cache=True, nogil=True, parallel=True)
def _list_events(times, steps, often, offsets, inputs, event_steps):
    for n in prange(len(times)):
        order, first = np.empty(times.shape[1], np.int32), np.empty(steps + 1, np.int64)
        sort_by_step(times[n], steps, order, first)
        for event in range(first[steps]):
            inputs[offsets[n] + event] = order[event] // often
            event_steps[offsets[n] + event] = times[n, order[event]]


@njit(cache=True)
def count_by_step(event_steps, steps, first):
    """Where each step begins among events in order: those of step t are numbers first[t] to first[t + 1].

    event_steps: integers [events] below `steps`, never falling. first: int64 [steps + 1], written.
    """
    first[:] = 0
    for event in range(event_steps.size):
        first[event_steps[event] + 1] += 1
    for t in range(steps):
        first[t + 1] += first[t]


def taken_in(network, recordings):
    """bool [events]: the events of Recordings that are not dropped."""
    kept = np.empty(len(recordings.inputs), np.bool_)
    _take_in(recordings.offsets, recordings.inputs, recordings.steps, network.inputs, network.steps,
             network.most_events, kept)
    return kept


def bad_frames(recordings, kept, decision):
    """bool [n]: an event was dropped before the end of the decision step.

    kept: as `taken_in` gives it. decision: int64 [n], the number of steps where there was none.
    """
    bad = np.empty(len(recordings), np.bool_)
    _find_bad(recordings.offsets, recordings.steps, kept, decision, bad)
    return bad


@njit(cache=True)
def _take_in(offsets, inputs, steps, many_inputs, many_steps, most_events, kept):
    for n in range(offsets.size - 1):
        before, count = 0, 0
        for event in range(offsets[n], offsets[n + 1]):
            in_range = inputs[event] < many_inputs and steps[event] < many_steps
            kept[event] = in_range and steps[event] >= before and count < most_events
            if kept[event]:
                before = steps[event]
                count += 1


@njit(cache=True)
def _find_bad(offsets, steps, kept, decision, bad):
    for n in range(offsets.size - 1):
        bad[n] = False
        for event in range(offsets[n], offsets[n + 1]):
            if kept[event] and steps[event] > decision[n]:
                break
            bad[n] |= not kept[event]
