"""Bench of spike_serializer: who fired, step by step, becomes spikes."""

import json
import os

import cocotb
import numpy as np
import pytest
from cocotb.triggers import RisingEdge
from myhdl import Signal

from first_spike.golden.contract.limits import QUEUE_DEPTH, QUEUE_MARGIN
from first_spike.rtl_model.layer.spike_serializer import spike_serializer
from first_spike.rtl_model.parts.streams import FireStream, SpikeStream
from first_spike.rtl_model.shape.placement import layer_feed
from tb.benches.spike_streams import SpikeSink, times_of
from tb.helpers.harness import stalls, start

IN_FLIGHT = 5  # cycles after `hold` in which a layer may still send what is in its pipeline


def make(neurons, lanes, ways, steps):
    """The block and its arguments."""
    feed, step_bits, folds = layer_feed(neurons, lanes, ways), steps.bit_length() - 1, -(-neurons // lanes)
    ports = dict(clk=Signal(bool(0)), clear=Signal(bool(0)), s_fire=FireStream(lanes, folds, step_bits),
                 m_spike=SpikeStream(ways, feed.row_bits, step_bits))
    if steps * folds > QUEUE_DEPTH:
        ports["hold"] = Signal(bool(0))
    return spike_serializer, dict(ports, depth=min(steps * folds, QUEUE_DEPTH), margin=QUEUE_MARGIN, prefix="bench")


class Bench:
    """Fire vectors in, spikes out."""

    def __init__(self, dut, source_stalls, sink_stalls):
        self.dut = dut
        parameters = json.loads(os.environ["FIRST_SPIKE_BENCH"])
        self.neurons, self.lanes, self.steps = (parameters[name] for name in ("neurons", "lanes", "steps"))
        self.folds = -(-self.neurons // self.lanes)
        self.feed = layer_feed(self.neurons, self.lanes, parameters["ways"])
        self.rng = np.random.default_rng(cocotb.RANDOM_SEED)
        self.pauses = stalls(source_stalls, self.rng)
        self.sink = SpikeSink(dut, "m_spike", dut.clear, stalls(sink_stalls, self.rng))
        self.held, self.was_held = [False] * IN_FLIGHT, False

    async def begin(self):
        for name in ("valid", "fires", "step", "end") + (("fold", "last_fold") if self.folds > 1 else ()):
            getattr(self.dut, f"s_fire_{name}").value = 0
        await start(self.dut, reset="clear")
        cocotb.start_soon(self.sink.run())

    async def cycle(self):
        await RisingEdge(self.dut.clk)
        self.held = self.held[1:] + [hasattr(self.dut, "hold") and bool(self.dut.hold.value)]
        self.was_held |= self.held[-1]

    async def send(self, times, tested):
        """Send an image in which neurons fire at `times` [neurons]; `tested`: the steps at whose end the layer
        looks."""
        dut = self.dut
        for step in tested:
            for fold in range(self.folds):
                # As a layer: it stops at once, or only when its pipeline has run empty.
                while next(self.pauses) or self.held[int(self.rng.integers(IN_FLIGHT))]:
                    await self.cycle()
                own = times[fold * self.lanes:(fold + 1) * self.lanes]
                dut.s_fire_valid.value = 1
                dut.s_fire_fires.value = sum(1 << int(lane) for lane in np.flatnonzero(own == step))
                dut.s_fire_step.value = int(step)
                dut.s_fire_end.value = int(step == tested[-1])
                if self.folds > 1:
                    dut.s_fire_fold.value = fold
                    dut.s_fire_last_fold.value = int(fold == self.folds - 1)
                await self.cycle()
                dut.s_fire_valid.value = 0

    async def check_image(self, times, tested):
        """Send an image; what comes out must be the same spikes."""
        await self.send(times, tested)
        while not self.sink.ended:
            await self.cycle()
        for _ in range(int(self.rng.integers(0, 4))):
            await self.cycle()
        await self.clear()
        found = times_of(self.sink.images.pop(), self.feed, self.neurons, self.steps)
        assert (found == times).all(), f"{found} for {times}"

    async def clear(self):
        self.dut.clear.value = 1
        await self.cycle()
        self.dut.clear.value = 0
        self.dut.s_fire_valid.value = 0
        count = len(self.sink.images)
        while len(self.sink.images) == count:  # the sink's task may come later in this cycle
            await self.cycle()
        self.held = [False] * IN_FLIGHT

    def images(self):
        """(spike times, tested steps): nobody fires, all in one step, each in turn, only some of the tested steps,
        random."""
        neurons, steps = self.neurons, self.steps
        every = np.arange(steps)
        some = np.unique(self.rng.integers(0, steps, 6))
        yield np.full(neurons, steps), every[:1]
        yield np.full(neurons, steps), every
        yield np.full(neurons, some[-1]), some
        yield np.full(neurons, some[0]), some
        yield np.minimum(np.arange(neurons), steps - 1), every
        yield np.where(np.arange(neurons) == self.rng.integers(neurons), some[0], steps), some
        for share in (0.1, 0.5, 1):
            times = np.where(self.rng.random(neurons) < share, self.rng.integers(0, steps, neurons), steps)
            yield times, np.union1d(times[times < steps], some)
            yield times, every


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(source_stalls=["none", "periodic", "0.6"], sink_stalls=["none", "periodic", "0.6"])
async def sends_each_spike_once(dut, source_stalls, sink_stalls):
    bench = Bench(dut, source_stalls, sink_stalls)
    await bench.begin()
    for times, tested in bench.images():
        await bench.check_image(times, tested)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def survives_a_sink_that_sleeps(dut):
    """The queue fills, until `hold` where it might overflow, and nothing is lost."""
    bench = Bench(dut, "none", "0.95")
    await bench.begin()
    for times, tested in bench.images():
        await bench.check_image(times, tested)
    assert bench.was_held == hasattr(dut, "hold")


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def forgets_an_image_that_is_cut_short(dut):
    bench = Bench(dut, "0.2", "0.5")
    await bench.begin()
    images = list(bench.images())
    for cut, (times, tested) in zip(images[::-1], images):
        sending = cocotb.start_soon(bench.send(*cut))
        for _ in range(int(bench.rng.integers(1, 40))):
            await RisingEdge(dut.clk)
        sending.cancel()
        await bench.clear()
        bench.sink.images.clear()
        await bench.check_image(times, tested)


DESIGNS = {  # neurons, lanes, ways, steps
    "one neuron": (1, 1, 1, 2),
    "one way": (7, 7, 1, 16),
    "four ways, queue that can fill": (37, 37, 4, 64),
    "folds": (23, 6, 4, 4),
    "folds, two ways, queue that can fill": (11, 4, 2, 32),
}


QUICK = ("folds, two ways, queue that can fill",)  # in every run


@pytest.mark.parametrize("name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.long)
                                  for name in DESIGNS])
def test_spike_serializer(run_block, name):
    assert run_block(__name__, make, dict(zip(("neurons", "lanes", "ways", "steps"), DESIGNS[name]))) == 11
