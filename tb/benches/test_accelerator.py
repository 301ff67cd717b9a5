"""Bench of the whole accelerator over random networks; `make test-grid` runs the grid, every test run the covering
set. It plays a few of the scenarios that are played in compiled code (tb/scenarios)."""

import itertools

import cocotb
import numpy as np
import pytest
from cocotb.triggers import RisingEdge

from first_spike.comparison.simulators import SIMULATORS
from first_spike.golden.contract.base_network import EVENTS
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.network import Layer, Network
from first_spike.golden.inference.infer import infer
from tb.scenarios.accelerator_bench import AcceleratorBench, bench_images
from tb.scenarios.bench_script import BenchScript
from tb.scenarios.scripted import PERIODIC
from tb.scenarios.small_designs import random_network

BENCHES = 13  # cocotb tests below, each value of their parameters counted
SHARE = 2  # of the images of a scenario every second one is made
STAIRCASE = "staircase"  # the source of networks whose queue fills
MOST_SILENT, LEAST_TIES = 0.5, 0.05  # shares of the images of a covering network: most decide early, and some tie


async def played(dut, scenario, *arguments):
    """The bench, after a scenario that compiled code plays, too."""
    bench = AcceleratorBench(dut)
    await bench.begin()
    script = BenchScript(bench.design, cocotb.RANDOM_SEED, SHARE)
    getattr(script, scenario)(*arguments)
    await bench.play(script.take())
    return bench


@cocotb.test(timeout_time=10, timeout_unit="ms")
@cocotb.parametrize(scenario=["matches_golden", "classifies_one_by_one", "recovers_from_reset"])
async def plays(dut, scenario):
    bench = await played(dut, scenario)
    assert bench.held or scenario != "matches_golden" or bench.network.source != STAIRCASE, "no queue filled"


@cocotb.test(timeout_time=10, timeout_unit="ms")
@cocotb.parametrize(source_stalls=[0, PERIODIC, 50], sink_stalls=[0, PERIODIC, 95])
async def survives_backpressure(dut, source_stalls, sink_stalls):
    await played(dut, "survives_backpressure", source_stalls, sink_stalls)


@cocotb.test(timeout_time=10, timeout_unit="ms")
async def is_ready_in_time_after_a_reset(dut):
    """Of pixels while tables are emptied, two words a cycle for each number of an image; of events at once."""
    bench = AcceleratorBench(dut)
    await bench.begin()
    right = 0 if bench.network.takes == EVENTS else max(bench.network.steps, 4) + 1
    for cycles in (1, 3):
        await bench.reset(cycles)
        low = 0
        await RisingEdge(dut.clk)
        while not dut.s_axis_tready.value:
            low += 1
            await RisingEdge(dut.clk)
        assert low == right


def staircase_network(steps, neurons):
    """One more neuron of the first layer fires with each pixel that spikes, and none of the last layer before the end,
    so that much waits between the two."""
    first = Layer(np.ones((neurons + 1, neurons), np.int8), np.arange(1, neurons + 1, dtype=np.int32), 2)
    weights = np.random.default_rng(neurons).integers(-3, 4, (neurons, 4))
    last = Layer(weights.astype(np.int8), np.full(4, np.maximum(weights, 0).sum(axis=0).max(), np.int32), 3)
    return Network(steps, (1, neurons + 1), [first, last], list("abcd"), STAIRCASE)


COVERING = {  # seed, image shape, neurons, bits, T; lanes, pixels, spikes and events per cycle
    "default": (106, (11, 13), (17, 10), (4, 4), 16, (), 8, 4, 1),
    "three layers in folds": (100, (5, 6), (13, 9, 5), (2, 8, 1), 32, (5, 4, 2), 4, 2, 2),
    "four layers, one lane": (216, (3, 5), (6, 7, 5, 4), (1, 3, 5, 6), 8, (1,), 2, 1, 2),
    "most steps": (212, (4, 3), (11, 6), (7, 1), 256, (), 1, 2, 1),
    "fewest steps, widest beat": (175, (9, 5), (9, 4), (6, 2), 2, (2,), 16, 4, 2),
    "many steps": (141, (8, 8), (40, 33, 12), (3, 4, 2), 32, (), 8, 1, 1),
    "folds and many steps": (140, (6, 5), (23, 9), (5, 5), 128, (6, 4), 2, 4, 1),
    "one pixel, one neuron": (8, (1, 1), (1,), (8,), 4, (), 8, 4, 1),
    "a beat an image": (121, (1, 8), (4, 2), (4, 4), 16, (2,), 8, 4, 1),
    "one layer, many classes": (104, (2, 2), (150,), (3,), 4, (), 4, 4, 2),
    "one layer, many classes in folds": (204, (1, 5), (70,), (4,), 32, (33,), 16, 1, 1),
}


@pytest.mark.parametrize("name", COVERING)
def test_covering_networks_decide_early_and_tie(name):
    """Else an early stop would hardly be tried."""
    network = random_network(*COVERING[name][:5])
    found = infer(network, bench_images(np.random.default_rng(1), network, 400))
    assert found.silent.mean() < MOST_SILENT
    assert network.sizes[-1] == 1 or found.tie.mean() > LEAST_TIES


@pytest.mark.parametrize("simulator", SIMULATORS)
def test_a_dense_design_on_both_simulators(run_accelerator, simulator):
    *network, lanes, pixels, spikes, events = COVERING["default"]
    assert run_accelerator(__name__, random_network(*network), Configuration(lanes, pixels, spikes,
                                                                             events)) == BENCHES


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name in COVERING if name != "default"])
def test_accelerator(run_accelerator, name):
    *network, lanes, pixels, spikes, events = COVERING[name]
    assert run_accelerator(__name__, random_network(*network), Configuration(lanes, pixels, spikes,
                                                                                   events)) == BENCHES


STAIRCASES = {  # T, neurons; lanes of both layers
    "a queue that fills": (64, 50, (50, 1)),
    "a queue that fills with folds": (32, 30, (6, 1)),
}


@pytest.mark.long
@pytest.mark.parametrize("name", STAIRCASES)
def test_accelerator_waits_for_its_last_layer(run_accelerator, name):
    steps, neurons, lanes = STAIRCASES[name]
    assert run_accelerator(__name__, staircase_network(steps, neurons), Configuration(lanes, 4)) == BENCHES


AXES = PIXELS, SPIKES, EVENTS_PER_CYCLE, LANES = (1, 2, 4, 8, 16), (1, 2, 4), (1, 2), ((), (4,), (1,))
GRID = [point for point in itertools.product(*AXES) if point[2] <= point[0]]
PAIRS = [point for point in GRID  # every pair of values is in one of these
         if (PIXELS.index(point[0]) + SPIKES.index(point[1]) + LANES.index(point[3])) % 3 == 0]


def test_every_pair_of_values_is_in_the_grid_of_icarus():
    """It takes three times as long there."""
    def pairs(points):
        return {(i, j, point[i], point[j]) for point in points for i, j in itertools.combinations(range(len(AXES)), 2)}

    assert pairs(PAIRS) == pairs(GRID) and len(PAIRS) == len(GRID) / 3


@pytest.mark.grid
@pytest.mark.parametrize("simulator, number", [
    pytest.param(simulator, GRID.index(point), id="{}-{}-{}-{}-{}".format(simulator, *point))
    for simulator, points in (("verilator", GRID), ("icarus", PAIRS)) for point in points])
def test_accelerator_grid(run_accelerator, number):
    """Every combination of pixels, spikes, events and lanes, with all T, all bits and 1 to 4 layers in turn; on Icarus
    every pair of values."""
    pixels, spikes, events, lanes = GRID[number]
    rng = np.random.default_rng(number)
    layers = 1 + number % 4
    shape, sizes = tuple(map(int, rng.integers(1, 8, 2))), tuple(map(int, rng.integers(1, 14, layers)))
    network = random_network(number, shape, sizes, tuple(1 + (number + k) % 8 for k in range(layers)), 2 << number % 8)
    lanes = tuple(min(count, max(sizes)) for count in lanes)
    assert run_accelerator(__name__, network, Configuration(lanes, pixels, spikes, events)) == BENCHES
