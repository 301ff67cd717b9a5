"""What the schedule of a convolution works on: the registers of its hardware, and its potentials.

Registers of the hardware as records that compiled functions read and write by name.
"""

from typing import NamedTuple

import numpy as np

from first_spike.golden.contract.configuration import ROW
from first_spike.golden.contract.limits import CANDIDATES_AHEAD, MOST_SCRUBBED, ROW_SETTLE


def registers(numbers, flags=""):
    """dtype of a record: `numbers` int64, `flags` bool, both names with spaces between.

    A compiled function takes arrays of records and looks at one as `record = array[index]`. A record does not keep its
    array alive: who makes the array has to hold it for as long.
    """
    fields = [(name, np.int64) for name in numbers.split()] + [(name, np.bool_) for name in flags.split()]
    return np.dtype((np.record, fields))  # np.record has names without numba, too


NONE = -1  # instead of the number of a vector, a spike, an input: where there is none

# A fold at the end of a step, as step * folds + fold, or NONE; whether it ends the image.
ENTRY = registers("vector", "end")


# Stages of the pipeline: chosen, proposed and waiting wait for their turn, eight more move in any case.
CHOSEN, PROPOSED, WAITING = range(3)
FIRES, LEAVING, STAGES = 9, 10, 11
ROW_LEAVING, ROW_PUSHED = 7, 8  # the same where a row of the kernel is worked on in a cycle: five move in any case
NOTHING, VISIT, TEST, SCRUB, MARK = range(5)  # what is in a stage

# What is in a stage; vector: of a test that fires, or a mark, else NONE; mask, candidates: a bit for each bank.
TOKEN = registers("kind word y x fold input vector step mask candidates", "end candidate")

# What the layer is like; the spike that waits; the one that is visited; the queue of candidates; the vectors so far.
MAP = registers("columns channels_in kernel_y kernel_x stride_y stride_x padding_y padding_x positions_y positions_x "
                "pool_y pool_x windows_x channels folds lanes words window_bits pool_bits scrubbed "
                "next_input next_step age input y y_last x x_first x_last fold step left pointer "
                "queued first in_memory room front vectors out_ways banks slots y_first count mask tested fires",
                "by_row sums urgent waits next_last next_end visiting last end closing quiet reading arriving advance")


class Maps(NamedTuple):
    """Of all layers, those that are no maps left empty: MAP records [layers]; TOKEN records [layers, stages]; weights
    and thresholds int32 [layers, most]; potentials int32, pool, is_queued bool, candidates and their masks int64,
    all [layers, most]."""

    now: np.ndarray
    tokens: np.ndarray
    weights: np.ndarray
    thresholds: np.ndarray
    potentials: np.ndarray
    pool: np.ndarray
    is_queued: np.ndarray
    candidates: np.ndarray
    masks: np.ndarray


def make_maps(layers, lanes, taps, out_ways, swept, before=0):
    """Maps of golden layers in so many `lanes` each, with `taps` (1 or "row") each and `out_ways` spikes a cycle
    behind; swept: words that each has emptied since the reset, before the first beat of the first image; before: images
    since the reset, each of which has emptied some more."""
    count = len(layers)
    now, tokens = np.zeros(count, MAP), np.zeros((count, STAGES), TOKEN)
    wide = [layer if layer.positions > 1 else None for layer in layers]
    sizes = np.ones((4, count), np.int64)
    for k, layer in enumerate(wide):
        if layer is not None:
            sizes[:, k] = describe_map(now[k], layer, lanes[k], swept)
            now[k].pointer = (now[k].pointer + before * now[k].scrubbed) % now[k].words
            now[k].out_ways = out_ways[k]
            if taps[k] == ROW:
                describe_rows(now[k], layer.geometry, swept)
    weights, thresholds, potentials, pool = (np.zeros((count, most), np.int32) for most in sizes.max(axis=1))
    for k, layer in enumerate(wide):
        if layer is not None:
            weights[k, :layer.weights.size] = layer.weights.ravel()
            thresholds[k, :len(layer.thresholds)] = layer.thresholds
    words = max(1, now["words"].max())
    return Maps(now, tokens, weights, thresholds, potentials, pool.astype(bool), np.zeros((count, words), np.bool_),
                np.zeros((count, words), np.int64), np.zeros((count, words), np.int64))


def describe_map(now, layer, lanes, swept):
    """Fill the MAP record of a golden ConvolutionLayer; returns how many weights, thresholds, potentials and bits of
    the pool it has."""
    geometry = layer.geometry
    now.columns, now.channels_in = geometry.source[1:]
    now.kernel_y, now.kernel_x = geometry.kernel
    now.stride_y, now.stride_x = geometry.stride
    now.padding_y, now.padding_x = geometry.padding
    now.positions_y, now.positions_x = geometry.positions
    now.pool_y, now.pool_x = geometry.pool
    now.windows_x, now.channels, now.lanes = geometry.handed[1], len(layer.thresholds), lanes
    now.folds = -(-now.channels // lanes)
    now.window_bits = (int(now.pool_y * now.pool_x) - 1).bit_length()
    now.sums, now.pool_bits = geometry.sums, 0 if geometry.sums else now.window_bits
    windows = max(2, geometry.handed[0] * geometry.handed[1] * now.folds)
    now.words = windows << now.window_bits
    rounds = (1 << (-(-int(now.words) // MOST_SCRUBBED)).bit_length()) - 1
    now.scrubbed = -(-now.words // rounds)
    now.left = max(0, now.words - swept)
    now.pointer = min(now.words, swept) % now.words
    now.room, now.fires = CANDIDATES_AHEAD, FIRES
    return layer.weights.size, now.channels, now.words * lanes, (now.words >> now.pool_bits) * lanes


def describe_rows(now, geometry, swept):
    """What is different in a MAP record where a row of the kernel is worked on in a cycle."""
    now.by_row, now.fires = True, ROW_LEAVING
    now.slots, now.banks = (-(-reach // step) for reach, step in zip(geometry.kernel, geometry.stride))
    groups = -(-int(now.positions_x) // int(now.banks))
    words = sum(map(bits_for, (now.positions_y, groups)))
    windows = sum(map(bits_for, geometry.handed))
    now.scrubbed = 1 << max(words, windows) + (int(now.folds) - 1).bit_length()
    left = now.scrubbed + 2 * ROW_SETTLE - swept
    now.urgent = left > 0
    now.left = left if left > 0 else max(0, now.scrubbed + ROW_SETTLE + left)


def bits_for(count):
    """Width of an unsigned number below `count`, at least 1."""
    return max(1, (int(count) - 1).bit_length())
