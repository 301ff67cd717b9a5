"""The schedule of the serializers, each behind a layer: a queue, and a scanner of the neurons that fired."""

import numpy as np
from numba import njit

from first_spike.golden.contract.limits import SCAN_WORD
from first_spike.golden.schedule.maps import NONE, registers

# Numbers of vectors, coded as in an ENTRY.
SERIALIZER = registers("queued sought loaded scanned done given given_spike",
                       "sought_end loaded_end scanned_end step_pushed given_last given_end")
# Of a vector: the spikes of the busiest way; after how many of them every way has its last word of neurons in hand;
# its step and fold, whether it is the last of the step; where its spikes begin in a list of lanes, and how many are.
BURST = registers("transfers taken step fold first spikes", "closes")


@njit(cache=True, nogil=True)
def count_fires(times, layer, bursts):
    """bursts[step * folds + fold], BURST records, from the spike times of a layer, `len(bursts) / folds` or more where
    silent."""
    lanes, folds, ways, steps = layer.lanes, layer.folds, layer.out_ways, len(bursts) // layer.folds
    way_lanes = -(-lanes // ways)
    spikes = np.zeros((len(bursts), ways), np.int32)
    in_word = np.zeros((len(bursts), ways), np.int32)
    word = np.zeros((len(bursts), ways), np.int32)
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
    for vector in range(len(bursts)):
        burst = bursts[vector]
        burst.step, burst.fold, burst.closes = vector // folds, vector % folds, vector % folds == folds - 1
        burst.transfers = burst.taken = 0
        for way in range(ways):
            burst.transfers = max(burst.transfers, spikes[vector, way])
            burst.taken = max(burst.taken, spikes[vector, way] - in_word[vector, way])


@njit(cache=True, nogil=True)
def list_fires(times, layer, bursts, lists):
    """Put the lanes that fire into `lists`, vector by vector."""
    for vector in range(len(bursts)):
        bursts[vector].spikes = 0
    for neuron in range(len(times)):
        if times[neuron] < len(bursts) // layer.folds:
            bursts[times[neuron] * layer.folds + neuron // layer.lanes].spikes += 1
    first = 0
    for vector in range(len(bursts)):
        bursts[vector].first = first
        first += bursts[vector].spikes
        bursts[vector].spikes = 0
    for neuron in range(len(times)):
        if times[neuron] < len(bursts) // layer.folds:
            burst = bursts[times[neuron] * layer.folds + neuron // layer.lanes]
            lists[burst.first + burst.spikes] = neuron % layer.lanes
            burst.spikes += 1


@njit(cache=True, nogil=True)
def keep_busy(burst, fires, lanes, ways):
    """transfers and taken of a BURST of the lanes `fires`, in order."""
    way_lanes = -(-lanes // ways)
    burst.transfers = burst.taken = 0
    for way in range(ways):
        spikes = in_word = word = 0
        for lane in fires:
            if lane // way_lanes == way:
                in_word = in_word + 1 if lane % way_lanes // SCAN_WORD == word else 1
                word = lane % way_lanes // SCAN_WORD
                spikes += 1
        burst.transfers = max(burst.transfers, spikes)
        burst.taken = max(burst.taken, spikes - in_word)


@njit(cache=True, nogil=True)
def clear_serializer(now):
    now.sought, now.loaded, now.scanned, now.given, now.queued, now.step_pushed = NONE, NONE, NONE, NONE, 0, False


@njit(cache=True, nogil=True)
def move_serializer(k, now, queue, bursts, layer, accept, flush):
    """One cycle of the serializer behind layer k: send, scan, start the loaded vector, seek its first word, load from
    the queue, enqueue.

    now: its SERIALIZER record. queue: ENTRY records [layers, places], bursts: BURST records [layers, vectors], of which
    row k is meant. layer: the LAYER record. accept: the next layer takes what is given.
    """
    loaded, loaded_end, seek = now.loaded, now.loaded_end, now.sought
    transfers, taken = (bursts[k, now.scanned].transfers, bursts[k, now.scanned].taken) if now.scanned >= 0 else (0, 0)
    spent = loaded < 0 and now.done >= taken
    load = now.queued > 0 and spent and seek < 0
    sends = now.given < 0 or accept
    final = now.scanned >= 0 and now.done >= transfers - 1
    start = loaded >= 0 and (now.scanned < 0 or (sends and final))
    almost_full = now.queued >= layer.high
    if seek >= 0:
        now.loaded, now.loaded_end = seek, now.sought_end
    if start:
        now.loaded = NONE
    now.sought = NONE
    if load:
        now.sought, now.sought_end = queue[k, 0].vector, queue[k, 0].end
        now.queued -= 1
        for place in range(now.queued):
            queue[k, place].vector, queue[k, place].end = queue[k, place + 1].vector, queue[k, place + 1].end
    if layer.fire >= 0:
        enqueue(now, queue[k, now.queued], layer, bursts[k, layer.fire])
    if sends:
        to_send = now.scanned >= 0 and (layer.folds > 1 or transfers > 0 or now.scanned_end)
        now.given, now.given_end = (now.scanned if to_send else NONE), now.scanned_end
        now.given_last = final and bursts[k, now.scanned].closes
        now.given_spike = bursts[k, now.scanned].first + now.done if transfers > 0 else NONE
    if start:
        now.scanned, now.scanned_end, now.done = loaded, loaded_end, 0
    elif sends:
        now.done += 1
        if final:
            now.scanned = NONE
    layer.hold = layer.holds and almost_full and not flush
    if flush:
        clear_serializer(now)


@njit(cache=True, nogil=True)
def enqueue(now, place, layer, burst):
    """Put what the layer says in `place`, but no fold without spikes, unless it alone can say that a step or the image
    ends."""
    spikes, closes = burst.transfers > 0, burst.closes
    if layer.folds == 1 or spikes or (closes and (layer.fire_end or now.step_pushed)):
        place.vector, place.end = layer.fire, layer.fire_end
        now.queued += 1
    now.step_pushed = (now.step_pushed or spikes) and not closes
