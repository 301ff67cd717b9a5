"""Words of all banks, visit by visit: what becomes a candidate together, and who fires in the bank that is tested."""

import numpy as np
import pytest

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.rtl_model.layer.row_banks import row_banks
from first_spike.rtl_model.layer.visit_stage import Visit
from first_spike.rtl_model.parts.streams import FireStream
from first_spike.rtl_model.shape.kinds import contents_of_layers, layer_shapes
from tb.helpers.clocked import packed, run, signals, vector
from tb.helpers.random_networks import worded_network

AT = dict(s_issued=0, s_fetched=1, s_caught=2, s_added=3, s_leaving=4)  # cycles from where a visit is issued
APART = 7


@pytest.mark.parametrize("pool", ["pool", "sum"])
def test_a_row_by_hand(pool):
    network = worded_network(np.random.default_rng(1), f"conv 1 2x3 {pool} 1x2, dense 2", (4, 6), (4, 3), 8)
    design = Design(network, Configuration(pixels=1, taps=("row", 1)))
    shape, contents = layer_shapes(design)[0], contents_of_layers(design)[0]
    threshold = -contents.initials[0][0] - 1
    visits = -(-(threshold + 1) // 7)  # of weight 7 that cross it
    ports = dict(**signals("clk", "clear", "follows", "push"), pushed=vector(shape.entry_bits),
                 weights=vector(shape.banks * shape.code_bits), m_fire=FireStream(1, shape.folds, 3),
                 **{name: Visit(shape.visit_bits, 3) for name in AT})
    fire, found = ports["m_fire"], []

    def word(mask, group=0, row=0, window=0):
        """What travels: the same group in all banks."""
        parts = dict(mask=mask, y=row, window=window,
                     groups=sum(group << bank * shape.group_bits for bank in range(shape.banks)))
        return sum(value << shape.place_of[name][1] for name, value in parts.items())

    def one(kind, travels, weights=()):
        """(Candidates or None, who fires and where or None) of a visit, a test or words that are emptied."""
        pushed, fired = None, None
        for cycle in range(APART):
            for name, at in AT.items():
                for member in ("visits", "tests", "scrubs"):
                    getattr(ports[name], member).next = cycle == at and member == kind
                ports[name].word.next = travels
            ports["weights"].next = packed(weights, shape.code_bits) if cycle == AT["s_caught"] else 0
            yield ports["clk"].posedge
            if ports["push"]:
                pushed = int(ports["pushed"]) & (1 << shape.banks) - 1
            if fire.valid:
                fired = int(fire.fires), int(fire.fold)
            yield ports["clk"].negedge
        found.append((pushed, fired))

    def stimulus():
        for group in range(1 << shape.group_bits):
            for window in range(1 << shape.window_bits):
                yield from one("scrubs", word(7, group, window=window))
        found.clear()
        for _ in range(visits):
            yield from one("visits", word(5), (7, 7, 7))  # the bank in the middle has no part
        yield from one("tests", word(2))
        for _ in range(visits):
            yield from one("visits", word(7), (0, 7, 0))
        yield from one("tests", word(1))
        yield from one("tests", word(2))  # its window has spiked
        yield from one("tests", word(4, window=1))
        yield from one("tests", word(2))

    run(row_banks, dict(**ports, shape=shape, contents=contents), stimulus())
    quiet = [(None, None)] * (visits - 1)
    assert found == [*quiet, (5, None), (None, (0, 0)), *quiet, (2, None), (None, (1, 0)),
                     (None, (int(pool == "sum"), 0)), (None, (1, 1)), (None, (0, 0))]
