"""What a convolution does next, by hand: empty words, visits, tests, the mark."""

import numpy as np

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.rtl_model.layer.sequencers import visit_sequencer
from first_spike.rtl_model.layer.visit_stage import Visit
from first_spike.rtl_model.layer.visit_table import VisitRange
from first_spike.rtl_model.parts.streams import SpikeStream
from first_spike.rtl_model.shape.kinds import layer_shapes
from tb.helpers.clocked import run, signals, vector
from tb.helpers.random_networks import worded_network

KINDS = ("visits", "tests", "scrubs", "marks")


def test_the_order_of_an_image():
    network = worded_network(np.random.default_rng(1), "conv 1 2x2, dense 2", (3, 3), (3, 3), 8)
    shape = layer_shapes(Design(network, Configuration(pixels=1)))[0]
    ports = dict(**signals("clk", "rst", "clear", "advance", "under_way", "head_filled", "idle", "pop"),
                 s_spike=SpikeStream(1, shape.row_bits, 3), head=vector(shape.word_bits),
                 m_visit=Visit(shape.word_bits, 3), entry=vector(shape.table_bits),
                 s_range=VisitRange(shape), y=vector(1), x=vector(1),
                 fold=vector(1), address=vector(shape.address_bits))
    clk, visit, spike = ports["clk"], ports["m_visit"], ports["s_spike"]
    done = []

    def cycle(count=1):
        for _ in range(count):
            yield clk.negedge
            kinds = [kind for kind in KINDS if getattr(visit, kind)]
            assert len(kinds) < 2
            done.extend((kind, int(visit.word)) if kind in ("scrubs", "tests") else kind for kind in kinds)

    def stimulus():
        ports["advance"].next = ports["idle"].next = 1
        ports["rst"].next = 1
        yield from cycle()
        ports["rst"].next, ports["clear"].next = 0, 1
        yield from cycle()
        ports["clear"].next = 0
        yield from cycle(8)
        assert done == [("scrubs", word) for word in range(4)]  # all of them after a reset
        done.clear()
        for last in (0, 1):  # the pixel in the middle reaches all four positions
            spike.valid.next, spike.mask.next, spike.rows.next = 1, 1, 4
            spike.step.next, spike.last.next = 5, last
            assert spike.ready
            yield from cycle()
            spike.valid.next = 0
            assert ports["entry"] == 4 and not spike.ready
            reached = ports["s_range"]
            reached.some.next, reached.y_last.next, reached.x_last.next = 1, 1, 1
            yield from cycle(3)
        yield from cycle(4)
        assert done == ["visits"] * 8
        ports["under_way"].next = 1
        yield from cycle(5)
        assert done == ["visits"] * 8  # no mark as long as one of them may become a candidate
        ports["under_way"].next, ports["idle"].next, ports["head_filled"].next, ports["head"].next = 0, 0, 1, 3
        yield clk.posedge
        assert ports["pop"]
        yield from cycle()
        ports["head_filled"].next, ports["idle"].next = 0, 1
        yield from cycle(4)
        assert done == ["visits"] * 8 + [("tests", 3), "marks"]
        done.clear()
        ports["clear"].next = 1
        yield from cycle()
        ports["clear"].next, ports["advance"].next = 0, 0
        yield from cycle(3)
        ports["advance"].next = 1
        yield from cycle(8)
        assert done == [("scrubs", word) for word in range(shape.scrubbed)]

    run(visit_sequencer, dict(**ports, shape=shape), stimulus())
