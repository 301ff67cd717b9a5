"""The steps of an image, collected beat by beat."""

import numpy as np

from rtl_model.encoder.bundles import BeatStream, StepSet
from rtl_model.encoder.step_collector import step_collector
from rtl_model.tests.clocked import packed, run, signals

STEP_BITS, BANKS, ROW_BITS = 3, 4, 4


def test_each_image_waits_with_its_own_steps():
    rng = np.random.default_rng(1)
    print("seed 1")
    ports = signals("clk", "rst")
    clk, rst = ports.values()
    beat, steps = BeatStream(BANKS, ROW_BITS, STEP_BITS), StepSet(STEP_BITS)

    def stimulus():
        rst.next = 1
        yield clk.negedge
        rst.next = 0
        for image in range(60):
            beat.scrub.next = 1 << image % 2
            yield clk.negedge
            beat.scrub.next = 0
            found, count, bad = set(), int(rng.integers(1, 5)), bool(rng.integers(2))
            for number in range(count):
                while rng.random() < 0.3:  # the source pauses
                    yield clk.negedge
                own = [int(step) for step in rng.integers(1 << STEP_BITS, size=BANKS)]
                lit = int(rng.integers(1 << BANKS)) if image % 5 else 0  # every fifth image is black
                found |= {step for bank, step in enumerate(own) if lit >> bank & 1}
                beat.insert.next, beat.steps.next, beat.lit.next = 1, packed(own, STEP_BITS), lit
                beat.final.next, beat.bad.next, beat.buffer.next = number == count - 1, bad, image % 2
                yield clk.negedge
                beat.insert.next, beat.final.next, beat.lit.next = 0, 0, 0
                assert steps.complete == (number == count - 1)
            assert steps.buffer == image % 2 and steps.first == min(found, default=0)
            yield clk.negedge
            assert not steps.waiting
            yield clk.negedge
            rest = found - {min(found, default=0)}
            for _ in range(int(rng.integers(1, 4))):
                assert steps.waiting and steps.rest == sum(1 << step for step in rest) and steps.bad == bad
                yield clk.negedge
            steps.take.next = 1
            yield clk.negedge
            steps.take.next = 0
            assert not steps.waiting

    run(step_collector, dict(ports, s_beat=beat, m_steps=steps), stimulus())
