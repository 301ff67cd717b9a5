"""Bench of a device whose weights are loaded through its registers: whole or not at all, bit-exact after it, and under
traffic no image is lost, and each is answered by one network, the old one or the new."""

import zlib
from dataclasses import replace

import cocotb
import numpy as np
import pytest
from cocotb.triggers import RisingEdge, with_timeout
from cocotbext.axi import AxiResp

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.limits import BAD_BIT
from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.shape.load_map import load_words, weight_map
from tb.benches.register_bench import RegisterBench, TrafficBench
from tb.benches.test_loaded_weights import NETWORKS, margin_of, networks_of, of_the_grid

FEW = 3  # networks under traffic
RESULT_NS = 2_000_000  # within which any result comes: with one bank, images wait while a network is loaded


class Loader:
    """Loads networks of the same shape, by turns."""

    def __init__(self, bench):
        self.bench = bench
        self.made_for = weight_map(bench.design)

    def network(self, seed):
        """A random network of the shape of the bench's, with the same bounds."""
        own = self.bench.network
        layers = [replace(layer, weights=self.bench.rng.permuted(layer.weights, axis=0)) for layer in own.layers]
        return replace(own, layers=layers, source=f"shuffled {seed}")

    async def load(self, network, bank, spoil=None):
        await self.commit(*await self.send(network, bank, spoil), spoil)

    async def send(self, network, bank, spoil=None):
        """All but the commit; returns what it says, (number of words, CRC-32)."""
        bench = self.bench
        words = load_words(Design(network, bench.configuration))
        pairs = np.concatenate([words, np.zeros(len(words) % 2, np.uint16)]).view("<u4")
        while await bench.write_at(REGISTERS["LOAD_BEGIN"].offset, bank.to_bytes(4, "little")) != AxiResp.OKAY:
            assert await bench.field("STATUS", "busy"), "only an image that is under way keeps a bank"
        while await bench.field("STATUS", "busy") and bench.configuration.weight_banks == 1:
            pass
        crc = zlib.crc32(pairs.tobytes()) ^ self.made_for ^ (spoil == "map")
        if spoil == "word":
            pairs = pairs ^ (np.arange(len(pairs)) == len(pairs) // 2)
        for pair in pairs:
            await bench.write("LOAD_WORDS", int(pair))
        return len(words) - (spoil == "count"), crc

    async def commit(self, count, crc, spoil=None):
        await self.bench.write("LOAD_COUNT", count)
        answer = await self.bench.write_at(REGISTERS["LOAD_COMMIT"].offset, crc.to_bytes(4, "little"))
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
        await bench.classify(bench.images(3))


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
        if banks == 1:
            for _ in range(30):
                assert not await bench.field("STATUS", "busy")
        else:
            await bench.classify(bench.images(1))
    await loader.load(old, banks - 1)
    await bench.classify(bench.images(1))


@cocotb.test(timeout_time=200, timeout_unit="ms")
async def loads_network_after_network_under_traffic(dut):
    bench = TrafficBench(dut)
    await bench.begin()
    loader, count = Loader(bench), len(bench.networks)
    await bench.load(loader, 0)

    async def load_all():
        for number in range(1, count):
            while not any(earliest == number - 1 for _, earliest in bench.sent[:len(bench.answered)]):
                await RisingEdge(dut.clk)  # one image at least that only the network before answers
            await bench.load(loader, number)

    loading = cocotb.start_soon(load_all())
    cocotb.start_soon(bench.take_results())
    await bench.send_images(loading)

    async def all_have_come():
        while len(bench.answered) < len(bench.sent):
            await RisingEdge(dut.clk)

    await with_timeout(all_have_come(), RESULT_NS, "ns")
    assert bench.judge() == set(range(count))
    bad = sum(word >> BAD_BIT for word, _ in bench.answered)
    assert await bench.read("IMAGES") == len(bench.sent) and await bench.read("BAD_FRAMES") == bad
    assert len(np.unique(bench.words, axis=0)) == count, "two networks answer alike"


DESIGNS = {  # seed, with which no two networks answer alike, image shape, neurons, bits, most events; lanes, pixels,
    # spikes and events a cycle
    "a lane each": ((13, (5, 6), (7, 4), (4, 4)), (), 4, 4, 1),
    "folds": ((3, (6, 5), (9, 6, 5), (3, 8, 1)), (4, 3, 2), 2, 2, 2),
    "recordings": ((13, (5, 6), (7, 4), (4, 4), 30), (), 8, 4, 1),
}


@pytest.mark.long
@pytest.mark.parametrize("name, banks, count", [
    ("a lane each", 1, FEW), ("a lane each", 2, FEW), ("recordings", 2, FEW),
    of_the_grid("recordings", 1, FEW), of_the_grid("a lane each", 1, NETWORKS),
    of_the_grid("a lane each", 2, NETWORKS), of_the_grid("folds", 1, NETWORKS), of_the_grid("folds", 2, NETWORKS)])
def test_loading_by_registers(run_accelerator, name, banks, count):
    networks, lanes, pixels, spikes, events = DESIGNS[name]
    made = networks_of(*networks)
    margin = margin_of(made, Configuration(lanes).layer_lanes(made[0].sizes))
    configuration = Configuration(lanes, pixels, spikes, events, weights="loadable", weight_banks=banks,
                                  potential_margin=margin)
    assert run_accelerator(__name__, made[0], configuration, "accelerator_axi", networks=networks,
                           count=count) == 3
