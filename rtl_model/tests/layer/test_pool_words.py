"""Who has spiked in which window, across images, and handed over from test to test."""

import numpy as np
from myhdl import Signal, modbv

from first_spike.rtl_model.layer.pool_words import pool_words
from tb.helpers.clocked import run, signals, vector

WINDOWS, LANES, DISTANCE = 8, 3, 3


def test_tests_see_what_those_before_found():
    ports = dict(**signals("clk", "follows", "writes"), epoch=Signal(modbv(1)[2:]), early_window=vector(3),
                 window=vector(3), tag=vector(2), exceeds=vector(LANES), pool=vector(LANES))
    rng = np.random.default_rng(1)
    found, expected, epoch = {}, [], 1
    turn = 300  # here a new image begins
    plan = [(0, False, False)] * 3  # (window, is tested, follows), one a cycle
    for window in range(WINDOWS):  # emptied at first, as after a reset
        plan.append((window, "empty", False))
    for number in range(600):
        near = [window for window, tested, _ in plan[-DISTANCE:] if tested]
        if turn <= number < turn + 4:
            plan.append((0, None, False))
            continue
        window = int(rng.integers(WINDOWS))
        follows = bool(plan[-1][1] is True and plan[-1][0] == window)
        plan.append((window, bool(rng.random() < 0.6), follows) if follows or window not in near else (window, None,
                                                                                                       False))
    above = [int(bits) for bits in rng.choice([0, 0, 0, 1, 2, 4], len(plan))]

    def at(number):
        return plan[number] if 0 <= number < len(plan) else (0, None, False)

    def stimulus():
        nonlocal epoch
        for cycle in range(len(plan) + 4):
            ports["early_window"].next = at(cycle)[0]
            ports["follows"].next = at(cycle - 2)[2]
            window, tested, _ = at(cycle - 3)
            ports["window"].next, ports["writes"].next = window, bool(tested)
            ports["exceeds"].next = above[cycle - 3] if 0 <= cycle - 3 < len(plan) else 0
            ports["tag"].next = epoch - 1 if tested == "empty" else epoch
            if cycle > 3 + WINDOWS and tested is not None:
                expected.append(found.get(window, 0))
                assert ports["pool"] == expected[-1], cycle
            if tested is True:
                found[window] = found.get(window, 0) | above[cycle - 3]
            if cycle - 3 == 3 + WINDOWS + turn + 3:
                epoch += 1
                found.clear()
                ports["epoch"].next = epoch
            yield ports["clk"].negedge

    run(pool_words, dict(**ports, depth=WINDOWS, module_of_words="bench"), stimulus())
    assert len(set(expected)) == 1 << LANES
