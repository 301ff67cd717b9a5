"""Bench of the processor with registers: what they count and raise, and frames that a restart or a load cuts."""

import json
from dataclasses import replace

import cocotb
import numpy as np
import pytest
from cocotb.triggers import RisingEdge

from first_spike.device.identity import processor_load
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.recordings import Recordings
from first_spike.processor.folder import generate_processor
from first_spike.rtl_model.parts.handshakes import ASSERT_MACRO
from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.shape.frames import FRAMES
from tb.benches.register_bench import RegisterBench
from tb.helpers.harness import run_bench
from tb.helpers.processor_cases import LIMITS, dense
from tb.helpers.random_networks import on_events, random_network

BENCHES = 4  # cocotb tests below, each value of their parameters counted


class ProcessorBench(RegisterBench):
    """FIRST_SPIKE_BENCH: JSON with `network` (file), which is loaded first, and `configuration`, which says nothing."""

    async def load(self):
        load = processor_load(self.network, LIMITS)
        await self.write("LOAD_BEGIN", 0)
        for word in np.asarray(load.pairs).tolist():
            await self.write("LOAD_WORDS", word)
        await self.write("LOAD_COMMIT", load.code)

    def send(self, images):
        for frame in FRAMES[self.network.takes](images, LIMITS.pixels):
            self.ends.send(frame)

    async def classify_by_stream(self):
        images = self.images(5)
        self.send(images)
        for word in self.expected(images)[1].tolist():
            assert await self.ends.receive() == word

    async def classify_by_registers(self, recording):
        """The result word of one of Recordings; it raises the interrupt."""
        words = np.frombuffer(FRAMES[self.network.takes](recording, LIMITS.pixels)[0], "<u4").tolist()
        while not await self.field("STATUS", "room"):
            pass
        await self.write("FRAME", len(words) - 1 | REGISTERS["FRAME"].fields["events"].mask)
        for word in words:
            await self.write("PIXELS", word)
        while not await self.read("RESULT_STATUS"):
            pass
        assert self.dut.irq.value and await self.field("STATUS", "waiting")
        return await self.take_result()

    async def counts_stalls(self, counts):
        """In counts[0] those of frames, in counts[1] those of results."""
        while True:
            await RisingEdge(self.dut.clk)
            for number, end in enumerate("sm"):
                valid, ready = (getattr(self.dut, f"{end}_axis_{name}").value for name in ("tvalid", "tready"))
                counts[number] += bool(valid) and not ready

    async def cut(self, register, word):
        """Send a frame that is long, and write a register in the middle of it, while a result waits."""
        await self.let_a_result_wait()
        long = Recordings.of_lists([[(0, self.network.steps - 1)] * 400])
        self.send(long)
        await self.beats_are_taken(20)
        await self.write(register, word)
        assert not self.ends.source.idle(), "the frame was over already"
        await self.no_result_waits()


@cocotb.test(timeout_time=10, timeout_unit="ms")
@cocotb.parametrize(register=["CONTROL", "LOAD_BEGIN"])
async def what_cuts_a_frame_drops_its_rest(dut, register):
    """A restart; and a load, which with one bank forgets the images under way."""
    bench = ProcessorBench(dut)
    await bench.begin()
    await bench.load()
    for _ in range(3):
        await bench.cut(register, REGISTERS["CONTROL"].fields["restart"].mask if register == "CONTROL" else 0)
        if register == "LOAD_BEGIN":
            await bench.load()
        await bench.classify_by_stream()


@cocotb.test(timeout_time=10, timeout_unit="ms")
async def a_load_forgets_a_frame_that_has_no_result(dut):
    """So that a result behind it that comes before the end of its frame has no latency."""
    bench = ProcessorBench(dut)
    bench.network = replace(dense((9, 4)), most_events=400)
    await bench.begin()
    await bench.load()
    for _ in range(2):
        bench.send(Recordings.of_lists([[(number, 15) for number in range(9)]]))
        await bench.ends.source.wait()
        await bench.load()
        early = Recordings.of_lists([[(0, 0), (1, 0)] + 300 * [(0, 15)]])
        before = await bench.read("IMAGES")
        bench.send(early)
        assert await bench.ends.receive() == bench.expected(early)[1]
        await bench.ends.source.wait()
        assert await bench.read("LATENCY") == 0 and await bench.read("IMAGES") == before + 1
    assert before == 1, "a frame had its result before it was forgotten"


@cocotb.test(timeout_time=10, timeout_unit="ms")
async def registers_count_and_raise_the_interrupt(dut):
    bench, stalls = ProcessorBench(dut, "none", "0.3", "0.3"), [0, 0]
    await bench.begin()
    await bench.load()
    cocotb.start_soon(bench.counts_stalls(stalls))
    images = bench.images(40)
    found, words = bench.expected(images)
    counts = {"IMAGES": len(words), "SILENT": found.silent.sum(), "TIES": found.tie.sum(),
              "BAD_FRAMES": found.bad.sum()}
    done = REGISTERS["INTERRUPT_STATUS"].fields["done"].mask
    await bench.write("GLOBAL_INTERRUPT_ENABLE", 1)
    await bench.write("INTERRUPT_ENABLE", done)
    assert not dut.irq.value
    bench.send(images)
    for word in words.tolist():
        assert await bench.ends.receive() == word
    assert dut.irq.value and [await bench.field("STATUS", name) for name in ("busy", "waiting")] == [0, 0]
    assert all(counts.values()) and counts == {name: await bench.read(name) for name in counts}
    assert all(stalls) and stalls == [await bench.read(f"{end}_STALLS") for end in ("SOURCE", "SINK")]
    await bench.choose_registers()
    for number in range(4):
        await bench.write("INTERRUPT_STATUS", done)
        assert not dut.irq.value
        assert await bench.classify_by_registers(images[number:number + 1]) == words[number]
    assert await bench.read("IMAGES") == len(words) + 4


@pytest.mark.thorough
def test_frames_that_are_cut(simulator, tmp_path):
    network = on_events(random_network(np.random.default_rng(8), 16, 4, 2), 30)
    network.save(tmp_path / "network.npz")
    generate_processor(LIMITS, tmp_path / "verilog", top="processor_axi")
    bench = {"network": str(tmp_path / "network.npz"), "configuration": Configuration().__dict__}
    assert run_bench(simulator, tmp_path / "verilog", __name__, tmp_path, optimize=False, defines=[ASSERT_MACRO],
                     environment={"FIRST_SPIKE_BENCH": json.dumps(bench)}) == BENCHES
