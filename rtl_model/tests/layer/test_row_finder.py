"""From a row, a last column and a fold to words and windows, in a map whose pools do not divide."""

import pytest
from myhdl import Signal, block

from first_spike.rtl_model.layer.row_finder import columns_of, row_finder, rows_of, window_column, window_row
from first_spike.rtl_model.tests.layer.test_row_counter import shape_of
from tb.helpers.clocked import run, vector


@pytest.mark.parametrize("folds", [1, 3])
def test_words_and_windows_of_all_positions(folds):
    shape, clk = shape_of(folds), Signal(bool(0))
    entry, half, word = vector(shape.entry_bits), Signal(bool(0)), vector(shape.visit_bits)

    @block
    def bench():
        return row_finder(entry, half, word, shape=shape)

    def part(name):
        high, low = shape.place_of[name]
        return int(word) >> low & ((1 << high - low) - 1)

    def stimulus():
        for y in range(7):
            for last in range(9):
                for bank in range(4):
                    x, fold = last - (last - bank) % 4, (y + last) % folds
                    group, top = divmod(last, 4)
                    place = ((y << shape.group_bits | group) << shape.top_bits | top) << shape.fold_bits | fold
                    entry.next, half.next = place << 4 | 1 << bank, y % 2
                    yield clk.negedge
                    assert int(word) & (1 << shape.entry_bits) - 1 == entry
                    assert part("half") == y % 2
                    if x < 0:
                        continue
                    assert part("groups") >> bank * shape.group_bits & (1 << shape.group_bits) - 1 == x // 4
                    window = min(y // 2, 2) << 2 | x // 3  # positions of no whole window have none of their own
                    assert part("window") == (window << shape.number_bits | (fold if folds > 1 else 0))

    run(bench, {}, stimulus(), clk)


def test_tables_of_windows():
    shape, clk = shape_of(), Signal(bool(0))
    y, row, group, column = vector(shape.y_bits), vector(2), vector(shape.group_bits), vector(2)

    @block
    def bench():
        return (window_row(y, row, rows=rows_of(shape)),
                window_column(group, column, columns=columns_of(shape, 3)))

    def stimulus():
        for number in range(6):
            y.next, group.next = number, number % 2
            yield clk.negedge
            assert (row, column) == (number // 2, (number % 2 * 4 + 3) // 3)

    run(bench, {}, stimulus(), clk)
