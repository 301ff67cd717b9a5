"""Folds within rows, from the last row on to the first, and the addresses of their weights."""

import pytest

from first_spike.rtl_model.layer.visit_counter import row_counter
from first_spike.rtl_model.layer.visit_table import VisitRange
from first_spike.rtl_model.shape.row_shape import RowShape
from tb.helpers.clocked import run, signals, vector


def shape_of(folds=1):
    """A RowShape of 7 rows, 4 banks and 4 slots, with weights in so many folds."""
    return RowShape(name="layer", lanes=2, banks=4, slots=4, folds=8, ways=1, rows=64, row_bits=6, weight_bits=4,
                    potential_bits=8, channel_folds=folds, positions=(7, 9), pool=(2, 3), place_bits=0,
                    weight_words=16 * folds, fold_stride=1, row_stride=4 * folds)


@pytest.mark.parametrize("folds", [1, 3])
def test_every_row_is_visited_once_in_the_order_of_its_slot(folds):
    shape = shape_of(folds)
    ports = dict(**signals("clk", "load", "step_on", "at_end"), y=vector(shape.y_bits),
                 column_group=vector(shape.group_bits), top=vector(shape.top_bits), mask=vector(4), fold=vector(2),
                 address=vector(shape.address_bits))
    s_range = VisitRange(shape).only(*shape.range_bits)

    def stimulus():
        for first, last in [(0, 3), (1, 4), (3, 6), (2, 2), (5, 6), (3, 5)]:
            rows = sorted(range(first, last + 1), key=lambda y: y % 4)
            begin = rows[0]
            values = dict(y=begin, first=first, last=last, count=last - first, group=1, top=2, mask=11,
                          address=(begin - first) * shape.row_stride)
            for name, value in values.items():
                getattr(s_range, name).next = value
            ports["load"].next = 1
            yield ports["clk"].negedge
            ports["load"].next = 0
            expected = [(y, fold, (y - first) * shape.row_stride + fold) for y in rows for fold in range(folds)]
            for number, visit in enumerate(expected):
                for goes_on in (False, True):  # nothing moves until the visit is made
                    assert tuple(int(ports[name]) for name in ("y", "fold", "address")) == visit
                    assert (ports["column_group"], ports["top"], ports["mask"]) == (1, 2, 11)
                    assert ports["at_end"] == (number == len(expected) - 1)
                    ports["step_on"].next = goes_on
                    yield ports["clk"].negedge
                ports["step_on"].next = 0

    run(row_counter, dict(**ports, s_range=s_range, folds=folds, fold_stride=shape.fold_stride,
                          row_stride=shape.row_stride), stimulus())
