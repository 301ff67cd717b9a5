"""What folded lanes keep, and what that begins with, against a table in Python."""

import numpy as np
import pytest

from first_spike.rtl_model.layer.lane_memory import lane_memory
from first_spike.rtl_model.parts.streams import MemoryWrite
from tb.helpers.clocked import packed, run, signals, vector

POTENTIAL_BITS, START_BITS = 6, 4


@pytest.mark.parametrize("lanes, folds, entry_bits", [(5, 3, 7), (1, 2, 7), (4, 4, 7), (4, 3, 6)])
def test_entries_and_what_they_begin_with_stay_apart(lanes, folds, entry_bits):
    rng = np.random.default_rng(lanes)
    print(f"seed {lanes}")
    ports = signals("clk", "store", "early_fresh")
    clk, store, early_fresh = ports.values()
    fold_bits, lane_bits = (folds - 1).bit_length(), (lanes - 1).bit_length()
    fold, early_fold = vector(fold_bits), vector(fold_bits)
    kept, entries = vector(lanes * entry_bits), vector(lanes * entry_bits)
    write = MemoryWrite(1, fold_bits + lane_bits, 1)
    device = lane_memory, dict(ports, s_write=write.to(0, 1, fold_bits + lane_bits, START_BITS), fold=fold, kept=kept,
                               early_fold=early_fold, entries=entries, lanes=lanes, folds=folds,
                               start_bits=START_BITS, potential_bits=POTENTIAL_BITS, entry_bits=entry_bits)

    def stimulus():
        table = {}  # (fold, fresh) -> the entry of each lane
        for number in range(folds * lanes * 8):
            at, lane = (number // lanes % folds, number % lanes) if number < folds * lanes else (
                int(rng.integers(folds)), int(rng.integers(lanes)))
            loads = number < folds * lanes or rng.random() < 0.3
            write.select.next, store.next = loads, not loads or rng.random() < 0.5  # a start value goes before
            if loads:
                start = int(rng.integers(1 << START_BITS))
                write.address.next, write.data.next, fold.next = at << lane_bits | lane, start, int(rng.integers(folds))
                # a positive threshold: ones above what is loaded, and it has not fired
                table.setdefault((at, 1), [0] * lanes)[lane] = 0b110000 | start
            else:
                table[at, 0] = rng.integers(1 << entry_bits, size=lanes).tolist()
                fold.next, kept.next = at, packed(table[at, 0], entry_bits)
            yield clk.negedge
            write.select.next = store.next = 0
            for (place, fresh), right in table.items():
                early_fold.next, early_fresh.next = place, fresh
                yield clk.posedge
                assert entries == packed(right, entry_bits)
                yield clk.negedge

    run(*device, stimulus())
