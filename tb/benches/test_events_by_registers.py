"""Bench of the accelerator with registers for recordings: events that software writes, and those of the stream."""

import cocotb
import pytest
from cocotb.triggers import RisingEdge

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.limits import BAD_BIT
from first_spike.golden.recordings import Recordings
from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.shape.frames import frames_of
from tb.benches.register_bench import RegisterBench
from tb.helpers.random_networks import on_events
from tb.scenarios.small_designs import random_network

BENCHES = 5  # cocotb tests below, each value of their parameters counted


class EventBench(RegisterBench):
    """A device for recordings, and what is seen of the frames of its core."""

    def __init__(self, dut, *stalls):
        super().__init__(dut, *stalls)
        self.closed, self.offered = [], []  # cycles of last beats, and of results

    async def begin(self):
        await super().begin()
        cocotb.start_soon(self._watch())

    async def _watch(self):
        dut, cycle, waits = self.dut, 0, False
        while True:
            await RisingEdge(dut.clk)
            cycle += 1
            if dut.frames_tvalid.value and dut.frames_tready.value and dut.frames_tlast.value:
                self.closed.append(cycle)
            if dut.results_tvalid.value and not waits:
                self.offered.append(cycle)
            waits = bool(dut.results_tvalid.value) and not bool(dut.results_tready.value)

    def latency(self):
        """Of the latest recording: 0 where its result came before its end."""
        return max(0, self.offered[-1] - self.closed[-1])


@cocotb.test(timeout_time=10, timeout_unit="ms")
@cocotb.parametrize(register_stalls=["none", "0.6"])
async def recordings_by_registers_match_golden(dut, register_stalls):
    bench = EventBench(dut, register_stalls)
    await bench.begin()
    assert await bench.read("INPUTS") == bench.network.inputs and await bench.field("SHAPE", "beat") == 0
    await bench.choose_registers()
    images, latencies = bench.images(40), set()
    words = bench.expected(images)[1]
    for k, word in enumerate(words):
        await bench.write_image(images[k:k + 1])
        assert await bench.take_result() == word
        assert await bench.read("LATENCY") == bench.latency()
        latencies.add(bench.latency())
    assert 0 in latencies and max(latencies) > 0, "results came before and behind the last event"
    assert await bench.read("IMAGES") == len(words)
    assert await bench.read("BAD_FRAMES") == sum(word >> BAD_BIT for word in words.tolist()) > 0
    assert await bench.field("ERRORS", "bad_frame") and not await bench.field("ERRORS", "pixels_refused")


@cocotb.test(timeout_time=10, timeout_unit="ms")
async def both_ways_match_golden_by_turns(dut):
    """Recordings of the stream back to back, then some by registers, and so on."""
    bench = EventBench(dut, "none", "0.3", "0.3")
    await bench.begin()
    for turn in range(4):
        await bench.choose_registers(turn % 2 == 1)
        images = bench.images(6)
        if turn % 2 == 0:
            for frame in frames_of(bench.design, images):
                bench.ends.send(frame)
            for word in bench.expected(images)[1]:
                assert await bench.ends.receive() == word
            await bench.ends.source.wait()
        else:
            await bench.classify(images)


@cocotb.test(timeout_time=10, timeout_unit="ms")
async def a_restart_forgets_the_event_that_waits(dut):
    bench = EventBench(dut)
    await bench.begin()
    await bench.choose_registers()
    for count in (1, 2):
        for _ in range(count):
            await bench.write("PIXELS", 0)  # input 0 in step 0
        await bench.write("CONTROL", 3)
        await bench.classify(Recordings.of_lists([[], [(1, 2)]]))


@cocotb.test(timeout_time=10, timeout_unit="ms")
async def a_restart_drops_the_rest_of_a_recording(dut):
    bench = EventBench(dut)
    await bench.begin()
    last = bench.network.steps - 1
    for taken in (1, 2, 20):
        await bench.let_a_result_wait()
        begun = len(bench.closed)
        for frame in frames_of(bench.design, Recordings.of_lists([[(k % 30, last) for k in range(60)]])):
            bench.ends.send(frame)
        await bench.beats_are_taken(taken)
        await bench.write("CONTROL", REGISTERS["CONTROL"].fields["restart"].mask)
        await bench.no_result_waits()
        await bench.ends.source.wait()
        assert len(bench.closed) == begun, "the recording was over before the restart"
        images = bench.images(6)
        for frame in frames_of(bench.design, images):
            bench.ends.send(frame)
        for word in bench.expected(images)[1]:
            assert await bench.ends.receive() == word
        for k in range(len(images)):  # one by one, behind many at a time
            bench.ends.send(frames_of(bench.design, images[k:k + 1])[0])
            await bench.ends.receive()
            await bench.ends.source.wait()
            assert await bench.read("LATENCY") == bench.latency()


@pytest.mark.thorough
def test_events_by_registers(run_accelerator):
    network = on_events(random_network(118, (5, 6), (12, 4), (4, 4), 16), 40)
    assert run_accelerator(__name__, network, Configuration((4,), spikes_per_cycle=2), "accelerator_axi") == BENCHES
