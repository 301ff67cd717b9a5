"""The schedule of a map on a processor, cycle by cycle: which positions are visited when, and who is tested.

Beside those of processor_cycles.py it has these rules:

1.  A map that is fresh begins with four cycles for each fold, and one for each position of it.
2.  What a spike reaches is known five cycles after it is looked up: when the one before begins, or when it comes into
    the list. From the next cycle but one on it makes a visit for each position, and part of the weights, as soon as
    none of the four cycles before was a visit to the same word.
3.  Eight cycles after a visit its word is a candidate, if somebody is above the threshold. Seven cycles after the last
    visit of a step the candidates are tested, one a cycle, unless the serializer's queue is nearly full. A mark
    follows, a cycle after none is left.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from first_spike.golden.contract.limits import CANDIDATES_AHEAD
from first_spike.golden.contract.placed_layers import place_layers
from first_spike.golden.contract.processor import START_ROWS
from first_spike.golden.contract.processor_tables import reaches, tables, windows
from first_spike.golden.schedule.maps import NONE, registers
from first_spike.golden.schedule.serializer import keep_busy

IDLE, SWEEP, SPIKES, SETTLE, TESTS, MARK = range(6)
LOOKUP_CYCLES, SETTLE_CYCLES, INTERLOCK, CANDIDATE_CYCLES = 5, 7, 4, 8
SLOTS, MOST_LANES = 64, 64  # vectors that are on their way, and lanes of one

LAYER_FACTS = registers("weights inputs folds word parts positions row_words row_weights column_weights")
# The phase; the spike that is looked up, the one that is visited; the visit that stands ready, and the cycles that it
# waits; the queue of candidates; the next vector
MAP = registers("phase left place age part column columns line lines fold word row_word fold_word weight row_weight "
                "fold_weight ready_word ready_weight waits count room front tail head slot",
                "busy stands ready_last reading arrives pops")


class Maps(NamedTuple):
    """facts: LAYER_FACTS [layers]. now: MAP [1]. reached: int64 [entries, 5], own: int64 [words, 2], as
    processor_tables.py has them. weights, by the number of their word, and starts: int64 [words, lanes]. The others are
    the memories, what is written soon, and what becomes a candidate; fires: int64 [SLOTS * MOST_LANES], lanes of
    vectors."""

    facts: np.ndarray
    now: np.ndarray
    reached: np.ndarray
    own: np.ndarray
    weights: np.ndarray
    starts: np.ndarray
    potentials: np.ndarray
    fired: np.ndarray
    pool: np.ndarray
    queued: np.ndarray
    candidates: np.ndarray
    ahead: np.ndarray
    pushes: np.ndarray
    fires: np.ndarray


def make_maps(network, processor):
    """Maps of a Network on a Processor."""
    layers = place_layers(network, processor.lanes)
    slots = tables(network, processor, layers)[1]
    facts = np.zeros(len(layers), LAYER_FACTS)
    words = processor.words if layers[0].geometry is not None else 1
    weights = np.zeros((processor.weight_words if words > 1 else 1, processor.lanes), np.int64)
    starts = np.zeros((words, processor.lanes), np.int64)
    for number, (layer, slot) in enumerate(zip(layers, slots)):
        for name in LAYER_FACTS.names:
            facts[number][name] = slot[name]
        if layer.geometry is None:
            continue
        for fold in range(layer.folds):
            own = layer.weights[:, fold * processor.lanes:][:, :processor.lanes]
            first = slot["weights"] + fold * layer.parts * layer.inputs
            weights[first:first + layer.inputs, :own.shape[1]] = own
            first = slot["word"] + fold * layer.positions
            starts[first:first + layer.positions] = -1
            thresholds = layer.thresholds[fold * processor.lanes:][:processor.lanes]
            starts[first:first + layer.positions, :own.shape[1]] = -1 - thresholds
    now = np.zeros(1, MAP)
    now["room"] = CANDIDATES_AHEAD
    bits = [np.zeros((words, processor.lanes), np.bool_) for _ in range(2)]
    return Maps(facts, now, reaches(layers, slots), windows(layers, slots), weights, starts, np.zeros_like(starts),
                *bits, np.zeros(words, np.bool_), np.zeros(words, np.int64), np.full(INTERLOCK, NONE),
                np.full(CANDIDATE_CYCLES, NONE), np.zeros(SLOTS * MOST_LANES, np.int64))


@njit(cache=True, nogil=True)
def begin_map(now, facts, maps, fresh):
    """It begins with a list."""
    open_list(now)
    now.phase = SPIKES
    if fresh:
        now.phase, now.left = SWEEP, (facts.folds + 1) * (START_ROWS + facts.positions)
        for word in range(facts.word, facts.word + (facts.folds + 1) * facts.positions):
            maps.potentials[word] = maps.starts[word]
            maps.fired[word] = False
            maps.pool[word] = False
            maps.queued[word] = False


@njit(cache=True, nogil=True)
def open_list(now):
    """With the first spike of it."""
    now.busy, now.stands, now.place, now.age = False, False, 0, 0


@njit(cache=True, nogil=True)
def move_map(now, facts, maps, rows, count, complete, closes, of_input, hold, bursts, first_slot):
    """One cycle of the map whose turn it is; returns the vector that is tested or, with a mark, that ends the step,
    else NONE, and whether that was the mark. rows: of the list, of which there are `count`."""
    if now.phase == SWEEP:
        now.left -= 1
        if now.left == 0:
            now.phase = SPIKES
            open_list(now)
        return NONE, False
    if now.phase == SPIKES:
        over = complete and count == now.place and not now.busy and not now.stands
        walk(now, facts, maps, rows, count, of_input)
        if over:
            now.phase, now.left = SETTLE if closes else MARK, SETTLE_CYCLES
        return NONE, False
    if now.phase == SETTLE:
        now.left -= 1
        if now.left == 0:
            now.phase = TESTS
        return NONE, False
    vector = first_slot + now.slot
    burst = bursts[0, vector]
    burst.transfers, burst.taken, burst.closes = 0, 0, False
    if now.phase == TESTS and now.front > 0:
        if hold:
            return NONE, False
        test(now, maps, burst, maps.candidates[now.head])
        now.head = (now.head + 1) % len(maps.candidates)
        now.pops = True
    elif now.phase == MARK:
        now.phase, burst.closes = IDLE, True
    else:
        if now.count == 0 and now.room == CANDIDATES_AHEAD:
            now.phase = MARK
        return NONE, False
    now.slot = (now.slot + 1) % SLOTS
    return vector, burst.closes


@njit(cache=True, nogil=True)
def test(now, maps, burst, word):
    """Who is above the threshold has spiked in the window; who is new there fires."""
    window, lanes = maps.own[word, 0], maps.potentials.shape[1]
    burst.first, burst.fold, many = now.slot * MOST_LANES, maps.own[word, 1], 0
    maps.queued[word] = False
    for lane in range(lanes):
        if maps.potentials[word, lane] >= 0 and not maps.fired[word, lane]:
            maps.fired[word, lane] = True
            if not maps.pool[window, lane]:
                maps.pool[window, lane] = True
                maps.fires[burst.first + many] = lane
                many += 1
    keep_busy(burst, maps.fires[burst.first:burst.first + many], lanes, 1)


@njit(cache=True, nogil=True)
def walk(now, facts, maps, rows, count, of_input):
    """One cycle of the visits of spikes."""
    makes = now.stands and now.waits == 0
    moves = makes or not now.stands
    goes = now.busy and moves
    part = now.part == facts.parts
    row, fold = part and now.column == 0, part and now.column == 0 and now.line == 0
    last = fold and now.fold == facts.folds
    load = now.age == LOOKUP_CYCLES and (not now.busy or (moves and last))
    if now.age != LOOKUP_CYCLES and count > now.place:
        now.age += 1
    stand_ready(now, maps, makes, moves, goes, part)
    if goes and not part:
        now.part = 1
    elif goes:
        now.part = 0
        if last:
            now.busy = False
        elif fold:
            now.fold += 1
            now.fold_word += facts.positions
            now.fold_weight += facts.inputs * (facts.parts + 1)
            now.line, now.row_word, now.row_weight = now.lines, now.fold_word, now.fold_weight
        elif row:
            now.line -= 1
            now.row_word += facts.row_words
            now.row_weight -= facts.row_weights
        if row:
            now.column, now.word, now.weight = now.columns, now.row_word, now.row_weight
        else:
            now.column -= 1
            now.word += 1
            now.weight -= facts.column_weights
    if load:
        load_spike(now, maps, rows[now.place], of_input)


@njit(cache=True, nogil=True)
def stand_ready(now, maps, makes, moves, goes, last):
    """The visit that stands ready is made, and the next one takes its place; or it waits."""
    now.waits = 0 if moves else now.waits - 1
    maps.ahead[1:] = maps.ahead[:-1].copy()
    maps.ahead[0] = NONE
    if makes and now.ready_last:
        scatter(now, maps)
    if moves:
        now.stands, now.ready_word, now.ready_weight, now.ready_last = goes, now.word, now.weight, last
        for k in range(INTERLOCK):
            if now.part == 0 and maps.ahead[INTERLOCK - 1 - k] == now.word:
                now.waits = k + 1


@njit(cache=True, nogil=True)
def load_spike(now, maps, spike, of_input):
    """What it reaches is visited."""
    lanes = maps.potentials.shape[1]
    entry, lane = (spike, 0) if of_input else (spike // lanes, spike % lanes)
    now.word, now.weight, now.lines, now.columns, some = maps.reached[entry]
    now.weight += lane
    now.row_word = now.fold_word = now.word
    now.row_weight = now.fold_weight = now.weight
    now.line, now.column, now.part, now.fold, now.busy = now.lines, now.columns, 0, 0, some == 1
    now.place += 1
    now.age = 0


@njit(cache=True, nogil=True)
def scatter(now, maps):
    """A spike is added to a word, which is a candidate from then on, if somebody is above the threshold."""
    above, word = False, now.ready_word
    for lane in range(maps.potentials.shape[1]):
        maps.potentials[word, lane] += maps.weights[now.ready_weight, lane]
        above = above or (maps.potentials[word, lane] >= 0 and not maps.fired[word, lane])
    maps.ahead[0] = word
    if above and not maps.queued[word]:
        maps.queued[word] = True
        maps.pushes[0] = word


@njit(cache=True, nogil=True)
def move_candidates(now, maps, pushed):
    """One cycle of the queue of candidates, into which `pushed` goes, unless it is NONE."""
    fetch = now.count > 0 and now.room > 0
    now.front += int(now.arrives) - int(now.pops)
    now.arrives, now.reading = now.reading, fetch
    if pushed != NONE:
        maps.candidates[now.tail] = pushed
        now.tail = (now.tail + 1) % len(maps.candidates)
    now.count += int(pushed != NONE) - int(fetch)
    now.room += int(now.pops) - int(fetch)
    now.pops = False
