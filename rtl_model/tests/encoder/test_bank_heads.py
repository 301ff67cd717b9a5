"""The heads of one bank: two images side by side, one loaded while the other is fetched."""

from functools import partial

import numpy as np

from first_spike.rtl_model.encoder.bank_heads import bank_heads
from first_spike.rtl_model.encoder.bundles import BeatStream, DrainControl, TableSweep
from first_spike.rtl_model.tests.beats import Beats
from tb.helpers.clocked import run, signals, vector

STEP_BITS, ROW_BITS, COUNT = 3, 4, 12


def test_the_drained_buffer_is_fetched_while_the_other_is_loaded():
    rng = np.random.default_rng(1)
    print("seed 1")
    ports = signals("clk", "lit", "first_live", "first_more")
    clk, lit, first_live, first_more = ports.values()
    beat, drain, sweep = BeatStream(1, ROW_BITS, STEP_BITS), DrainControl(STEP_BITS), TableSweep(STEP_BITS)
    early_step, replaced, first = vector(STEP_BITS), vector(ROW_BITS + 1), vector(ROW_BITS + 1)
    beats = Beats(clk, beat, sweep, drain, early_step, lit, banks=1)

    def check_replaced(rows):
        """The head that gives way: {penultimate, row} of what was entered last."""
        if rows:
            assert replaced[ROW_BITS:] == rows[-1]
            assert len(rows) == 1 or replaced[ROW_BITS] == (len(rows) == 2)

    def load(buffer):
        yield from beats.open_image(buffer)
        lists = [[] for _ in range(1 << STEP_BITS)]
        for row in range(COUNT):
            step = int(rng.integers(1 << STEP_BITS)) if rng.random() < 0.7 else None
            beats.look = partial(check_replaced, [] if step is None else lists[step])
            yield from beats.beat(buffer, row, [step])
            if step is not None:
                lists[step].append(row)
        yield clk.negedge
        return lists

    def stimulus():
        yield from beats.clear_tables()
        drain.keep_heads.next = 0
        for image in range(20):
            buffer = image % 2
            lists = yield from load(buffer)
            drain.buffer.next = buffer
            for step in rng.permutation(1 << STEP_BITS):
                yield from beats.fetch(buffer, int(step))
                rows = lists[step]
                assert first_live == bool(rows) and first_more == (len(rows) > 1), f"image {image}, step {step}"
                if rows:
                    assert first[ROW_BITS:] == rows[-1]
                    assert len(rows) == 1 or first[ROW_BITS] == (len(rows) == 2)
                kept = int(first), bool(first_live), bool(first_more)
                drain.keep_heads.next = 1
                yield from beats.fetch(buffer, int(rng.integers(1 << STEP_BITS)))
                assert (int(first), bool(first_live), bool(first_more)) == kept
                drain.keep_heads.next = 0

    run(bank_heads, dict(ports, s_beat=beat, s_sweep=sweep, s_drain=drain, early_step=early_step, replaced=replaced,
                         first=first), stimulus())
