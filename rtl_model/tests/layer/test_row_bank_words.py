"""From what travels through the pipeline to the words of a bank and of its copy of the pool."""

import numpy as np
import pytest
from myhdl import Signal, block

from first_spike.rtl_model.layer.row_bank import bank_enable, bank_word, join_window
from first_spike.rtl_model.layer.visit_stage import Visit
from first_spike.rtl_model.tests.clocked import run, signals, vector
from first_spike.rtl_model.tests.layer.test_row_counter import shape_of


@pytest.mark.parametrize("folds", [1, 3])
def test_words_of_each_bank(folds):
    shape, clk = shape_of(folds), Signal(bool(0))
    visit, words = vector(shape.visit_bits), [vector(shape.word_bits + 1) for _ in range(shape.banks)]
    places, rng = shape.place_of, np.random.default_rng(1)

    @block
    def bench():
        return [bank_word(visit, word, bank=bank, shape=shape) for bank, word in enumerate(words)]

    def part(name):
        high, low = places[name]
        return int(visit) >> low & (1 << high - low) - 1

    def stimulus():
        for _ in range(60):
            visit.next = int(rng.integers(1 << shape.visit_bits))
            yield clk.negedge
            for bank, word in enumerate(words):
                group = part("groups") >> bank * shape.group_bits & (1 << shape.group_bits) - 1
                expected = (part("half") << shape.y_bits | part("y")) << shape.group_bits | group
                assert word == (expected << shape.fold_bits | part("fold") if folds > 1 else expected)

    run(bench, {}, stimulus(), clk)


@pytest.mark.parametrize("folded", [False, True])
def test_the_window_of_a_position(folded):
    clk, half, row, column, fold, window = Signal(bool(0)), Signal(bool(0)), *map(vector, (2, 3, 2, 8 if folded else 6))
    rng = np.random.default_rng(1)

    @block
    def bench():
        return join_window(half, row, column, fold, window, folded=folded)

    def stimulus():
        for _ in range(60):
            half.next, row.next, column.next, fold.next = (int(value) for value in rng.integers(0, [2, 4, 8, 4]))
            yield clk.negedge
            expected = (int(half) << 2 | int(row)) << 3 | int(column)
            assert window == (expected << 2 | int(fold) if folded else expected)

    run(bench, {}, stimulus(), clk)


def test_only_banks_with_a_part_are_written():
    clk, visits, write = signals("clk", "visits", "write").values()
    leaving = Visit(4, 2).only("visits", "tests", "scrubs", "word")

    @block
    def bench():
        return bank_enable(leaving, visits, write, bank=2)

    def stimulus():
        for number in range(16):
            for k, kind in enumerate(("visits", "tests", "scrubs")):
                getattr(leaving, kind).next = number % 4 == k
            leaving.word.next = 4 if number & 4 else 11
            yield clk.negedge
            assert visits == (bool(number & 4) and number % 4 == 0)
            assert write == (bool(number & 4) and number % 4 < 3)

    run(bench, {}, stimulus(), clk)
