"""Folds within columns within rows, and the addresses of their weights."""

from types import SimpleNamespace

import pytest

from first_spike.rtl_model.layer.visit_counter import visit_counter
from first_spike.rtl_model.layer.visit_table import VisitRange
from tb.helpers.clocked import run, signals, vector

WIDTHS = dict(y=3, y_last=3, x=3, x_last=3, address=8)


@pytest.mark.parametrize("folds, strides", [(1, (1, 1, 5)), (3, (2, 6, 30)), (2, (1, 4, 3))])
def test_every_position_is_visited_once_in_order(folds, strides):
    to_fold, to_column, to_row = strides
    ports = dict(**signals("clk", "load", "step_on", "at_end"), y=vector(3), x=vector(3), fold=vector(2),
                 address=vector(8))
    s_range = VisitRange(SimpleNamespace(range_bits=WIDTHS)).only(*WIDTHS)

    def stimulus():
        for (y, y_last), (x, x_last), first in [((0, 2), (1, 4), 7), ((3, 3), (2, 2), 40), ((1, 2), (0, 0), 0)]:
            for name, value in zip(WIDTHS, (y, y_last, x, x_last, first), strict=True):
                getattr(s_range, name).next = value
            ports["load"].next = 1
            yield ports["clk"].negedge
            ports["load"].next = 0
            expected = [(row, column, fold, first + (row - y) * to_row + (column - x) * to_column + fold * to_fold)
                        for row in range(y, y_last + 1) for column in range(x, x_last + 1) for fold in range(folds)]
            for number, visit in enumerate(expected):
                for goes_on in (False, True):  # nothing moves until the visit is made
                    found = tuple(int(ports[name]) for name in ("y", "x", "fold", "address"))
                    assert found == visit
                    assert ports["at_end"] == (number == len(expected) - 1)
                    ports["step_on"].next = goes_on
                    yield ports["clk"].negedge
                ports["step_on"].next = 0

    run(visit_counter, dict(**ports, s_range=s_range, folds=folds, fold_stride=to_fold, column_stride=to_column,
                            row_stride=to_row), stimulus())
