"""A lane, alone and folded, against a table made by hand."""

import pytest
from myhdl import Signal, delay, intbv

from first_spike.rtl_model.layer.if_lane import if_lane, if_lane_folded
from first_spike.rtl_model.shape.layer_shape import sum_is_registered
from tb.helpers.clocked import packed, run, signals, vector

BITS = 8  # of a potential
THRESHOLD = 5
LANE_TABLE = [  # weight, the potential after it, fires
    (5, 5, False),  # not above the threshold
    (1, 6, True),  # above
    (7, 13, False),  # only once
    (-8, 5, False),
    (4, 9, False),  # above again: still only once
]
LAST = pytest.mark.parametrize("last", [False, True])  # shows its potential, and fires as long as it is above


def right_fires(fired, now, last):
    return now > THRESHOLD if last else fired


@LAST
@pytest.mark.parametrize("ways", [1, 2, 4])
def test_a_lane_fires_once_and_strictly_above_its_threshold(ways, last):
    ports = signals("clk", "clear", "test", "fires")
    weights, start, potential = vector(ways * 4), Signal(intbv(packed([-THRESHOLD - 1], BITS))[BITS:]), vector(BITS)
    device = if_lane, dict(ports, weights=weights, start=start, membrane=potential if last else None, ways=ways,
                           code_bits=4, potential_bits=BITS)
    clk, clear, test, fires = ports.values()
    device[1]["test"] = None if last else test

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
                assert last or not fires, "only a test makes it fire"
                test.next = 1
                yield delay(1)
                assert fires == right_fires(fired, now, last)
                assert not last or potential.signed() == now - THRESHOLD - 1
                yield clk.negedge
                test.next = 0
                yield clk.negedge

    run(*device, stimulus())


@LAST
@pytest.mark.parametrize("ways", [1, 2, 4])
def test_a_folded_lane_keeps_its_neurons_apart(ways, last):
    """Neuron 1 follows the table, neurons 0 and 2 stay where they start."""
    ports = signals("clk", "early_fresh", "integrate", "test", "fires", "clear")
    clk, early_fresh, integrate, test, fires, clear = ports.values()
    early_fold, fold, weights, potential = vector(2), vector(2), vector(ways * 4), vector(BITS)
    start = Signal(intbv(packed([-THRESHOLD - 1], BITS))[BITS:])
    device = if_lane_folded, dict(ports, early_fold=early_fold, fold=fold, weights=weights, start=start,
                                  membrane=potential if last else None, ways=ways, code_bits=4,
                                  potential_bits=BITS, folds=3)
    device[1]["test"] = None if last else test

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
                    assert fires == (neuron == 1 and right_fires(fired, now, last))
                    assert not last or potential.signed() == (now if neuron == 1 else 0) - THRESHOLD - 1

    run(*device, stimulus())


@LAST
def test_a_folded_lane_whose_memory_is_outside_counts_on_from_what_that_keeps(last):
    ports = signals("clk", "test", "fires")
    clk, test, fires = ports.values()
    weights, potential, entry, kept = vector(4), vector(BITS), vector(BITS + (not last)), vector(BITS + (not last))
    nothing = dict.fromkeys(("early_fold", "early_fresh", "integrate", "fold", "start"))
    device = if_lane_folded, dict(ports, **nothing, weights=weights, membrane=potential if last else None, entry=entry,
                                  kept=kept, ways=1, code_bits=4, potential_bits=BITS, folds=3)
    device[1]["test"] = None if last else test

    def stimulus():
        entry.next = packed([-THRESHOLD - 1], BITS)
        for weight, now, fired in LANE_TABLE:
            weights.next = packed([weight], 4)
            yield clk.negedge
            test.next = 1
            yield delay(1)
            assert kept[BITS:].signed() == now - THRESHOLD - 1
            entry.next = kept
            yield clk.negedge
            test.next = 0
            assert fires == right_fires(fired, now, last)

    run(*device, stimulus())
