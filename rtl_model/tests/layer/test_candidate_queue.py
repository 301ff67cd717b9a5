"""First in, first out, through block RAM, with a few words ready in front."""

from collections import deque

import numpy as np
import pytest

from first_spike.rtl_model.layer.candidate_queue import candidate_queue
from tb.helpers.clocked import run, signals, vector


@pytest.mark.parametrize("push, pop", [(0.9, 0.3), (0.3, 0.9), (0.7, 0.7)])
def test_words_come_in_their_order(push, pop):
    ports = dict(**signals("clk", "clear", "push", "pop", "filled", "idle"), word=vector(4), head=vector(4))
    rng, queue, popped = np.random.default_rng(1), deque(), 0

    def stimulus():
        nonlocal popped
        ports["clear"].next = 1
        yield ports["clk"].negedge
        ports["clear"].next = 0
        yield ports["clk"].negedge
        for _ in range(600):
            assert not (ports["idle"] and queue), "idle with words in it"
            taken = bool(ports["filled"]) and rng.random() < pop
            if ports["filled"]:
                assert ports["head"] == queue[0]
            added = len(queue) < 16 and rng.random() < push
            word = int(rng.integers(16))
            ports["pop"].next, ports["push"].next, ports["word"].next = taken, added, word
            if taken:
                queue.popleft()
                popped += 1
            if added:
                queue.append(word)
            yield ports["clk"].negedge
        ports["push"].next = ports["pop"].next = 0
        ports["clear"].next = 1
        yield ports["clk"].negedge
        ports["clear"].next = 0
        for _ in range(6):
            yield ports["clk"].negedge
            assert ports["idle"] and not ports["filled"]
        ports["push"].next, ports["word"].next = 1, 9
        yield ports["clk"].negedge
        ports["push"].next = 0
        for _ in range(3):
            assert not ports["filled"] and not ports["idle"]
            yield ports["clk"].negedge
        assert ports["filled"] and ports["head"] == 9

    run(candidate_queue, dict(**ports, depth=16, prefix="bench"), stimulus())
    assert popped > 100
