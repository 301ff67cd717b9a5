"""The schedule of the event loader, the front end for events."""

from typing import NamedTuple

import numpy as np
from numba import njit

from first_spike.golden.inference.encode import taken_in
from first_spike.golden.schedule.registers import NONE, registers

TAKE, LAST, DECIDING, DROP = range(4)

# The transfer that is sent to layer 0; then the image in hand, the beat that comes, and what the loader does with it;
# the input and step of the event that waits.
EVENT_LOADER = registers("sent_step sent_input image beat state input step", "sent sent_last sent_end filled")


class Beats(NamedTuple):
    """Recordings as they come in: for each beat its input and step, int64, whether it is an event that is taken in, and
    whether it is the last of its frame, both bool."""

    inputs: np.ndarray
    steps: np.ndarray
    kept: np.ndarray
    last: np.ndarray


def no_beats():
    """Beats of no recording."""
    return Beats(*np.zeros((2, 0), np.int64), *np.zeros((2, 0), np.bool_))


def beats_of(network, recordings):
    """Beats of Recordings: an empty one is one beat without an event."""
    empty = recordings.counts == 0
    ends = np.cumsum(recordings.counts + empty)
    places = np.delete(np.arange(ends[-1]), ends[empty] - 1)
    (inputs, steps), (kept, last) = np.zeros((2, ends[-1]), np.int64), np.zeros((2, ends[-1]), np.bool_)
    inputs[places], steps[places], kept[places] = recordings.inputs, recordings.steps, taken_in(network, recordings)
    last[ends - 1] = True
    return Beats(inputs, steps, kept, last)


@njit(cache=True, nogil=True)
def move_event_loader(now, beats, accept, flush, space):
    """One cycle of it, with a source that is always ready: `accept` of what is sent, `space` for one more result."""
    advance = not now.sent or accept
    comes = now.beat < len(beats.last)
    takes, drops = comes and now.state == TAKE and advance and space, comes and now.state == DROP
    event, over = takes and beats.kept[now.beat], (takes or drops) and beats.last[now.beat]
    if advance:
        now.sent, now.sent_end = (event and now.filled) or now.state == LAST, now.state == LAST
        now.sent_step, now.sent_input = now.step, (now.input if now.filled else NONE)
        now.sent_last = now.sent_end or (event and beats.steps[now.beat] != now.step)
    if event:
        now.filled, now.input, now.step = True, beats.inputs[now.beat], beats.steps[now.beat]
    now.beat += takes or drops
    if flush:
        now.state = DROP if now.state == TAKE and not over else TAKE
        now.sent, now.filled, now.step = False, False, 0
        now.image += 1
    elif over:
        now.state = LAST if takes else TAKE
    elif now.state == LAST and advance:
        now.state = DECIDING
