"""The accelerator with registers: software on its AXI4-Lite, and what it should find there.

The accelerator with registers under traffic: images come and results go by its streams while networks are loaded.
"""

import json
import os
from pathlib import Path

import cocotb
import numpy as np
from cocotb.triggers import RisingEdge, with_timeout
from cocotbext.axi import AxiLiteBus, AxiLiteMaster, AxiResp

from first_spike.golden.contract.base_network import EVENTS
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.limits import pack
from first_spike.golden.contract.network import Network
from first_spike.golden.inference.infer import infer
from first_spike.golden.recordings import Recordings
from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.shape.frames import INPUT_BITS, NO_INPUT, beat_bytes, frames_of
from first_spike.rtl_model.simulate import patience
from tb.benches.test_loaded_weights import networks_of
from tb.helpers.harness import stalls, start
from tb.helpers.random_networks import random_images
from tb.scenarios.accelerator_bench import bench_images
from tb.scenarios.axi_ends import AxiEnds

ACCESS_NS = 5000  # within which any access is answered: 255 cycles of waiting for room, and stalls


class RegisterBench:
    """FIRST_SPIKE_BENCH: JSON with `network` (file) and `configuration`."""

    def __init__(self, dut, register_stalls="none", source_stalls="none", sink_stalls="none"):
        parameters = json.loads(os.environ["FIRST_SPIKE_BENCH"])
        self.dut = dut
        self.network = Network.load(Path(parameters["network"]))
        self.configuration = Configuration(**parameters["configuration"])
        self.rng = np.random.default_rng(cocotb.RANDOM_SEED)
        self.master = AxiLiteMaster(AxiLiteBus.from_prefix(dut, "s_axil"), dut.clk, dut.rst)
        for interface in (self.master.write_if, self.master.read_if):
            interface.log.setLevel("WARNING")
        for channel in (self.master.write_if.aw_channel, self.master.write_if.w_channel, self.master.write_if.b_channel,
                        self.master.read_if.ar_channel, self.master.read_if.r_channel):
            channel.set_pause_generator(stalls(register_stalls, self.rng))
        self.ends = AxiEnds(dut, beat_bytes(self.design), source_stalls=source_stalls,
                            sink_stalls=sink_stalls, rng=self.rng)

    @property
    def design(self):
        return Design(self.network, self.configuration)

    async def begin(self):
        await start(self.dut)
        await RisingEdge(self.dut.clk)

    async def read_at(self, address):
        """(answer, word) of a read."""
        answer = await with_timeout(self.master.read(address, 4), ACCESS_NS, "ns")
        return answer.resp, int.from_bytes(answer.data, "little")

    async def write_at(self, address, data):
        """The answer to a write of some bytes of one word."""
        return (await with_timeout(self.master.write(address, data), ACCESS_NS, "ns")).resp

    async def read(self, name, number=0):
        """The word of a register."""
        answer, word = await self.read_at(REGISTERS[name].offset + 4 * number)
        assert answer == AxiResp.OKAY, name
        return word

    async def field(self, name, field):
        return REGISTERS[name].fields[field].of(await self.read(name))

    async def write(self, name, word):
        """Write a whole register."""
        assert await self.write_at(REGISTERS[name].offset, word.to_bytes(4, "little")) == AxiResp.OKAY, name

    async def choose_registers(self, chosen=True):
        """Pixels and results by registers, from the next image on; waits for it."""
        await self.write("CONTROL", int(chosen))
        while await self.field("STATUS", "by_registers") != chosen:
            pass

    async def write_image(self, image):
        """The pixels of an image, or the events of one of Recordings and the close, once there is room."""
        while not await self.field("STATUS", "room"):
            pass
        if isinstance(image, Recordings):
            events = np.frombuffer(frames_of(self.design, image)[0], "<u4").tolist()
            close = int(self.rng.integers(256)) << INPUT_BITS | NO_INPUT  # its step means nothing
            for word in (events if len(image.inputs) else []) + [close]:
                await self.write("PIXELS", word)
            return
        data = bytes(np.asarray(image, np.uint8).ravel())
        for first in range(0, len(data), 4):
            part = data[first:first + 4]
            noise = bytes(self.rng.integers(0, 256, 4 - len(part), np.uint8))  # what is too much counts nothing
            await self.write("PIXELS", int.from_bytes(part + noise, "little"))

    async def let_a_result_wait(self):
        """At the stream of results, whose sink stops."""
        self.ends.sink.clear_pause_generator()
        self.ends.sink.pause = True
        self.ends.send(frames_of(self.design, self.images(1))[0])
        await self.ends.source.wait()
        while not self.dut.m_axis_tvalid.value:
            await RisingEdge(self.dut.clk)

    async def no_result_waits(self):
        """Any more, a few cycles after what withdraws it; the sink goes on."""
        for _ in range(3):
            await RisingEdge(self.dut.clk)
        assert not self.dut.m_axis_tvalid.value
        self.ends.sink.pause = False

    async def beats_are_taken(self, count):
        """So many, of the stream of frames."""
        while count:
            await RisingEdge(self.dut.clk)
            count -= bool(self.dut.s_axis_tvalid.value) and bool(self.dut.s_axis_tready.value)

    async def take_result(self):
        """The result word, when there is one."""
        for _ in range(patience(self.design)):
            if await self.read("RESULT_STATUS"):
                break
        word = await self.read("RESULT")
        await self.write("RESULT_TAKE", 1)
        return word

    async def classify(self, images):
        """Write one after the other and take its result, which is golden's."""
        for k, word in enumerate(self.expected(images)[1]):
            await self.write_image(images[k:k + 1])
            assert await self.take_result() == word

    def images(self, count):
        """uint8 [count, rows, columns], or Recordings."""
        if self.network.takes == EVENTS:
            return bench_images(self.rng, self.network, count)
        made = []
        while len(made) < count:
            made += list(random_images(self.rng, self.network))
        return np.array(made[:count], np.uint8)

    def expected(self, images):
        """(inference, result words) of golden."""
        result = infer(self.network, images)
        return result, pack(result.classes, result.decision_time, result.silent, result.tie, result.bad)


IMAGES = 60  # different ones
AHEAD = 3  # images that are sent before their results have come


class TrafficBench(RegisterBench):
    """A device with images and results at its streams, and the Networks to load."""

    def __init__(self, dut):
        super().__init__(dut, source_stalls="0.3", sink_stalls="0.3")
        parameters = json.loads(os.environ["FIRST_SPIKE_BENCH"])
        self.networks = networks_of(*parameters["networks"])[:parameters["count"]]
        self.pool = self.images(IMAGES)
        self.frames = frames_of(self.design, self.pool)
        self.words = []  # of each network on each image of the pool
        for network in self.networks:
            found = infer(network, self.pool)
            self.words.append(pack(found.classes, found.decision_time, found.silent, found.tie, found.bad))
        self.loaded = self.committed = -1  # numbers of networks: the latest whose commit was answered, and was sent
        self.sent = []  # of each image its number in the pool, and `loaded` when it was sent
        self.answered = []  # of each result its word, and `committed` when it came

    async def load(self, loader, number):
        said = await loader.send(self.networks[number], number % self.configuration.weight_banks)
        self.committed = number
        await loader.commit(*said)
        self.loaded = number

    async def send_images(self, loading):
        """Until everything is loaded, and some more."""
        more = 10
        while more:
            if len(self.sent) - len(self.answered) < AHEAD:
                number = int(self.rng.integers(IMAGES))
                self.sent.append((number, self.loaded))
                self.ends.send(self.frames[number])
                more -= loading.done()
            await RisingEdge(self.dut.clk)

    async def take_results(self):
        while True:
            word = await self.ends.receive()
            self.answered.append((word, self.committed))

    def judge(self):
        """The numbers of the networks that must have answered, since no other can: a result is that of a network which
        was there when it came, and of none older than those that were there when its image was sent, or that answered
        an image before it."""
        oldest, certain = 0, set()
        for place, ((image, earliest), (word, latest)) in enumerate(zip(self.sent, self.answered, strict=True)):
            oldest = max(oldest, earliest)
            fitting = [k for k in range(oldest, latest + 1) if self.words[k][image] == word]
            assert fitting, f"image {place}: {word:08x} is of none of the networks {oldest} to {latest}"
            oldest = fitting[0]
            if len(fitting) == 1:
                certain.add(oldest)
        return certain
