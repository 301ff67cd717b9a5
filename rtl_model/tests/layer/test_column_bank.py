"""One bank of columns: which word and which window a visit means, and that others stay as they are."""

import numpy as np
import pytest
from myhdl import Signal, block

from first_spike.rtl_model.layer.row_bank import column_bank, join_word, own_column
from tb.helpers.clocked import run, signals, vector

COLUMNS = (2, 0, 3, 1)
START = -3


@pytest.mark.parametrize("fold_bits", [0, 2])
def test_a_word_is_made_of_its_parts(fold_bits):
    clk, row, group, fold = Signal(bool(0)), vector(3), vector(2), vector(fold_bits) if fold_bits else None
    word = vector(5 + fold_bits)

    def stimulus():
        for value in range(1 << 5 + fold_bits):
            row.next, group.next = value >> 2 + fold_bits, value >> fold_bits & 3
            if fold_bits:
                fold.next = value & 3
            yield clk.negedge
            assert word == value

    run(join_word, dict(row=row, group=group, fold=fold, word=word), stimulus(), clk)


def test_the_column_of_the_window_of_each_group():
    clk, group, column = Signal(bool(0)), vector(2), vector(2)
    columns = vector(8)

    def stimulus():
        columns.next = sum(value << 2 * place for place, value in enumerate(COLUMNS))
        for number, value in enumerate(COLUMNS):
            group.next = number
            yield clk.negedge
            assert column == value

    @block
    def bench():
        return own_column(group, columns, column)

    run(bench, {}, stimulus(), clk)


def test_a_bank_of_a_sum_pool_notes_who_has_spiked_beside_each_word():
    """Of its own words alone: what is written for another bank leaves it as it is."""
    ports = dict(**signals("clk", "has_part", "is_visit", "is_write", "empties", "pool_writes", "candidate"),
                 read_row=vector(2), read_group=vector(2), window_row=vector(2), window_group=vector(2), row=vector(2),
                 write_group=vector(2), weights=vector(8), noted=vector(2), exceeds=vector(2), pool=vector(2))
    known, rng = {}, np.random.default_rng(1)

    def stimulus():
        for number in range(80):
            row, group = divmod(number % 16, 4)
            ports["window_row"].next, ports["window_group"].next = row, group
            ports["row"].next, ports["write_group"].next = row, group
            yield ports["clk"].negedge
            yield ports["clk"].negedge
            if (row, group) in known:
                assert ports["pool"] == known[row, group], number
            noted, writes, has_part = int(rng.integers(4)), rng.random() < 0.6, number < 16 or rng.random() < 0.6
            writes = writes or number < 16
            ports["noted"].next, ports["pool_writes"].next, ports["has_part"].next = noted, bool(writes), bool(has_part)
            yield ports["clk"].negedge
            ports["pool_writes"].next = 0
            if writes and has_part:
                known[row, group] = noted

    run(column_bank, dict(**ports, initials=(START,) * 2, code_bits=4, potential_bits=6, lanes=2, prefix="layer",
                          sums=True), stimulus())
    assert len(known) == 16


def test_a_visit_changes_the_word_of_its_group_where_the_bank_has_a_part():
    """Of four visits with a weight of 2 two are of other words, and one has no part here: none crosses 3; the next."""
    ports = dict(**signals("clk", "has_part", "is_visit", "is_write", "empties", "pool_writes", "candidate"),
                 read_row=vector(2), read_group=vector(2), window_row=vector(2), window_group=vector(2), row=vector(2),
                 write_group=vector(2), columns=vector(8), weights=vector(4), window=vector(4), noted=vector(1),
                 exceeds=vector(1), pool=vector(1))
    crossed = []

    def one(row, group, weight=None, has_part=True):
        for cycle in range(6):
            ports["read_row"].next, ports["read_group"].next = row, group
            ports["window_row"].next, ports["window_group"].next = row, group
            ports["row"].next, ports["write_group"].next = row, group
            ports["empties"].next = cycle == 2 and weight is None
            ports["weights"].next = weight if cycle == 2 and weight is not None else 0
            ports["is_write"].next, ports["has_part"].next = cycle == 4, has_part
            ports["is_visit"].next = cycle == 4 and weight is not None
            yield ports["clk"].posedge
            if cycle == 4 and weight is not None:
                crossed.append(bool(ports["candidate"]))
            yield ports["clk"].negedge

    def stimulus():
        for row in range(4):
            for group in range(4):
                yield from one(row, group)
        for row, group, has_part in [(1, 2, True), (1, 3, True), (2, 2, True), (1, 2, False), (1, 2, True)]:
            yield from one(row, group, 2, has_part)

    run(column_bank, dict(**ports, initials=(START,), code_bits=4, potential_bits=6, lanes=1, prefix="layer"),
        stimulus())
    assert crossed == [False, False, False, False, True]
