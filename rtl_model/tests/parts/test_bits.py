"""The lowest set bit, the number of a bit, counting to one and to two: for every vector of a few bits."""

import pytest
from myhdl import delay

from first_spike.rtl_model.parts.bits import at_most_one, at_most_two, bit_number, lowest_bit
from tb.helpers.clocked import run, signals, vector


@pytest.mark.parametrize("count", [1, 2, 5, 8])
def test_lowest_bit(count):
    clk, = signals("clk").values()
    bits, lowest = vector(count), vector(count)

    def stimulus():
        for value in range(1 << count):
            bits.next = value
            yield delay(1)
            assert lowest == value & -value, f"{value:b}"

    run(lowest_bit, dict(bits=bits, lowest=lowest, count=count), stimulus(), clk)


@pytest.mark.parametrize("count, number_bits", [(2, 1), (5, 3), (8, 3)])
def test_bit_number(count, number_bits):
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


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("function, port, most", [(at_most_one, "one", 1), (at_most_two, "two", 2)])
def test_few_bits(function, port, most, count):
    clk, few = signals("clk", "few").values()
    bits = vector(count)

    def stimulus():
        for value in range(1 << count):
            bits.next = value
            yield delay(1)
            assert few == (value.bit_count() <= most), f"{value:b}"

    run(function, dict(bits=bits, **{port: few}, count=count), stimulus(), clk)
