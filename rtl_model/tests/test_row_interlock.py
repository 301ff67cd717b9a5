"""Distances at which a visit of a row may follow another, found by trying all of them."""

import itertools

import pytest
from myhdl import block

from golden.contract.limits import ROW_WORD_DISTANCE, WINDOW_DISTANCE
from rtl_model.layer.row_interlock import compare_rows, compare_windows, row_interlock
from rtl_model.layer.visit_stage import Visit, held_stage, issue_stage, word_stage
from rtl_model.tests.clocked import run, signals
from rtl_model.tests.test_row_counter import shape_of

KINDS = ("visits", "tests", "marks")
SHAPE = shape_of()


def word(y, mask, window):
    """What travels, of a row, a mask of banks and a window."""
    places = SHAPE.place_of
    return y << places["y"][1] | mask << places["mask"][1] | window << places["window"][1]


def delay_of(first, second, gap, words):
    """Cycles that `second` waits when it comes `gap` cycles after `first`, both with their words, and whether it then
    takes over what that found."""
    ports = signals("clk", "clear", "advance", "clash", "follows")
    stages = [Visit(SHAPE.visit_bits, 2) for _ in range(10)]
    chosen, proposed, waiting, *ahead = stages
    waited, followed = [0], []

    @block
    def bench():
        parts = [held_stage(ports["clk"], ports["clear"], ports["advance"], *pair)
                 for pair in zip(stages[:2], stages[1:])]
        parts.append(issue_stage(ports["clk"], ports["clear"], ports["advance"], waiting, ahead[0]))
        parts += [word_stage(ports["clk"], ports["clear"], *pair) for pair in zip(ahead, ahead[1:])]
        return parts, row_interlock(**ports, proposed=proposed, waiting=waiting, ahead=ahead, shape=SHAPE)

    def stimulus():
        for kind, own in [(first, words[0]), *[(None, 0)] * (gap - 1), (second, words[1]), *[(None, 0)] * 12]:
            while True:
                ports["advance"].next = not ports["clash"]
                for name in KINDS:
                    getattr(chosen, name).next = name == kind
                chosen.word.next = own
                clashes = bool(ports["clash"])
                if waiting.word == words[1] and getattr(waiting, second) and not clashes:
                    followed.append(bool(ports["follows"]))
                waited[0] += clashes
                yield ports["clk"].negedge
                if not clashes:
                    break

    run(bench, {}, stimulus(), ports["clk"])
    return waited[0], followed[-1]


PAIRS = list(itertools.product(KINDS, KINDS))


@pytest.mark.parametrize("gap", range(1, 7))
def test_waits_until_the_word_is_back(gap):
    for first, second in PAIRS:
        both = "marks" not in (first, second)
        wait = max(0, ROW_WORD_DISTANCE + 1 - gap) if both else 0
        assert delay_of(first, second, gap, (word(3, 6, 1), word(3, 12, 2)))[0] == wait, (first, second)


@pytest.mark.parametrize("gap", range(1, 6))
def test_other_rows_and_banks_need_not_wait(gap):
    for second in ("visits", "tests"):
        for other in (word(4, 6, 2), word(3, 9, 2)):
            assert delay_of("visits", second, gap, (word(3, 6, 1), other)) == (0, False)


@pytest.mark.parametrize("gap", range(1, 6))
def test_waits_until_the_window_is_back_unless_it_is_handed_over(gap):
    for second, window in itertools.product(("visits", "tests"), (1, 2)):
        handed = second == "tests" and gap == 1 and window == 1
        needs = second == "visits" or window == 1
        wait = max(0, WINDOW_DISTANCE + 1 - gap) if needs and not handed else 0
        assert delay_of("tests", second, gap, (word(3, 1, 1), word(3, 2, window))) == (wait, handed)


def test_comparisons():
    clk, same, near = (signals(name)[name] for name in ("clk", "same", "near"))
    proposed, before = (Visit(SHAPE.visit_bits, 2).only("visits", "tests", "word") for _ in range(2))

    @block
    def bench():
        return (compare_rows(proposed, before, same, shape=SHAPE), compare_windows(proposed, before, near, shape=SHAPE))

    def stimulus():
        for tests, row, mask, window in itertools.product((0, 1), (2, 3), (1, 5), (0, 1)):
            proposed.tests.next, proposed.word.next = 1, word(2, 4, 1)
            before.tests.next, before.word.next = tests, word(row, mask, window)
            yield clk.negedge
            assert (same, near) == (tests and row == 2 and mask == 5, tests and window == 1)

    run(bench, {}, stimulus(), clk)
