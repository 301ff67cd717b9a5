"""The number of each window and fold of a map whose windows are no power of two."""

import itertools

import pytest
from myhdl import Signal, modbv

from first_spike.rtl_model.layer.row_finder import window_number
from first_spike.rtl_model.tests.layer.test_row_counter import shape_of
from tb.helpers.clocked import run, signals, vector


@pytest.mark.parametrize("folds", [1, 3])
def test_windows_count_row_by_row(folds):
    shape = shape_of(folds)
    assert shape.windows == (3, 3)
    ports = dict(**signals("clk"), word=vector(shape.visit_bits), number=Signal(modbv(0)[5:]))
    low = shape.place_of["window"][1]

    def stimulus():
        for number, (row, column, fold) in enumerate(itertools.product(range(3), range(3), range(folds))):
            ports["word"].next = ((row << 2 | column) << shape.number_bits | fold) << low | (1 << low) - 1
            yield ports["clk"].negedge
            assert ports["number"] == number

    run(window_number, dict(**ports, shape=shape), stimulus())
