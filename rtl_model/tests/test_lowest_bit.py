"""The lowest set bit, for every vector of a few bits."""

import pytest
from myhdl import delay

from first_spike.rtl_model.parts.lowest_bit import lowest_bit
from first_spike.rtl_model.tests.clocked import run, signals, vector


@pytest.mark.parametrize("count", [1, 2, 5, 8])
def test_every_vector(count):
    clk, = signals("clk").values()
    bits, lowest = vector(count), vector(count)

    def stimulus():
        for value in range(1 << count):
            bits.next = value
            yield delay(1)
            assert lowest == value & -value, f"{value:b}"

    run(lowest_bit, dict(bits=bits, lowest=lowest, count=count), stimulus(), clk)
