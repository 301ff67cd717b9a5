"""The accelerator's schedule, cycle by cycle, without its data: who holds what in which register.

Written from the rules that stand in cycles.py; a name here is the name of the register or wire in the hardware. Times
of spikes are given, so that only their number and place matter. A pipeline entry is a step's fold, coded as step *
folds + fold, or -1.
"""

import numpy as np
from numba import njit

from golden.schedule.serializer import count_fires, move_serializer


@njit(cache=True, nogil=True)
def count_pixels(times, banks, steps, lists):
    """lists[step, bank] = the spikes of the image whose input times are `times`; returns the number of steps with
    any."""
    lists[:] = 0
    for pixel in range(len(times)):
        if times[pixel] < steps:
            lists[times[pixel], pixel % banks] += 1
    occupied = 0
    for step in range(steps):
        if lists[step].any():
            occupied += 1
    return occupied


@njit(cache=True, nogil=True)
def choose_bank(first, banks, ready, left, turn):
    """(bank, whether it is of the upper half) that a way of `banks` banks from `first` on gives, or (-1, False)."""
    if banks == 1:
        return (first if ready[first] else -1), False
    best = [-1, -1]
    for half in range(2):
        for bank in range(first + half * banks // 2, first + (half + 1) * banks // 2):
            if ready[bank] and (best[half] < 0 or (left[best[half]] == 1 and left[bank] > 1)):
                best[half] = bank
    upper = best[1] >= 0 and (turn or best[0] < 0)
    return (best[1] if upper else best[0]), upper


@njit(cache=True, nogil=True)
def run(times, spikes, offsets, decisions, shape, layers):
    """valid[image]: the cycle in which its result is offered; the first beat is taken in cycle 0.

    times [n, inputs], spikes [n, hidden neurons of all layers], decisions [n] (number of steps: none); offsets: where
    each hidden
    layer begins in `spikes`. shape: (steps, banks, ways, beats, verdict_cycles, prompt, places). layers[k]: (lanes,
    folds, ways of its spikes, pipeline registers, queue depth, 1 if it can be held, entries from which it is).
    """
    steps, banks, ways, beats, verdict_cycles, prompt, places = shape
    images, count, way_banks = len(times), len(layers), banks // ways
    out = count - 1
    valid = np.zeros(images, np.int64)

    # frame loader
    row, gap, taken, loading = 0, False, 1, 0
    final, complete, completed = False, False, False
    # step scheduler
    has_waiting, draining, opening, fetching, opened, blocked = False, False, False, False, False, False
    has_next, step_is_open, flush = False, False, False
    image, step, steps_left, begun = -1, -1, 0, False
    # encoder banks; the transfer in front of layer 0
    lists, left = np.zeros((steps, banks), np.int64), np.zeros(banks, np.int64)
    ready, addressing = np.zeros(banks, np.bool_), np.zeros(banks, np.bool_)
    arriving, granted = np.zeros(banks, np.bool_), np.zeros(banks, np.bool_)
    turn = np.ones(ways, np.bool_)
    chosen, chosen_last, chosen_end, chosen_step = False, False, False, 0
    sent, sent_last, sent_end, sent_step = False, False, False, 0
    # layers
    fold, hold = np.zeros(count, np.int64), np.zeros(count, np.bool_)
    go, accept = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    token, token_end = np.zeros(count, np.int64), np.zeros(count, np.bool_)
    fire, fire_end = np.zeros(count, np.int64), np.zeros(count, np.bool_)
    pipe, pipe_end = np.full((count, layers[:, 3].max()), -1, np.int64), np.zeros((count, layers[:, 3].max()), np.bool_)
    # serializers
    vectors, depth = steps * layers[:, 1].max(), layers[:, 4].max() + 1
    transfers, word_taken = np.zeros((count, vectors), np.int64), np.zeros((count, vectors), np.int64)
    queue, queue_end = np.zeros((count, depth), np.int64), np.zeros((count, depth), np.bool_)
    queued, done = np.zeros(count, np.int64), np.zeros(count, np.int64)
    sought, sought_end = np.full(count, -1, np.int64), np.zeros(count, np.bool_)
    loaded, loaded_end = np.full(count, -1, np.int64), np.zeros(count, np.bool_)
    scanned, scanned_end, step_pushed = np.full(count, -1, np.int64), np.zeros(count, np.bool_), np.zeros(count,
                                                                                                          np.bool_)
    given, given_last, given_end = np.full(count, -1, np.int64), np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    # readout
    decided, pending, delivered, deciding, space = -1, 0, 0, 0, False

    cycle = 0
    while deciding < images:
        # what the registers show: the transfer in front of each layer, and what comes out of its pipeline
        for k in range(count):
            token[k], token_end[k] = -1, False
            if k == 0:
                go[k] = sent and not hold[k]
                if sent_last:
                    token[k], token_end[k] = sent_step * layers[k, 1] + fold[k], sent_end
            else:
                go[k] = given[k - 1] >= 0 and not hold[k]
                if given[k - 1] >= 0 and given_last[k - 1]:
                    token[k], token_end[k] = given[k - 1] // layers[k - 1, 1] * layers[k, 1] + fold[k], given_end[k - 1]
            accept[k] = go[k] and fold[k] == layers[k, 1] - 1
            fire[k], fire_end[k] = pipe[k, layers[k, 3] - 1], pipe_end[k, layers[k, 3] - 1]
        decide = (fire[out] >= 0 and not flush and fire[out] % layers[out, 1] == layers[out, 1] - 1
                  and (fire_end[out] or fire[out] // layers[out, 1] == decisions[image]))
        pop = pending > 0 and valid[delivered] == cycle
        later_space = pending + flush < places and (verdict_cycles <= prompt or decided < 0 or cycle > decided
                                                    + verdict_cycles)

        # encoder: each way grants a bank; the step closes with its last event
        advance = not sent or accept[0]
        granted[:] = False
        gives, finishing = False, True
        for way in range(ways):
            first, ready_banks = way * way_banks, 0
            for bank in range(first, first + way_banks):
                ready_banks += ready[bank]
                finishing = finishing and not (addressing[bank] or arriving[bank]) and not (ready[bank]
                                                                                            and left[bank] > 1)
            finishing = finishing and ready_banks <= 1
            bank, upper = choose_bank(first, way_banks, ready, left, turn[way])
            turn[way] = not upper
            gives = gives or bank >= 0
            if bank >= 0 and advance:
                granted[bank] = True
        closing = step_is_open and advance and finishing
        start = has_waiting and not draining
        opens_next = closing and has_next and not flush
        open_step = not blocked and ((opening and space and not flush) or opens_next)
        if advance:
            sent, sent_last, sent_end, sent_step = chosen, chosen_last, chosen_end, chosen_step
            chosen, chosen_step = step_is_open and (gives or closing), step
            chosen_last, chosen_end = closing, closing and not has_next
        if flush:
            sent = chosen = False

        # serializers
        for k in range(out):
            move_serializer(k, layers[k, 1], fire[k], fire_end[k], accept[k + 1], flush, transfers[k], word_taken[k],
                            queue[k], queue_end[k], queued, sought, sought_end, loaded, loaded_end, scanned,
                            scanned_end, done, step_pushed, given, given_last, given_end, hold, layers[k, 5] == 1,
                            layers[k, 6])
        # layers: a transfer goes into the pipeline fold by fold
        for k in range(count):
            for i in range(layers[k, 3] - 1, 0, -1):
                pipe[k, i], pipe_end[k, i] = pipe[k, i - 1], pipe_end[k, i - 1]
            pipe[k, 0], pipe_end[k, 0] = (token[k] if go[k] else -1), token_end[k]
            if go[k]:
                fold[k] = 0 if accept[k] else fold[k] + 1
            if flush:
                pipe[k, :] = -1
                fold[k] = 0

        # banks
        for bank in range(banks):
            ready[bank] = (ready[bank] or arriving[bank]) and not granted[bank] and not flush
            arriving[bank] = addressing[bank] and advance and not flush
            addressing[bank] = (granted[bank] and left[bank] > 1 or addressing[bank] and not advance) and not flush
            left[bank] -= granted[bank]
        if open_step:
            if begun:
                step += 1
            begun = True
            while step < steps - 1 and not lists[step].any():
                step += 1
            left[:] = lists[step]
            ready[:] = left > 0
            steps_left -= 1

        # scheduler
        opening = start or (opening and not flush and (blocked or not space)) or (opens_next and blocked)
        step_is_open = open_step or (step_is_open and not closing and not flush)
        blocked = open_step or fetching or opened
        fetching, opened = open_step, open_step or (opened and not advance)
        if open_step:
            has_next = steps_left > 0
        if start:
            image += 1
            draining, begun, step = True, False, 0
            steps_left = count_pixels(times[image], banks, steps, lists)
            for k in range(out):
                count_fires(spikes[image, offsets[k]:offsets[k + 1]], steps, layers[k, 0], layers[k, 1], layers[k, 2],
                            transfers[k], word_taken[k])
        elif decide:
            draining = False
        if completed:
            has_waiting = True
        elif start:
            has_waiting = False
        completed = complete
        complete = final

        # loader: a beat a cycle, then a gap, which waits for a free buffer
        final = False
        if gap:
            if taken < 2 and loading < images:
                gap, taken = False, taken + 1
        else:
            row += 1
            if row == beats:
                row, gap, final, loading = 0, True, True, loading + 1
        if flush:
            taken -= 1

        # readout
        if decide:
            valid[deciding] = cycle + verdict_cycles + 1
            decided, deciding = cycle, deciding + 1
        if pop:
            delivered += 1
        pending += flush - pop
        flush, space = decide, later_space
        cycle += 1
    return valid
