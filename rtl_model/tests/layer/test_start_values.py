"""What loaded potentials begin with, against the thresholds that were written."""

import numpy as np
import pytest
from myhdl import delay

from first_spike.rtl_model.layer.start_values import start_values
from first_spike.rtl_model.parts.streams import MemoryWrite
from tb.helpers.clocked import packed, run, signals, vector

START_BITS, POTENTIAL_BITS = 5, 9


@pytest.mark.parametrize("lanes, folds, banks", [(6, 1, 1), (6, 1, 2), (1, 1, 1), (1, 1, 2), (4, 3, 1), (1, 5, 1),
                                                 (4, 3, 2), (1, 5, 2)])
def test_each_lane_begins_below_its_threshold(lanes, folds, banks):
    rng = np.random.default_rng(lanes + folds)
    print(f"seed {lanes + folds}")
    clk, bank = signals("clk", "bank").values()
    lane_bits, fold_bits = (lanes - 1).bit_length(), (folds - 1).bit_length()
    write = MemoryWrite(2, 8, banks)
    s_write = write.to(1, 1, lane_bits + fold_bits, START_BITS)
    starts, fold = vector(lanes * POTENTIAL_BITS), vector(max(1, fold_bits))
    arguments = dict(clk=clk, s_write=s_write, starts=starts, lanes=lanes, folds=folds, start_bits=START_BITS,
                     potential_bits=POTENTIAL_BITS)
    if folds > 1:
        arguments["fold"] = fold
    if banks > 1:
        arguments["bank"] = bank

    def stimulus():
        for _ in range(2):
            values = -rng.integers(1, 1 << START_BITS, (banks, folds, lanes)) - 1
            for at in np.ndindex(values.shape):
                for select in (2, 1):  # what is for another memory changes nothing
                    write.select.next = select
                    write.address.next = at[1] << lane_bits | at[2]
                    write.data.next = int(values[at]) & 0xFFFF if select == 2 else 0
                    if banks > 1:
                        write.bank.next = at[0]
                    yield clk.negedge
            write.select.next = 0
            for b in range(banks):
                for f in range(folds):
                    bank.next, fold.next = b, f
                    yield delay(1)
                    yield delay(1)
                    assert starts == packed(values[b, f], POTENTIAL_BITS), f"bank {b}, fold {f}"
            yield clk.negedge

    run(start_values, arguments, stimulus())
