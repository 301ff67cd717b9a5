"""Which entries are emptied: all after a reset, then for each image that is over that of its buffer's next number."""

import numpy as np

from rtl_model.encoder.bundles import DrainControl, TableSweep
from rtl_model.encoder.table_sweeper import table_sweeper
from rtl_model.tests.clocked import run, signals

STEP_BITS = 3
STEPS = 1 << STEP_BITS


def test_each_entry_is_emptied_before_its_number_comes_round():
    rng = np.random.default_rng(1)
    print("seed 1")
    ports = signals("clk", "rst", "freed")
    clk, rst, freed = ports.values()
    drain, sweep = DrainControl(STEP_BITS), TableSweep(STEP_BITS)
    shown = [0, 0]

    def cycle():
        """One cycle; the entries that are emptied in it, {buffer: step}."""
        yield clk.posedge
        emptied = {buffer: shown[buffer] for buffer in (0, 1) if sweep.write[buffer]}
        shown[:] = int(sweep.step0), int(sweep.step1)
        yield clk.negedge
        return emptied

    def reset():
        rst.next = 1
        yield from cycle()
        rst.next = 0
        emptied = [set(), set()]
        assert sweep.clearing
        for _ in range(STEPS + 1):
            for buffer, step in (yield from cycle()).items():
                emptied[buffer].add(step)
        assert not sweep.clearing and emptied == [set(range(STEPS))] * 2
        assert sweep.epoch0 == sweep.epoch1 == 0

    def stimulus():
        for images in (3 * STEPS, 7, 4 * STEPS):  # an odd number: reset while the other buffer's turn comes
            yield from reset()
            numbers = [0, 0]
            for image in range(images):
                buffer = image % 2
                freed.next = 1
                assert (yield from cycle()) == {}
                freed.next = 0
                numbers[buffer] = (numbers[buffer] + 1) % STEPS
                fetch = [int(rng.integers(STEPS)) for _ in (0, 1)]
                drain.fetch_step0.next, drain.fetch_step1.next = fetch
                assert (yield from cycle()) == {buffer: numbers[buffer]}
                assert [int(sweep.epoch0), int(sweep.epoch1)] == numbers
                for _ in range(int(rng.integers(3))):
                    assert (yield from cycle()) == {}
                    assert shown == fetch, "heads can be fetched meanwhile"

    run(table_sweeper, dict(ports, s_drain=drain.only("fetch_step0", "fetch_step1"), m_sweep=sweep), stimulus())
