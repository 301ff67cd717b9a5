"""A case: a network, a configuration, and frames, stalls and resets that an accelerator or a processor has to stand;
random ones, and what they are as a script and as files.

`python -m tb.scenarios.cases FOLDER SIMULATOR DESIGN BUILD`: a case as a cocotb test of a design."""

import json
import os
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import cocotb
import numpy as np

from first_spike.golden.contract.base_network import EVENTS
from first_spike.golden.contract.configuration import ROW, Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Network
from first_spike.golden.contract.processor import Processor
from first_spike.golden.contract.processor_fit import require_fit
from first_spike.golden.errors import UserError
from first_spike.golden.recordings import Recordings
from first_spike.rtl_model.shape.frames import EVENT_BITS, FRAMES, INPUT_BITS, NO_INPUT
from tb.helpers.harness import run_bench
from tb.helpers.random_networks import (
    on_events,
    random_convolutional_network,
    random_network,
    with_sums,
)
from tb.scenarios.accelerator_bench import AcceleratorBench, bench_images
from tb.scenarios.processor_script import ProcessorScript
from tb.scenarios.scripted import Script

NETWORK, CASE = "network.npz", "case.json"


@dataclass(frozen=True)
class Frame:
    """image: its pixels as they count, or its events, in hex; sent: the bytes of the frame; bad: it is of a wrong
    length."""

    image: str
    sent: str
    bad: bool


@dataclass(frozen=True)
class Batch:
    """frames: sent back to back; reset: None, or (cycles after which, for how many cycles) everything is reset before
    all results have come."""

    frames: tuple
    reset: tuple | None = None


@dataclass(frozen=True)
class Case:
    """stalls: of source and sink, in percent of the cycles; seed: of what is random in a run; limits: of the processor
    into which the network is loaded, None where it has an accelerator of its own."""

    network: Network
    configuration: Configuration
    stalls: tuple
    batches: tuple
    seed: int
    limits: Processor | None = None

    @property
    def design(self):
        return Design(self.network, self.configuration)

    @property
    def images(self):
        """How many of them have their results checked."""
        return sum(len(batch.frames) for batch in self.batches if batch.reset is None)

    def save(self, folder):
        """Write the case into a folder, made if it is missing."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.network.save(folder / NETWORK)
        batches = [{"frames": [frame.__dict__ for frame in batch.frames], "reset": batch.reset}
                   for batch in self.batches]
        content = {"configuration": self.configuration.__dict__, "stalls": self.stalls, "seed": self.seed,
                   "batches": batches, "limits": self.limits and asdict(self.limits)}
        (folder / CASE).write_text(json.dumps(content, indent=1) + "\n")

    @classmethod
    def load(cls, folder):
        """Read what `save` wrote. Raises UserError where there is no case."""
        network = Network.load(Path(folder, NETWORK))
        try:
            content = json.loads(Path(folder, CASE).read_text())
            batches = tuple(Batch(tuple(Frame(**frame) for frame in batch["frames"]),
                                  batch["reset"] and tuple(batch["reset"])) for batch in content["batches"])
            return cls(network, Configuration(**content["configuration"]), tuple(content["stalls"]), batches,
                       content["seed"], content["limits"] and Processor(**content["limits"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UserError(f"{folder} holds no case of a soak: {error}") from error

    def arrays(self, batch):
        """(images uint8 [n, *image_shape] or Recordings, sent: a uint8 array for each, bad: bool [n]) of one of its
        batches."""
        if self.network.takes == EVENTS:
            images = Recordings.of_lists([_events(frame.image) for frame in batch.frames])
        else:
            images = np.array([_pixels(frame.image).reshape(self.network.image_shape) for frame in batch.frames])
        return images, [_pixels(frame.sent) for frame in batch.frames], np.array([f.bad for f in batch.frames])

    def script(self):
        """The text of its Script."""
        script = Script(self.design) if self.limits is None else ProcessorScript(self.limits, self.network)
        script.scenario("case", self.seed, *self.stalls)
        for batch in self.batches:
            images, sent, bad = self.arrays(batch)
            bad = bad if bad.any() else None
            if batch.reset is None:
                script.classify(images, sent, bad)
            else:
                wait, cycles = batch.reset
                script.begin(images, sent, bad)
                script.line(f"wait {wait}")
                script.reset(f"reset {cycles}")
        return script.text()

    def with_frames(self, frames):
        """The same with other frames; frames: a list for each batch, those without are left out."""
        return replace(self, batches=tuple(replace(batch, frames=tuple(some))
                                           for batch, some in zip(self.batches, frames, strict=True) if some))


def random_design(rng):
    """A Design of any kind: convolutional, or dense with constants or loaded weights."""
    steps = int(2 << rng.integers(0, 8))
    bits = [int(width) for width in rng.integers(1, 9, 4)]
    more = {}
    if rng.random() < 0.3:
        convolutions = int(rng.integers(1, 3))
        network = random_convolutional_network(rng, steps, int(rng.integers(1, 9)), convolutions, max_side=7)
        network = with_sums(network) if rng.random() < 0.5 else network
        more = dict(taps=(ROW if rng.random() < 0.5 else 1,))
    else:
        layers = int(rng.integers(1, 5))
        network = random_network(rng, steps, bits[:layers], layers, max_side=7, max_neurons=14)
    if rng.random() < 0.35:
        more |= dict(weights="loadable", potential_margin=int(rng.integers(0, 3)))
    pixels = int(rng.choice([1, 2, 4, 8, 16]))
    lanes = () if rng.random() < 0.5 else tuple(int(rng.integers(1, width + 1)) for width in network.widths)
    return Design(network, Configuration(lanes, pixels, int(rng.choice([1, 2, 4])),
                                         int(rng.integers(1, min(pixels, 2) + 1)), **more))


def random_load(rng, limits):
    """A Network of any kind that a Processor takes."""
    while True:
        steps, layers = int(2 << rng.integers(0, limits.step_bits)), int(rng.integers(1, limits.layers + 1))
        bits = [int(width) for width in rng.integers(1, 9, layers)]
        if rng.random() < 0.5:
            network = random_network(rng, steps, bits, layers, max_side=12, max_neurons=60)
        else:
            network = random_convolutional_network(rng, steps, bits[0], layers - 1, max_side=10)
            network = with_sums(network) if rng.random() < 0.5 else network
        if limits.takes_events and rng.random() < 0.25:
            network = on_events(network, int(rng.integers(1, 100)))
        try:
            require_fit(network, limits)
        except UserError:
            continue
        return network


def random_case(rng, design, batches, images, limits=None, resets=0.3):
    """A Case of so many batches of up to so many images each; resets: share of the batches with one; limits: of the
    processor that is meant."""
    network = design.network
    stalls = tuple(int(percent) for percent in rng.choice([0, 0, 10, 50, 90], 2))
    made = []
    for _ in range(batches):
        own = bench_images(rng, network, int(rng.integers(1, images + 1)))
        if network.takes == EVENTS:
            frames = tuple(Frame(data.hex(), data.hex(), False) for data in FRAMES[EVENTS](own, EVENT_BITS // 8))
        else:
            frames = tuple(_frame(rng, image.ravel(), design.configuration.pixels) for image in own)
        reset = None
        if rng.random() < resets:
            reset = int(rng.integers(0, 60 + 4 * network.inputs)), int(rng.integers(1, 4))
        made.append(Batch(frames, reset))
    return Case(network, design.configuration, stalls, tuple(made), int(rng.integers(1, 1 << 30)), limits)


def plain(frame):
    """The Frame of the same image in the right length."""
    return Frame(frame.image, frame.image, False)


def _frame(rng, image, pixels):
    """A Frame of an image, now and then of a wrong length."""
    beats = -(-len(image) // pixels)
    kind = rng.random()
    if kind < 0.1 and beats > 1:  # cut after some beats: the rest is black
        count = int(rng.integers(1, beats)) * pixels
        image[count:] = 0
        return Frame(image.tobytes().hex(), image[:count].tobytes().hex(), True)
    if kind < 0.2:  # some beats too many
        excess = bytes(rng.integers(0, 256, pixels * int(rng.integers(1, beats + 2)), np.uint8))
        return Frame(image.tobytes().hex(), (image.tobytes() + bytes(-len(image) % pixels) + excess).hex(), True)
    return Frame(image.tobytes().hex(), image.tobytes().hex(), False)


def _events(text):
    """[(input, step)] of a frame."""
    words = np.frombuffer(bytes.fromhex(text), "<u4").tolist()
    return [] if words == [NO_INPUT] else [(word & (1 << INPUT_BITS) - 1, word >> INPUT_BITS) for word in words]


def _pixels(text):
    return np.frombuffer(bytes.fromhex(text), np.uint8)


@cocotb.test()
async def stands_the_case(dut):
    case = Case.load(json.loads(os.environ["FIRST_SPIKE_BENCH"])["case"])
    bench = AcceleratorBench(dut)
    await bench.begin()
    await bench.play(case.script().splitlines())


def main(folder, simulator, design, build):
    case = Case.load(folder)
    bench = {"network": f"{folder}/{NETWORK}", "configuration": case.configuration.__dict__, "case": folder}
    run_bench(simulator, design, "tb.scenarios.cases", build, environment={"FIRST_SPIKE_BENCH": json.dumps(bench)},
              seed=case.seed, optimize=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
