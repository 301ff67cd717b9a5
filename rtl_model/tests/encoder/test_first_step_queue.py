"""The queue of the first step against a deque, filled and emptied at random."""

from collections import deque

import numpy as np
import pytest

from first_spike.rtl_model.encoder.first_step_way import first_step_queue
from tb.helpers.clocked import run, signals, vector


@pytest.mark.parametrize("depth", [2, 8])
def test_entries_come_in_order_and_one_a_cycle(depth):
    rng = np.random.default_rng(depth)
    print(f"seed {depth}")
    ports = signals("clk", "rst", "push", "take", "filled")
    clk, rst, push, take, filled = ports.values()
    entry, head = vector(8), vector(8)

    def stimulus():
        model, taken = deque(), 0  # (value, cycle of its push)
        for cycle in range(2000):
            eager = 0.9 if cycle // 100 % 2 else 0.3  # it fills, it empties
            rst.next = cycle == 0 or rng.random() < 0.005
            value = int(rng.integers(256))
            entry.next, push.next = value, len(model) < depth - 1 and rng.random() < eager
            take.next = rng.random() < 1.1 - eager
            yield clk.posedge
            if filled and take:
                assert head == model.popleft()[0]
                taken += 1
            elif model and not filled:
                assert cycle - model[0][1] < 3, "an entry is at the head three cycles after its push"
            if push:
                model.append((value, cycle))
            if rst:
                model.clear()
            yield clk.negedge
        assert taken > 200

    run(first_step_queue, dict(ports, entry=entry, head=head, depth=depth), stimulus())


def test_a_full_queue_empties_without_a_pause():
    ports = signals("clk", "rst", "push", "take", "filled")
    clk, rst, push, take, filled = ports.values()
    entry, head = vector(4), vector(4)

    def stimulus():
        rst.next = 1
        yield clk.negedge
        rst.next, push.next = 0, 1
        for value in range(10):
            entry.next = value
            yield clk.negedge
        push.next, take.next = 0, 1
        for value in range(10):
            yield clk.posedge
            assert filled and head == value
            yield clk.negedge
        assert not filled

    run(first_step_queue, dict(ports, entry=entry, head=head, depth=16), stimulus())
