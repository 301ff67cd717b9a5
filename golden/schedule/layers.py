"""The numbers of the schedule: from a network and a configuration to what every block does in how many cycles."""

from typing import NamedTuple

import numpy as np

from first_spike.golden.contract.limits import (
    ADDRESS_STAGES,
    BLOCK_RAM_STAGES,
    COMBINED_WAYS,
    FEWEST_SCAN_WORDS,
    PROMPT_CYCLES,
    QUEUE_DEPTH,
    QUEUE_MARGIN,
    RESULT_PLACES,
    SCAN_WORD,
    SHALLOW_WORDS,
    WAY_SUM_STAGES,
)


class Shape(NamedTuple):
    """takes_events: whether a beat is an event, else of pixels; steps; banks: pixels of a beat; ways: events a cycle;
    beats of an image; verdict_cycles: from the decision to the largest potential; prompt: verdicts of so many cycles
    are in time; places: results that may wait; whole: an image begins when it is complete, no sooner."""

    takes_events: bool
    steps: int
    banks: int
    ways: int
    beats: int
    verdict_cycles: int
    prompt: int
    places: int
    whole: bool


class Layers(NamedTuple):
    """Of each layer, int64 [layers]: lanes and folds; registers of its pipeline; out_ways: spikes a cycle behind it;
    depth: entries of its queue; holds: whether the queue may hold it (bool), from `high` entries on.
    is_map: bool [layers], whether it visits positions. vectors: how many an image has at the most.
    first: int64 [layers], where each hidden layer's neurons begin among those of all, then their number."""

    lanes: np.ndarray
    folds: np.ndarray
    registers: np.ndarray
    out_ways: np.ndarray
    depth: np.ndarray
    holds: np.ndarray
    high: np.ndarray
    is_map: np.ndarray
    vectors: np.ndarray
    first: np.ndarray


class Work(NamedTuple):
    """How one layer works: folds, registers of its pipeline, how many vectors an image has at the most, and
    whether it visits positions."""

    folds: int
    registers: int
    vectors: int
    is_map: bool


def dense_work(layer, lanes, rows, ways, steps):
    """Every transfer visits every fold: Work of a layer in `lanes` lanes, fed by `ways` ways of `rows` rows."""
    folds = -(-layer.neurons // lanes)
    registers = 2  # the weights, and the potential
    if folds > 1:
        registers += ADDRESS_STAGES
    if folds * rows > SHALLOW_WORDS:
        registers += BLOCK_RAM_STAGES
    if ways > COMBINED_WAYS:
        registers += WAY_SUM_STAGES
    return Work(folds, registers, steps * folds, False)


def convolution_work(layer, lanes, rows, ways, steps):
    """A spike visits positions, one after the other, but for a convolution of one position, which is dense. What fires
    leaves window by window, in folds of channels, and a vector more ends a step."""
    if layer.positions == 1:
        return dense_work(layer.dense(), lanes, rows, ways, steps)
    rows, columns, channels = layer.map
    folds = max(2, rows * columns * -(-channels // lanes))
    return Work(folds, 1, folds * lanes * layer.often + steps, True)


WORK = {"dense": dense_work, "convolution": convolution_work}  # kind of a layer -> how it works


def describe(design, whole=False):
    """(Shape, Layers) of a network in a configuration; whole: an image begins when it is complete, no sooner. Raises
    UserError if they do not fit, or it has no hardware."""
    network = design.network
    network.require_kinds(WORK, "hardware")
    sizes = network.sizes
    lanes, ways = design.lanes, design.ways
    banks = design.configuration.pixels if network.most_events is None else 1
    beats = -(-network.inputs // banks)
    out_ways = (*ways[1:], 1)
    rows, works = beats * banks // ways[0], []
    for k, layer in enumerate(network.layers):
        works.append(WORK[layer.kind](layer, lanes[k], rows, ways[k], network.steps))
        rows = serializer_rows(lanes[k], works[k].folds, out_ways[k])
    folds = np.array([work.folds for work in works], np.int64)
    entries = np.array([work.vectors for work in works], np.int64)  # no image has more
    holds = entries > QUEUE_DEPTH
    holds[-1] = False  # no queue there
    layers = Layers(np.array(lanes, np.int64), folds, np.array([work.registers for work in works], np.int64),
                    np.array(out_ways, np.int64), np.minimum(entries, QUEUE_DEPTH), holds,
                    np.full(len(sizes), QUEUE_DEPTH - QUEUE_MARGIN, np.int64),
                    np.array([work.is_map for work in works]), entries, np.cumsum([0, *sizes[:-1]]))
    verdict_cycles = max(1, (lanes[-1] - 1).bit_length()) + (works[-1].folds > 1)
    return Shape(network.most_events is not None, network.steps, banks, ways[0], beats, verdict_cycles, PROMPT_CYCLES,
                 RESULT_PLACES, whole), layers


def serializer_rows(lanes, folds, ways):
    """Rows of each way behind a layer: its lanes of one way, or a power of two of them for each fold."""
    places = -(-lanes // ways)
    if folds == 1:
        return places
    words = max(FEWEST_SCAN_WORDS, -(-places // SCAN_WORD))
    return folds * (1 << (words - 1).bit_length()) * SCAN_WORD
