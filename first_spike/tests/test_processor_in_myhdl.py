"""The whole processor in MyHDL's own simulator against golden inference; its Verilog has first_spike/tests."""

from dataclasses import replace

import numpy as np
import pytest
from myhdl import Signal, intbv

from first_spike.golden.contract.limits import pack
from first_spike.golden.contract.processor import Processor
from first_spike.golden.inference.infer import infer
from first_spike.rtl_model.parts.streams import AxiStream
from first_spike.rtl_model.processor.processor import processor
from first_spike.rtl_model.shape.frames import beats_of
from first_spike.rtl_model.shape.processor_load import load_words
from tb.helpers.clocked import run, send_frame, signals
from tb.helpers.random_networks import random_images, random_network

LIMITS = Processor(lanes=8, weight_words=256, inputs=32, steps=8, neurons=16, words=8, layers=2, pixels=4)
PATIENCE = 3000  # cycles without a result


@pytest.mark.long
@pytest.mark.parametrize("seed, banks", [*((seed, 1) for seed in range(1, 6)), (6, 2), (7, 2)])
def test_networks_loaded_one_after_the_other_give_golden_results(seed, banks):
    rng, limits = np.random.default_rng(seed), replace(LIMITS, weight_banks=banks)
    ports = signals("clk", "rst", "present") | dict(s_load=AxiStream(32), s_axis=AxiStream(32), m_axis=AxiStream(32),
                                                    error=Signal(intbv(0)[3:]))
    cases = [(network, random_images(rng, network)[:5]) for network in (
        random_network(rng, 8, [4, 7], 2, max_side=4), random_network(rng, 2, [1], 1, max_side=5))]
    seen = []

    def stimulus():
        clk, out = ports["clk"], ports["m_axis"]
        ports["rst"].next, out.tready.next = 1, 1
        yield clk.negedge
        ports["rst"].next = 0
        for network, images in cases:
            yield clk.posedge
            yield from send_frame(clk, ports["s_load"], load_words(network, limits))
            beats = [beat for image in images for beat in beats_of(image.tobytes() + bytes(-image.size % 4), 4)]
            waiting, quiet, wanted = iter(beats), 0, len(seen) + len(images)
            beat = next(waiting)
            yield clk.posedge
            while len(seen) < wanted and quiet < PATIENCE:
                ports["s_axis"].tvalid.next = beat is not None
                if beat is not None:
                    ports["s_axis"].tdata.next, ports["s_axis"].tlast.next = beat[:2]
                yield clk.negedge
                quiet += 1
                if out.tvalid:
                    seen.append(int(out.tdata))
                    quiet = 0
                taken = bool(ports["s_axis"].tvalid) and bool(ports["s_axis"].tready)
                yield clk.posedge
                if taken:
                    beat = next(waiting, None)

    run(processor, {**ports, "limits": limits}, stimulus())
    wanted = []
    for network, images in cases:
        found = infer(network, images)
        wanted += pack(found.classes, found.decision_time, found.silent, found.tie).tolist()
    assert seen == wanted


@pytest.mark.thorough
def test_no_result_of_an_image_is_offered_behind_a_pulse_that_forgets_it():
    """In whichever cycle it comes: the next result is the next image's. A reset of one cycle goes the same way."""
    rng = np.random.default_rng(2)
    ports = signals("clk", "rst", "present", "forget") | dict(
        s_load=AxiStream(32), s_axis=AxiStream(32), m_axis=AxiStream(32), error=Signal(intbv(0)[3:]))
    network = random_network(rng, 8, [4], 1, max_side=3)
    first, second = random_images(rng, network)[:2]
    clk, out = ports["clk"], ports["m_axis"]
    offered = []  # whether a result is there, cycle by cycle

    def beats(image):
        return beats_of(image.tobytes() + bytes(-image.size % 4), 4)

    def frame(image):
        yield clk.posedge
        for data, last, _ in beats(image):
            axis = ports["s_axis"]
            axis.tdata.next, axis.tlast.next, axis.tvalid.next = data, last, 1
            yield clk.negedge
            while not axis.tready:
                yield clk.negedge
            yield clk.posedge
        axis.tvalid.next = 0

    def wait(cycles):
        for _ in range(cycles):
            yield clk.negedge
            offered.append(bool(out.tvalid))

    def latency():
        del offered[:]
        while not (offered and offered[-1]):
            yield from wait(1)

    def pulse():
        yield clk.posedge
        ports["forget"].next = 1
        yield clk.posedge
        ports["forget"].next = 0
        yield clk.negedge

    def stimulus():
        ports["rst"].next = 1
        yield clk.negedge
        ports["rst"].next = 0
        yield clk.posedge
        yield from send_frame(clk, ports["s_load"], load_words(network, LIMITS))
        for image in (first, second):
            yield from frame(image)
            yield from latency()
            words.append(int(out.tdata))
            out.tready.next = 1
            yield from wait(2)
            out.tready.next = 0
        yield from frame(first)
        yield from latency()
        most = len(offered)
        yield from pulse()
        for early in range(1, 14):
            yield from wait(20)
            yield from frame(first)
            yield from wait(most - early)
            yield from pulse()
            del offered[:]
            yield from wait(12)
            assert not any(offered), early
            yield from frame(second)
            yield from latency()
            assert out.tdata == words[1]
            yield from pulse()

    words = []
    run(processor, {**ports, "limits": LIMITS}, stimulus())
