"""How many cycles a processor takes, without simulating it.

The front end and the serializer are those of the accelerator (golden/schedule), the rest has these rules:

1.  Input spikes go into a list, one a cycle, and what is in it is known a cycle later. The list of a step is
    complete with its last spike, or with `places` of them; a second list is filled meanwhile. It makes room for another
    two cycles after its last visit.
2.  A layer begins a cycle after its list has a spike or is complete, when its facts are there: three cycles and one for
    each of them after they were asked for, which is when the layer before ended, or the output layer, or the one whose
    list was empty.
3.  It makes a visit a cycle: for each fold four if it is the first of its image, then one for each spike and part of
    the weights, or one alone where there would be none. In its first fold it follows the list while that grows, one
    spike and one cycle behind. No fold begins while the serializer's queue is nearly full.
4.  Eight cycles after the last visit of a fold its outcome is there. The next layer begins as above; behind the output
    layer, and behind a list that was not the last of its step, the next list waits for that outcome.
5.  An image is decided with the outcome of the output layer in which a neuron fires, or of the last step. Its result is
    offered six cycles and one for each class later. Source and sink are taken to be always ready.

What a convolution does instead of 3 says processor_maps.py.
"""

from dataclasses import replace

import numpy as np
from numba import njit

from first_spike.golden.contract.placed_layers import place_layers
from first_spike.golden.contract.processor import QUEUE_DEPTH, QUEUE_MARGIN, START_ROWS
from first_spike.golden.contract.processor_fit import require_fit
from first_spike.golden.inference.encode import encode
from first_spike.golden.schedule.cycles import Cycles
from first_spike.golden.schedule.encoder import BANK, ENCODER, move_encoder, reset_encoder
from first_spike.golden.schedule.first_step import (
    EVENT_LOADER,
    FIRST_WAY,
    beats_of,
    move_event_loader,
    new_queue,
    no_beats,
)
from first_spike.golden.schedule.kernel import LAYER
from first_spike.golden.schedule.layers import Shape
from first_spike.golden.schedule.maps import ENTRY, NONE, registers
from first_spike.golden.schedule.processor_lists import FULL, LISTS, spike_of, take, take_sent
from first_spike.golden.schedule.processor_maps import SLOTS, begin_map, make_maps, move_candidates, move_map
from first_spike.golden.schedule.serializer import BURST, SERIALIZER, clear_serializer, count_fires, move_serializer

FETCH_CYCLES = 3  # beside one for each field
OUTCOME_CYCLES = 8
RESULT_CYCLES = 6  # beside one for each class
LAST_LIST, OTHER_LIST = -2, -3  # outcomes: of the output layer, and of a list that is not the last of its step
IDLE, RUN, DRAIN, VERDICT = range(4)
STARTS, SPIKES, NOTHING = range(3)

# The layer whose turn it is, what it visits next; from when on its facts are there; images that are decided; spikes of
# its list, and whether that was complete, in the cycle before
TURN = registers("now layer step visiting fold part row place known found seen",
                 "skipped is_final begins fresh seen_complete")


def predict(network, processor, images, inference, whole=False, idle=False):
    """Predict what `images` take on a processor back to back, the first beat of the first being taken in cycle 0.

    Args:
        network: The Network that it has loaded.
        processor: The Processor.
        images: uint8 [n, rows, columns], or Recordings.
        inference: `infer(network, images)`.
        whole: Whether images begin when they are complete, as behind registers.
        idle: Whether the load was some time ago.

    Returns:
        The exact Cycles.

    Raises:
        UserError: The network does not fit.
    """
    require_fit(network, processor)
    shift = processor.step_bits - (network.steps.bit_length() - 1)
    of_events, times = network.most_events is not None, np.zeros((1, network.inputs), np.int64)
    beats = beats_of(network, images) if of_events else no_beats()
    if not of_events:
        times = encode(images, network.steps).astype(np.int64) << shift
        times[:, ~network.used_inputs] = processor.steps
    beats_of_image = -(-network.inputs // processor.pixels)
    shape = Shape(of_events, processor.steps, processor.pixels, 1, beats_of_image, 0, 0, 0, whole)
    layers = place_layers(network, processor.lanes)
    folds, parts = (np.array([getattr(layer, name) for layer in layers]) for name in ("folds", "parts"))
    none = np.zeros((len(images), 0), np.int16)
    hidden = np.concatenate([none, *inference.spike_times[:-1]], axis=1)
    valid = _run(times, beats, hidden, np.asarray(inference.decision_time, np.int64), shape, folds, parts,
                 np.cumsum([0, *network.sizes[:-1]]), processor.lanes, processor.input_places, processor.neurons,
                 network.steps, shift, len(network.classes), FETCH_CYCLES + len(processor.layer_fields),
                 make_maps(network, processor), not idle)
    return Cycles(valid, np.diff(valid, prepend=0))


def latency(network, processor, images, inference, whole=True):
    """Predict what an image takes where nothing else is under way.

    Args:
        network: The Network that the processor has loaded.
        processor: The Processor.
        images: uint8 [n, rows, columns].
        inference: `infer(network, images)`.
        whole: Whether images begin when they are complete, as behind registers.

    Returns:
        int64 [n], cycles from the last beat of each image to its result.

    Raises:
        UserError: The network does not fit.
    """
    alone = [predict(network, processor, images[n:n + 1], _one(inference, n), whole, idle=not whole).valid[0]
             for n in range(len(images))]
    return np.array(alone, np.int64) - (-(-network.inputs // processor.pixels) - 1)


def _one(inference, n):
    only = slice(n, n + 1)
    return replace(inference, classes=inference.classes[only], decision_time=inference.decision_time[only],
                   silent=inference.silent[only], tie=inference.tie[only], bad=inference.bad[only],
                   spike_times=tuple(times[only] for times in inference.spike_times))


@njit(cache=True, nogil=True)
def _run(times, beats, hidden, decisions, shape, folds, parts, first_neuron, lanes, input_places, places, steps,
         shift, classes, fetch, maps, behind_load):
    """valid[image]: the cycle in which its result is taken."""
    count = len(folds)
    first_vector = np.zeros(count + 1, np.int64)
    for k in range(count):
        first_vector[k + 1] = first_vector[k] + (folds[k] * steps if maps.facts[k].positions == 0 else 0)
    lists, turns = np.zeros((shape.steps, shape.banks), np.int64), np.ones(1, np.bool_)
    banks, encoder = np.zeros(shape.banks, BANK), np.zeros(1, ENCODER)
    first, first_queue = np.zeros(1, FIRST_WAY), new_queue(1, shape.beats)
    loader = np.zeros(1, EVENT_LOADER)
    serializer, queue = np.zeros(1, SERIALIZER), np.zeros((1, QUEUE_DEPTH + 1), ENTRY)
    bursts = np.zeros((1, first_vector[count] + SLOTS), BURST)
    layer = np.zeros(1, LAYER)
    told, full = np.zeros(2, LISTS), np.zeros((2, 2), FULL)
    turn, pipe = np.zeros(1, TURN), np.full(OUTCOME_CYCLES, NONE)
    touched = np.zeros(count, np.bool_)
    inputs, spikes = np.zeros((2, input_places), np.int64), np.zeros((2, places + 1), np.int64)  # never full
    reset_encoder(encoder[0])
    clear_serializer(serializer[0])
    layer[0].lanes, layer[0].out_ways, layer[0].fire_end, layer[0].holds = lanes, 1, True, True
    layer[0].high = QUEUE_DEPTH - QUEUE_MARGIN
    foresee(hidden[0], layer, bursts, folds, first_vector, first_neuron)
    valid = np.zeros(len(decisions), np.int64)
    flush, cycle = False, 0
    if shape.takes_events and behind_load:  # the sweep of the encoder's tables outlasts them
        turn[0].known = fetch
    while turn[0].found < len(decisions):
        now = turn[0]  # again and again, since a record does not keep its array alive
        outcome = pipe[OUTCOME_CYCLES - 1]
        decide = move_turn(now, told, folds, parts, touched, pipe, layer[0].hold, first_vector, shift,
                           decisions[now.found], cycle, fetch, maps, inputs, spikes, bursts)
        takes_hidden = take(told[1], full[1], spikes, serializer[0].given >= 0,
                            spike_of(serializer[0], bursts, maps.fires, lanes), serializer[0].given_last, False, 0,
                            flush)
        if shape.takes_events:
            takes_input = take_sent(told[0], full[0], inputs, loader[0], shift, flush)
        else:
            takes_input = take_sent(told[0], full[0], inputs, encoder[0], 0, flush)
        layer[0].folds = 2  # the hardware has several, whatever the layer has
        layer[0].fire = max(outcome, NONE)
        move_serializer(0, serializer[0], queue, bursts, layer[0], takes_hidden, flush)
        if shape.takes_events:
            move_event_loader(loader[0], beats, takes_input, flush, True)
        else:
            move_encoder(encoder[0], banks, turns, lists, first, first_queue, times, shape, takes_input, decide, flush,
                         True)
        if decide:
            valid[now.found] = cycle + RESULT_CYCLES + classes
            now.found += 1
            now.known = max(now.known, cycle + RESULT_CYCLES + classes)
            touched[:] = False
            if now.found < len(decisions):
                foresee(hidden[now.found], layer, bursts, folds, first_vector, first_neuron)
        flush = decide
        cycle += 1
    return valid


@njit(cache=True, nogil=True)
def foresee(hidden, layer, bursts, folds, first_vector, first_neuron):
    """Who will fire in the image that begins, vector by vector, of the layers that are no maps."""
    for k in range(len(folds) - 1):
        layer[0].folds = folds[k]
        if first_vector[k] < first_vector[k + 1]:
            count_fires(hidden[first_neuron[k]:first_neuron[k + 1]], layer[0],
                        bursts[0, first_vector[k]:first_vector[k + 1]])


@njit(cache=True, nogil=True)
def move_turn(now, told, folds, parts, touched, pipe, hold, first_vector, shift, decision, cycle, fetch, maps, inputs,
              spikes, bursts):
    """One cycle of the layer whose turn it is; returns whether the image is decided."""
    last_layer, layer, outcome = len(folds) - 1, now.layer, pipe[OUTCOME_CYCLES - 1]
    own, rows = (told[0], inputs) if layer == 0 else (told[1], spikes)
    facts, area = maps.facts[layer], maps.now[0]
    count, complete = own.count, own.complete
    if now.skipped:
        count, complete = 0, True
    closes = layer > 0 or own.closes
    pipe[1:] = pipe[:-1].copy()
    pipe[0] = NONE
    pushed = maps.pushes[-1]
    maps.pushes[1:] = maps.pushes[:-1].copy()
    maps.pushes[0] = NONE
    decided = False
    if now.now == IDLE and cycle >= now.known:
        if count > 0 or (complete and (layer == 0 or now.skipped)):
            begin(now, count == 0, not touched[layer])
            if facts.positions > 0:
                begin_map(area, facts, maps, now.fresh)
        elif complete:
            own.releases = True
            now.layer, now.skipped = last_layer if now.is_final else 0, now.is_final
            now.known = cycle + 1 + fetch
    elif now.now == RUN and facts.positions > 0:
        vector, last = move_map(area, facts, maps, rows[own.reading], count, complete, closes, layer == 0, hold,
                                bursts, bursts.shape[1] - SLOTS)
        pipe[0] = vector if closes or not last else OTHER_LIST
        if last:
            end(now, own, touched, closes, last_layer, cycle, fetch)
    elif now.now == RUN:
        fold = now.fold
        if visit(now, parts[layer], hold):
            step = own.step if layer == 0 else now.step
            last_fold = fold == folds[layer] - 1
            if closes and layer < last_layer:
                pipe[0] = first_vector[layer] + (step >> shift) * folds[layer] + fold
            elif last_fold:
                pipe[0] = LAST_LIST if closes else OTHER_LIST
            if last_fold:
                end(now, own, touched, closes, last_layer, cycle, fetch)
    elif now.now == DRAIN and outcome == OTHER_LIST:
        now.now = IDLE
    elif now.now == VERDICT and outcome == LAST_LIST:
        now.now = IDLE
        decided = now.is_final or now.step >> shift == decision
    now.seen, now.seen_complete = count, complete
    move_candidates(area, maps, pushed)
    return decided


@njit(cache=True, nogil=True)
def begin(now, empty, fresh):
    """The layer begins with its first fold."""
    now.now, now.fresh, now.begins = RUN, fresh, True
    now.fold = now.part = now.row = now.place = 0
    now.visiting = STARTS if fresh else NOTHING if empty else SPIKES


@njit(cache=True, nogil=True)
def visit(now, parts, hold):
    """A visit, if there can be one; returns whether it is its fold's last."""
    count, complete = now.seen, now.seen_complete
    if (now.begins and hold) or (now.visiting == SPIKES and not complete and count <= now.place + 1):
        return False
    empty, last_spike = complete and count == 0, complete and count == now.place + 1
    fold_ends = now.visiting == NOTHING
    now.begins = False
    if now.visiting == STARTS:
        now.row = (now.row + 1) % START_ROWS
        fold_ends = now.row == 0 and empty
        if now.row == 0 and not empty:
            now.visiting = SPIKES
    elif now.visiting == SPIKES:
        now.place += 1
        if last_spike:
            now.place, now.part = 0, (now.part + 1) % parts
            fold_ends = now.part == 0
    if fold_ends:
        now.begins = True
        now.fold += 1
        if now.fresh:
            now.visiting = STARTS
    return fold_ends


@njit(cache=True, nogil=True)
def end(now, own, touched, closes, last_layer, cycle, fetch):
    """The layer has made its last visit to the list."""
    touched[now.layer] = True
    own.releases = not now.skipped
    if now.layer == 0:
        now.is_final, now.step = own.final, own.step
    if not closes:
        now.now = DRAIN
        return
    now.now, now.known = (VERDICT if now.layer == last_layer else IDLE), cycle + 1 + fetch
    now.layer = 0 if now.layer == last_layer else now.layer + 1
    now.skipped = now.skipped and now.now == IDLE
