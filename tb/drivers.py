"""What the benches of streams share: clock and reset, AXI4-Stream ends, monitors of the streams inside the
accelerator."""

import itertools

import numpy as np
from cocotb.clock import Clock
from cocotb.triggers import RisingEdge
from cocotbext.axi import AxiStreamBus, AxiStreamFrame, AxiStreamSink, AxiStreamSource


async def start(dut, cycles=3, reset="rst"):
    """Start the clock and hold the synchronous reset for some cycles."""
    Clock(dut.clk, 10, unit="ns").start()
    await hold_reset(dut, cycles, reset)


async def hold_reset(dut, cycles=3, reset="rst"):
    """Hold the synchronous reset for some cycles."""
    getattr(dut, reset).value = 1
    for _ in range(cycles):
        await RisingEdge(dut.clk)
    getattr(dut, reset).value = 0


def stalls(kind, rng):
    """Generator of pauses: "none", "periodic" (every third cycle) or a probability between 0 and 1."""
    if kind == "none":
        return itertools.repeat(False)
    if kind == "periodic":
        return itertools.cycle([False, False, True])
    return (bool(rng.random() < float(kind)) for _ in itertools.count())


class AxiEnds:
    """Source of images and sink of results of an accelerator."""

    def __init__(self, dut, pixels, *, source_stalls="none", sink_stalls="none", rng=None):
        self.pixels = pixels
        self.source = AxiStreamSource(AxiStreamBus.from_prefix(dut, "s_axis"), dut.clk, dut.rst, byte_lanes=pixels)
        self.sink = AxiStreamSink(AxiStreamBus.from_prefix(dut, "m_axis"), dut.clk, dut.rst, byte_lanes=4)
        for end in (self.source, self.sink):
            end.log.setLevel("WARNING")
        self.source.set_pause_generator(stalls(source_stalls, rng))
        self.sink.set_pause_generator(stalls(sink_stalls, rng))

    def send(self, image):
        """Queue one frame: the bytes of `image`, the last beat padded with zeros."""
        data = bytes(np.asarray(image, np.uint8).ravel())
        self.source.send_nowait(AxiStreamFrame(data + bytes(-len(data) % self.pixels)))

    async def receive(self):
        """The next result word."""
        frame = await self.sink.recv()
        return int.from_bytes(bytes(frame.tdata), "little")


class SpikeMonitor:
    """Follows the inside of an accelerator cycle by cycle.

    feeds: the Feed of each layer, sizes: its neurons, lanes: its lanes. `spikes[n][k]` has the spike times of layer k
    in image n up to its decision, T where there was none; `decided[n]` the cycle of the decision, `valid[n]` the first
    cycle in which its result was offered, `first_beat[n]` and `last_beat[n]` those of its frame.
    """

    def __init__(self, dut, feeds, sizes, lanes, steps):
        self.dut, self.feeds, self.sizes, self.lanes, self.steps = dut, feeds, sizes, lanes, steps
        self.spikes, self.decided, self.valid, self.first_beat, self.last_beat = [], [], [], [], []

    def _blank(self):
        return [np.full(size, self.steps, np.int16) for size in self.sizes]

    async def run(self):
        """Watch for ever; to be started as a task once the reset is over. Another reset drops the current image."""
        dut, last = self.dut, len(self.sizes) - 1
        hidden = [[getattr(dut, f"spikes_{k}_{name}") for name in ("valid", "ready", "mask", "rows", "step")]
                  for k in range(1, last + 1)]
        out_valid, out_fires, out_step = (getattr(dut, f"fires_{last}_{name}") for name in ("valid", "fires", "step"))
        folded = self.lanes[last] < self.sizes[last]
        now, cycle, in_frame, waiting = self._blank(), 0, False, True
        while True:
            await RisingEdge(dut.clk)
            cycle += 1
            if dut.rst.value:
                now, in_frame, waiting = self._blank(), False, True
                continue
            if dut.s_axis_tvalid.value and dut.s_axis_tready.value:
                if not in_frame:
                    self.first_beat.append(cycle)
                in_frame = not dut.s_axis_tlast.value
                if not in_frame:
                    self.last_beat.append(cycle)
            if dut.m_axis_tvalid.value:
                if waiting:
                    self.valid.append(cycle)
                waiting = bool(dut.m_axis_tready.value)
            else:
                waiting = True
            if dut.control_flush.value:
                self.spikes.append(now)
                self.decided.append(cycle)
            if dut.control_clear.value:  # after a reset too
                now = self._blank()
                continue
            for k, (valid, ready, mask, rows, step) in enumerate(hidden):
                if valid.value and ready.value:
                    self._take(now[k], self.feeds[k + 1], int(mask.value), int(rows.value), int(step.value))
            if out_valid.value:
                fires, step = int(out_fires.value), int(out_step.value)
                first = int(getattr(dut, f"fires_{last}_fold").value) * self.lanes[last] if folded else 0
                while fires:
                    lane = (fires & -fires).bit_length() - 1
                    now[last][first + lane] = step
                    fires &= fires - 1

    def _take(self, times, feed, mask, rows, step):
        for way in range(feed.ways):
            if mask >> way & 1:
                row = rows >> (way * feed.row_bits) & ((1 << feed.row_bits) - 1)
                neuron = feed.sources[way][row]
                assert 0 <= neuron < len(times), f"row {row} of way {way} is no neuron"
                assert times[neuron] == self.steps, f"neuron {neuron} fired twice, in steps {times[neuron]} and {step}"
                times[neuron] = step
