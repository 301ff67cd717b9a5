"""The numbers of the schedule, counted by hand from the rules in cycles.py."""

import numpy as np
import pytest

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Layer, Network
from first_spike.golden.schedule.layers import describe, serializer_rows
from first_spike.golden.schedule.maps import bits_for


def network(steps, *sizes):
    layers = [Layer(np.ones(shape, np.int8), np.ones(shape[1], np.int32), 2) for shape in zip(sizes, sizes[1:])]
    return Network(steps, (1, sizes[0]), layers, [str(j) for j in range(sizes[-1])])


@pytest.mark.parametrize("sizes, choice, folds, registers, first", [
    # 64 rows are a memory of LUTs: weights and potential
    ((64, 2), dict(), [1], [2], [0]),
    # 65 pixels in beats of 1 are 65 rows: block RAM, two more
    ((65, 2), dict(pixels=1), [1], [4], [0]),
    # two folds of 40 rows: an address, and block RAM
    ((40, 4), dict(lanes=(2,)), [2], [5], [0]),
    # four ways between the layers: a sum of its own; a row is one of three lanes of a way
    ((8, 12, 3), dict(), [1, 1], [2, 3], [0, 12]),
    # two ways have none
    ((8, 12, 3), dict(spikes_per_cycle=2), [1, 1], [2, 2], [0, 12]),
    # 3 folds of 4 lanes: 3 * 2 * 4 rows in one way, all of it thrice in the 3 folds behind: block RAM
    ((8, 12, 3), dict(lanes=(4, 1), spikes_per_cycle=1), [3, 3], [3, 5], [0, 12]),
])
def test_layers(sizes, choice, folds, registers, first):
    _, layers = describe(Design(network(16, *sizes), Configuration(**choice)))
    assert layers.folds.tolist() == folds and layers.registers.tolist() == registers
    assert layers.first.tolist() == first


def test_queues():
    """As many places as an image can fill, 16 at most; the output layer has none that could hold it."""
    _, layers = describe(Design(network(4, 8, 12, 9, 3), Configuration(lanes=(12, 2, 1))))
    assert layers.depth.tolist() == [4, 16, 12] and layers.holds.tolist() == [False, True, False]
    assert layers.out_ways.tolist() == [4, 2, 1] and layers.high.tolist() == [8, 8, 8]


@pytest.mark.parametrize("classes, lanes, verdict", [(1, 1, 1), (2, 2, 1), (3, 3, 2), (10, 10, 4), (10, 5, 3 + 1)])
def test_shape(classes, lanes, verdict):
    shape, _ = describe(Design(network(32, 30, classes), Configuration(lanes=(lanes,), pixels=8, events_per_cycle=2)))
    assert (shape.steps, shape.banks, shape.ways, shape.beats, shape.verdict_cycles) == (32, 8, 2, 4, verdict)


@pytest.mark.parametrize("lanes, folds, ways, rows", [
    (12, 1, 4, 3),          # one row a lane
    (13, 1, 4, 4),          # the last way is short of lanes
    (4, 3, 1, 3 * 2 * 4),   # one word of four would do, but its number has a bit
    (8, 3, 1, 3 * 2 * 4),   # two words
    (12, 2, 1, 2 * 4 * 4),  # three words, rounded up to four
])
def test_serializer_rows(lanes, folds, ways, rows):
    assert serializer_rows(lanes, folds, ways) == rows


def test_bits_of_numbers():
    assert [bits_for(count) for count in (1, 2, 3, 4, 5, 8, 9)] == [1, 1, 2, 2, 3, 3, 4]
