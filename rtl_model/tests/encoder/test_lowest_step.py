"""The first of several steps, for every set of a few."""

from myhdl import delay

from first_spike.rtl_model.encoder.step_marks import lowest_step
from tb.helpers.clocked import run, signals, vector


def test_every_set():
    clk, = signals("clk").values()
    steps, lowest, index = vector(8), vector(8), vector(3)

    def stimulus():
        for value in range(256):
            steps.next = value
            yield delay(1)
            assert lowest == value & -value
            assert index == max((value & -value).bit_length() - 1, 0)

    run(lowest_step, dict(steps=steps, lowest=lowest, index=index), stimulus(), clk)
