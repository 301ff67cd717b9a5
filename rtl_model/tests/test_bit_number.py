"""The number of one bit, for each of a few, and for none."""

import pytest
from myhdl import delay

from first_spike.rtl_model.parts.bit_number import bit_number
from first_spike.rtl_model.tests.clocked import run, signals, vector


@pytest.mark.parametrize("count, number_bits", [(2, 1), (5, 3), (8, 3)])
def test_each_bit(count, number_bits):
    clk, = signals("clk").values()
    alone, number = vector(count), vector(number_bits)

    def stimulus():
        yield delay(1)
        assert number == 0
        for bit in range(count):
            alone.next = 1 << bit
            yield delay(1)
            assert number == bit

    run(bit_number, dict(alone=alone, number=number, count=count), stimulus(), clk)
