"""The whole accelerator between AXI4-Stream ends, each result and every spike compared with golden.inference.infer."""

import json
import os
from pathlib import Path

import cocotb
import numpy as np
from cocotb.triggers import FallingEdge, RisingEdge, SimTimeoutError, with_timeout

from first_spike.comparison.harness import AxiEnds, SpikeMonitor, hold_reset, start_accelerator
from first_spike.golden.contract.base_network import PIXELS
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.limits import pack
from first_spike.golden.contract.network import Network
from first_spike.golden.inference.encode import encode
from first_spike.golden.inference.infer import infer
from first_spike.golden.recordings import Recordings
from first_spike.golden.schedule.cycles import predict
from first_spike.golden.tests.random_networks import random_images, random_recordings
from first_spike.rtl_model.record import CLEARED, HOLD
from first_spike.rtl_model.shape.frames import beat_bytes, frames_of
from first_spike.rtl_model.shape.kinds import layer_shapes
from first_spike.rtl_model.simulate import patience

CYCLE_NS = 10
STALLED = 20  # times as patient when the ends stall
REST = 50  # cycles after the last result in which no other may come


class AcceleratorBench:
    """FIRST_SPIKE_BENCH: JSON with `network` (file) and `configuration`."""

    def __init__(self, dut, source_stalls="none", sink_stalls="none"):
        parameters = json.loads(os.environ["FIRST_SPIKE_BENCH"])
        self.dut = dut
        self.network = Network.load(Path(parameters["network"]))
        self.configuration = Configuration(**parameters["configuration"])
        self.rng = np.random.default_rng(cocotb.RANDOM_SEED)
        self.beat_bytes = beat_bytes(self.design)
        self.beats = self.network.most_events or -(-self.network.inputs // self.beat_bytes)
        self.ends = AxiEnds(dut, self.beat_bytes, source_stalls=source_stalls, sink_stalls=sink_stalls, rng=self.rng)
        self.monitor = SpikeMonitor(dut, self.design)
        self.recording = self.monitor.recording
        self.held = False  # some layer had to wait for the queue behind it
        self.stalled = (source_stalls, sink_stalls) != ("none", "none")
        shapes = layer_shapes(self.design)
        self.emptied = max((shape.emptied_after for shape in shapes if shape.is_map), default=0)  # cycles after a reset
        self.deadline = CYCLE_NS * STALLED * patience(self.design)

    @property
    def design(self):
        return Design(self.network, self.configuration)

    async def begin(self):
        """Reset; the ends and the monitor run from now on."""
        await start_accelerator(self.dut, self.design)
        cocotb.start_soon(self.monitor.run())
        cocotb.start_soon(self._watch_results())
        cocotb.start_soon(self._fill_idle_bus())
        cocotb.start_soon(self._watch_hold())

    async def reset(self, cycles=None):
        """Reset in the middle of things, for some cycles: whatever was on its way is gone."""
        self.ends.source.clear()
        await hold_reset(self.dut, int(self.rng.integers(1, 4)) if cycles is None else cycles)
        self.ends.sink.clear()
        self.recording.clear()

    async def _watch_hold(self):
        """Whether the first layer is held now and then, where it can be."""
        while hasattr(self.dut, HOLD) and not self.held:
            await RisingEdge(self.dut.clk)
            self.held = not getattr(self.dut, CLEARED).value and bool(getattr(self.dut, HOLD).value)

    async def _fill_idle_bus(self):
        """What stands on the bus of frames while nothing is valid means nothing: it is random."""
        dut = self.dut
        while True:
            await FallingEdge(dut.clk)
            if not dut.s_axis_tvalid.value:
                dut.s_axis_tdata.value = int.from_bytes(self.rng.bytes(self.beat_bytes), "little")
                dut.s_axis_tlast.value = int(self.rng.integers(2))

    async def classify(self, images, sent=None, bad=None):
        """Send `images` back to back and check all that comes of them.

        images: uint8 [n, rows, columns], those that count, or Recordings. sent: the bytes of each frame, if not simply
        those of the images; bad: bool [n], whose frames are of a wrong length, if the golden model cannot know. Where
        nothing stalls and `bad` is not given, the cycles are those of the cycle model; the core has to be idle at the
        start.
        """
        expected = infer(self.network, images, until_decision=True)
        timed = not self.stalled and bad is None
        bad = expected.bad if bad is None else bad
        for _ in range(self.emptied if timed else 0):  # after a reset convolutions empty their words
            await RisingEdge(self.dut.clk)
        self.send(images, sent)
        right = pack(expected.classes, expected.decision_time, expected.silent, expected.tie, bad)
        first = len(self.recording.spikes)
        for number in range(len(images)):
            try:
                word = await with_timeout(self.ends.receive(), self.deadline, "ns")
            except SimTimeoutError:
                raise AssertionError(f"no result of image {number}") from None
            assert word == right[number], f"image {number}: word {word:08x}, right is {right[number]:08x}"
            self._compare_spikes(number, first + number, expected)
        await self.ends.source.wait()  # a recording may be decided before its last beat
        for _ in range(REST):
            await RisingEdge(self.dut.clk)
        assert self.ends.sink.empty(), "a result too many"
        assert len(self.recording.spikes) == first + len(images)
        if timed:
            self._compare_cycles(images, first)

    def send(self, images, sent=None):
        """Queue the frames of the images, arguments as in `classify`."""
        for frame in frames_of(self.design, images) if sent is None else sent:
            self.ends.send(frame)

    def _compare_cycles(self, images, first):
        """The results come in the cycles that the cycle model says, counted from the first beat."""
        begun, offered = self.recording.cycles(first, len(images))
        right = self.predict(images, first)
        assert (offered - begun[0] == right).all(), f"results in cycles {offered - begun[0]}, right are {right}"

    def predict(self, images, before=0):
        """int64 [n]: the cycles of the results, from the first beat on, if nothing stalls; before: images since the
        reset."""
        inference = infer(self.network, images)
        return predict(self.design, images, inference, idle=True, before=before).valid

    def _compare_spikes(self, number, seen, expected):
        layers = self.recording.spike_times(seen, expected.decision_time[number:number + 1])
        for k, (found, right) in enumerate(zip(layers, expected.spike_times, strict=True)):
            assert (found[0] == right[number]).all(), (f"image {number}, layer {k}: spike times {found[0]}, right are "
                                                       f"{right[number]}")

    async def _watch_results(self):
        """A result stays as it is until it is taken, and is one beat."""
        dut, offered = self.dut, None
        while True:
            await RisingEdge(dut.clk)
            if dut.rst.value:
                offered = None
                continue
            valid, word = bool(dut.m_axis_tvalid.value), None
            if valid:
                word = int(dut.m_axis_tdata.value)
                assert dut.m_axis_tlast.value
            assert offered in (None, word), f"result {offered:08x} was withdrawn"
            offered = word if valid and not dut.m_axis_tready.value else None

    def images(self, count):
        """`bench_images` of the network."""
        return bench_images(self.rng, self.network, count)


def bench_images(rng, network, count):
    """So many images: `bench_pictures`, or recordings, half of them of such pictures, half `random_recordings`."""
    if network.takes == PIXELS:
        return bench_pictures(rng, network, count)
    pictures = coded_pictures(rng, network, -(-count // 2))
    others = random_recordings(rng, network, max(2, count - len(pictures)))
    together = Recordings(np.concatenate([pictures.offsets, pictures.offsets[-1] + others.offsets[1:]]),
                          np.concatenate([pictures.inputs, others.inputs]),
                          np.concatenate([pictures.steps, others.steps]))
    return together[rng.permutation(len(together))[:count]]


def as_taken(network, images):
    """The images as the network takes them: themselves, or the Recordings of their coded pixels."""
    return images if network.takes == PIXELS else Recordings.of_times(encode(images, network.steps), network.steps)


def coded_pictures(rng, network, count):
    """The recordings of so many `bench_pictures`."""
    return as_taken(network, bench_pictures(rng, network, count))


def long_recordings(rng, network, count):
    """Recordings of which every second has more events than the network takes in."""
    longest = network.most_events
    return random_events(rng, network, [int(rng.integers(0, longest + 1)) + (longest if number % 2 else 0)
                                        for number in range(count)])


def random_events(rng, network, counts):
    """A recording of so many random events for each of the counts."""
    return Recordings.of_lists([list(zip(rng.integers(0, network.inputs, many).tolist(),
                                         np.sort(rng.integers(0, network.steps, many)).tolist())) for many in counts])


def spoilt_at_decisions(network, recordings):
    """Each of the recordings that is decided before its end three times: as it is, with an event that is none directly
    before the first event behind the decision step, so that the frame is bad, and with it directly behind that one."""
    made = []
    for number, decision in enumerate(infer(network, recordings).decision_time.tolist()):
        one = recordings[number:number + 1]
        events = list(zip(one.inputs.tolist(), one.steps.tolist()))
        end = next((place for place, (_, step) in enumerate(events) if step > decision), None)
        if end is not None:
            wrong = (network.inputs, events[end][1])
            made += [events, events[:end] + [wrong] + events[end:], events[:end + 1] + [wrong] + events[end + 1:]]
    return Recordings.of_lists(made)


def bench_pictures(rng, network, count):
    """uint8 [count, rows, columns]: in random order a staircase, in which the pixels spike one after the other,
    `random_images`, and others in which all pixels spike in few steps."""
    shape, steps = network.image_shape, network.steps
    staircase = 255 - np.arange(network.inputs) * 255 // network.inputs
    made = [staircase.reshape(shape), *random_images(rng, network)]
    while len(made) < count:
        few = 255 - rng.integers(0, steps, int(rng.integers(1, 4))) * (256 // steps)
        made.append(np.where(rng.random(shape) < rng.choice([0.2, 0.8, 1]), rng.choice(few, shape), 0))
        made.append(rng.integers(0, 256, shape))
    return np.array([made[k] for k in rng.permutation(len(made))[:count]], np.uint8)
