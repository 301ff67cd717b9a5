"""What a spike reaches, as words of a table, in LUTs or in block RAM."""

import numpy as np
import pytest

from golden.contract.configuration import Configuration
from golden.contract.limits import SHALLOW_WORDS
from golden.tests.random_networks import worded_network
from rtl_model.layer.kinds import contents_of_layers, layer_shapes
from rtl_model.layer.visit_table import VisitRange, table_file, visit_table
from rtl_model.tests.clocked import run, signals, vector


@pytest.mark.parametrize("side", [6, 9])
def test_each_entry_comes_after_two_cycles(side):
    text = "conv 2 4x2 stride 3x1 pool 1x2, dense 2"
    network = worded_network(np.random.default_rng(1), text, (side, side), (3, 3), 4)
    shape, contents = (every(network, Configuration(pixels=1))[0] for every in (layer_shapes, contents_of_layers))
    assert (len(contents.visits) <= SHALLOW_WORDS) == (side == 6)
    ports = dict(**signals("clk"), entry=vector(shape.table_bits),
                 m_range=VisitRange(shape.y_bits, shape.x_bits, shape.address_bits))
    geometry, found = network.layers[0].geometry, ports["m_range"]
    empty = 0

    def stimulus():
        nonlocal empty
        for pixel in range(side * side):
            ports["entry"].next = pixel
            for _ in range(2):
                yield ports["clk"].negedge
            rows, columns = (np.flatnonzero((geometry.reached(axis) == at).any(axis=1))
                             for axis, at in enumerate(divmod(pixel, side)))
            assert found.some == bool(len(rows) and len(columns))
            empty += not found.some
            if found.some:
                assert (found.y, found.y_last, found.x, found.x_last) == (rows[0], rows[-1], columns[0], columns[-1])
                # from the last tap, at which the weights begin, back to the one that the first position reads with
                i, j = pixel // side - 3 * rows[0], pixel % side - columns[0]
                assert found.address == (3 - i) * 2 + (1 - j)

    run(visit_table, dict(**ports, file=table_file("bench", contents.visits, shape)), stimulus())
    assert empty > 0
