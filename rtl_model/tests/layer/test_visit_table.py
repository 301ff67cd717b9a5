"""What a spike reaches, as words of a table, in LUTs or in block RAM; of rows also the weights that they begin with."""

import numpy as np
import pytest
from myhdl import Signal, block, intbv

from first_spike.golden.contract.design import Design
from first_spike.golden.contract.limits import SHALLOW_WORDS
from first_spike.rtl_model.layer.visit_table import VisitRange, field, range_file, visit_table
from first_spike.rtl_model.shape.kinds import contents_of_layers, layer_shapes
from tb.helpers.clocked import run, signals, vector
from tb.helpers.random_networks import worded_network

SIDES = pytest.mark.parametrize("side", [6, 9])  # the smaller in LUTs


def check_entries(text, side, taps, check):
    """Read every entry of the first layer's table, two cycles each, and check(found, pixel, reached, layer, shape,
    contents) those that reach anything; reached: for rows and for columns {position: place of the kernel}."""
    network = worded_network(np.random.default_rng(1), text, (side, side), (3, 3), 4)
    shape, contents = (every(Design(network, pixels=1, taps=taps))[0]
                       for every in (layer_shapes, contents_of_layers))
    assert (len(contents.visits) <= SHALLOW_WORDS) == (side == 6)
    ports = dict(**signals("clk"), entry=vector(shape.table_bits), m_range=VisitRange(shape))
    layer, found = network.layers[0], ports["m_range"]
    empty = 0

    def stimulus():
        nonlocal empty
        for pixel in range(side * side):
            ports["entry"].next = pixel
            for _ in range(2):
                yield ports["clk"].negedge
            reached = [dict(np.argwhere(layer.geometry.reached(axis) == at).tolist())
                       for axis, at in enumerate(divmod(pixel, side))]
            assert found.some == all(map(bool, reached))
            empty += not found.some
            if found.some:
                check(found, pixel, reached, layer, shape, contents)

    run(visit_table, dict(**ports, hex_file=range_file("bench", contents.visits, shape)), stimulus())
    assert empty > 0


@SIDES
def test_positions_of_each_entry_come_after_two_cycles(side):
    def check(found, pixel, reached, *_):
        rows, columns = reached
        assert (found.y, found.y_last) == (min(rows), max(rows))
        assert (found.x, found.x_last) == (min(columns), max(columns))
        # from the last tap, at which the weights begin, back to the one that the first position reads with
        i, j = pixel // side - 3 * min(rows), pixel % side - min(columns)
        assert found.address == (3 - i) * 2 + (1 - j)

    check_entries("conv 2 4x2 stride 3x1 pool 1x2, dense 2", side, (1,), check)


@SIDES
def test_rows_of_each_entry_come_after_two_cycles_and_name_the_right_weights(side):
    def check(found, _, reached, layer, shape, contents):
        rows, columns = reached
        assert (shape.banks, shape.slots) == (3, 2)
        assert (found.first, found.last, found.count) == (min(rows), max(rows), len(rows) - 1)
        assert found.y == min(rows, key=lambda y: (y % shape.slots, y))
        assert found.mask == sum(1 << x % shape.banks for x in columns)
        word = contents.words[0][int(found.address)]
        kernel = layer.weights.reshape(4, 5, 2)
        for x, j in columns.items():
            group = (int(found.group) - (x % shape.banks > found.top)) % (1 << shape.group_bits)
            assert group == x // shape.banks
            for channel in range(2):
                code = word >> 3 * (x % shape.banks * 2 + channel) & 7
                assert code == kernel[rows[int(found.y)], j, channel] % 8

    check_entries("conv 2 4x5 stride 3x2 padding 0x1 pool 1x2, dense 2", side, ("row",), check)


def test_a_field_is_a_part_of_a_word():
    word, part, clk = vector(8), Signal(intbv(0)[3:]), Signal(bool(0))

    @block
    def bench():
        return field(word, part, 5, 2)

    def stimulus():
        for value in (0, 0b10110110, 0b01001001):
            word.next = value
            yield clk.negedge
            assert part == value >> 2 & 7

    run(bench, {}, stimulus(), clk)
