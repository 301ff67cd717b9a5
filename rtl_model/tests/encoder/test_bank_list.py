"""The walk along a list that lies in a memory with two registers, granted and moved on at random."""

import numpy as np

from first_spike.rtl_model.encoder.bank_list import bank_list
from first_spike.rtl_model.encoder.bundles import DrainControl
from tb.helpers.clocked import run, signals, vector

ROW_BITS = 4


def test_each_entry_once_in_order():
    rng = np.random.default_rng(1)
    print("seed 1")
    ports = signals("clk", "clear", "advance", "first_live", "first_more", "grant", "ready", "more", "arriving",
                    "will_follow")
    clk, clear, advance, first_live, first_more, grant, ready, more, arriving, will_follow = ports.values()
    first, found, row = vector(ROW_BITS + 1), vector(ROW_BITS + 1), vector(ROW_BITS)
    drain = DrainControl(3)

    def stimulus():
        for number in range(150):
            rows = [int(value) for value in rng.permutation(1 << ROW_BITS)[:rng.integers(0, 6)]]
            entries = [(place == len(rows) - 2) << ROW_BITS | value for place, value in enumerate(rows)]
            drain.open_step.next, first_live.next, first_more.next = 1, bool(rows), len(rows) > 1
            advance.next = 0
            yield clk.negedge
            drain.open_step.next = 0
            # heads are taken with the first advance after the step has opened
            given, shown, heads, pending = 0, [], False, None
            coming = None  # the entry that the memory shows in this cycle
            cut = int(rng.integers(20)) if number % 5 == 4 else None
            for cycle in range(80):
                assert not ready or given < len(rows)
                advance.next = rng.random() < 0.6
                drain.take_heads.next = bool(advance.next) and not heads
                first.next = entries[0] if entries and not heads else int(rng.integers(1 << ROW_BITS + 1))
                if pending is not None and heads:
                    assert row == rows[pending], f"list {rows}: {row} for entry {pending}"
                    if advance.next:
                        shown.append(int(row))
                        pending = None
                heads = heads or bool(advance.next)
                grant.next = bool(ready) and pending is None and bool(advance.next) and rng.random() < 0.7
                if grant.next:
                    assert more == (given + 1 < len(rows))
                    pending, given = given, given + 1
                if cycle == cut:
                    break
                found.next = int(rng.integers(1 << ROW_BITS + 1)) if coming is None else entries[coming]
                coming = given if arriving else None
                yield clk.negedge
            else:
                assert given == len(rows) and shown == rows, f"{rows}: {shown}"
                assert not will_follow
                continue
            grant.next, clear.next = 0, 1
            yield clk.negedge
            clear.next = 0
            for _ in range(5):
                yield clk.negedge
                assert not ready and not arriving and not will_follow, "clear drops the list"

    run(bank_list, dict(ports, s_drain=drain, first=first, found=found, row=row), stimulus())
