"""What a network makes of recordings: which events it takes in, and which frames are bad.

An event out of range (its input or step is none of the network's), out of order (earlier than the one taken in before
it) or beyond most_events taken in is dropped, as if it were not there, and makes the frame bad. What comes after the
decision changes nothing, the flag neither: a step ends at the first event taken in of a later step, or at the end of
the frame, and a frame is bad when an event that stands before the end of the decision step is dropped.
"""

import numpy as np
from numba import njit


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
