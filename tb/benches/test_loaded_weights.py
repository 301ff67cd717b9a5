"""Bench of designs with loaded weights: network after network into one design, and banks that are swapped under
traffic."""

import json
import os
from dataclasses import replace

import cocotb
import numpy as np
import pytest
from cocotb.triggers import RisingEdge, with_timeout

from first_spike.golden.contract.configuration import ROW, Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.limits import pack
from first_spike.golden.contract.network import Layer, Network
from first_spike.golden.inference.infer import infer
from first_spike.golden.recordings import Recordings
from first_spike.rtl_model.parts.streams import LOAD_ADDRESS_BITS
from first_spike.rtl_model.shape.frames import frames_of
from first_spike.rtl_model.shape.kinds import as_built
from first_spike.rtl_model.shape.layer_shape import needed_bits
from first_spike.rtl_model.shape.load_map import load_map, load_words
from tb.helpers.harness import load, load_word, stalls
from tb.helpers.random_networks import random_layer, worded_network
from tb.scenarios.accelerator_bench import AcceleratorBench

NETWORKS = 20
UNDER_TRAFFIC = 8  # of them
ONE_BANK, TWO_BANKS = 2, 2  # cocotb tests of each kind below
STEPS = 16


def networks_of(seed, shape, sizes, bits, most_events=None):
    """Random Networks of one shape, NETWORKS of them, the layers of which `sizes` gives as numbers of neurons or says
    in words; most_events: as in Network."""
    made = []
    for number in range(NETWORKS):
        rng = np.random.default_rng([seed, number])
        if isinstance(sizes, str):
            made.append(replace(worded_network(rng, sizes, tuple(shape), bits, STEPS), most_events=most_events))
            continue
        ends = zip((shape[0] * shape[1], *sizes[:-1]), sizes)
        layers = [random_layer(rng, *pair, width, shared=k == len(sizes) - 1)
                  for k, (pair, width) in enumerate(zip(ends, bits))]
        if bits[0] > 1 and number % 2:  # pixels that nobody listens to, others each time
            deaf = layers[0].weights * (rng.random((len(layers[0].weights), 1)) < 0.6)
            layers[0] = Layer(deaf.astype(np.int8), layers[0].thresholds, bits[0])
        made.append(Network(STEPS, shape, layers, [f"class {j}" for j in range(sizes[-1])], f"random, number {number}",
                            most_events=most_events))
    return made


def margin_of(networks, lanes):
    """Bits that a design made from the first of the Networks must have to spare for all of them."""
    needed = np.array([[needed_bits(as_built(layer), count, None if number else network.most_events)
                        for number, (layer, count) in enumerate(zip(network.layers, lanes, strict=True))]
                       for network in networks])
    return max(0, int((needed - needed[0]).max()))


class LoadedBench(AcceleratorBench):
    """An accelerator whose weights are loaded, and the Networks to load."""

    def __init__(self, dut, source_stalls=0, sink_stalls=0):
        super().__init__(dut, source_stalls, sink_stalls)
        self.networks = networks_of(*json.loads(os.environ["FIRST_SPIKE_BENCH"])["networks"])
        self.used = []  # of each image that was decided the bank in use

    async def load(self, network, bank=0, pauses="none"):
        await load(self.dut, load_words(Design(network, self.configuration)), bank, stalls(pauses, self.rng))

    def send(self, images):
        """A frame for each of the images."""
        for frame in frames_of(self.design, images):
            self.ends.send(frame)

    async def watch_banks(self):
        """Note the bank of each image when it is decided; it never changes between its first spike and then."""
        dut, taken = self.dut, None
        while True:
            await RisingEdge(dut.clk)
            in_use = int(dut.s_bank_in_use.value)
            if dut.spikes_0_valid.value and not dut.control_clear.value:
                assert taken in (None, in_use), "the bank was swapped inside an image"
                taken = in_use
            if dut.control_flush.value:
                self.used.append(in_use)
                taken = None

    async def check(self, images, network_of):
        """Take a result for each of the images that were sent and compare it, and all spikes, with those of the network
        whose number `network_of(number of the image)` is, once there is its result."""
        answers = [infer(network, together(images), until_decision=True) for network in self.networks[:UNDER_TRAFFIC]]
        words = [pack(each.classes, each.decision_time, each.silent, each.tie, each.bad) for each in answers]
        for number in range(len(images)):
            word = await with_timeout(self.ends.receive(), self.deadline, "ns")
            expected, right = answers[network_of(number)], words[network_of(number)][number]
            assert word == right, f"image {number}: word {word:08x}, right is {right:08x}"
            layers = self.seen.spike_times(number, expected.decision_time[number:number + 1])
            for k, (found, wanted) in enumerate(zip(layers, expected.spike_times, strict=True)):
                assert (found[0] == wanted[number]).all(), f"image {number}, layer {k}"
        for _ in range(50):
            await RisingEdge(self.dut.clk)
        assert self.ends.sink.empty() and len(self.used) == len(images)


def together(images):
    """A list of images, each an array or Recordings of one, as one."""
    if not isinstance(images[0], Recordings):
        return np.concatenate(images)
    lengths = np.concatenate([np.diff(one.offsets) for one in images])
    return Recordings(np.concatenate([[0], np.cumsum(lengths)]), np.concatenate([one.inputs for one in images]),
                      np.concatenate([one.steps for one in images]))


def for_banks(number):
    """A cocotb test for designs with so many banks, skipped on others."""
    banks = json.loads(os.environ.get("FIRST_SPIKE_BENCH", '{"configuration": {"weight_banks": 0}}'))
    return cocotb.test(timeout_time=20, timeout_unit="ms", skip=banks["configuration"]["weight_banks"] != number)


@for_banks(1)
async def loads_one_network_after_the_other(dut):
    bench = LoadedBench(dut)
    await bench.begin()
    for number, network in enumerate(bench.networks):
        await bench.load(network, pauses="0.2" if number % 3 == 0 else "none")
        bench.script.network = network
        await bench.classify(bench.images(6))


@for_banks(1)
async def ignores_what_lies_outside_of_the_map(dut):
    bench = LoadedBench(dut, 10, 10)
    await bench.begin()
    places = set()
    for region in load_map(bench.design):
        parts = (region.words - 1 & (1 << region.part_bits) - 1) + 1
        places |= {region.first + place for place in range(region.words)
                   if place & (1 << region.part_bits) - 1 < parts}
    bank = 1 << LOAD_ADDRESS_BITS - 1
    gaps = sorted(set(range(2 * max(places))) - places)
    strangers = [*gaps, *(bank | place for place in sorted(places)),
                 *(place | 1 << bit for bit in range(max(places).bit_length(), LOAD_ADDRESS_BITS - 1)
                   for place in list(places)[:5])]
    for address in bench.rng.permutation(strangers).tolist():
        await load_word(dut, address, int(bench.rng.integers(1 << 16)))
    await bench.classify(bench.images(12))


@for_banks(2)
async def loads_a_bank_under_traffic_and_swaps(dut):
    """Each network is loaded while another works; every image is answered by the one that was in use."""
    bench = LoadedBench(dut, 30, 30)
    await bench.begin()
    cocotb.start_soon(bench.watch_banks())
    await bench.load(bench.networks[0])
    in_bank, worked, images = [0, None], [], []

    async def remember():
        """Which network lay in the bank in use when an image was decided."""
        while True:
            await RisingEdge(dut.clk)
            worked.extend(in_bank[bank] for bank in bench.used[len(worked):])

    async def swap():
        for number in range(1, UNDER_TRAFFIC):
            bank = number % 2
            while int(dut.s_bank_in_use.value) == bank:
                await RisingEdge(dut.clk)
            in_bank[bank] = None
            await bench.load(bench.networks[number], bank, "0.1")
            in_bank[bank] = number
            dut.s_bank_next.value = bank

    async def traffic():
        while not swapping.done() or len(images) < len(bench.used) + 3:
            if len(images) < len(bench.used) + 4:
                images.append(bench.images(1))
                bench.send(images[-1])
            await RisingEdge(dut.clk)

    cocotb.start_soon(remember())
    swapping = cocotb.start_soon(swap())
    await traffic()
    await bench.check(images, lambda number: worked[number])
    assert worked == sorted(worked) and set(worked) == set(range(UNDER_TRAFFIC)), "a network had no image, or came back"


@for_banks(2)
async def swaps_between_two_images_whenever_it_is_told_to(dut):
    bench = LoadedBench(dut, 10, 10)
    await bench.begin()
    cocotb.start_soon(bench.watch_banks())
    for bank in (0, 1):
        await bench.load(bench.networks[bank], bank)

    async def toggle():
        while True:
            dut.s_bank_next.value = int(bench.rng.integers(2))
            for _ in range(int(bench.rng.choice([1, 2, 40]))):
                await RisingEdge(dut.clk)

    cocotb.start_soon(toggle())
    images = [bench.images(1) for _ in range(40)]
    for image in images:
        bench.send(image)
        for _ in range(int(bench.rng.choice([0, 150, 300]))):  # the core is idle when some of them come
            await RisingEdge(dut.clk)
    await bench.check(images, lambda number: bench.used[number])
    assert set(bench.used) == {0, 1}


DESIGNS = {  # seed, image shape, neurons, bits, most events; lanes, pixels, spikes and events per cycle
    "a lane each": ((1, (9, 8), (10, 5), (4, 4)), (), 8, 4, 1),
    "folds": ((2, (8, 9), (14, 9, 5), (3, 8, 1)), (5, 4, 2), 4, 2, 2),
    "spram": ((4, (20, 20), (42, 5), (4, 4)), (14, 5), 1, 1, 1),
    "one bit, one lane": ((3, (5, 4), (7, 3), (1, 1)), (1,), 1, 1, 1),
    "events": ((5, (5, 6), (10, 5), (4, 4), 40), (), 8, 4, 1),
    "events, folds": ((6, (5, 6), (10, 7, 5), (3, 1, 5), 30), (4, 3, 2), 8, 2, 1),
    "convolutions": ((7, (6, 7), "conv 5 3x3 same pool 2, conv 3 2x2, dense 4", (4, 3, 5)), (2, 3, 2), 4, 2, 1),
    "rows": ((8, (6, 7), "conv 3 3x3 same pool 2, conv 5 2x2, dense 4", (4, 1, 5)), (3, 2, 4), 4, 2, 1),
    "rows of events": ((9, (6, 6), "conv 5 3x3 same pool 2, dense 4", (3, 5), 60), (2, 2), 4, 4, 1),
}


def of_the_grid(*point):
    """A point that is tried with the grid only, since it takes long."""
    return pytest.param(*point, marks=pytest.mark.grid)


@pytest.mark.long
@pytest.mark.parametrize("name, banks", [
    ("a lane each", 1), of_the_grid("a lane each", 2), of_the_grid("folds", 1), ("folds", 2), ("events", 2),
    of_the_grid("events", 1), of_the_grid("events, folds", 1), of_the_grid("events, folds", 2), ("convolutions", 1),
    of_the_grid("convolutions", 2), of_the_grid("rows", 1), ("rows", 2), of_the_grid("rows of events", 1),
    of_the_grid("rows of events", 2), of_the_grid("spram", 1), of_the_grid("one bit, one lane", 1),
    of_the_grid("one bit, one lane", 2)])
def test_loaded_weights(run_accelerator, name, banks):
    networks, lanes, pixels, spikes, events = DESIGNS[name]
    made = networks_of(*networks)
    margin = margin_of(made, Configuration(lanes).layer_lanes(made[0].widths))
    configuration = Configuration(lanes, pixels, spikes, events, taps=(ROW if "rows" in name else 1,),
                                  weights="loadable", weight_banks=banks, potential_margin=margin,
                                  weight_memory="spram" if name == "spram" else "block")
    assert run_accelerator(__name__, made[0], configuration,
                           networks=networks) == (ONE_BANK if banks == 1 else TWO_BANKS)
