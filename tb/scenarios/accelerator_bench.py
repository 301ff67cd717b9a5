"""The whole accelerator between AXI4-Stream ends: it plays what compiled code plays, and every result and spike is
compared."""

import json
import os
from pathlib import Path

import cocotb
import numpy as np
from cocotb.triggers import FallingEdge, RisingEdge, SimTimeoutError, with_timeout
from cocotbext.axi import AxiStreamFrame

from first_spike.golden.contract.base_network import PIXELS
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.limits import unpack
from first_spike.golden.contract.network import Network
from first_spike.golden.inference.encode import encode
from first_spike.golden.inference.infer import infer
from first_spike.golden.recordings import Recordings
from first_spike.rtl_model.record import CLEARED, HOLD
from first_spike.rtl_model.simulate import patience
from tb.helpers.harness import SpikeMonitor, hold_reset, load_word, stalls, start_accelerator
from tb.helpers.random_networks import random_images, random_recordings
from tb.scenarios.axi_ends import AxiEnds
from tb.scenarios.scripted import NULL_BYTE, PERIODIC, REST, STALLED_PATIENCE, Script

CYCLE_NS = 10


class AcceleratorBench:
    """FIRST_SPIKE_BENCH: JSON with `network` (file) and `configuration`. Stalls: as of a Script."""

    def __init__(self, dut, source_stalls=0, sink_stalls=0):
        parameters = json.loads(os.environ["FIRST_SPIKE_BENCH"])
        self.dut = dut
        self.configuration = Configuration(**parameters["configuration"])
        self.script = Script(Design(Network.load(Path(parameters["network"])), self.configuration))
        self.script.stall(source_stalls, sink_stalls)
        self.rng = np.random.default_rng(cocotb.RANDOM_SEED)
        self.beat_bytes = self.script.beat_bytes
        self.ends = AxiEnds(dut, self.beat_bytes)
        self.monitor = SpikeMonitor(dut, self.design)
        self.seen = self.monitor.seen
        self.held = False  # some layer had to wait for the queue behind it
        self.deadline = CYCLE_NS * STALLED_PATIENCE * patience(self.design)

    @property
    def design(self):
        return self.script.design

    @property
    def network(self):
        return self.script.network

    async def begin(self):
        """Reset; the ends and the monitor run from now on."""
        await start_accelerator(self.dut, self.design)
        for task in (self.monitor.run, self._watch_results, self._fill_idle_bus, self._watch_hold):
            cocotb.start_soon(task())
        await self.play(self.script.take())

    async def reset(self, cycles):
        """Reset in the middle of things, for some cycles: whatever was on its way is gone."""
        self.ends.source.clear()
        await hold_reset(self.dut, cycles)
        self.ends.sink.clear()
        self.seen.clear()

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
                for name in ("tkeep", "tid", "tuser"):
                    signal = getattr(dut, f"s_axis_{name}", None)
                    if signal is not None:
                        signal.value = int(self.rng.integers(1 << min(len(signal), 62)))

    async def classify(self, images):
        """Send `images` back to back and check all that comes of them, as a Script has it; where nothing stalls, the
        core has to be idle at the start."""
        self.script.classify(images)
        await self.play(self.script.take())

    async def play(self, lines):
        """Do what lines of a Script say: frames, stalls, resets, and all that has to come of them."""
        right, first = [], 0
        for line in lines:
            match line.split():
                case ["design", *_]:
                    pass
                case ["scenario", _, _, *kinds] | ["stalls", *kinds]:
                    for end, kind in zip((self.ends.source, self.ends.sink), map(int, kinds)):
                        text = {0: "none", PERIODIC: "periodic"}.get(kind, str(kind / 100))
                        end.set_pause_generator(stalls(text, self.rng))
                case ["reset", cycles]:
                    await self.reset(int(cycles))
                    right = []
                case ["load", address, word]:
                    await load_word(self.dut, int(address), int(word))
                case ["wait", cycles]:
                    await self._wait(int(cycles))
                case ["send", frame] if NULL_BYTE in frame:
                    self.ends.source.send_nowait(with_null_bytes(frame[1:]))
                case ["send", frame]:
                    self.ends.send(bytes.fromhex(frame[1:]))
                case ["expect", *numbers]:
                    first = first if right else len(self.seen.spikes)
                    right.append(list(map(int, numbers)))
                case ["finish"]:
                    await self._finish(right, first)
                    right = []
                case _:
                    raise ValueError(f"only compiled code plays: {line}")

    async def _wait(self, cycles):
        for _ in range(cycles):
            await RisingEdge(self.dut.clk)

    async def _finish(self, right, first):
        """Word, cycle from the first beat on (-1 for any) and spike times of each image come, and nothing else; first:
        the number of the first image since the reset."""
        for number, (word, _, *times) in enumerate(right):
            try:
                found = await with_timeout(self.ends.receive(), self.deadline, "ns")
            except SimTimeoutError:
                raise AssertionError(f"no result of image {number}") from None
            assert found == word, f"image {number}: word {found:08x}, right is {word:08x}"
            layers = self.seen.spike_times(first + number, unpack(np.array([word])).decision_time)
            seen = np.concatenate(layers, axis=1)[0].tolist()
            assert seen == times, f"image {number}: spike times {seen}, right are {times}"
        await self.ends.source.wait()  # a recording may be decided before its last beat
        await self._wait(REST)
        assert self.ends.sink.empty(), "a result too many"
        assert len(self.seen.spikes) == first + len(right)
        begun, offered = self.seen.cycles(first, len(right))
        for number, (_, cycle, *_) in enumerate(right):
            after = offered[number] - begun[0]
            assert cycle in (-1, after), f"image {number}: its result comes in cycle {after}, right is {cycle}"

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


def with_null_bytes(text):
    """The frame that a Script shows with NULL_BYTE for null bytes."""
    parts = [text[place:place + 2] for place in range(0, len(text), 2)]
    keep = [int(part != NULL_BYTE) for part in parts]
    return AxiStreamFrame(bytes(int(part, 16) if there else 0 for part, there in zip(parts, keep)), keep)


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
