"""Frames with restarts anywhere against a list: of a frame in which one falls nothing comes behind it."""

import numpy as np
import pytest

from first_spike.rtl_model.registers.rest_dropper import rest_dropper
from tb.helpers.clocked import run, signals


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_left_of_a_frame_that_a_restart_cuts(seed):
    rng = np.random.default_rng(seed)
    print(f"seed {seed}")
    ports = signals("clk", "rst", "restart", "offered", "last", "ready", "given", "taken")
    clk, rst, restart, offered, last, ready, given, taken = ports.values()
    beats = [k == length - 1 for length in rng.integers(1, 7, 400) for k in range(length)]
    seen = {"kept": 0, "dropped": 0, "cut at its first beat": 0, "whole in a restart": 0, "restart while dropping": 0}

    def stimulus():
        rst.next = 1
        yield clk.negedge
        rst.next = 0
        inside = forgotten = False
        while beats:
            offered.next = bool(offered) or rng.random() < 0.6
            last.next, ready.next = beats[0], rng.random() < 0.7
            restart.next, rst.next = rng.random() < 0.1, rng.random() < 0.01
            yield clk.posedge
            assert given == (offered and not forgotten) and taken == (ready or forgotten)
            moved, begins = bool(offered and taken), not inside
            seen["dropped" if forgotten else "kept"] += moved
            seen["cut at its first beat"] += bool(restart and moved and begins and not beats[0])
            seen["whole in a restart"] += bool(restart and moved and begins and beats[0])
            seen["restart while dropping"] += bool(restart and forgotten)
            if moved:
                inside = not beats.pop(0)
            forgotten = inside and (forgotten or bool(restart))
            if rst:
                inside = forgotten = False
            yield clk.negedge
            if moved:
                offered.next = 0

    run(rest_dropper, ports, stimulus())
    assert min(seen.values()) > 0, seen
