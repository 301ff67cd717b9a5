"""Every step of two banks, with a spike and without."""

import pytest
from myhdl import delay

from first_spike.rtl_model.encoder.step_marks import halves, step_marks
from tb.helpers.clocked import run, signals, vector


@pytest.mark.parametrize("step_bits", [1, 2, 3])
def test_every_step(step_bits):
    clk, = signals("clk").values()
    uppers, lowers = (1 << half for half in halves(step_bits))
    assert uppers * lowers == 1 << step_bits
    steps, lit, upper, lower = vector(2 * step_bits), vector(2), vector(2 * uppers), vector(2 * lowers)

    def stimulus():
        for own in range(1 << step_bits):
            for other in range(1 << step_bits):
                for spikes in range(4):
                    steps.next, lit.next = other << step_bits | own, spikes
                    yield delay(1)
                    marks = [1 << step // lowers if spikes >> bank & 1 else 0 for bank, step in enumerate((own, other))]
                    assert upper == marks[1] << uppers | marks[0]
                    assert lower == 1 << lowers + other % lowers | 1 << own % lowers

    run(step_marks, dict(steps=steps, lit=lit, upper=upper, lower=lower, banks=2), stimulus(), clk)
