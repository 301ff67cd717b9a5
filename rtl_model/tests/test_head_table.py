"""The table of heads against lists kept in plain Python, over several images."""

import numpy as np
import pytest

from rtl_model.encoder.head_table import head_table, spare_bits
from rtl_model.tests.clocked import run, signals, vector

STEPS, STEP_BITS, ROW_BITS = 8, 3, 4
EMPTY = (1 << ROW_BITS) - 1


@pytest.mark.parametrize("beats", [1, 9, 14])
def test_heads_of_each_image(beats):
    rng = np.random.default_rng(beats)
    print(f"seed {beats}")
    ports = signals("clk", "touch", "keep", "write", "fetched_live")
    clk, touch, keep, write, fetched_live = ports.values()
    early_step, fetch_step, epoch = vector(STEP_BITS), vector(STEP_BITS), vector(STEP_BITS)
    new_row, head, fetched = vector(ROW_BITS), vector(ROW_BITS + 1), vector(ROW_BITS + 2)

    def enter(step, row):
        touch.next, early_step.next = 1, step
        yield clk.negedge
        touch.next, write.next, new_row.next = 0, 1, row

    def stimulus():
        for step in range(STEPS):  # every entry is emptied once, before the first image
            yield from enter(step, EMPTY)
            yield clk.negedge
            write.next = 0
        for image in range(2 * STEPS):  # the numbers of images come round
            epoch.next = image % STEPS
            yield from enter(image % STEPS, EMPTY)  # so the entry of this number is emptied, as the loader does
            yield clk.negedge
            write.next = 0
            lists = [[] for _ in range(STEPS)]
            for row in range(beats):
                step = int(rng.integers(STEPS))
                if rng.random() < 0.3:
                    continue
                yield from enter(step, row)
                yield clk.posedge
                if lists[step]:
                    assert head[ROW_BITS:] == lists[step][-1]
                    assert len(lists[step]) == 1 or head[ROW_BITS] == (len(lists[step]) == 2)
                yield clk.negedge
                write.next = 0
                lists[step].append(row)
            for step in rng.permutation(STEPS):
                fetch_step.next = int(step)
                yield clk.negedge
                yield clk.negedge
                rows = lists[step]
                assert fetched_live == bool(rows), f"image {image}, step {step}: {rows}"
                if rows:
                    assert fetched[ROW_BITS:] == rows[-1] and fetched[ROW_BITS] == (len(rows) == 1)
                    assert len(rows) == 1 or fetched[ROW_BITS + 1] == (len(rows) == 2)
                keep.next, fetch_step.next = 1, int(rng.integers(STEPS))
                kept = int(fetched), bool(fetched_live)
                yield clk.negedge
                yield clk.negedge
                assert (int(fetched), bool(fetched_live)) == kept
                keep.next = 0

    run(head_table, dict(ports, early_step=early_step, fetch_step=fetch_step, new_row=new_row, epoch=epoch, head=head,
                         fetched=fetched, beats=beats), stimulus())


@pytest.mark.parametrize("beats, bits", [(1, 1), (8, 1), (9, 2), (12, 2), (13, 3), (15, 4)])
def test_so_many_top_bits_tell_an_empty_row(beats, bits):
    assert spare_bits(beats, ROW_BITS) == bits
