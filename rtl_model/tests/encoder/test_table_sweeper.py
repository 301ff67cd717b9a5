"""Which entries are emptied: all after a reset, then for each image that is over those of its number."""

import numpy as np
import pytest

from first_spike.rtl_model.encoder.bank_heads import table_sweeper
from first_spike.rtl_model.encoder.bundles import TableSweep
from tb.helpers.clocked import run, signals


@pytest.mark.parametrize("step_bits", [1, 3])
def test_each_entry_is_emptied_before_its_number_comes_round(step_bits):
    steps, numbers_in_all = 1 << step_bits, max(2, 1 << step_bits - 1)
    rng = np.random.default_rng(step_bits)
    print(f"seed {step_bits}")
    ports = signals("clk", "rst", "freed", "freed_buffer")
    clk, rst, freed, buffer = ports.values()
    sweep = TableSweep(step_bits)
    line = [{}] * 2  # {buffer: entry} to be emptied in this cycle and in the next one

    def cycle():
        """One cycle; {buffer: the entry that is emptied in it}, two cycles behind its fetch."""
        yield clk.posedge
        due = {number: int((sweep.step0, sweep.step1)[number]) for number in (0, 1) if sweep.due[number]}
        emptied = line[0]
        assert sweep.write == sum(1 << number for number in emptied)
        yield clk.negedge
        line[:] = line[1], due
        return emptied

    def reset():
        line[:] = {}, {}
        rst.next = 1
        yield clk.negedge
        yield clk.negedge
        rst.next = 0
        emptied = [set(), set()]
        assert sweep.clearing
        cycles = 2 * numbers_in_all
        for number in range(cycles + 2):
            assert sweep.clearing == (number < cycles)
            for own, step in (yield from cycle()).items():
                emptied[own].add(step)
        assert emptied == [set(range(steps))] * 2 and sweep.epoch0 == sweep.epoch1 == 0

    def stimulus():
        for images in (3 * steps, 7, 4 * steps):
            yield from reset()
            numbers = [0, 0]
            for image in range(images):
                own = image % 2
                freed.next, buffer.next = 1, own
                assert (yield from cycle()) == {}
                freed.next, buffer.next = 0, int(rng.integers(2))
                over = numbers[own]
                numbers[own] = (over + 1) % numbers_in_all
                assert not sweep.freed
                assert (yield from cycle()) == {}
                assert sweep.freed and [int(sweep.epoch0), int(sweep.epoch1)] == numbers
                assert (yield from cycle()) == {own: over}
                assert not sweep.freed
                assert (yield from cycle()) == {own: (over + numbers_in_all) % steps}
                for _ in range(int(rng.integers(3))):
                    assert (yield from cycle()) == {}

    run(table_sweeper, dict(ports, m_sweep=sweep), stimulus())
