"""Which entries are emptied: all after a reset, then for each image that is over that of its buffer's next number."""

import numpy as np

from rtl_model.encoder.bundles import TableSweep
from rtl_model.encoder.table_sweeper import table_sweeper
from rtl_model.tests.clocked import run, signals

STEP_BITS = 3
STEPS = 1 << STEP_BITS


def test_each_entry_is_emptied_before_its_number_comes_round():
    rng = np.random.default_rng(1)
    print("seed 1")
    ports = signals("clk", "rst", "freed", "buffer")
    clk, rst, freed, buffer = ports.values()
    sweep = TableSweep(STEP_BITS)
    line = [[0, 0]] * 3  # the entries that the tables show in this cycle, in the next one, and behind that

    def cycle():
        """One cycle; {buffer: the entry that is emptied in it}. An entry is fetched while its image is freed."""
        yield clk.posedge
        line[2] = [int(sweep.later0), int(sweep.later1)]
        emptied = {number: line[0][number] for number in (0, 1) if sweep.write[number]}
        yield clk.negedge
        line[:] = line[1], line[2], line[2]
        return emptied

    def reset():
        rst.next = 1
        yield from cycle()
        rst.next = 0
        emptied = [set(), set()]
        assert sweep.clearing
        for number in range(STEPS + 2):
            assert sweep.clearing == (number < STEPS)
            for number, step in (yield from cycle()).items():
                emptied[number].add(step)
        assert emptied == [set(range(STEPS))] * 2 and sweep.epoch0 == sweep.epoch1 == 0

    def stimulus():
        for images in (3 * STEPS, 7, 4 * STEPS):
            yield from reset()
            numbers = [0, 0]
            for image in range(images):
                own = image % 2
                freed.next, buffer.next = 1, own
                assert (yield from cycle()) == {}
                freed.next, buffer.next = 0, int(rng.integers(2))
                numbers[own] = (numbers[own] + 1) % STEPS
                assert sweep.freed and [int(sweep.epoch0), int(sweep.epoch1)] == numbers
                assert (yield from cycle()) == {}
                assert not sweep.freed
                assert (yield from cycle()) == {own: numbers[own]}
                for _ in range(int(rng.integers(3))):
                    assert (yield from cycle()) == {}

    run(table_sweeper, dict(ports, m_sweep=sweep), stimulus())
