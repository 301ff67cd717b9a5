"""A lane, alone and folded, against a table made by hand."""

import pytest
from myhdl import Signal, delay, intbv

from rtl_model.layer.if_lane import if_lane, if_lane_folded
from rtl_model.shape.layer_shape import sum_is_registered
from rtl_model.tests.clocked import packed, run, signals, vector

BITS = 8  # of a potential
THRESHOLD = 5
LANE_TABLE = [  # weight, the potential after it, fires
    (5, 5, False),  # not above the threshold
    (1, 6, True),  # above
    (7, 13, False),  # only once
    (-8, 5, False),
    (4, 9, False),  # above again: still only once
]


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


def test_a_folded_lane_keeps_what_its_potentials_begin_with():
    """Each neuron begins with what was loaded for it, image after image, until another value is loaded."""
    ports = signals("clk", "early_fresh", "integrate", "test", "fires", "load")
    clk, early_fresh, integrate, test, fires, load = ports.values()
    early_fold, fold, weights, potential = vector(2), vector(2), vector(4), vector(BITS)
    load_fold, load_start = vector(2), vector(3)
    device = if_lane_folded, dict(ports, early_fold=early_fold, fold=fold, weights=weights, start=None,
                                  potential=potential, load_fold=load_fold, load_start=load_start, ways=1, code_bits=4,
                                  potential_bits=BITS, folds=3)

    def stimulus():
        for thresholds in ([5, 1, 7], [2, 6, 3]):
            for neuron, threshold in enumerate(thresholds):
                load.next, load_fold.next, load_start.next = 1, neuron, (-threshold - 1) % 8
                yield clk.negedge
            load.next = 0
            for _ in range(2):
                totals = [0] * 3
                for turn, weight in enumerate((4, 3, -2)):
                    for neuron, threshold in enumerate(thresholds):
                        early_fold.next, early_fresh.next, weights.next = neuron, turn == 0, packed([weight], 4)
                        yield clk.negedge
                        integrate.next, test.next, fold.next = 1, 1, neuron
                        yield clk.negedge
                        integrate.next, test.next = 0, 0
                        before, totals[neuron] = totals[neuron], totals[neuron] + weight
                        assert potential.signed() == totals[neuron] - threshold - 1
                        assert fires == (before <= threshold < totals[neuron])

    run(*device, stimulus())
