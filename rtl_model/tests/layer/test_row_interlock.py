"""Distances at which a visit of a row may follow another, found by trying all of them."""

import itertools
from dataclasses import replace
from functools import partial

from myhdl import block

from first_spike.golden.contract.limits import ROW_WORD_DISTANCE, WINDOW_DISTANCE
from first_spike.rtl_model.layer.interlocks import compare_rows, compare_windows_of_rows, row_interlock
from first_spike.rtl_model.layer.visit_stage import Visit
from first_spike.rtl_model.tests.interlock_bench import waits_of
from first_spike.rtl_model.tests.layer.test_row_counter import shape_of
from tb.helpers.clocked import run, signals

KINDS = ("visits", "tests", "marks")
SHAPE = shape_of()


def word(y, mask, window):
    """What travels, of a row, a mask of banks and a window."""
    places = SHAPE.place_of
    return y << places["y"][1] | mask << places["mask"][1] | window << places["window"][1]


def waits(cases, shape=SHAPE):
    return waits_of(partial(row_interlock, shape=shape), SHAPE.visit_bits, cases)


def test_waits_until_the_word_is_back():
    words = word(3, 6, 1), word(3, 12, 2)
    found = waits([(*kinds, gap, *words) for kinds in itertools.product(KINDS, KINDS) for gap in range(1, 7)])
    for (first, second, gap, *_), (wait, _) in found.items():
        both = "marks" not in (first, second)
        assert wait == (max(0, ROW_WORD_DISTANCE + 1 - gap) if both else 0), (first, second, gap)


def test_other_rows_and_banks_need_not_wait():
    found = waits([("visits", second, gap, word(3, 6, 1), other) for second in ("visits", "tests")
                   for other in (word(4, 6, 2), word(3, 9, 2)) for gap in range(1, 6)])
    assert set(found.values()) == {(0, False)}


def test_waits_until_the_window_is_back_unless_it_is_handed_over():
    windows = {word(3, 2, window): window for window in (1, 2)}
    found = waits([("tests", second, gap, word(3, 1, 1), own) for second in ("visits", "tests") for own in windows
                   for gap in range(1, 6)])
    for (_, second, gap, _, own), measured in found.items():
        handed = second == "tests" and gap == 1 and windows[own] == 1
        needs = second == "visits" or windows[own] == 1
        wait = max(0, WINDOW_DISTANCE + 1 - gap) if needs and not handed else 0
        assert measured == (wait, handed), (second, gap, windows[own])


def test_of_a_sum_pool_only_words_have_to_be_back():
    """A test of the same window, in another row or bank, is in nobody's way."""
    own, others = word(3, 2, 1), (word(4, 2, 1), word(3, 1, 1))
    found = waits([("tests", second, gap, own, other) for second in ("visits", "tests") for other in (own, *others)
                   for gap in range(1, 7)], replace(SHAPE, often=6))
    for (*_, gap, _, other), measured in found.items():
        assert measured == (max(0, ROW_WORD_DISTANCE + 1 - gap) if other == own else 0, False), (gap, other)


def test_comparisons():
    clk, same, near = (signals(name)[name] for name in ("clk", "same", "near"))
    proposed, before = (Visit(SHAPE.visit_bits, 2).only("visits", "tests", "word") for _ in range(2))

    @block
    def bench():
        return (compare_rows(proposed, before, same, shape=SHAPE),
                compare_windows_of_rows(proposed, before, near, shape=SHAPE))

    def stimulus():
        for tests, row, mask, window in itertools.product((0, 1), (2, 3), (1, 5), (0, 1)):
            proposed.tests.next, proposed.word.next = 1, word(2, 4, 1)
            before.tests.next, before.word.next = tests, word(row, mask, window)
            yield clk.negedge
            assert (same, near) == (tests and row == 2 and mask == 5, tests and window == 1)

    run(bench, {}, stimulus(), clk)
