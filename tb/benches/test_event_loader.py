"""Bench of the event loader: frames of events in, spikes out."""

import json
import os

import cocotb
import numpy as np
import pytest
from cocotb.triggers import RisingEdge
from cocotbext.axi import AxiStreamBus, AxiStreamFrame, AxiStreamSource
from myhdl import Signal

from first_spike.rtl_model.accelerator import EVENT_CONTROL
from first_spike.rtl_model.encoder.event_loader import event_loader
from first_spike.rtl_model.parts.streams import AxiStream, ImageControl, SpikeStream
from first_spike.rtl_model.shape.frames import EVENT_BITS, NO_INPUT
from first_spike.rtl_model.shape.placement import event_row_bits
from tb.benches.spike_streams import SpikeSink, Transfer
from tb.helpers.harness import hold_reset, stalls, start


def make(inputs, steps, most_events):
    """The block and its arguments."""
    step_bits = steps.bit_length() - 1
    return event_loader, dict(clk=Signal(bool(0)), rst=Signal(bool(0)), s_axis=AxiStream(EVENT_BITS),
                              m_spike=SpikeStream(1, event_row_bits(inputs), step_bits),
                              control=ImageControl(step_bits).only(*EVENT_CONTROL), inputs=inputs, step_bits=step_bits,
                              most_events=most_events)


class Frame:
    """What a frame of beats (input, step) comes to: its transfers, and after each the number of beats that were dropped
    before the one that pushed it out."""

    def __init__(self, beats, inputs, steps, most_events):
        self.beats, kept, dropped, self.dropped = beats, [], 0, []
        if beats != [(NO_INPUT, beats[0][1])]:
            for beat in beats:
                source, step = beat
                if source < inputs and step < steps and len(kept) < most_events and (not kept or step >= kept[-1][1]):
                    if kept:
                        self.dropped.append(dropped)
                    kept.append(beat)
                else:
                    dropped += 1
        self.dropped.append(dropped)
        self.transfers = [Transfer(1, source, step, step != following) for (source, step), (_, following)
                          in zip(kept, kept[1:] + [(0, -1)])] or [Transfer(last=1)]
        self.transfers[-1].end = 1


class Bench:
    """Frames in, transfers out; plays the readout that ends every image."""

    def __init__(self, dut, source_stalls="none", sink_stalls="none", space=0.8):
        self.dut, self.space = dut, space
        self.parameters = json.loads(os.environ["FIRST_SPIKE_BENCH"])
        self.inputs, self.steps, self.most = (self.parameters[name] for name in ("inputs", "steps", "most_events"))
        self.rng = np.random.default_rng(cocotb.RANDOM_SEED)
        self.source = AxiStreamSource(AxiStreamBus.from_prefix(dut, "s_axis"), dut.clk, dut.rst, byte_lanes=4)
        self.source.log.setLevel("WARNING")
        self.source.set_pause_generator(stalls(source_stalls, self.rng))
        self.sink = SpikeSink(dut, "m_spike", dut.control_clear, stalls(sink_stalls, self.rng))

    async def begin(self):
        self.dut.control_flush.value = self.dut.control_space.value = 0
        self.dut.control_clear.value = 1
        await start(self.dut)
        await self.clear()
        cocotb.start_soon(self.sink.run())
        cocotb.start_soon(self.change_space())

    async def clear(self):
        """It follows the reset by a cycle."""
        self.dut.control_clear.value = 1
        await RisingEdge(self.dut.clk)
        self.dut.control_clear.value = 0

    async def change_space(self):
        while True:
            self.dut.control_space.value = int(self.rng.random() < self.space)
            await RisingEdge(self.dut.clk)

    def send(self, beats):
        """Queue a frame of beats, as far as they go into 24 and 8 bits; returns what it has to come to."""
        beats = [(source & NO_INPUT, step & 255) for source, step in beats]
        words = np.array([step << 24 | source for source, step in beats], "<u4")
        self.source.send_nowait(AxiStreamFrame(words.tobytes()))
        return Frame(beats, self.inputs, self.steps, self.most)

    async def check(self, frame, cut=None):
        """The transfers of the next image are those of the Frame, at least `cut` of them and to the end of a step, or
        all; its decision falls in the last of these steps. Returns whether the flag was set."""
        count = len(frame.transfers)
        if cut is not None:
            count = next(n + 1 for n, transfer in enumerate(frame.transfers) if transfer.last and n + 1 >= cut)
        while len(self.sink.current) < count:
            await RisingEdge(self.dut.clk)
        for _ in range(int(self.rng.integers(0, 5))):
            await RisingEdge(self.dut.clk)
        decided = frame.transfers[count - 1].step
        bad = bool(self.dut.control_bad_frame.value) and decided >= int(self.dut.control_bad_step.value)
        self.dut.control_flush.value = self.dut.control_clear.value = 1
        await RisingEdge(self.dut.clk)
        self.dut.control_flush.value = self.dut.control_clear.value = 0
        while not self.sink.images:  # the sink's task may come later in this cycle
            await RisingEdge(self.dut.clk)
        transfers = self.sink.images.pop()
        assert transfers[:count] == frame.transfers[:count], f"{transfers} for {frame.transfers} ({count})"
        assert len(transfers) <= len(frame.transfers)
        assert bad == (frame.dropped[count - 1] > 0), f"bad frame {bad}, but {frame.dropped[count - 1]} beats dropped"
        return bad

    def recording(self, count):
        """`count` events in order, inputs at random."""
        steps = np.sort(self.rng.integers(0, self.steps, count))
        return [(int(source), int(step)) for source, step in zip(self.rng.integers(0, self.inputs, count), steps)]

    def empty(self):
        return [(NO_INPUT, int(self.rng.integers(256)))]

    def frames(self):
        """Empty, one event, one step, every length, the same input again, as many as may be."""
        rng, most = self.rng, self.most
        last = self.inputs - 1
        return [self.empty(), [(last, self.steps - 1)], self.empty(), [(0, 0)], self.empty(),
                [(source, self.steps // 2) for source, _ in self.recording(most)], [(last, 0), (last, 0)][:most],
                *(self.recording(int(rng.integers(1, most + 1))) for _ in range(5)),
                self.recording(most), self.recording(most)]

    def spoilt(self):
        """Frames of beats that are no events here and there: one out of order, no input, no step, too many, "none"
        among others, any content."""
        rng, frames = self.rng, []
        for number in range(14):
            beats = self.recording(int(rng.integers(1, self.most + 1)))
            at = int(rng.integers(len(beats) + 1))
            wrong = [(self.inputs + int(rng.integers(3)), beats[min(at, len(beats) - 1)][1]), (0, self.steps),
                     (NO_INPUT, 0), (int(rng.integers(1 << 23)) << 1 | 1, int(rng.integers(256))), (0, 0)][number % 5]
            beats.insert(at, wrong)
            frames.append(beats)
        frames.append(self.recording(self.most + 1))
        frames.append(self.recording(2 * self.most + 3))
        frames.append([(NO_INPUT, 0), (NO_INPUT, 0)])
        frames.append([(NO_INPUT - 1, 0)])
        frames.append([(int(rng.integers(2 * self.inputs)), int(rng.integers(2 * self.steps)) & 255)
                       for _ in range(3 * self.most)])
        return frames


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def follows_a_table_made_by_hand(dut):
    """Input and step of each beat, and what leaves: mask, row, step, last, end."""
    bench = Bench(dut)
    await bench.begin()
    top = bench.steps - 1
    table = [([(NO_INPUT, 7)], [(0, 0, 0, 1, 1)]), ([(0, top)], [(1, 0, top, 1, 1)])]
    if bench.most > 1:
        table.append(([(0, 0), (0, 0)], [(1, 0, 0, 0, 0), (1, 0, 0, 1, 1)]))
        table.append(([(0, 0), (0, top)], [(1, 0, 0, 1, 0), (1, 0, top, 1, 1)]))
    for beats, expected in table:
        frame = bench.send(beats)
        assert [(found.mask, found.rows, found.step, found.last, found.end) for found in frame.transfers] == expected
        assert not await bench.check(frame)


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(source_stalls=["none", "periodic", "0.5"], sink_stalls=["none", "periodic", "0.5"])
async def gives_the_events_of_any_recording(dut, source_stalls, sink_stalls):
    bench = Bench(dut, source_stalls, sink_stalls)
    await bench.begin()
    for frame in [bench.send(beats) for beats in bench.frames()]:
        assert not await bench.check(frame)


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(source_stalls=["none", "0.3"], sink_stalls=["none", "0.3"])
async def drops_what_is_no_event(dut, source_stalls, sink_stalls):
    """The others arrive, the frame is bad, and the next one is right."""
    bench = Bench(dut, source_stalls, sink_stalls)
    await bench.begin()
    frames = [bench.send(beats) for spoilt in bench.spoilt() for beats in (spoilt, bench.recording(bench.most))]
    bad = [await bench.check(frame) for frame in frames]
    assert any(bad[::2]) and not any(bad[1::2])


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(spoil=[False, True])
async def forgets_the_rest_after_an_early_decision(dut, spoil):
    """A beat that is dropped behind the step of the decision is none of its business, however early it came."""
    bench = Bench(dut, "0.1", "0.3")
    await bench.begin()
    for _ in range(3):
        frames = [bench.send(beats) for beats in (bench.spoilt() if spoil else bench.frames())]
        for number, frame in enumerate(frames):
            cut = int(bench.rng.integers(1, len(frame.transfers) + 1)) if number % 4 else None
            await bench.check(frame, cut)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def takes_an_event_a_cycle_and_drops_one_a_cycle(dut):
    """From the first beat to the end of the frame, whether it is decided early or not; then the next one begins."""
    bench = Bench(dut, space=1)
    await bench.begin()
    for length, cut in ((bench.most, None), (4 * bench.most + 40, 1)):
        frame = bench.send([(0, 0)] * length)
        checking = cocotb.start_soon(bench.check(frame, cut))
        taken, cycles = 0, 0
        while not (taken == length):
            await RisingEdge(dut.clk)
            beat = bool(dut.s_axis_tvalid.value and dut.s_axis_tready.value)
            taken += beat
            cycles += bool(taken)
        assert cycles == length
        await checking
    assert not await bench.check(bench.send(bench.recording(bench.most)))


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def recovers_from_reset(dut):
    bench = Bench(dut, "0.2", "0.2")
    await bench.begin()
    for _ in range(8):
        for beats in bench.frames() + bench.spoilt():
            bench.send(beats)
        for _ in range(int(bench.rng.integers(1, 60))):
            await RisingEdge(dut.clk)
        bench.source.clear()
        await hold_reset(dut, int(bench.rng.integers(1, 4)))
        await bench.clear()
        await RisingEdge(dut.clk)
        bench.sink.images.clear()
        for beats in (bench.recording(bench.most), bench.empty()):
            assert not await bench.check(bench.send(beats))


DESIGNS = {  # inputs, steps, most events
    "one input": (1, 2, 1),
    "a few": (19, 16, 25),
    "most steps": (9, 256, 40),
    "a power of two": (64, 4, 16),
    "most inputs": (NO_INPUT, 32, 30),
}


OFTEN = ("most steps",)  # in every run; the rest in the grid


@pytest.mark.parametrize("name", [name if name in OFTEN else pytest.param(name, marks=pytest.mark.grid)
                                  for name in DESIGNS])
def test_event_loader(run_block, name):
    assert run_block(__name__, make, dict(zip(("inputs", "steps", "most_events"), DESIGNS[name]))) == 18
