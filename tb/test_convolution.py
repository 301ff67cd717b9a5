"""Bench of the whole accelerator over convolutional networks, with images in which neighbours collide."""

import cocotb
import numpy as np
import pytest
from cocotb.triggers import RisingEdge

from golden.contract.configuration import Configuration
from golden.inference.infer import infer
from golden.schedule.cycles import predict
from golden.tests.random_networks import colliding_images, worded_network
from tb.accelerator_bench import AcceleratorBench
from tb.test_accelerator import BENCHES as COMMON

BENCHES = 5  # cocotb tests below, each value of their parameters counted
LONGEST = 33  # images after which the number of an image has come back in the designs below, at the latest


def colliding(bench):
    """Images of both kinds in random order."""
    images = np.concatenate([colliding_images(bench.rng, bench.network), bench.images(9)])
    return images[bench.rng.permutation(len(images))]


@cocotb.test(timeout_time=20, timeout_unit="ms")
async def matches_golden_and_the_cycle_model(dut):
    """Back to back, nothing stalls; and each result comes in the cycle that was predicted."""
    bench = AcceleratorBench(dut)
    await bench.begin()
    images = colliding(bench)
    await bench.classify(images)
    marks = bench.recording._marks
    predicted = predict(bench.network, bench.configuration, images, infer(bench.network, images))
    first = marks["first_beat"][0]
    assert [cycle - first for cycle in marks["valid"]] == predicted.valid.tolist()


@cocotb.test(timeout_time=20, timeout_unit="ms")
@cocotb.parametrize(stalls=["periodic", "0.6"])
async def matches_golden_under_stalls(dut, stalls):
    bench = AcceleratorBench(dut, stalls, stalls)
    await bench.begin()
    await bench.classify(colliding(bench))


@cocotb.test(timeout_time=20, timeout_unit="ms")
async def forgets_what_it_knew_many_images_ago(dut):
    """The number of an image comes back: what was left under it must be gone, after any number of images."""
    bench = AcceleratorBench(dut)
    await bench.begin()
    black = np.zeros(bench.network.image_shape, np.uint8)
    chosen = [colliding_images(bench.rng, bench.network)[k] for k in bench.rng.choice(12, 3, replace=False)]
    images = [image for distance in (0, 1, 3, 7, 15, 31) for image in (*chosen, *[black] * distance, *chosen)]
    assert len(images) > LONGEST
    await bench.classify(np.array(images))


@cocotb.test(timeout_time=20, timeout_unit="ms")
async def recovers_from_reset_among_collisions(dut):
    bench = AcceleratorBench(dut, "0.1", "0.1")
    await bench.begin()
    for _ in range(5):
        images = colliding(bench)[:4]
        for image in images:
            bench.ends.send(image)
        for _ in range(int(bench.rng.integers(5, 200))):
            await RisingEdge(dut.clk)
        await bench.reset()
        await bench.classify(images)


# seed, layers, image shape, bits, T; lanes, pixels, spikes per cycle
COVERING = {
    "same, pool 2, twice": (1, "conv 5 3x3 same pool 2, conv 4 3x3 pool 2, dense 3", (12, 12), (4, 4, 4), 16, (), 8, 4),
    "folds of channels": (2, "conv 5 5x5 same pool 2, conv 7 3x3 pool 2x1, dense 4", (9, 8), (2, 3, 4), 8, (2, 3, 2), 4,
                          2),
    "colours and strides": (3, "conv 4 4x4 stride 2 padding 1, conv 3 2x2 pool 2, dense 3", (10, 9, 3), (8, 1, 5), 32,
                            (4, 2, 3), 2, 1),
    "three layers, pools that do not divide": (4, "conv 3 2x3 padding 1x2 pool 3x2, conv 4 1x1, conv 3 3x2, dense 2",
                                               (11, 8, 2), (3, 4, 1, 2), 4, (), 8, 4),
    "one by one": (5, "conv 6 1x1 pool 2, conv 5 1x1 pool 1x2, dense 3", (6, 7, 4), (4, 6, 3), 256, (), 1, 1),
    "seven by seven": (6, "conv 4 7x7 padding 3 stride 2 pool 2, conv 5 4x4", (16, 16), (4, 5), 16, (), 16, 4),
    "one window": (7, "conv 3 2x2 pool 2, dense 2, conv 3 1x1 padding 1, dense 2", (3, 3), (1, 4, 3, 4), 2, (), 2, 1),
}


@pytest.mark.parametrize("name", COVERING)
def test_convolution(run_accelerator, name):
    seed, text, shape, bits, steps, *choice = COVERING[name]
    network = worded_network(np.random.default_rng(seed), text, shape, bits, steps)
    assert run_accelerator(__name__, name, network, Configuration(*choice)) == BENCHES


@pytest.mark.parametrize("name", ["folds of channels", "colours and strides"])
def test_convolution_in_the_common_benches(run_accelerator, name):
    seed, text, shape, bits, steps, *choice = COVERING[name]
    network = worded_network(np.random.default_rng(seed), text, shape, bits, steps)
    assert run_accelerator("tb.test_accelerator", name, network, Configuration(*choice)) == COMMON
