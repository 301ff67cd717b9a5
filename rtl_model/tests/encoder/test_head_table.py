"""The table of heads against lists kept in plain Python, over several images."""

import numpy as np
import pytest

from first_spike.rtl_model.encoder.bank_heads import head_table
from tb.helpers.clocked import run, signals, vector

STEPS, STEP_BITS, EPOCH_BITS, ROW_BITS = 8, 3, 2, 4


@pytest.mark.parametrize("beats", [1, 9, 16])
def test_heads_of_each_image(beats):
    rng = np.random.default_rng(beats)
    print(f"seed {beats}")
    ports = signals("clk", "touch", "write", "sweep", "last", "alive")
    clk, touch, write, sweep, last, alive = ports.values()
    early_step, fetch_step, epoch = vector(STEP_BITS), vector(STEP_BITS), vector(EPOCH_BITS)
    row, head = vector(ROW_BITS), vector(ROW_BITS + 1)

    def enter(step, number, swept=False):
        touch.next, early_step.next = 1, step
        yield clk.negedge
        touch.next, write.next, row.next, sweep.next = 0, 1, number, swept

    def check(rows):
        """The entry that is shown is the head of the list of `rows`."""
        assert alive == bool(rows)
        if rows:
            assert head[ROW_BITS:] == rows[-1] and last == (len(rows) == 1)
            assert len(rows) == 1 or head[ROW_BITS] == (len(rows) == 2)

    def stimulus():
        for step in range(STEPS):  # every entry is emptied once, before the first image
            yield from enter(step, 0, True)
            yield clk.negedge
            write.next = 0
        for image in range(2 * STEPS):  # the numbers of images come round
            epoch.next = image % (STEPS // 2)
            for half in (0, STEPS // 2):  # so the entries of this number are emptied, as the sweeper does
                yield from enter(half + image % (STEPS // 2), 0, True)
                yield clk.negedge
                write.next = 0
            lists = [[] for _ in range(STEPS)]
            for number in range(beats):
                step = int(rng.integers(STEPS))
                if rng.random() < 0.3:
                    continue
                yield from enter(step, number)
                yield clk.posedge
                check(lists[step])
                yield clk.negedge
                write.next = 0
                lists[step].append(number)
            for step in rng.permutation(STEPS):
                fetch_step.next = int(step)
                yield clk.negedge
                check(lists[step])

    run(head_table, dict(ports, early_step=early_step, fetch_step=fetch_step, row=row, epoch=epoch, head=head),
        stimulus())
