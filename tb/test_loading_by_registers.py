"""Bench of a device whose weights are loaded through its registers: whole or not at all, and bit-exact after it."""

import zlib

import cocotb
import numpy as np
import pytest
from cocotbext.axi import AxiResp

from golden.contract.configuration import Configuration
from golden.contract.network import Network
from rtl_model.registers.addresses import REGISTERS
from rtl_model.shape.load_map import load_words, weight_map
from tb.register_bench import RegisterBench
from tb.test_accelerator import random_network


class Loader:
    """Loads networks of the same shape, by turns."""

    def __init__(self, bench):
        self.bench = bench
        self.made_for = weight_map(bench.network, bench.configuration)

    def network(self, seed):
        """A random network of the shape of the bench's, with the same bounds."""
        own = self.bench.network
        layers = [type(layer)(self.bench.rng.permutation(layer.weights.ravel()).reshape(layer.weights.shape),
                              layer.thresholds, layer.weight_bits) for layer in own.layers]
        return Network(own.steps, own.image_shape, layers, own.classes, f"shuffled {seed}")

    async def load(self, network, bank, spoil=None):
        bench = self.bench
        words = load_words(network, bench.configuration)
        pairs = np.concatenate([words, np.zeros(len(words) % 2, np.uint16)]).view("<u4")
        await bench.write("LOAD_BEGIN", bank)
        while await bench.field("STATUS", "busy") and bench.configuration.weight_banks == 1:
            pass
        crc = zlib.crc32(pairs.tobytes()) ^ self.made_for ^ (spoil == "map")
        if spoil == "word":
            pairs = pairs ^ (np.arange(len(pairs)) == len(pairs) // 2)
        for pair in pairs:
            await bench.write("LOAD_WORDS", int(pair))
        await bench.write("LOAD_COUNT", len(words) - (spoil == "count"))
        answer = await bench.write_at(REGISTERS["LOAD_COMMIT"].offset, crc.to_bytes(4, "little"))
        assert answer == (AxiResp.SLVERR if spoil else AxiResp.OKAY)


@cocotb.test(timeout_time=60, timeout_unit="ms")
async def loads_and_classifies(dut):
    bench = RegisterBench(dut)
    await bench.begin()
    await bench.choose_registers()
    loader, banks = Loader(bench), bench.configuration.weight_banks
    assert await bench.field("CAPABILITIES", "loadable") == 1
    assert await bench.field("CAPABILITIES", "banks") == banks - 1
    assert await bench.read("WEIGHT_MAP") == loader.made_for
    assert await bench.field("LOAD_STATUS", "loaded") == 0
    for number in range(4):
        bank = number % banks
        bench.network = loader.network(number)
        await loader.load(bench.network, bank)
        assert await bench.field("LOAD_STATUS", "bank") == bank
        images = bench.images(3)
        for image, word in zip(images, bench.expected(images)[1]):
            await bench.write_image(image)
            assert await bench.take_result() == word


@cocotb.test(timeout_time=60, timeout_unit="ms")
async def a_wrong_load_leaves_the_old_network_or_lets_images_wait(dut):
    bench = RegisterBench(dut)
    await bench.begin()
    await bench.choose_registers()
    loader, banks = Loader(bench), bench.configuration.weight_banks
    old = bench.network = loader.network(0)
    await loader.load(old, 0)
    for spoil, error in (("word", "wrong_crc"), ("map", "wrong_crc"), ("count", "wrong_count")):
        await loader.load(loader.network(1), banks - 1, spoil)
        assert await bench.field("LOAD_STATUS", error)
        image = bench.images(1)
        if banks == 1:
            for _ in range(30):
                assert not await bench.field("STATUS", "busy")
        else:
            await bench.write_image(image[0])
            assert await bench.take_result() == bench.expected(image)[1][0]
    await loader.load(old, banks - 1)
    image = bench.images(1)
    await bench.write_image(image[0])
    assert await bench.take_result() == bench.expected(image)[1][0]


@pytest.mark.parametrize("banks", [1, 2])
def test_loading_by_registers(run_accelerator, banks):
    network = random_network(31, (5, 6), (9, 4), (4, 4), 16)
    assert run_accelerator(__name__, f"banks {banks}", network, Configuration((), 4, weights="loaded",
                                                                              weight_banks=banks, potential_margin=4),
                           "accelerator_axi") == 2
