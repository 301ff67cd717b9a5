"""Foreseeing the last entry of a step, for every state that the banks of a way can be in."""

import itertools

import pytest

from first_spike.rtl_model.encoder.encoder_way import last_entry
from tb.helpers.clocked import run, signals, vector


def states(banks):
    """(ready, arriving, will_follow, advance): at most one entry is arriving, at a bank that has none ready."""
    for ready, arriving, follow in itertools.product(range(1 << banks), [0] + [1 << b for b in range(banks)],
                                                     range(1 << banks)):
        if not ready & arriving:
            yield from ((ready, arriving, follow, advance) for advance in (False, True))


@pytest.mark.parametrize("banks", [1, 2, 4])
def test_every_state(banks):
    ports = signals("clk", "open_step", "advance", "finishing")
    clk, open_step, advance, finishing = ports.values()
    banks_ports = {name: vector(banks) if banks > 1 else signals(name)[name]
                   for name in ("first_live", "first_more", "ready", "arriving", "will_follow")}

    def drive(**values):
        for name, value in values.items():
            banks_ports[name].next = value

    def stimulus():
        for now_ready, now_arriving, follow, moves in states(banks):
            drive(ready=now_ready, arriving=now_arriving, will_follow=follow)
            advance.next = moves
            yield clk.negedge
            left = now_ready.bit_count() + now_arriving.bit_count() - (moves and now_ready > 0)
            assert finishing == (left <= 1 and follow == 0), f"{now_ready:b} {now_arriving:b} {follow:b} {moves}"
        open_step.next = 1
        for live, more in itertools.product(range(1 << banks), repeat=2):
            if more & ~live:
                continue
            drive(first_live=live, first_more=more, will_follow=0)
            yield clk.negedge
            assert finishing == (live.bit_count() <= 1 and more == 0), f"{live:b} {more:b}"

    run(last_entry, ports | banks_ports, stimulus())
