"""Counting to one and to two, for every vector of a few bits."""

import pytest
from myhdl import delay

from first_spike.rtl_model.parts.few_bits import at_most_one, at_most_two
from first_spike.rtl_model.tests.clocked import run, signals, vector


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("function, port, most", [(at_most_one, "one", 1), (at_most_two, "two", 2)])
def test_every_vector(function, port, most, count):
    clk, few = signals("clk", "few").values()
    bits = vector(count)

    def stimulus():
        for value in range(1 << count):
            bits.next = value
            yield delay(1)
            assert few == (value.bit_count() <= most), f"{value:b}"

    run(function, dict(bits=bits, **{port: few}, count=count), stimulus(), clk)
