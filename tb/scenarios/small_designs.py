"""Small designs of every kind, whose images decide early and late, tie and stay silent: what a bench in compiled code
can try in milliseconds.

A block alone as a design: its modules, its hex files and a file list.
"""

import multiprocessing
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from myhdl import ToVerilogWarning

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Layer, Network
from first_spike.golden.contract.processor import Processor
from first_spike.processor.folder import generate_processor
from first_spike.rtl_model.convert import generate
from first_spike.rtl_model.parts.target import Target, converting_to
from first_spike.rtl_model.tops import DEFAULT
from tb.helpers.random_networks import on_events, random_layer, worded_network
from tb.scenarios.bench_script import BenchScript
from tb.scenarios.processor_script import SMALL_LIMITS, ProcessorScript, small_networks
from tb.scenarios.register_script import RegisterScript
from tb.scenarios.scripted import SERIAL
from tb.scenarios.serial_script import CYCLES_PER_BIT, SerialScript


def write_block(folder, make, parameters):
    """Convert a block into the existing `folder`, in a process of its own.

    `make(**parameters)` returns the block's function and its arguments, ports included; it must be importable by name.
    The module is called as the function and comes last in `filelist.f`.
    """
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        process.submit(_convert, folder, make, parameters).result()


def _convert(folder, make, parameters):
    function, arguments = make(**parameters)
    target = Target(folder)
    with warnings.catch_warnings(), converting_to(target):
        warnings.simplefilter("error", ToVerilogWarning)
        target.convert(function, function.__name__, arguments)
    Path(folder, "filelist.f").write_text("".join(f"{module}.v\n" for module in target.modules))


SCRIPTS = {DEFAULT: BenchScript, "accelerator_axi": RegisterScript, SERIAL: SerialScript}
PARAMETERS = {SERIAL: dict(cycles_per_bit=CYCLES_PER_BIT)}


@dataclass(frozen=True)
class SmallDesign:
    """network: a function that makes its Network; configuration; top: one of the tops; areas: those in which faults are
    tried, of tb/mutation/trees.py."""

    network: Callable
    configuration: Configuration
    top: str = DEFAULT
    areas: tuple = ("core",)

    def write(self, folder):
        """The folder "verilog" of the design, in an existing folder that gets its network, too."""
        self.network().save(Path(folder, "network.npz"))
        return generate(self.design(), Path(folder, "verilog"), top=self.top, parameters=PARAMETERS.get(self.top, {}))

    def script(self, seed=1):
        """The text of all scenarios of its benches."""
        script = SCRIPTS[self.top](self.design(), seed)
        script.every()
        return script.text()

    def design(self):
        """Its Design."""
        return Design(self.network(), self.configuration)


@dataclass(frozen=True)
class SmallProcessor:
    """limits: what it has room for; areas: as of a SmallDesign."""

    limits: Processor
    areas: tuple = ("processor",)

    def write(self, folder):
        """As that of a SmallDesign, without a network."""
        return generate_processor(self.limits, Path(folder, "verilog"))

    def script(self, seed=1):
        """The text of all scenarios, with several networks."""
        networks = small_networks()
        script = ProcessorScript(self.limits, networks[0], seed)
        script.every(networks)
        return script.text()

    def design(self):
        """None: it has no network of its own."""


def dense():
    """Many neurons fire in few steps, and nobody listens to some of the pixels."""
    return two_layers(124, (5, 5), (20, 4), (4, 4), 16, (30, 8))


def folded():
    """Each step has something in all folds of the hidden layer, faster than the layer behind takes it, so that the
    queue between them is full."""
    return two_layers(191, (5, 6), (40, 5), (3, 5), 32, (8, 24), counting=(8, 10))


def random_network(seed, shape, sizes, bits, steps):
    """A Network with these neurons and weight bits in each layer."""
    rng = np.random.default_rng(seed)
    inputs = (shape[0] * shape[1], *sizes[:-1])
    layers = [random_layer(rng, *ends, width, shared=k == len(sizes) - 1) for k,
              (ends, width) in enumerate(zip(zip(inputs, sizes), bits))]
    return Network(steps, shape, layers, [f"class {j}" for j in range(sizes[-1])], f"random, seed {seed}")


def two_layers(seed, shape, sizes, bits, steps, thresholds, counting=(0, 1)):
    """A Network of random weights, those of the first layer positive for the most part, and a fifth of its pixels
    without; thresholds: of its hidden neurons all below the first, of the others the second; counting: so many of each
    so many hidden neurons count spikes, each some more than the one before."""
    rng = np.random.default_rng(seed)
    inputs, (count, lanes) = shape[0] * shape[1], counting
    hidden, first = rng.integers(-2, 1 << bits[0] - 1, (inputs, sizes[0])), rng.integers(1, thresholds[0], sizes[0])
    lane = np.arange(sizes[0]) % lanes
    hidden[:, lane < count] = rng.integers(0, 3, (inputs, (lane < count).sum()))
    first[lane < count] = 1 + lane[lane < count]
    hidden[rng.random(inputs) < 0.2] = 0
    limit = 1 << bits[1] - 1
    votes = np.linspace(-limit, limit - 1, sizes[1]).round().astype(np.int8)
    last = rng.permuted(np.tile(votes, (sizes[0], 1)), axis=1) + rng.integers(-1, 2, sizes, np.int8)
    last = last.clip(-limit, limit - 1)
    layers = [Layer(hidden.astype(np.int8), first.astype(np.int32), bits[0]),
              Layer(last, np.full(sizes[1], thresholds[1], np.int32), bits[1])]
    return Network(steps, shape, layers, [f"class {j}" for j in range(sizes[1])], f"random, seed {seed}")


def deep():
    """One more neuron of the first layer fires with each pixel that spikes but every eighth, and half of the second
    layer counts those, so that the queues behind them fill and go round. The classes' potentials differ by any
    number."""
    rng, neurons = np.random.default_rng(80), 40
    first = np.arange(1, neurons + 1, dtype=np.int32)
    first[3::8] += 1
    middle, thresholds = rng.integers(-2, 4, (neurons, 16)), rng.integers(1, 16, 16)
    middle[:, ::2], thresholds[::2] = rng.integers(0, 3, (neurons, 8)), np.arange(4, 33, 4)
    thresholds[1] = 1  # so that any weight too much shows
    last = rng.permuted(np.tile(np.array([-3, 1, 5], np.int8), (16, 1)), axis=1)
    last += np.random.default_rng(16).integers(-1, 2, last.shape, np.int8)
    layers = [Layer(np.ones((neurons + 1, neurons), np.int8), first, 2),
              Layer(middle.astype(np.int8), thresholds.astype(np.int32), 3), Layer(last, np.full(3, 12, np.int32), 4)]
    return Network(64, (1, neurons + 1), layers, list("abc"), "random, seed 80")


def convolutional():
    """The second map has more rows than two, and more words than are emptied again when an image is short; the last
    layer has three folds, so that the number of a fold's first class does not go round by itself. An image of few
    spikes is over before the memories are empty for the next one, and the first spikes of an image reach the second map
    before all of its words could be emptied. The channels of a lane have thresholds of their own."""
    made = worded_network(np.random.default_rng(0), "conv 3 3x3 same pool 2, conv 5 3x3 pool 2x1, dense 5", (14, 12),
                          (3, 3, 4), 8)
    first, *others = made.layers
    return replace(made, layers=[replace(first, thresholds=first.thresholds + np.array([1, 0, 0], np.int32)), *others])


def summing():
    """Every spike of a window counts, behind one tap and behind kernel rows: as the convolutional one, but smaller."""
    made = worded_network(np.random.default_rng(0), "conv 3 3x3 same sum 2, conv 5 3x3 sum 2x1, dense 5", (10, 10),
                          (3, 3, 4), 8)
    *others, last = made.layers
    return replace(made, layers=[*others, replace(last, thresholds=2 * last.thresholds)])


def event_fed():
    """Recordings are longer than the network takes in now and then, both layers have folds, and the queue between them
    is full at times."""
    return on_events(two_layers(27, (5, 5), (36, 5), (4, 4), 16, (30, 12), counting=(8, 9)), 40)


def loadable():
    """Its last layer has weights of many values."""
    return random_network(55, (3, 5), (6, 4), (4, 4), 16)


SMALL_DESIGNS = {
    "dense": SmallDesign(dense, Configuration((), 4, 1, 1)),
    "folded": SmallDesign(folded, Configuration((10, 2), 8, 1, 2)),
    "deep": SmallDesign(deep, Configuration((40, 2, 3), 2, 1, 1)),
    "convolutional": SmallDesign(convolutional, Configuration((2, 2, 2), 16, 2, taps=(1, "row", 1))),
    "event-fed": SmallDesign(event_fed, Configuration((9, 2), spikes_per_cycle=2)),
    "loadable": SmallDesign(loadable, Configuration((), 4, 2, 1, weights="loadable", weight_banks=2,
                                                    potential_margin=4), "accelerator_axi", ("core", "registers")),
    "serial": SmallDesign(loadable, Configuration((), 4, 2, 1), SERIAL, ("line",)),
}

STREAM_DESIGNS = {  # those whose streams have more than they need
    "cameras": SmallDesign(dense, Configuration((), 4, 1, 1, tkeep=1, tid_bits=3, tuser_bits=9), areas=("streams",)),
    "cut-beats": SmallDesign(dense, Configuration((), 4, 1, 1, tkeep=1, tid_bits=3, stream_bits=64),
                             areas=("streams",)),
    "padded-beats": SmallDesign(folded, Configuration((10, 2), 8, 1, 2, tuser_bits=2, stream_bits=512),
                                areas=("streams",)),
    "cut-beats-of-events": SmallDesign(event_fed, Configuration((9, 2), spikes_per_cycle=2, tkeep=1, tid_bits=1,
                                                                stream_bits=128), areas=("streams",)),
    "cut-beats-with-registers": SmallDesign(
        loadable, Configuration((), 4, 2, 1, weights="loadable", potential_margin=4, tkeep=1, tuser_bits=32,
                                stream_bits=64), "accelerator_axi", ("streams",)),  # in one bank, with a mask
}

TRIED_DESIGNS = {  # in which there are mutants, and whose coverage is measured
    **SMALL_DESIGNS, "summing": replace(SMALL_DESIGNS["convolutional"], network=summing), **STREAM_DESIGNS,
    "processor": SmallProcessor(SMALL_LIMITS)}
BY_NAME = {"summing"}  # tried where it is named: it takes an hour
