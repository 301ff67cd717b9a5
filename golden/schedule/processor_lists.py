"""The schedule of the two lists of a stream of spikes on a processor: one is filled while the other is read.

The rule is the first of processor_cycles.py. Their spikes are kept, since a convolution visits what they reach: an
input as its number, a neuron of a map as group * lanes + lane.

A list of hidden spikes has a place for every neuron of a layer, so that both are never complete at a time, and that it
drops what comes then need not be known here.
"""

from numba import njit

from first_spike.golden.schedule.maps import NONE, registers
from first_spike.golden.schedule.processor_maps import SLOTS

# The two lists of a stream: which is filled and which read, how many are in the first; what is told of the second, that
# it is over, and that it was in the cycle before
LISTS = registers("filling half reading count step", "complete closes final releases leaves")
# One of them, when it is complete
FULL = registers("count step", "done closes final")


@njit(cache=True, nogil=True)
def spike_of(serializer, bursts, fires, lanes):
    """The row of the spike that is given, or NONE; 0 where it comes of no map, and nobody wants to know."""
    if serializer.given < 0 or serializer.given_spike < 0:
        return NONE
    if serializer.given < bursts.shape[1] - SLOTS:
        return 0
    return bursts[0, serializer.given].fold * lanes + fires[serializer.given_spike]


@njit(cache=True, nogil=True)
def take_sent(now, full, rows, sender, shift, flush):
    """`take` of the input spikes that an ENCODER or an EVENT_LOADER sends, whose steps are to be shifted."""
    return take(now, full, rows, sender.sent, sender.sent_input, sender.sent_last, sender.sent_end,
                sender.sent_step << shift, flush)


@njit(cache=True, nogil=True)
def take(now, full, rows, valid, spike, last, final, step, flush):
    """One cycle of the lists of a stream, in front of which is a transfer if it is `valid`, of a spike unless that is
    NONE; returns whether it is taken. rows: int64 [2, places], their spikes."""
    taken, places = valid and not full[now.half].done, rows.shape[1]
    if taken:
        if spike >= 0:
            rows[now.half, now.filling] = spike
            now.filling += 1
        if last or now.filling == places:
            own = full[now.half]
            own.done, own.closes, own.final, own.step, own.count = True, last, final and last, step, now.filling
            now.half, now.filling = 1 - now.half, 0
    if now.leaves:
        full[now.reading].done = False
        now.reading = 1 - now.reading
    now.leaves, now.releases = now.releases, False
    if flush:
        now.half = now.reading = now.filling = 0
        full[0].done = full[1].done = False
    reading = full[now.reading]
    now.complete, now.closes, now.final, now.step = reading.done, reading.closes, reading.final, reading.step
    now.count = reading.count if reading.done else now.filling
    return taken
