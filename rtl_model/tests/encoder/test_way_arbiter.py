"""The arbiter of a way against its rule in plain Python."""

import numpy as np
import pytest
from myhdl import delay

from first_spike.rtl_model.encoder.way_arbiter import way_arbiter
from tb.helpers.clocked import run, signals, vector

ROW_BITS = 3


def best(banks, ready, more):
    """The lowest bank whose list goes on, else the lowest that is ready, else None."""
    for group in (more, ready):
        for bank in banks:
            if group >> bank & 1:
                return bank
    return None


@pytest.mark.parametrize("banks", [1, 2, 4, 8])
def test_halves_take_turns_and_lists_that_go_on_come_first(banks):
    rng = np.random.default_rng(banks)
    print(f"seed {banks}")
    ports = signals("clk", "advance", "gives")
    clk, advance, gives = ports.values()
    ready, more, grant = ((vector(banks) for _ in range(3)) if banks > 1 else signals("r", "m", "g").values())
    rows, row = vector(banks * ROW_BITS), vector(ROW_BITS + (banks - 1).bit_length())

    def stimulus():
        turn, sent = None, None
        for cycle in range(500):
            now_ready = int(rng.integers(1 << banks)) if cycle % 50 else 0
            now_more = now_ready & int(rng.integers(1 << banks))
            numbers = [int(number) for number in rng.integers(1 << ROW_BITS, size=banks)]
            ready.next, more.next, advance.next = now_ready, now_more, rng.random() < 0.7
            rows.next = sum(number << (ROW_BITS * bank) for bank, number in enumerate(numbers))
            yield delay(1)
            assert gives == (now_ready != 0)
            if sent is not None:  # what was granted shows its row until the next advance
                assert row == numbers[sent] * banks + sent
            low, high = (best(half, now_ready, now_more) for half in (range(banks // 2), range(banks // 2, banks)))
            if turn is None and banks > 1:  # whose turn it is first is nobody's business
                turn = low is None or int(grant) >> (banks // 2) > 0
            chosen = high if high is not None and (turn or low is None) else low
            right = 1 << chosen if advance and chosen is not None else 0
            assert grant == right, f"cycle {cycle}: {now_ready:b} {now_more:b}"
            turn = chosen is None or chosen < banks // 2
            if advance:
                sent = chosen
            yield clk.negedge

    run(way_arbiter, dict(ports, ready=ready, more=more, rows=rows, grant=grant, row=row), stimulus())
