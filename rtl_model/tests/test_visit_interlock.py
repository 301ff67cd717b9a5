"""Distances at which a visit may follow another, found by trying all of them."""

import itertools

import pytest
from myhdl import block

from golden.contract.limits import WINDOW_DISTANCE, WORD_DISTANCE
from rtl_model.layer.visit_interlock import visit_interlock
from rtl_model.layer.visit_stage import Visit, held_stage, issue_stage, word_stage
from rtl_model.tests.clocked import run, signals

KINDS = ("visits", "tests", "scrubs", "marks")


def delay_of(first, second, same_word, gap):
    """Cycles that `second` waits when it comes `gap` cycles after `first`, in its window or even at its word; and
    whether it then takes over what that found, as a list of one, where words differ."""
    ports = signals("clk", "clear", "advance", "clash", "follows")
    stages = [Visit(4, 2) for _ in range(10)]
    chosen, proposed, waiting, *ahead = stages
    waited, followed = [0], []

    @block
    def bench():
        parts = [held_stage(ports["clk"], ports["clear"], ports["advance"], *pair)
                 for pair in zip(stages[:2], stages[1:])]
        parts.append(issue_stage(ports["clk"], ports["clear"], ports["advance"], waiting, ahead[0]))
        parts += [word_stage(ports["clk"], ports["clear"], *pair) for pair in zip(ahead, ahead[1:])]
        return parts, visit_interlock(**ports, proposed=proposed, waiting=waiting, ahead=ahead, window_bits=1)

    def stimulus():
        plan = [(first, 4), *[(None, 0)] * (gap - 1), (second, 4 if same_word else 5), *[(None, 0)] * 12]
        for kind, word in plan:
            while True:
                ports["advance"].next = not ports["clash"]
                for name in KINDS:
                    getattr(chosen, name).next = name == kind
                chosen.word.next = word
                clashes = bool(ports["clash"])
                if waiting.word == 5 and getattr(waiting, second) and not clashes:
                    followed.append(bool(ports["follows"]))
                waited[0] += clashes
                yield ports["clk"].negedge
                if not clashes:
                    break

    run(bench, {}, stimulus(), ports["clk"])
    return waited[0], followed


@pytest.mark.parametrize("gap", range(1, 10))
@pytest.mark.parametrize("first, second", list(itertools.product(KINDS, KINDS)))
def test_waits_until_the_word_is_back(first, second, gap):
    reads = second in ("visits", "tests")
    writes = first != "marks"
    assert delay_of(first, second, True, gap)[0] == (max(0, WORD_DISTANCE + 1 - gap) if reads and writes else 0)


@pytest.mark.parametrize("gap", range(1, 6))
@pytest.mark.parametrize("first, second", list(itertools.product(KINDS, KINDS)))
def test_waits_until_the_window_is_back_unless_it_is_handed_over(first, second, gap):
    reads = second in ("visits", "tests")
    handed = first == "tests" and gap == 1 and reads
    waits = max(0, WINDOW_DISTANCE + 1 - gap) if reads and first in ("tests", "scrubs") and not handed else 0
    assert delay_of(first, second, False, gap)[0] == waits


def test_what_a_test_found_is_handed_to_the_next_one():
    assert delay_of("tests", "tests", False, 1) == (0, [True])
    assert delay_of("tests", "visits", False, 1) == (0, [True])
    assert delay_of("tests", "tests", False, 4) == (0, [False])
