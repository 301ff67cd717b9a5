"""The steps of an image, collected beat by beat."""

import numpy as np

from first_spike.rtl_model.encoder.bundles import BeatStream, StepSet
from first_spike.rtl_model.encoder.step_collector import step_collector
from tb.helpers.clocked import run, signals

STEP_BITS, BANKS, ROW_BITS = 3, 4, 4
UPPERS, LOWERS = 4, 2  # values of the halves of a step's number


def test_each_image_waits_with_its_own_steps():
    rng = np.random.default_rng(1)
    print("seed 1")
    ports = signals("clk", "rst")
    clk, rst = ports.values()
    beat, steps = BeatStream(BANKS, ROW_BITS, STEP_BITS), StepSet(STEP_BITS)
    waiting = []

    def stimulus():
        rst.next = 1
        yield clk.negedge
        rst.next = 0
        for image in range(60):
            found, count, bad = set(), int(rng.integers(1, 5)), bool(rng.integers(2))
            for number in range(count):
                while rng.random() < 0.3:  # the source pauses
                    yield from cycle()
                own = [int(step) for step in rng.integers(1, 1 << STEP_BITS, size=BANKS)]
                lit = int(rng.integers(1 << BANKS)) if image % 5 else 0  # every fifth image is black
                found |= {step for bank, step in enumerate(own) if lit >> bank & 1}
                beat.upper.next = sum(1 << UPPERS * bank + step // LOWERS for bank, step in enumerate(own)
                                      if lit >> bank & 1)
                beat.lower.next = sum(1 << LOWERS * bank + step % LOWERS for bank, step in enumerate(own))
                beat.final.next, beat.bad.next, beat.buffer.next = number == count - 1, bad, image % 2
                yield from cycle()
                beat.upper.next, beat.final.next = 0, 0  # what else is there means nothing
            lowest = min(found, default=0)
            waiting.append((lowest, sum(1 << step for step in found - {lowest}), bool(found), bad, image % 2))
            if image % 7 == 6:
                yield from cycle()
                beat.upper.next = beat.lower.next = 2  # a beat of an image that a reset drops
                yield clk.negedge
                beat.upper.next, rst.next = 0, 1
                yield clk.negedge
                rst.next = 0
                waiting.clear()
                assert not steps.waiting and not steps.complete
        for _ in range(2):
            yield from cycle()
        assert not waiting

    def cycle():
        """One cycle, in which the image that waits is taken; it waits two cycles after its last beat."""
        assert steps.waiting == steps.complete
        if steps.waiting:
            assert (steps.lowest, steps.rest, steps.some, steps.bad, steps.buffer) == waiting.pop(0)
        assert len(waiting) < 2
        steps.take.next = steps.waiting
        yield clk.negedge

    own = beat.only("buffer", "upper", "lower", "final", "bad")
    run(step_collector, dict(ports, s_beat=own, m_steps=steps), stimulus())
