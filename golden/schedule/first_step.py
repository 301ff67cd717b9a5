"""The schedule of the first step: its spikes, past the lists, while the image arrives.

The schedule of the event loader, the front end for events.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from first_spike.golden.inference.encode import taken_in
from first_spike.golden.schedule.maps import NONE, registers

# Of a way: what is in its queue, from `read` to `tail`; the beats in the two registers behind and the one in hand, each
# the number of the image and of the beat; spikes that are left of that one, and the pixel of the first of them.
FIRST_WAY = registers("tail read word_image word_beat head_image head_beat image beat left pixel",
                      "has_word filled held")


@njit(cache=True, nogil=True)
def new_queue(ways, beats):
    """int64 [ways, places, 2]: image and beat of each entry; no more than those of two images ever wait."""
    return np.zeros((ways, 2 * beats + 1, 2), np.int64)


@njit(cache=True, nogil=True)
def look_at_ways(first, beats):
    """Of FIRST_WAY records: (whether one has a spike to give, whether none has one for later and the image is complete,
    the pixel that the last way that has one gives)."""
    gives, finishing, pixel = False, True, -1
    for way in range(len(first)):
        now = first[way]
        finishing = finishing and now.held and now.beat == beats - 1 and now.left <= 1
        if now.held and now.left > 0:
            gives, pixel = True, now.pixel
    return gives, finishing, pixel


@njit(cache=True, nogil=True)
def move_first_step(first, queue, times, banks, beats, gives, closing, inserted, image):
    """One cycle of it. gives: every way that has a spike gives it; closing: the step is over; inserted: the number of
    the beat of `image` that comes, or -1. times: [images, inputs]."""
    ways = len(first)
    for way in range(ways):
        now = first[way]
        places = banks // ways
        take = closing or not now.held or (gives and now.left == 1 and now.beat < beats - 1)
        moves_head = take or not now.filled
        moves_word = moves_head or not now.has_word
        if take:
            now.held, now.image, now.beat = now.filled, now.head_image, now.head_beat
            if now.held:
                now.left, now.pixel = spikes_of(times[now.image], now.beat * banks + way * places, places)
        elif gives and now.left > 0:
            start = now.pixel + 1
            now.left, now.pixel = spikes_of(times[now.image], start, now.beat * banks + (way + 1) * places - start)
        if moves_head:
            now.filled, now.head_image, now.head_beat = now.has_word, now.word_image, now.word_beat
        if moves_word:
            now.has_word = now.read != now.tail
            if now.has_word:
                now.word_image, now.word_beat = queue[way, now.read, 0], queue[way, now.read, 1]
                now.read = (now.read + 1) % queue.shape[1]
        if inserted >= 0 and (inserted == beats - 1
                              or spikes_of(times[image], inserted * banks + way * places, places)[0] > 0):
            queue[way, now.tail, 0], queue[way, now.tail, 1] = image, inserted
            now.tail = (now.tail + 1) % queue.shape[1]


@njit(cache=True, nogil=True)
def spikes_of(times, start, count):
    """(how many of `count` pixels from `start` on spike in the first step, the number of the first of them or -1)."""
    spikes, pixel = 0, -1
    for number in range(start, min(start + count, len(times))):
        if times[number] == 0:
            if spikes == 0:
                pixel = number
            spikes += 1
    return spikes, pixel


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
