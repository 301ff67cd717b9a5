"""The queue against a deque, filled and emptied at random."""

from collections import deque

import numpy as np
import pytest

from first_spike.rtl_model.parts.queue import queue
from tb.helpers.clocked import run, signals, vector


@pytest.mark.parametrize("depth, margin", [(1, 0), (2, 0), (16, 8), (5, 2)])
def test_a_queue_gives_what_was_pushed_in_order(depth, margin):
    rng = np.random.default_rng(depth)
    print(f"seed {depth}")
    ports = signals("clk", "clear", "push", "pop", "filled", "almost_full")
    clk, clear, push, pop, filled, almost_full = ports.values()
    entry, head = vector(8), vector(8)
    device = queue, dict(ports, entry=entry, head=head, depth=depth, margin=margin)

    def stimulus():
        clear.next = 1
        yield clk.negedge
        clear.next = 0
        model = deque()
        for cycle in range(600):
            eager = 0.8 if cycle // 100 % 2 else 0.2  # it fills, it empties
            value, space = int(rng.integers(256)), len(model) < depth
            entry.next, push.next = value, space and rng.random() < eager
            pop.next = bool(model) and rng.random() < 1 - eager
            clear.next = rng.random() < 0.01
            was_above = len(model) >= depth - margin and not clear.next
            if push.next:
                model.append(value)
            if pop.next:
                model.popleft()
            if clear.next:
                model.clear()
            yield clk.negedge
            assert filled == bool(model)
            assert not model or head == model[0]
            assert almost_full == was_above

    run(*device, stimulus())
