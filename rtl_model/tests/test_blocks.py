"""Small blocks in MyHDL's own simulator, against tables made by hand and plain Python."""

from collections import deque

import numpy as np
import pytest
from myhdl import Signal, delay, intbv

from golden.contract.limits import SHALLOW_WORDS
from rtl_model.layer.if_lane import if_lane, if_lane_folded
from rtl_model.layer.way_scanner import way_scanner
from rtl_model.layer.weight_memory import weight_file, weight_memory
from rtl_model.parts.queue import queue
from rtl_model.readout.largest import largest, tree_levels
from rtl_model.shape.layer_shape import sum_is_registered
from rtl_model.tests.clocked import run

BITS = 8  # of a potential
THRESHOLD = 5
LANE_TABLE = [  # weight, the potential after it, fires
    (5, 5, False),  # not above the threshold
    (1, 6, True),  # above
    (7, 13, False),  # only once
    (-8, 5, False),
    (4, 9, False),  # above again: still only once
]


def signals(*names):
    return {name: Signal(bool(0)) for name in names}


def vector(bits):
    return Signal(intbv(0)[bits:])


def packed(values, bits):
    """One integer from signed values, the first in the lowest bits."""
    return sum((int(value) % (1 << bits)) << (i * bits) for i, value in enumerate(values))


@pytest.mark.parametrize("ways", [1, 2, 4])
def test_a_lane_fires_once_and_strictly_above_its_threshold(ways):
    ports = signals("clk", "clear", "test", "fires")
    weights, start, potential = vector(ways * 4), Signal(intbv(packed([-THRESHOLD - 1], BITS))[BITS:]), vector(BITS)
    device = if_lane, dict(ports, weights=weights, start=start, potential=potential, ways=ways, code_bits=4,
                           potential_bits=BITS)
    clk, clear, test, fires = ports.values()

    def stimulus():
        for _ in range(2):  # the second image shows that clear forgets
            clear.next = 1
            yield clk.negedge
            clear.next = 0
            for number, (weight, now, fired) in enumerate(LANE_TABLE):
                weights.next = packed([weight], 4) << (4 * (number % ways))
                yield clk.negedge
                weights.next = 0
                if sum_is_registered(ways):
                    yield clk.negedge
                assert not fires, "only a test makes it fire"
                test.next = 1
                yield delay(1)
                assert fires == fired
                assert potential.signed() == now - THRESHOLD - 1
                yield clk.negedge
                test.next = 0
                yield clk.negedge

    run(*device, stimulus())


@pytest.mark.parametrize("ways", [1, 2, 4])
def test_a_folded_lane_keeps_its_neurons_apart(ways):
    """Neuron 1 follows the table, neurons 0 and 2 stay where they start."""
    ports = signals("clk", "early_fresh", "integrate", "test", "fires", "clear")
    clk, early_fresh, integrate, test, fires, clear = ports.values()
    early_fold, fold, weights, potential = vector(2), vector(2), vector(ways * 4), vector(BITS)
    start = Signal(intbv(packed([-THRESHOLD - 1], BITS))[BITS:])
    device = if_lane_folded, dict(ports, early_fold=early_fold, fold=fold, weights=weights, start=start,
                                  potential=potential, ways=ways, code_bits=4,
                            potential_bits=BITS, folds=3)

    def stimulus():
        for _ in range(2):
            for number, (weight, now, fired) in enumerate(LANE_TABLE):
                for neuron in range(3):
                    early_fold.next, early_fresh.next = neuron, number == 0
                    weights.next = packed([weight], 4) << (4 * (number % ways)) if neuron == 1 else 0
                    yield clk.negedge
                    integrate.next, test.next, fold.next = 1, 1, neuron
                    yield clk.negedge
                    integrate.next, test.next = 0, 0
                    assert fires == (fired and neuron == 1)
                    assert potential.signed() == (now if neuron == 1 else 0) - THRESHOLD - 1

    run(*device, stimulus())


@pytest.mark.parametrize("lanes", [1, 2, 3, 10, 17])
def test_the_largest_potential_wins_and_the_lowest_lane_when_equal(lanes):
    rng = np.random.default_rng(lanes)
    print(f"seed {lanes}")
    clk, potentials = Signal(bool(0)), vector(lanes * BITS)
    winner, index = vector(BITS), vector(max(1, (lanes - 1).bit_length()))
    device = largest, dict(clk=clk, potentials=potentials, winner=winner, index=index, lanes=lanes, potential_bits=BITS)
    rows = [rng.integers(low, high, lanes) for low, high in [(-128, 128), (-2, 2), (3, 4), (-128, -127), (127, 128)]
            * 6]

    def stimulus():
        for row in rows:
            potentials.next = packed(row, BITS)
            for _ in range(tree_levels(lanes)):
                yield clk.negedge
            assert winner.signed() == row.max()
            assert index == row.argmax()

    run(*device, stimulus())


def test_a_scanner_gives_each_set_bit_once_in_order():
    rng = np.random.default_rng(1)
    print("seed 1")
    ports = signals("clk", "clear", "load", "seek", "loaded", "start", "advance", "spent", "finished", "ends_word",
                    "gives")
    incoming, place = vector(12), vector(4)
    device = way_scanner, dict(ports, incoming=incoming, place=place, word_bits=4, words=3)
    clk, clear, load, seek, loaded, start, advance, spent, finished, _, gives = ports.values()
    vectors = [0, 1, 0xFFF, 0x800, 0x0F0, 0x111] + [int(value) for value in rng.integers(0, 1 << 12, 40)]

    def stimulus():
        clear.next = 1
        yield clk.negedge
        clear.next = 0
        for bits in vectors:
            assert spent
            load.next, incoming.next = 1, bits
            yield clk.negedge
            load.next, seek.next, incoming.next = 0, 1, ~bits & 0xFFF
            yield clk.negedge
            assert spent == (bits == 0)
            seek.next, loaded.next, start.next = 0, 1, 1
            yield clk.negedge
            loaded.next, start.next = 0, 0
            found = []
            for _ in range(max(1, bits.bit_count())):  # not a cycle more than there are bits
                while rng.random() < 0.3:
                    yield clk.negedge
                advance.next = 1
                yield delay(1)
                if gives:
                    found.append(int(place))
                over = bool(finished)
                yield clk.negedge
                advance.next = 0
            assert over and found == [b for b in range(12) if bits >> b & 1]

    run(*device, stimulus())


@pytest.mark.parametrize("depth, margin", [(1, 0), (2, 0), (16, 8), (5, 2)])
def test_a_queue_gives_what_was_pushed_in_order(depth, margin):
    rng = np.random.default_rng(depth)
    print(f"seed {depth}")
    ports = signals("clk", "clear", "push", "pop", "filled", "almost_full")
    clk, clear, push, pop, filled, almost_full = ports.values()
    entry, head = vector(8), vector(8)
    device = queue, dict(ports, entry=entry, head=head, depth=depth, margin=margin)

    def stimulus():
        clear.next = 1
        yield clk.negedge
        clear.next = 0
        model = deque()
        for cycle in range(600):
            eager = 0.8 if cycle // 100 % 2 else 0.2  # it fills, it empties
            value, space = int(rng.integers(256)), len(model) < depth
            entry.next, push.next = value, space and rng.random() < eager
            pop.next = bool(model) and rng.random() < 1 - eager
            clear.next = rng.random() < 0.01
            was_above = len(model) >= depth - margin and not clear.next
            if push.next:
                model.append(value)
            if pop.next:
                model.popleft()
            if clear.next:
                model.clear()
            yield clk.negedge
            assert filled == bool(model)
            assert not model or head == model[0]
            assert almost_full == was_above

    run(*device, stimulus())


@pytest.mark.parametrize("depth", [3, SHALLOW_WORDS, SHALLOW_WORDS + 1, 300])
@pytest.mark.parametrize("bits", [1, 3, 8])
def test_a_weight_memory_gives_weights_or_zeros(depth, bits):
    rng = np.random.default_rng(depth + bits)
    print(f"seed {depth + bits}")
    lanes, code_bits = 5, max(2, bits)
    weights = rng.choice([-1, 1], (depth, lanes)) if bits == 1 else rng.integers(-(1 << (bits - 1)), 1 << (bits - 1),
                                                                                 (depth, lanes))
    contents = tuple(packed(row > 0 if bits == 1 else row, bits) for row in weights)
    ports = signals("clk", "clear", "read")
    clk, clear, read = ports.values()
    address, word = vector(max(1, (depth - 1).bit_length())), vector(lanes * code_bits)
    device = weight_memory, dict(ports, address=address, weights=word, weight_bits=bits, lanes=lanes,
                                 file=weight_file("any", contents, bits, lanes, sliced=False))
    latency = 1 if depth <= SHALLOW_WORDS else 3

    def stimulus():
        expected = deque([None] * (latency - 1))
        for _ in range(200):
            row = int(rng.integers(depth))
            address.next, read.next, clear.next = row, rng.random() < 0.7, rng.random() < 0.1
            if clear.next and latency == 3 and expected[-1] is not None:
                expected[-1] = 0  # it had been read in the cycle before
            expected.append(packed(weights[row], code_bits) if read.next and not clear.next else 0)
            yield clk.negedge
            right = expected.popleft()
            assert right is None or word == right

    run(*device, stimulus())
