"""What a convolution of a kernel row a cycle does next, by hand: visits, tests bank by bank, the mark."""

import numpy as np

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.rtl_model.layer.sequencers import row_sequencer
from first_spike.rtl_model.layer.visit_stage import Visit
from first_spike.rtl_model.layer.visit_table import VisitRange
from first_spike.rtl_model.parts.streams import SpikeStream
from first_spike.rtl_model.shape.kinds import layer_shapes
from tb.helpers.clocked import run, signals, vector
from tb.helpers.random_networks import worded_network

KINDS = ("visits", "tests", "marks")


def test_the_order_of_a_step():
    network = worded_network(np.random.default_rng(1), "conv 1 2x2, dense 2", (3, 3), (3, 3), 8)
    shape = layer_shapes(Design(network, Configuration(pixels=1, taps=("row",))))[0]
    ports = dict(**signals("clk", "clear", "advance", "urgent", "under_way", "head_filled", "idle", "pop"),
                 s_spike=SpikeStream(1, shape.row_bits, 3), head=vector(shape.entry_bits),
                 m_visit=Visit(shape.entry_bits, 3).only("visits", "tests", "word", "marks", "step", "end"),
                 entry=vector(shape.table_bits), s_range=VisitRange(shape), address=vector(shape.address_bits))
    clk, visit, spike = ports["clk"], ports["m_visit"], ports["s_spike"]
    y_low, done = shape.place_of["y"][1], []

    def cycle(count=1):
        for _ in range(count):
            yield clk.negedge
            kinds = [kind for kind in KINDS if getattr(visit, kind)]
            assert len(kinds) < 2
            done.extend((kind, int(visit.word) >> y_low, int(visit.word) & 3) if kind != "marks" else kind
                        for kind in kinds)

    def stimulus():
        ports["advance"].next = ports["idle"].next = ports["clear"].next = 1
        yield from cycle()
        ports["clear"].next, ports["under_way"].next = 0, 1
        for last in (0, 1):  # the pixel in the middle reaches all four positions
            spike.valid.next, spike.mask.next, spike.rows.next = 1, 1, 4
            spike.step.next, spike.last.next = 5, last
            assert spike.ready
            yield from cycle()
            spike.valid.next = 0
            assert ports["entry"] == 4 and not spike.ready
            reached = ports["s_range"]
            reached.some.next, reached.y.next, reached.last.next, reached.count.next, reached.mask.next = 1, 0, 1, 1, 3
            ports["urgent"].next = not last
            yield from cycle(5)
            assert last or not done  # nothing while the memories are emptied
            ports["urgent"].next = 0
            yield from cycle(3)
        yield from cycle(2)
        assert done == [("visits", 0, 3), ("visits", 1, 3)] * 2
        yield from cycle(5)
        assert len(done) == 4  # no mark as long as one of them may become a candidate
        done.clear()
        ports["under_way"].next, ports["idle"].next, ports["head_filled"].next = 0, 0, 1
        ports["head"].next = 1 << y_low | 3  # a candidate of two banks
        yield clk.posedge
        assert not ports["pop"]
        yield from cycle()
        yield clk.posedge
        assert ports["pop"]
        yield from cycle()
        ports["head"].next = 0 << y_low | 2
        yield clk.posedge
        assert ports["pop"]
        yield from cycle()
        ports["head_filled"].next, ports["idle"].next = 0, 1
        yield from cycle(4)
        assert done == [("tests", 1, 1), ("tests", 1, 2), ("tests", 0, 2), "marks"]
        ports["head_filled"].next, ports["idle"].next = 1, 0
        ports["head"].next = 1 << y_low | 3
        for cut in range(12):  # an image that is over in any cycle leaves nothing for the next one
            for count in (cut, 12):
                done.clear()
                spike.valid.next = 1
                yield from cycle()
                spike.valid.next = 0
                yield from cycle(count)
                if count != cut:
                    assert done[:4] == [("visits", 0, 3), ("visits", 1, 3), ("tests", 1, 1), ("tests", 1, 2)]
                ports["clear"].next = 1
                yield from cycle()
                ports["clear"].next = 0

    run(row_sequencer, dict(**ports, shape=shape), stimulus())
