"""What an inference asks for: spikes, synaptic additions and words of memory, exact, by layer and image.

Counted is up to the end of the decision step, all steps where there was no decision: what the contract asks for. What
hardware does ahead while a decision is on its way is not in it, nor are reads for tests of thresholds and the emptying
of memories, which depend on its schedule.

The names stand beside NeuroBench's (Yik et al. 2025, Nature Communications 16:1545): its effective ACs are additions
whose weight is not 0.

Potentials that inference does not keep: over time for one image, and those that the read-out compares.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from first_spike.golden.contract.configuration import ROW
from first_spike.golden.contract.limits import LISTENED_BEATS
from first_spike.golden.contract.network import Network
from first_spike.golden.inference.encode import feed, take_in
from first_spike.golden.inference.infer import run_layer
from first_spike.golden.recordings import Recordings

CHUNK = 512  # images at a time


@dataclass(frozen=True, eq=False)
class Operations:
    """Of one layer, int64 [n] each.

    arriving: spikes that come in, of the first layer those of inputs that are used.
    spikes: that it hands on.
    additions: of a weight to a potential; each reads and writes a potential once.
    effective: those of them whose weight is not 0.
    """

    arriving: np.ndarray
    spikes: np.ndarray
    additions: np.ndarray
    effective: np.ndarray


@dataclass(frozen=True, eq=False)
class MemoryWords:
    """Of one layer of a Design, int64 [n] each.

    weights: words of its weight memories that are read, `weights_side_by_side` weights each.
    potentials: words of `lanes` potentials that are read, and written, as often.
    in_registers: potentials stand in registers, a lane for each neuron, and no memory is accessed.
    shared: several spikes of a cycle may share an access to potentials, which are then at most so many.
    """

    weights: np.ndarray
    potentials: np.ndarray
    weights_side_by_side: int
    lanes: int
    in_registers: bool
    shared: bool


class Reach(NamedTuple):
    """Of each input of a layer, int64 [inputs]: positions whose kernel reads it, rows of such positions, and weights
    that are not 0 in them all."""

    positions: np.ndarray
    rows: np.ndarray
    nonzero: np.ndarray


def operations(network, images, inference):
    """A tuple of Operations, one for each layer.

    network: of integers. images: as `infer` takes them; inference: `infer(network, images)` of them, of the whole run.
    """
    last, found = _last(network, inference), []
    for k, (layer, train) in enumerate(zip(network.layers, _trains(network, images, inference))):
        reach = reach_of(layer)
        heard = network.used_inputs if k == 0 else np.ones(layer.inputs, bool)
        channels = len(layer.thresholds)
        sums = _sums(train, last, np.stack([heard, heard * reach.positions * channels, reach.nonzero], axis=1))
        found.append(Operations(sums[:, 0], (inference.spike_times[k] <= last[:, None]).sum(axis=1), *sums[:, 1:].T))
    return tuple(found)


def memory_words(design, images, inference):
    """A tuple of MemoryWords, one for each layer of a Design; the others as in `operations`.

    A dense layer reads, for each spike, a word of weights in each fold. A convolution reads one for each position, or
    with `taps` "row" for each row of positions, and in each fold of channels.
    """
    network, found = design.network, []
    last = _last(network, inference)
    parts = zip(network.layers, _trains(network, images, inference), design.lanes, design.taps, design.ways)
    for k, (layer, train, lanes, taps, ways) in enumerate(parts):
        reach, folds = reach_of(layer), -(-len(layer.thresholds) // lanes)
        sent = network.used_inputs if k == 0 and is_masked(design) else np.ones(layer.inputs, bool)
        by_row = taps == ROW
        visits = np.stack([reach.rows if by_row else reach.positions, reach.positions], axis=1)
        words = folds * _sums(train, last, sent[:, None] * visits)
        banks = -(-layer.geometry.kernel[1] // layer.geometry.stride[1]) if by_row else 1
        in_registers = folds == 1 and layer.positions == 1
        found.append(MemoryWords(*words.T, banks * lanes, lanes, in_registers, ways > 1))
    return tuple(found)


def is_masked(design):
    """Whether inputs that nobody uses are kept from the first layer of a Design."""
    return design.beats is not None and design.configuration.weight_banks == 1 and design.beats <= LISTENED_BEATS


def connections(layer):
    """Weights of a layer, each counted as often as a neuron uses it."""
    if layer.kind == "dense":
        return layer.weights.size
    read_rows, read_columns = (int((layer.geometry.reached(axis) >= 0).sum()) for axis in (0, 1))
    return read_rows * read_columns * layer.takes[2] * len(layer.thresholds)


def reach_of(layer):
    """The Reach of a layer; of one position every neuron is reached, as the hardware does it."""
    if layer.positions == 1:
        every = np.ones(layer.inputs, np.int64)
        return Reach(every, every, np.count_nonzero(layer.dense().weights, axis=1))
    geometry, channels_in = layer.geometry, layer.takes[2]
    rows, columns = (np.stack([(geometry.reached(axis) == place).sum(axis=0) for place in range(side)])
                     for axis, side in enumerate(geometry.source[:2]))  # [rows of the source, rows of the kernel]
    nonzero = np.count_nonzero(layer.weights.reshape(*geometry.kernel, channels_in, -1), axis=3)
    in_rows, in_columns = rows.sum(axis=1), columns.sum(axis=1)

    def of_each(counts):
        return np.repeat(counts.ravel(), channels_in)

    return Reach(of_each(np.outer(in_rows, in_columns)), of_each(np.outer(in_rows, in_columns > 0)),
                 np.einsum("yi,xj,ijc->yxc", rows, columns, nonzero).ravel())


def _last(network, inference):
    """int64 [n]: the last step that counts."""
    return np.minimum(inference.decision_time, network.steps - 1)


def _trains(network, images, inference):
    """What each layer is fed: spike times int16 [n, inputs], or Recordings."""
    return take_in(network, images)[0], *(feed(layer, times, network.steps) for layer, times
                                          in zip(network.layers[:-1], inference.spike_times))


def _sums(train, last, table):
    """int64 [n, columns]: the rows of `table` [inputs, columns] of all spikes up to step last [n], summed."""
    if isinstance(train, Recordings):
        in_time = train.steps <= last[train.owners]
        owners, inputs = train.owners[in_time], train.inputs[in_time]
        columns = [np.bincount(owners, column[inputs], len(train)) for column in table.T]
        return np.stack(columns, axis=1).astype(np.int64)
    sums = np.empty((len(train), table.shape[1]))
    for start in range(0, len(train), CHUNK):  # in float64 for speed: whole numbers below 2 ** 53 are exact
        part = slice(start, start + CHUNK)
        sums[part] = (train[part] <= last[part, None]).astype(np.float64) @ table.astype(np.float64)
    return sums.astype(np.int64)


def potentials_over_time(network, image, result):
    """V of the output neurons at the end of every step, [steps, classes], int64 or float64.

    image: one alone, uint8 [1, ...] or Recordings; result: an Inference of it for the whole run. Added in the order in
    which inference adds.
    """
    layer, train = network.layers[-1].dense(), _last_inputs(network, image, result)
    of_events = isinstance(train, Recordings)
    inputs, times = (train.inputs, train.steps) if of_events else (np.arange(layer.inputs), train[0])
    order = np.argsort(times, kind="stable")
    kind = np.int64 if isinstance(network, Network) else np.float64
    rows = layer.weights[inputs[order]]
    sums = np.concatenate([np.zeros((1, layer.neurons), kind), np.cumsum(rows, axis=0, dtype=kind)])
    return sums[np.searchsorted(times[order], np.arange(network.steps), side="right")]


def ranking(network, images, result):
    """(order, potentials), both [n, classes]: the classes as the read-out prefers them, the first being the result's,
    and the potentials in this order, at the end of the decision step, or of the run where there was none.

    images: uint8 [n, ...] or Recordings; result: the Inference of them for the whole run.
    """
    kind = np.int32 if isinstance(network, Network) else np.float64
    _, potentials = run_layer(network.layers[-1], _last_inputs(network, images, result), network.steps, kind)
    order = np.argsort(-potentials, axis=1, kind="stable")
    return order, np.take_along_axis(potentials, order, axis=1)


def _last_inputs(network, images, result):
    return _trains(network, images, result)[-1]
