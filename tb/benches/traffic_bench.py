"""The accelerator with registers under traffic: images come and results go by its streams while networks are loaded."""

import json
import os

from cocotb.triggers import RisingEdge

from first_spike.golden.contract.result_word import pack
from first_spike.golden.inference.infer import infer
from tb.benches.register_bench import RegisterBench
from tb.benches.test_loaded_weights import networks_of

IMAGES = 30  # different ones
AHEAD = 3  # images that are sent before their results have come


class TrafficBench(RegisterBench):
    """A device with images and results at its streams, and the Networks to load."""

    def __init__(self, dut):
        super().__init__(dut, source_stalls="0.3", sink_stalls="0.3")
        parameters = json.loads(os.environ["FIRST_SPIKE_BENCH"])
        self.networks = networks_of(*parameters["networks"])[:parameters["count"]]
        self.pool = self.images(IMAGES)
        self.words = []  # of each network on each image of the pool
        for network in self.networks:
            found = infer(network, self.pool)
            self.words.append(pack(found.classes, found.decision_time, found.silent, found.tie))
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
                self.ends.send(self.pool[number])
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
