"""Bench of the spike encoder: frames of pixels in, spikes in time order out."""

import json
import os

import cocotb
import numpy as np
import pytest
from cocotb.triggers import RisingEdge
from cocotbext.axi import AxiStreamBus, AxiStreamFrame, AxiStreamSource
from myhdl import Signal

from first_spike.golden.contract.limits import LISTENED_BEATS
from first_spike.golden.inference.encode import encode
from first_spike.rtl_model.encoder.spike_encoder import spike_encoder
from first_spike.rtl_model.parts.streams import AxiStream, ImageControl, SpikeStream
from first_spike.rtl_model.record import sources
from first_spike.rtl_model.shape.frames import listened_pixels
from first_spike.rtl_model.shape.placement import pixel_feed
from tb.benches.spike_streams import SpikeSink, times_of
from tb.helpers.harness import stalls, start


def used_inputs(inputs, share):
    """bool [inputs]: about `share` of them, the same every time."""
    return np.random.default_rng(inputs).random(inputs) < share


def make(inputs, pixels, ways, steps, share, whole):
    """The block and its arguments."""
    step_bits = steps.bit_length() - 1
    return spike_encoder, dict(clk=Signal(bool(0)), rst=Signal(bool(0)), s_axis=AxiStream(8 * pixels),
                               m_spike=SpikeStream(ways, pixel_feed(inputs, pixels, ways).row_bits, step_bits),
                               control=ImageControl(), masks=listened_pixels(used_inputs(inputs, share), pixels),
                               pixels=pixels, step_bits=step_bits, whole=whole)


class Bench:
    """Frames in, spike times out; plays the readout that ends every image."""

    def __init__(self, dut, source_stalls, sink_stalls):
        self.dut = dut
        parameters = json.loads(os.environ["FIRST_SPIKE_BENCH"])
        self.inputs, self.pixels, self.steps = (parameters[name] for name in ("inputs", "pixels", "steps"))
        self.feed = pixel_feed(self.inputs, self.pixels, parameters["ways"])
        self.beats = -(-self.inputs // self.pixels)
        self.used = used_inputs(self.inputs, parameters["share"]) | (self.beats > LISTENED_BEATS)
        self.rng = np.random.default_rng(cocotb.RANDOM_SEED)
        self.source = AxiStreamSource(AxiStreamBus.from_prefix(dut, "s_axis"), dut.clk, dut.rst, byte_lanes=self.pixels)
        self.source.log.setLevel("WARNING")
        self.source.set_pause_generator(stalls(source_stalls, self.rng))
        self.sink = SpikeSink(dut, "m_spike", dut.control_clear, stalls(sink_stalls, self.rng))

    async def begin(self):
        for name in ("decide", "flush", "space"):
            getattr(self.dut, f"control_{name}").value = 0
        self.dut.control_clear.value = 1
        await start(self.dut)
        await RisingEdge(self.dut.clk)  # clear follows the reset by a cycle
        self.dut.control_clear.value = 0
        cocotb.start_soon(self.sink.run())
        cocotb.start_soon(self.change_space())

    async def change_space(self):
        """Most of the time there is a place for the next result."""
        while True:
            self.dut.control_space.value = int(self.rng.random() < 0.8)
            await RisingEdge(self.dut.clk)

    def send(self, data):
        self.source.send_nowait(AxiStreamFrame(bytes(data)))

    async def finish_image(self, cut=None):
        """Wait for the image's end, or for so many transfers of it, its first step among them; then end it. Returns its
        transfers and `bad_frame`."""
        current = self.sink.current
        while not (self.sink.ended or (cut is not None and len(self.sink.current) >= cut
                                       and any(transfer.last for transfer in self.sink.current))):
            await RisingEdge(self.dut.clk)
        for _ in range(int(self.rng.integers(0, 5))):
            await RisingEdge(self.dut.clk)
        self.dut.control_decide.value = 1
        await RisingEdge(self.dut.clk)
        bad = bool(self.dut.control_bad_frame.value)
        self.dut.control_decide.value = 0
        self.dut.control_flush.value = self.dut.control_clear.value = 1
        await RisingEdge(self.dut.clk)
        self.dut.control_flush.value = self.dut.control_clear.value = 0
        while not self.sink.images:  # the sink's task may come later in this cycle
            await RisingEdge(self.dut.clk)
        transfers = self.sink.images.pop()
        assert transfers is current and not self.sink.images
        return transfers, bad

    async def check_image(self, pixels, bad=False):
        """The spikes of the next image must be those of `pixels` [inputs]."""
        expected = self.expected(pixels)
        transfers, found_bad = await self.finish_image()
        found = times_of(transfers, self.feed, self.inputs, self.steps)
        assert (found == expected).all(), f"{found} for {expected}"
        assert found_bad == bad

    def expected(self, pixels):
        """Spike times [inputs] of `pixels`: those that nobody listens to are silent."""
        return np.where(self.used, encode(pixels[None], self.steps)[0], self.steps)

    def padded(self, pixels):
        """The bytes of a frame; what is beyond the last pixel means nothing."""
        rest = self.rng.integers(0, 256, self.beats * self.pixels - self.inputs)
        return np.concatenate([pixels, rest]).astype(np.uint8)

    def images(self):
        """Black, white, one grey, random, sparse, one pixel, one bank, two neighbours in time, every step in turn."""
        inputs, rng = self.inputs, self.rng
        index = np.arange(inputs)
        noise = rng.integers(0, 256, (3, inputs))
        return [np.array(pixels, np.uint8) for pixels in (
            np.zeros(inputs), np.full(inputs, 255), np.full(inputs, rng.integers(1, 256)), noise[0],
            np.where(rng.random(inputs) < 0.2, noise[1], 0), np.where(index == rng.integers(inputs), 200, 0),
            np.where(index % self.pixels == 0, noise[2], 0), np.where(rng.random(inputs) < 0.5, 255,
                                                                      255 - 256 // self.steps),
            255 - index * 255 // max(1, inputs - 1), index * 255 // max(1, inputs - 1), np.zeros(inputs))]


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def follows_a_table_made_by_hand(dut):
    bench = Bench(dut, "none", "none")
    await bench.begin()
    half = bench.steps // 2
    table = {255: 0, 128: half - 1, 127: half, 2: bench.steps - 1 if bench.steps < 256 else 253, 0: bench.steps}
    for first in range(len(table)):
        values = [list(table)[(first + i) % len(table)] for i in range(bench.inputs)]
        bench.send(bench.padded(np.array(values)))
        transfers, bad = await bench.finish_image()
        expected = [table[value] if used else bench.steps for value, used in zip(values, bench.used)]
        assert times_of(transfers, bench.feed, bench.inputs, bench.steps).tolist() == expected
        assert not bad


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(source_stalls=["none", "periodic", "0.5"], sink_stalls=["none", "periodic", "0.5"])
async def matches_golden(dut, source_stalls, sink_stalls):
    bench = Bench(dut, source_stalls, sink_stalls)
    await bench.begin()
    images = bench.images()
    for pixels in images:
        bench.send(bench.padded(pixels))
    for pixels in images:
        await bench.check_image(pixels)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def forgets_the_rest_after_an_early_decision(dut):
    """Each image ends after a few of its transfers; more images than steps, so that every epoch comes round."""
    bench = Bench(dut, "0.1", "0.3")
    await bench.begin()
    for _ in range(2 * min(bench.steps, 16) // 10 + 2):
        images = bench.images()
        for pixels in images:
            bench.send(bench.padded(pixels))
        for number, pixels in enumerate(images):
            if number % 2:
                await bench.check_image(pixels)
            else:
                transfers, _ = await bench.finish_image(cut=int(bench.rng.integers(1, 5)))
                found = times_of(transfers, bench.feed, bench.inputs, bench.steps, cut=True)
                expected, reached = bench.expected(pixels), transfers[-1].step
                early = expected < reached
                assert (found[early] == expected[early]).all(), "an earlier step is not whole"
                assert ((found == expected) | (found == bench.steps)).all() and (found <= reached)[found <
                                                                                                    bench.steps].all()


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def gives_the_first_step_while_the_image_arrives(dut):
    """All spikes of the first step of the beats that have come, but not `last`; nothing where images must be whole."""
    bench = Bench(dut, "none", "none")
    await bench.begin()
    bench.source.clear_pause_generator()
    whole, looked = json.loads(os.environ["FIRST_SPIKE_BENCH"])["whole"], 0
    for _ in range(20):
        pixels = np.where(bench.rng.random(bench.inputs) < 0.5, 255, bench.rng.integers(0, 256, bench.inputs))
        pixels, wanted, taken = pixels.astype(np.uint8), int(bench.rng.integers(bench.beats)), 0
        bench.send(bench.padded(pixels))
        for _ in range(30 + 2 * bench.inputs):
            bench.source.pause = taken >= wanted
            await RisingEdge(dut.clk)
            taken += int(dut.s_axis_tvalid.value and dut.s_axis_tready.value)
        if taken < bench.beats:
            looked += 1
            expected = (bench.expected(pixels) == 0) & (np.arange(bench.inputs) < taken * bench.pixels) & (not whole)
            assert not any(transfer.last for transfer in bench.sink.current)
            found = [source for transfer in bench.sink.current
                     for source in sources(bench.feed, transfer.mask, transfer.rows)]
            assert sorted(found) == np.flatnonzero(expected).tolist()
        bench.source.pause = False
        await bench.check_image(pixels)
    assert looked or bench.beats == 1


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def flags_frames_of_a_wrong_length(dut):
    """A short frame is black where pixels are missing, a long one loses what is too much; the next is right."""
    bench = Bench(dut, "0.2", "0.2")
    await bench.begin()
    for _ in range(8):
        noise = bench.rng.integers(1, 256, bench.inputs).astype(np.uint8)
        excess = bench.rng.integers(1, 256, bench.pixels * int(bench.rng.integers(1, 5))).astype(np.uint8)
        beats = int(bench.rng.integers(1, bench.beats + 1))
        short = np.where(np.arange(bench.inputs) < beats * bench.pixels, noise, 0).astype(np.uint8)
        bench.send(np.concatenate([bench.padded(noise), excess]))
        bench.send(bench.padded(noise)[:beats * bench.pixels])
        bench.send(bench.padded(noise[::-1]))
        await bench.check_image(noise, bad=True)
        await bench.check_image(short, bad=beats < bench.beats)
        await bench.check_image(noise[::-1])


DESIGNS = {  # inputs, pixels, ways, steps, share of the inputs that are used, whether images begin when complete
    "one pixel": (1, 1, 1, 2, 1, False),
    "one pixel for nobody": (1, 1, 1, 2, 0, False),
    "a pixel a beat": (19, 1, 1, 16, 1, False),
    "two a beat, two ways, most steps": (9, 2, 2, 256, 1, False),
    "eight a beat": (45, 8, 1, 16, 0.7, False),
    "eight a beat, whole": (45, 8, 1, 16, 0.7, True),
    "sixteen a beat, two ways": (50, 16, 2, 4, 0.8, False),
    "too many beats for a table": (1100, 1, 1, 2, 0.5, False),
}


LONG = "too many beats for a table"  # in the grid
QUICK = ("two a beat, two ways, most steps",)  # in every run
PARAMETERS = "inputs", "pixels", "ways", "steps", "share", "whole"


@pytest.mark.parametrize("name", [
    *(name if name in QUICK else pytest.param(name, marks=pytest.mark.long) for name in DESIGNS if name != LONG),
    pytest.param(LONG, marks=pytest.mark.grid)])
def test_spike_encoder(run_block, name):
    assert run_block(__name__, make, dict(zip(PARAMETERS, DESIGNS[name]))) == 13
