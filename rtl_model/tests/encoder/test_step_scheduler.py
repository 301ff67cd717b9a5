"""The steps of an image open one after another, and a decision ends them at any moment."""

import numpy as np
import pytest

from first_spike.rtl_model.encoder.bundles import DrainControl, OpenStep, StepSet, TableSweep
from first_spike.rtl_model.encoder.step_scheduler import step_scheduler
from first_spike.rtl_model.parts.streams import ImageControl
from tb.helpers.clocked import run, signals, vector

STEP_BITS = 3


@pytest.mark.parametrize("whole", [False, True])
def test_steps_open_in_order_until_the_decision(whole):
    rng = np.random.default_rng(1)
    print("seed 1")
    ports = signals("clk", "rst", "advance", "idle")
    clk, rst, advance, idle = ports.values()
    finishing, finishing_first, holding = vector(2), vector(2), vector(2)
    waiting, drain, current, control = StepSet(STEP_BITS), DrainControl(STEP_BITS), OpenStep(STEP_BITS), ImageControl()
    sweep = TableSweep(STEP_BITS)

    def complete(buffer, steps, bad):
        """The image becomes complete, as the step collector says it."""
        lowest = min(steps, default=0)
        waiting.complete.next, waiting.buffer.next, waiting.lowest.next = 1, buffer, lowest
        waiting.rest.next, waiting.bad.next = sum(1 << step for step in steps - {lowest}), bad
        waiting.some.next, waiting.waiting.next = bool(steps), 1

    def begin(image):
        """Part of the image is there: it begins, unless all of it has to be."""
        holding.next, advance.next = 1 + int(rng.integers(3)), 1
        for _ in range(int(rng.integers(4))):
            control.space.next, finishing_first.next = rng.random() < 0.5, int(rng.integers(3))
            yield clk.posedge
            assert not current.closing and not drain.open_step and current.step == 0
            assert not (whole and current.go)
            yield clk.negedge

    def stimulus():
        rst.next = 1
        yield clk.negedge
        rst.next = 0
        for image in range(80):
            steps = {int(step) for step in rng.integers(1, 1 << STEP_BITS, size=rng.integers(0, 6))}
            bad = bool(rng.integers(2))
            assert idle
            yield from begin(image)
            complete(image % 2, steps, bad)
            last_open, order, cut, decided = -9, [], image % 3 == 2 and int(rng.integers(30)), False
            closed_first, begun, had_space = False, not idle, bool(current.go)
            for cycle in range(400):
                advance.next, control.space.next = rng.random() < 0.7, rng.random() < 0.5
                finishing.next = 3 if rng.random() < 0.4 else int(rng.integers(3))
                finishing_first.next = 3 if cycle > 2 and rng.random() < 0.4 else int(rng.integers(3))
                yield clk.posedge
                waiting.complete.next = 0
                if waiting.take:
                    waiting.waiting.next = 0
                if current.go:
                    assert not closed_first and current.step == 0 and (begun or had_space)
                    begun = True
                if current.closing_first:
                    assert current.go and advance and finishing_first == 3 and current.closing
                    closed_first = True
                elif current.closing:
                    assert advance and finishing == 3 and current.step == order[-1]
                if current.closing:
                    assert current.final == (len(order) >= len(steps))
                if drain.open_step:
                    assert cycle - last_open >= 3, "the heads of the next step are not there yet"
                    assert closed_first and drain.buffer == image % 2 and control.bad_frame == bad
                    order.append(int(drain.fetch_step1 if image % 2 else drain.fetch_step0))
                    last_open = cycle
                over = bool(current.closing) and bool(current.final)
                yield clk.negedge
                had_space = had_space or bool(control.space)
                if decided:
                    break
                assert idle != begun
                if (over and not cut) or (cut and cycle >= cut and closed_first):
                    control.decide.next, decided = 1, True
            assert decided, "the image never ends"
            assert order == sorted(steps)[:len(order)]
            assert cut or len(order) == len(steps), f"{steps}: {order}"
            control.decide.next, control.flush.next, control.clear.next, holding.next = 0, 1, 1, 0
            control.space.next, later = 1, int(rng.integers(1 << STEP_BITS))
            (sweep.step1 if image % 2 else sweep.step0).next, sweep.due.next = later, 1 << image % 2
            yield clk.posedge
            assert not current.go and not drain.open_step, "the image before is being forgotten"
            yield clk.negedge
            assert (drain.fetch_step1 if image % 2 else drain.fetch_step0) == later, "the entry to be emptied"
            control.flush.next, control.clear.next, sweep.due.next = 0, 0, 0
            for _ in range(4):
                assert not current.closing and not drain.open_step and current.step == 0
                yield clk.negedge

    run(step_scheduler, dict(ports, s_steps=waiting, m_drain=drain, m_current=current, control=control,
                             finishing=finishing, finishing_first=finishing_first, holding=holding,
                             s_sweep=sweep.only("due", "step0", "step1"), whole=whole),
        stimulus())
