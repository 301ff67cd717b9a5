"""Which rows and columns a spike reaches, as words of a table, in LUTs or in block RAM; and the weights of its taps."""

import numpy as np
import pytest
from myhdl import Signal, block, intbv

from golden.contract.configuration import Configuration
from golden.contract.limits import SHALLOW_WORDS
from golden.tests.random_networks import worded_network
from rtl_model.layer.kinds import contents_of_layers, layer_shapes
from rtl_model.layer.row_table import RowRange, field, row_table, row_table_file
from rtl_model.tests.clocked import run, signals, vector


@pytest.mark.parametrize("side", [6, 9])
def test_each_entry_comes_after_two_cycles_and_names_the_right_weights(side):
    text = "conv 2 4x5 stride 3x2 padding 0x1 pool 1x2, dense 2"
    network = worded_network(np.random.default_rng(1), text, (side, side), (3, 3), 4)
    shape, contents = (every(network, Configuration(pixels=1, taps=("row",)))[0]
                       for every in (layer_shapes, contents_of_layers))
    assert (len(contents.visits) <= SHALLOW_WORDS) == (side == 6)
    assert (shape.banks, shape.slots) == (3, 2)
    ports = dict(**signals("clk"), entry=vector(shape.table_bits), m_range=RowRange(shape))
    layer, found = network.layers[0], ports["m_range"]
    geometry, kernel = layer.geometry, layer.weights.reshape(4, 5, 2)
    empty = 0

    def stimulus():
        nonlocal empty
        for pixel in range(side * side):
            ports["entry"].next = pixel
            for _ in range(2):
                yield ports["clk"].negedge
            reached = [np.argwhere(geometry.reached(axis) == at) for axis, at in enumerate(divmod(pixel, side))]
            assert found.some == bool(len(reached[0]) and len(reached[1]))
            empty += not found.some
            if not found.some:
                continue
            rows, columns = (dict(pairs.tolist()) for pairs in reached)  # position -> place of the kernel
            assert (found.first, found.last, found.count) == (min(rows), max(rows), len(rows) - 1)
            assert found.y == min(rows, key=lambda y: (y % shape.slots, y))
            assert found.mask == sum(1 << x % shape.banks for x in columns)
            word = contents.words[0][int(found.address)]
            for x, j in columns.items():
                group = (int(found.group) - (x % shape.banks > found.top)) % (1 << shape.group_bits)
                assert group == x // shape.banks
                for channel in range(2):
                    code = word >> 3 * (x % shape.banks * 2 + channel) & 7
                    assert code == kernel[rows[int(found.y)], j, channel] % 8

    run(row_table, dict(**ports, file=row_table_file("bench", contents.visits, shape)), stimulus())
    assert empty > 0


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
