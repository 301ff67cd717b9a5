"""The bench of a layer, in folds or without: transfers of spikes in, who fires and the potentials out."""

import json
import os

import cocotb
import numpy as np
from cocotb.triggers import RisingEdge
from myhdl import Signal, intbv

from first_spike.golden.contract.network import Layer, Network
from first_spike.golden.inference.encode import encode
from first_spike.golden.inference.infer import infer
from first_spike.rtl_model.parts.streams import FireStream, SpikeStream
from first_spike.rtl_model.shape.layer_shape import layer_contents, layer_shape
from first_spike.rtl_model.shape.placement import layer_feed, pixel_feed
from tb.benches.spike_streams import SpikeSource, transfers_of
from tb.helpers.harness import stalls, start
from tb.helpers.random_networks import random_images, random_layer

KEYS = ("seed", "inputs", "neurons", "bits", "steps", "lanes", "ways", "pixels", "hold", "potentials")
TESTS = 10  # in this module


def layer_of(seed, inputs, neurons, bits, steps, lanes, ways, pixels, hold, potentials):
    """The Layer, its Feed and its LayerShape; `pixels` a beat feed it, or, if 0, a layer of `inputs` lanes."""
    layer = random_layer(np.random.default_rng(seed), inputs, neurons, bits, shared=False)
    feed = pixel_feed(inputs, pixels, ways) if pixels else layer_feed(inputs, inputs, ways)
    return layer, feed, layer_shape(layer, lanes, feed, "layer")


def arguments(**parameters):
    """What the block is made with."""
    layer, feed, shape = layer_of(**parameters)
    step_bits = parameters["steps"].bit_length() - 1
    ports = dict(clk=Signal(bool(0)), clear=Signal(bool(0)), s_spike=SpikeStream(feed.ways, feed.row_bits, step_bits),
                 m_fire=FireStream(shape.lanes, shape.folds, step_bits))
    if parameters["potentials"]:
        ports["potentials"] = Signal(intbv(0)[shape.lanes * shape.potential_bits:])
    if parameters["hold"]:
        ports["hold"] = Signal(bool(0))
    return dict(ports, shape=shape, contents=layer_contents(layer, shape, feed))


class Bench:
    """Spikes in, fire vectors out."""

    def __init__(self, dut, source_stalls, hold_stalls):
        self.dut = dut
        self.parameters = json.loads(os.environ["FIRST_SPIKE_BENCH"])
        self.steps = self.parameters["steps"]
        self.layer, self.feed, self.shape = layer_of(**self.parameters)
        self.rng = np.random.default_rng(cocotb.RANDOM_SEED)
        self.source = SpikeSource(dut, "s_spike", stalls(source_stalls, self.rng))
        self.holds = stalls(hold_stalls, self.rng) if self.parameters["hold"] else None
        self.seen, self.ended = [], False  # (step, fold, neurons that fire, potentials) of the current image

    async def begin(self):
        await start(self.dut, reset="clear")
        cocotb.start_soon(self.watch())
        if self.holds is not None:
            cocotb.start_soon(self.stall())

    async def stall(self):
        while True:
            self.dut.hold.value = next(self.holds)
            await RisingEdge(self.dut.clk)

    async def watch(self):
        """Note every transfer of m_fire until `clear`."""
        dut, shape = self.dut, self.shape
        mask = (1 << shape.potential_bits) - 1
        while True:
            await RisingEdge(dut.clk)
            assert self.holds is None or not (dut.hold.value
                                              and dut.s_spike_ready.value), "a transfer is taken while hold"
            if dut.m_fire_valid.value:
                fold = int(dut.m_fire_fold.value) if shape.folds > 1 else 0
                if shape.folds > 1:
                    assert dut.m_fire_last_fold.value == (fold == shape.folds - 1)
                fires, potentials = int(dut.m_fire_fires.value), None
                if self.parameters["potentials"]:
                    word = int(dut.potentials.value)
                    codes = [word >> (lane * shape.potential_bits) & mask for lane in range(shape.lanes)]
                    potentials = [code - ((code << 1) & (mask + 1)) for code in codes]
                self.seen.append((int(dut.m_fire_step.value), fold,
                                  [fold * shape.lanes + lane for lane in range(shape.lanes) if fires >> lane & 1],
                                  potentials))
                self.ended = bool(dut.m_fire_end.value) and fold == shape.folds - 1
            if dut.clear.value:
                self.seen, self.ended = [], False

    async def clear(self):
        self.dut.clear.value = 1
        await RisingEdge(self.dut.clk)
        self.dut.clear.value = 0

    async def check_image(self, times):
        """Send one image with the input spikes `times` and compare all that comes out."""
        expected = self.expected(times)
        await self.source.send(transfers_of(self.rng, self.feed, times, self.steps))
        while not self.ended:
            await RisingEdge(self.dut.clk)
        assert [fires for _, _, fires, _ in self.seen] == [fires for _, _, fires, _ in expected]
        # the step of an image without spikes means nothing
        assert (times == self.steps).all() or [entry[:2] for entry in self.seen] == [entry[:2] for entry in expected]
        if self.parameters["potentials"]:
            for (step, fold, _, found), (_, _, _, right) in zip(self.seen, expected):
                assert found[:len(right)] == right, f"potentials of fold {fold} in step {step}"
                assert all(surplus < 0 and surplus <= min(right)
                           for surplus in found[len(right):]), "a surplus lane could win"
        for _ in range(int(self.rng.integers(0, 6))):
            await RisingEdge(self.dut.clk)
        await self.clear()

    def expected(self, times):
        """The same list as `seen`, from golden inference, and the potentials from their definition: a last layer,
        which has that port, fires again as long as nobody clears it."""
        steps, shape = self.steps, self.shape
        fire_times = self.infer_times(times)
        entries = []
        for step in np.unique(times[times < steps]) if (times < steps).any() else [0]:
            values = self.layer.weights[times <= step].sum(axis=0, dtype=np.int64) - self.layer.thresholds - 1
            for fold in range(shape.folds):
                own = slice(fold * shape.lanes, (fold + 1) * shape.lanes)
                fires = np.flatnonzero(values >= 0 if self.parameters["potentials"] else fire_times == step).tolist()
                fires = [j for j in fires if j // shape.lanes == fold]
                entries.append((int(step), fold, fires, values[own].tolist()))
        return entries

    def infer_times(self, times):
        """Spike times of the layer, through golden.inference.infer; a second layer stands where golden wants one shared
        threshold."""
        output = Layer(np.ones((len(self.layer.thresholds), 1), np.int8), np.ones(1, np.int32), 2)
        network = Network(self.steps, (1, len(times)), [self.layer, output], ["any"], "bench")
        image = np.where(times < self.steps, 255 - times.astype(np.int64) * (256 // self.steps), 0).astype(np.uint8)
        assert (encode(image[None], self.steps)[0] == times).all()
        return infer(network, image[None]).spike_times[0][0]

    def images(self):
        """Spike times of images: random ones, and for each neuron those that drive it to its two bounds in one step."""
        inputs = self.layer.weights.shape[0]
        pictures = random_images(self.rng, type("Shape", (), {"image_shape": (1, inputs)}))
        times = list(encode(pictures, self.steps))
        for neuron in range(min(4, self.layer.weights.shape[1])):
            weights = self.layer.weights[:, neuron]
            times += [np.where(weights > 0, 0, self.steps), np.where(weights < 0, 0, self.steps)]
        times.append(np.where(np.arange(inputs) == self.rng.integers(inputs), 1, self.steps))
        return [each.astype(np.int16) for each in times]


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(source_stalls=["none", "periodic", "0.4"], hold_stalls=["none", "periodic", "0.4"])
async def matches_golden(dut, source_stalls, hold_stalls):
    bench = Bench(dut, source_stalls, hold_stalls)
    await bench.begin()
    images = bench.images()
    if source_stalls != "none" or hold_stalls != "none":
        images = [images[k] for k in bench.rng.choice(len(images), 5, replace=False)]
    for times in images:
        await bench.check_image(times)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def forgets_an_image_that_is_cut_short(dut):
    bench = Bench(dut, "0.2", "0.2")
    await bench.begin()
    images = bench.images()
    for times, cut in zip(images[::-1], images):
        sending = cocotb.start_soon(bench.source.send(transfers_of(bench.rng, bench.feed, cut, bench.steps)))
        for _ in range(int(bench.rng.integers(1, 4 + 2 * len(cut)))):
            await RisingEdge(dut.clk)
        sending.cancel()
        dut.clear.value = 1
        await RisingEdge(dut.clk)  # a transfer that clear meets is dropped
        dut.clear.value = 0
        bench.source.stop()
        await bench.check_image(times)
