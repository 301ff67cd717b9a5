"""Hazards age while a visit waits; the interlocks' own tests say which distances that keeps."""

import numpy as np

from first_spike.rtl_model.layer.interlocks import hazards
from first_spike.rtl_model.layer.visit_stage import Visit
from tb.helpers.clocked import run, signals, vector

WORDS, WINDOWS = 4, 2


def test_what_is_ahead_moves_away():
    ports = dict(**signals("clk", "clear", "advance", "hands_over", "clash", "follows"),
                 proposed=Visit(3, 2).only("visits", "tests"), same_words=vector(WORDS), same_windows=vector(WINDOWS))
    proposed, rng, seen = ports["proposed"], np.random.default_rng(1), set()

    def stimulus():
        words = windows = 0
        handed = False
        for _ in range(800):
            visits, tests, hands, clear = (bool(value) for value in rng.random(4) < [0.5, 0.3, 0.5, 0.05])
            near = int(rng.integers(1 << WORDS)) & int(rng.integers(1 << WORDS))
            behind = int(rng.integers(1 << WINDOWS))
            advance = bool(rng.random() < 0.4)
            proposed.visits.next, proposed.tests.next, ports["hands_over"].next = visits, tests, hands
            ports["same_words"].next, ports["same_windows"].next = near, behind
            ports["advance"].next, ports["clear"].next = advance, clear
            yield ports["clk"].negedge
            if advance:
                words, windows = (near, behind) if visits or tests else (0, 0)
                handed = hands
            else:
                words, windows = words * 2 % (1 << WORDS), windows * 2 % (1 << WINDOWS)
            if clear:
                words = windows = 0
            follows = bool(windows & 1) and handed
            clash = words > 0 or (windows > 0 and not follows)
            assert (ports["follows"], ports["clash"]) == (follows, clash)
            seen.add((follows, clash))

    run(hazards, ports, stimulus())
    assert len(seen) == 4
