"""Where visits of rows wait, and where what is emptied joins those that move."""

import pytest
from myhdl import Signal, block

from rtl_model.layer.row_stage import row_held_stage, row_issue, scrub_word
from rtl_model.layer.visit_stage import Visit
from rtl_model.tests.clocked import run, signals, vector
from rtl_model.tests.test_row_counter import shape_of

HELD = ("visits", "tests", "marks")


def held(visit):
    return [bool(getattr(visit, kind)) for kind in HELD], int(visit.word), int(visit.step), bool(visit.end)


def test_what_waits_stays_until_it_may_go():
    ports = signals("clk", "clear", "go")
    before, after = (Visit(5, 3).only("visits", "tests", "word", "marks", "step", "end") for _ in range(2))

    def stimulus():
        last = None
        for number in range(24):
            for k, kind in enumerate(HELD):
                getattr(before, kind).next = number % 3 == k
            before.word.next, before.step.next, before.end.next = number, number % 8, number % 2
            ports["go"].next, ports["clear"].next = number % 4 > 0, number % 7 == 6
            yield ports["clk"].negedge
            if number % 7 == 6:
                assert held(after)[0] == [False] * 3
            elif number % 4:
                assert held(after) == ([number % 3 == k for k in range(3)], number, number % 8, bool(number % 2))
            elif last is not None:
                assert held(after) == last
            last = held(after)

    run(row_held_stage, dict(**ports, before=before, after=after), stimulus())


def test_words_are_emptied_where_nothing_is_issued():
    ports = dict(**signals("clk", "clear", "go", "free", "scrubs"), scrubbed=vector(5), after=Visit(5, 3))
    before = ports["before"] = Visit(5, 3).only("visits", "tests", "word", "marks", "step", "end")
    seen = set()

    def stimulus():
        for number in range(120):
            kind = number % 4  # 3: nothing waits
            go, scrubs, clear = number % 3 > 0, number % 5 > 1, number % 11 == 10
            for k, name in enumerate(HELD):
                getattr(before, name).next = kind == k
            before.word.next, ports["scrubbed"].next = number % 32, 31 - number % 32
            ports["go"].next, ports["scrubs"].next, ports["clear"].next = go, scrubs, clear
            yield ports["clk"].negedge
            issued = go and kind < 3
            assert ports["free"] == (not issued)
            after = ports["after"]
            assert held(after)[0] == [issued and not clear and kind == k for k in range(3)]
            assert after.scrubs == (scrubs and not issued and not clear)
            assert after.word == (number % 32 if issued else 31 - number % 32)
            seen.add((issued, scrubs, clear))

    run(row_issue, ports, stimulus())
    assert len(seen) == 8


@pytest.mark.parametrize("folds", [1, 3])
def test_a_number_names_each_word_of_all_banks_and_of_the_pool_once(folds):
    shape, clk = shape_of(folds), Signal(bool(0))
    half, pointer, word = Signal(bool(0)), vector(shape.scrub_bits), vector(shape.visit_bits)
    words, windows = set(), set()

    @block
    def bench():
        return scrub_word(half, pointer, word, shape=shape)

    def part(name):
        high, low = shape.place_of[name]
        return int(word) >> low & ((1 << high - low) - 1)

    def stimulus():
        for number in range(1 << shape.scrub_bits):
            pointer.next, half.next = number, number % 2
            yield clk.negedge
            assert (part("half"), part("mask")) == (number % 2, 15)
            groups = {part("groups") >> bank * shape.group_bits & (1 << shape.group_bits) - 1 for bank in range(4)}
            assert len(groups) == 1
            words.add((part("y"), *groups, part("fold")))
            windows.add(part("window"))

    run(bench, {}, stimulus(), clk)
    assert len(words) == 1 << shape.word_bits and len(windows) == 1 << shape.window_bits
