"""The schedule of the serializer behind a layer, for the cycle model."""

import numpy as np
from numba import njit

from golden.contract.limits import SCAN_WORD


@njit(cache=True, nogil=True)
def count_fires(times, steps, lanes, folds, ways, transfers, taken):
    """For each step and fold of a layer: `transfers`, the spikes of the busiest way; `taken`, after how many of them
    every way has its last word of neurons in hand."""
    transfers[:] = 0
    taken[:] = 0
    way_lanes = -(-lanes // ways)
    spikes = np.zeros((steps * folds, ways), np.int32)
    in_word = np.zeros((steps * folds, ways), np.int32)
    word = np.full((steps * folds, ways), -1, np.int32)
    for neuron in range(len(times)):
        if times[neuron] >= steps:
            continue
        vector = times[neuron] * folds + neuron // lanes
        way, place = (neuron % lanes) // way_lanes, (neuron % lanes) % way_lanes
        if word[vector, way] != place // SCAN_WORD:
            word[vector, way] = place // SCAN_WORD
            in_word[vector, way] = 0
        in_word[vector, way] += 1
        spikes[vector, way] += 1
    for vector in range(steps * folds):
        for way in range(ways):
            transfers[vector] = max(transfers[vector], spikes[vector, way])
            taken[vector] = max(taken[vector], spikes[vector, way] - in_word[vector, way])


@njit(cache=True, nogil=True)
def move_serializer(k, folds, fire, fire_end, accept, flush, transfers, word_taken, queue, queue_end, queued, sought,
                    sought_end, loaded, loaded_end, scanned, scanned_end, done, step_pushed, given, given_last,
                    given_end, hold, can_hold, high):
    """One cycle of the serializer behind layer k: send, scan, start the loaded vector, seek its first word, load from
    the queue, enqueue."""
    now, now_end, seek = loaded[k], loaded_end[k], sought[k]
    spent = now < 0 and (scanned[k] < 0 or done[k] >= word_taken[scanned[k]])
    load = queued[k] > 0 and spent and seek < 0
    sends = given[k] < 0 or accept
    final = scanned[k] >= 0 and done[k] >= transfers[scanned[k]] - 1
    start = now >= 0 and (scanned[k] < 0 or (sends and final))
    almost_full = queued[k] >= high
    if seek >= 0:
        loaded[k], loaded_end[k] = seek, sought_end[k]
    if start:
        loaded[k] = -1
    sought[k] = -1
    if load:
        sought[k], sought_end[k] = queue[0], queue_end[0]
        queue[:-1], queue_end[:-1] = queue[1:].copy(), queue_end[1:].copy()
        queued[k] -= 1
    if fire >= 0:
        closes = fire % folds == folds - 1
        if folds == 1 or transfers[fire] > 0 or (closes and (fire_end or step_pushed[k])):
            queue[queued[k]], queue_end[queued[k]] = fire, fire_end
            queued[k] += 1
        step_pushed[k] = (step_pushed[k] or transfers[fire] > 0) and not closes
    if sends:
        to_send = scanned[k] >= 0 and (folds > 1 or transfers[scanned[k]] > 0 or scanned_end[k])
        given[k], given_end[k] = (scanned[k] if to_send else -1), scanned_end[k]
        given_last[k] = final and scanned[k] % folds == folds - 1
    if start:
        scanned[k], scanned_end[k], done[k] = now, now_end, 0
    elif sends:
        done[k] += 1
        if final:
            scanned[k] = -1
    hold[k] = can_hold and almost_full and not flush
    if flush:
        sought[k], loaded[k], scanned[k], given[k], queued[k], step_pushed[k] = -1, -1, -1, -1, 0, False
