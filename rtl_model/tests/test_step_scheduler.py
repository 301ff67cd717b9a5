"""The steps of an image open one after another, and a decision ends them at any moment."""

import numpy as np

from rtl_model.encoder.bundles import DrainControl, OpenStep, StepSet
from rtl_model.encoder.step_scheduler import step_scheduler
from rtl_model.parts.streams import ImageControl
from rtl_model.tests.clocked import run, signals, vector

STEP_BITS = 3


def test_steps_open_in_order_until_the_decision():
    rng = np.random.default_rng(1)
    print("seed 1")
    ports = signals("clk", "rst", "advance")
    clk, rst, advance = ports.values()
    finishing = vector(2)
    waiting, drain, current, control = StepSet(STEP_BITS), DrainControl(STEP_BITS), OpenStep(STEP_BITS), ImageControl()

    def complete(buffer, steps, bad):
        """The image becomes complete, as the step collector says it."""
        first = min(steps, default=0)
        waiting.complete.next, waiting.buffer.next, waiting.first.next = 1, buffer, first
        yield clk.negedge
        waiting.complete.next = 0
        waiting.rest.next, waiting.bad.next = sum(1 << step for step in steps - {first}), bad
        yield clk.negedge
        waiting.waiting.next = 1

    def stimulus():
        rst.next = 1
        yield clk.negedge
        rst.next = 0
        for image in range(80):
            steps = {int(step) for step in rng.integers(1 << STEP_BITS, size=rng.integers(0, 6))}
            bad = bool(rng.integers(2))
            yield from complete(image % 2, steps, bad)
            last_open, order, cut, decided = -9, [], image % 3 == 2 and int(rng.integers(30)), False
            for cycle in range(400):
                advance.next, control.space.next = rng.random() < 0.7, rng.random() < 0.5
                finishing.next = 3 if rng.random() < 0.4 else int(rng.integers(3))
                yield clk.posedge
                if waiting.take:
                    waiting.waiting.next = 0
                if current.is_open:
                    assert current.step == order[-1]
                    assert current.closing == (bool(advance) and finishing == 3)
                    assert current.final == (len(order) >= len(steps))
                if drain.open_step:
                    assert cycle - last_open >= 3, "the heads of the next step are not there yet"
                    assert order or control.space
                    assert drain.buffer == image % 2 and control.bad_frame == bad
                    order.append(int(drain.fetch_step1 if image % 2 else drain.fetch_step0))
                    last_open = cycle
                over = bool(current.closing) and bool(current.final)
                yield clk.negedge
                if decided:
                    break
                if (over and not cut) or (cut and cycle >= cut and order):
                    control.decide.next, decided = 1, True
            assert decided, "the image never ends"
            assert order == (sorted(steps) or [0])[:len(order)]
            assert cut or len(order) == max(len(steps), 1), f"{steps}: {order}"
            control.decide.next, control.flush.next, control.clear.next = 0, 1, 1
            yield clk.negedge
            control.flush.next, control.clear.next = 0, 0
            for _ in range(4):
                assert not current.is_open and not drain.open_step
                yield clk.negedge

    run(step_scheduler, dict(ports, s_steps=waiting, m_drain=drain, m_current=current, control=control,
                             finishing=finishing), stimulus())
