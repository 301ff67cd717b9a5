"""Bench of the whole accelerator over convolutional networks, with images in which neighbours collide."""

import cocotb
import numpy as np
import pytest

from first_spike.comparison.recorder import Recorder
from first_spike.comparison.simulators import SIMULATORS
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.limits import pack
from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.cycles import predict
from tb.benches.test_accelerator import BENCHES as COMMON
from tb.helpers.random_networks import colliding_images, random_images, worded_network
from tb.scenarios.accelerator_bench import AcceleratorBench

BENCHES = 3  # cocotb tests below, each value of their parameters counted


def colliding(bench, count):
    """So many images in which neighbours spike together."""
    images = colliding_images(bench.rng, bench.network)
    return images[bench.rng.choice(len(images), count, replace=False)]


@cocotb.test(timeout_time=20, timeout_unit="ms")
@cocotb.parametrize(stalls=[0, 40])
async def matches_golden_where_neighbours_collide(dut, stalls):
    bench = AcceleratorBench(dut, stalls, stalls)
    await bench.begin()
    await bench.classify(colliding(bench, 8))


@cocotb.test(timeout_time=20, timeout_unit="ms")
async def recovers_from_reset_among_collisions(dut):
    bench = AcceleratorBench(dut, 10, 10)
    await bench.begin()
    for _ in range(3):
        images = colliding(bench, 2)
        bench.script.begin(images)
        bench.script.line(f"wait {bench.rng.integers(5, 200)}")
        bench.script.reset(f"reset {bench.rng.integers(1, 4)}")
        await bench.classify(images)


# seed, layers, image shape, bits, T; lanes, pixels, spikes per cycle
COVERING = {
    "same, pool 2, twice": (1, "conv 5 3x3 same pool 2, conv 4 3x3 pool 2, dense 3", (12, 12), (4, 4, 4), 16, (), 8, 4),
    "folds of channels": (2, "conv 5 5x5 same pool 2, conv 7 3x3 pool 2x1, dense 4", (8, 7), (2, 3, 4), 8, (2, 3, 2), 4,
                          2),
    "colours and strides": (3, "conv 4 4x4 stride 2 padding 1, conv 3 2x2 pool 2, dense 3", (10, 9, 3), (8, 1, 5), 32,
                            (4, 2, 3), 2, 1),
    "three layers, pools that do not divide": (4, "conv 3 2x3 padding 1x2 pool 3x2, conv 4 1x1, conv 3 3x2, dense 2",
                                               (11, 8, 2), (3, 4, 1, 2), 4, (), 8, 4),
    "one by one": (5, "conv 6 1x1 pool 2, conv 5 1x1 pool 1x2, dense 3", (6, 7, 4), (4, 6, 3), 256, (), 1, 1),
    "seven by seven": (6, "conv 4 7x7 padding 3 stride 2 pool 2, conv 5 4x4", (16, 16), (4, 5), 16, (), 16, 4),
    "sums": (8, "conv 5 3x3 same sum 2, conv 7 3x3 padding 1x0 sum 2x1, dense 4", (8, 7), (2, 3, 4), 8, (2, 3, 2), 4,
             2),
    "one window": (7, "conv 3 2x2 pool 2, dense 2, conv 3 1x1 padding 1, dense 2", (3, 3), (1, 4, 3, 4), 2, (), 2, 1),
}


ROWS = "rows: "  # before the name of one of COVERING: with a row of each kernel a cycle
BY_ROWS = [ROWS + name for name in COVERING if name != "one by one"]


def make(name):
    """(Network, Configuration) of COVERING."""
    seed, text, shape, bits, steps, *choice = COVERING[name.removeprefix(ROWS)]
    taps = ("row" if name.startswith(ROWS) else 1,)
    memory = "distributed" if seed % 2 else "block"
    return (worded_network(np.random.default_rng(seed), text, shape, bits, steps),
            Configuration(*choice, taps=taps, potential_memory=memory))


OFTEN = ("colours and strides", "one window", ROWS + "colours and strides")  # cycle by cycle
COMPILED = ("same, pool 2, twice", "folds of channels", "three layers, pools that do not divide",
            "sums", ROWS + "sums", ROWS + "same, pool 2, twice", ROWS + "folds of channels")


def cases(often):
    """All of them; those that are not among `often` belong to the grid."""
    return [name if name in often else pytest.param(name, marks=pytest.mark.grid) for name in [*COVERING, *BY_ROWS]]


@pytest.mark.parametrize("simulator", SIMULATORS)
def test_a_convolution_on_both_simulators(run_accelerator, simulator):
    assert run_accelerator(__name__, *make("one window")) == BENCHES


@pytest.mark.thorough
@pytest.mark.parametrize("name", cases([name for name in OFTEN if name != "one window"]))
def test_convolution(run_accelerator, name):
    assert run_accelerator(__name__, *make(name)) == BENCHES


@pytest.mark.thorough
@pytest.mark.parametrize("name", [pytest.param("folds of channels", marks=pytest.mark.grid), "one window",
                                  pytest.param(ROWS + "folds of channels", marks=pytest.mark.grid)])
def test_convolution_in_the_common_benches(run_accelerator, name):
    assert run_accelerator("tb.benches.test_accelerator", *make(name)) == COMMON


def many_images(rng, network):
    """Images that collide, others, and such that come again when the number of an image does: after any number of black
    ones what was left of the former must be gone."""
    black = np.zeros((1, *network.image_shape), np.uint8)
    colliding = colliding_images(rng, network)
    parts = [colliding, *(random_images(rng, network) for _ in range(4)), colliding]
    mixed = np.concatenate(parts)
    parts = [mixed[rng.permutation(len(mixed))]]
    for distance in (0, 2, 6, 14, 30):
        chosen = colliding[rng.choice(len(colliding), 2, replace=False)]
        parts += [chosen[:1], np.repeat(black, distance, 0), chosen, np.repeat(black, distance, 0), chosen[::-1]]
    return np.concatenate(parts)


@pytest.mark.long
@pytest.mark.parametrize("name", cases(COMPILED))
def test_every_result_of_a_convolution_comes_in_the_predicted_cycle(network_designs, tmp_path, name):
    """Many images, compiled: results, all spikes, and the cycle of each result; then results and spikes under
    stalls."""
    network, configuration = make(name)
    images = many_images(np.random.default_rng(1), network)
    whole = infer(network, images)
    expected = whole.until_decision()
    words = pack(expected.classes, expected.decision_time, expected.silent, expected.tie)
    folder = network_designs(network, configuration)
    recorder = Recorder(Design(network, configuration), folder / "verilog", tmp_path / "build")
    for stalls in (0, 50):
        found = recorder.run(images, stalls=stalls)
        assert found.words.tolist() == words.tolist()
        for right, times in zip(expected.spike_times, found.spike_times, strict=True):
            assert (right == times).all()
        if not stalls:
            predicted = predict(Design(network, configuration), images, whole).valid
            assert (found.valid - found.first_beat[0]).tolist() == predicted.tolist()
