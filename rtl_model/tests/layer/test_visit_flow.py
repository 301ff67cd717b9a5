"""What lets a visit go on, and the address that it reads weights at."""

import itertools

import pytest
from myhdl import Signal, block

from first_spike.rtl_model.layer.visit_stage import Visit, join_address, visit_flow
from tb.helpers.clocked import run, signals, vector

KINDS = ("visits", "tests", "marks")


@pytest.mark.parametrize("may_hold", [False, True])
def test_only_tests_and_marks_are_held(may_hold):
    clk, clash, hold, advance = signals("clk", "clash", "hold", "advance").values()
    waiting = Visit(3, 2).only(*KINDS)

    @block
    def bench():
        return visit_flow(advance, clash, waiting, hold if may_hold else None)

    def stimulus():
        for kind, clashes, holds in itertools.product(range(4), (0, 1), (0, 1)):
            for k, name in enumerate(KINDS):
                getattr(waiting, name).next = k == kind
            clash.next, hold.next = clashes, holds
            yield clk.negedge
            assert advance == (not clashes and not (may_hold and holds and kind in (1, 2)))

    run(bench, {}, stimulus(), clk)


@pytest.mark.parametrize("place_bits", [0, 2])
def test_the_place_is_the_lowest_part_of_an_address(place_bits):
    clk, address, place, whole = Signal(bool(0)), vector(3), vector(max(1, place_bits)), vector(3 + place_bits)

    @block
    def bench():
        return join_address(address, place, whole)

    def stimulus():
        for number, part in itertools.product(range(8), range(1 << len(place))):
            address.next, place.next = number, part
            yield clk.negedge
            assert whole == (number << place_bits | part if place_bits else number)

    run(bench, {}, stimulus(), clk)
