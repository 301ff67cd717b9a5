"""Where what is emptied joins the visits of rows that move."""

import pytest
from myhdl import Signal, block

from first_spike.rtl_model.layer.row_stage import row_issue, scrub_word
from first_spike.rtl_model.layer.visit_stage import Visit
from first_spike.rtl_model.tests.clocked import run, signals, vector
from first_spike.rtl_model.tests.layer.test_row_counter import shape_of

HELD = ("visits", "tests", "marks")


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
            assert [getattr(after, kind) for kind in HELD] == [issued and not clear and kind == k for k in range(3)]
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
