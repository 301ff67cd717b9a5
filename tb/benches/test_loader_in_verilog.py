"""Bench of the loader's Verilog: what MyHDL's simulation of it shows (rtl_model/tests/registers/test_loader.py) on both
simulators."""

import json
import os
import zlib

import cocotb
import numpy as np
import pytest
from cocotb.triggers import RisingEdge

from first_spike.rtl_model.registers.loader import BANK, COUNT, CRC, NOT_BEGUN, TOO_LONG, loader
from first_spike.rtl_model.tests.registers.test_loader import BANK_BIT, SLOWEST, Bench
from tb.helpers.harness import start


def make(words, banks):
    """The block and its arguments."""
    return loader, Bench(words, banks).arguments


class Software:
    """FIRST_SPIKE_BENCH: JSON with `words` and `banks`."""

    def __init__(self, dut):
        self.dut, parameters = dut, json.loads(os.environ["FIRST_SPIKE_BENCH"])
        self.words, self.banks = parameters["words"], parameters["banks"]
        self.rng = np.random.default_rng(cocotb.RANDOM_SEED)
        self.memory = {}

    async def begin(self):
        for name in ("s_command_begin", "s_command_push", "s_command_commit", "s_command_data", "s_command_count",
                     "m_bank_in_use", "busy"):
            getattr(self.dut, name).value = 0
        await start(self.dut)
        cocotb.start_soon(self.watch())

    async def watch(self):
        while True:
            await RisingEdge(self.dut.clk)
            if self.dut.m_load_valid.value:
                address = int(self.dut.m_load_address.value)
                assert address & (1 << BANK_BIT) - 1 < self.words, "written outside"
                self.memory[address] = int(self.dut.m_load_data.value)

    async def do(self, what, data, error=None):
        """A command, which is refused with the one error that is named, or not."""
        line = getattr(self.dut, f"s_command_{what}")
        line.value, self.dut.s_command_data.value = 1, int(data)
        for _ in range(SLOWEST):
            await RisingEdge(self.dut.clk)
            if self.dut.s_command_ready.value:
                assert int(self.dut.m_state_errors.value) == (0 if error is None else 1 << error), what
                line.value = 0
                await RisingEdge(self.dut.clk)
                return
        raise AssertionError(f"{what} takes longer than {SLOWEST} cycles")


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def loads_whole_or_not_at_all(dut):
    software = Software(dut)
    await software.begin()
    await software.do("push", 1, NOT_BEGUN)
    await software.do("begin", software.banks, BANK)
    for number in range(6):
        bank = (int(dut.m_bank_next.value) ^ 1) % software.banks
        words = software.rng.integers(0, 1 << 16, software.words, np.uint16)
        pairs = np.concatenate([words, np.zeros(len(words) % 2, np.uint16)]).view("<u4")
        wrong = (CRC, COUNT, None)[number % 3]
        await software.do("begin", bank)
        for pair in pairs:
            await software.do("push", pair)
        await software.do("push", 1, TOO_LONG)
        dut.s_command_count.value = len(words) + (wrong == COUNT)
        await software.do("commit", zlib.crc32(pairs.tobytes()) ^ (wrong == CRC), wrong)
        assert bool(int(dut.m_state_loaded.value) >> bank & 1) == (wrong is None)
        if wrong is None:
            assert int(dut.m_bank_next.value) == bank and not dut.m_state_hold.value
            assert [software.memory[bank << BANK_BIT | k] for k in range(len(words))] == words.tolist()


@pytest.mark.thorough
@pytest.mark.parametrize("words, banks", [(7, 1), (6, 2)])
def test_loader_in_verilog(run_block, words, banks):
    assert run_block(__name__, make, dict(words=words, banks=banks)) == 1
