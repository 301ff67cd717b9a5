"""Bench of the accelerator with registers: software writes what it may, and both ways are bit-exact.

Beginnings, interrupts, errors, counted stalls and restarts are played in compiled code (register_script.py)."""

import cocotb
import pytest
from cocotb.triggers import ClockCycles
from cocotbext.axi import AxiResp

from first_spike.commands.lint import lint
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.schedule.cycles import latency
from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.registers.register_file import ELSEWHERE
from tb.benches.register_bench import RegisterBench
from tb.scenarios.register_script import SPARED
from tb.scenarios.small_designs import random_network

BENCHES = 8  # cocotb tests below, each value of their parameters counted
THERE = {name: register for name, register in REGISTERS.items() if not name.startswith(ELSEWHERE[False])}


@cocotb.test(timeout_time=10, timeout_unit="ms")
@cocotb.parametrize(register_stalls=["none", "0.6"])
async def fields_obey_their_access_and_strobes(dut, register_stalls):
    """Ones and zeros, whole and byte by byte: what software may write is written, in the bytes that have a strobe, and
    nothing else is."""
    bench = RegisterBench(dut, register_stalls)
    await bench.begin()
    for name, register in THERE.items():
        if name in SPARED or name == "CYCLES":
            continue
        writable = register.mask("rw")
        kept = [await bench.read(name, number) for number in range(register.count)]
        for number in range(register.count):
            now, address = kept[number], register.offset + 4 * number
            for value in (0xFFFF_FFFF, 0, 0xFFFF_FFFF):
                for byte in (3, 2, 1, 0):
                    own = 0xFF << 8 * byte
                    assert await bench.write_at(address + byte, bytes([value & 0xFF])) == AxiResp.OKAY
                    now = now & ~(writable & own) | value & writable & own
                    assert await bench.read(name, number) == now, f"{name}, byte {byte}"
            assert await bench.write_at(address, bytes(4)) == AxiResp.OKAY
            assert await bench.read(name, number) == now & ~writable, name


@cocotb.test(timeout_time=20, timeout_unit="ms")
@cocotb.parametrize(register_stalls=["none", "0.3"])
async def classifies_by_registers(dut, register_stalls):
    """One by one: each result, its latency by the cycle model, and what was counted."""
    bench = RegisterBench(dut, register_stalls)
    await bench.begin()
    await bench.choose_registers()
    images = bench.images(8)
    inference, words = bench.expected(images)
    cycles = latency(bench.design, images, inference, whole=True)
    for number, image in enumerate(images):
        assert await bench.read("IMAGES") == number
        await bench.write_image(image)
        word = await bench.take_result()
        assert word == words[number], f"image {number}: word {word:08x}, right is {words[number]:08x}"
        if bench.configuration.pixels >= 4:  # else its last beats may wait for the word
            assert await bench.read("LATENCY") == cycles[number]
    assert await bench.read("SILENT") == inference.silent.sum()
    assert await bench.read("TIES") == inference.tie.sum()
    assert await bench.read("BAD_FRAMES") == await bench.read("ERRORS") == 0
    assert not await bench.field("STATUS", "busy") and bench.ends.sink.empty()


@cocotb.test(timeout_time=20, timeout_unit="ms")
@cocotb.parametrize(source_stalls=["none", "0.4"], sink_stalls=["none", "0.9"])
async def classifies_by_streams(dut, source_stalls, sink_stalls):
    """While software reads."""
    bench = RegisterBench(dut, "0.2", source_stalls, sink_stalls)
    await bench.begin()
    images = bench.images(12)
    inference, words = bench.expected(images)
    for image in images:
        bench.ends.send(image)
    for word in words:
        assert await bench.ends.receive() == word
        assert not await bench.field("STATUS", "waiting")
    await ClockCycles(dut.clk, 20)
    assert bench.ends.sink.empty()
    assert await bench.read("IMAGES") == len(images)
    assert await bench.read("SILENT") == inference.silent.sum()
    first = await bench.read("CYCLES")
    assert 0 < await bench.read("CYCLES") - first < 100


DESIGNS = {  # seed, image shape, neurons, bits, T; lanes, pixels
    "two words a beat": (22, (5, 5), (7, 3), (3, 8), 32, (3,), 8),
    "four beats a word": (25, (2, 5), (8, 5), (5, 6), 256, (), 1),
}


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["two words a beat", pytest.param("four beats a word", marks=pytest.mark.grid)])
def test_accelerator_axi(run_accelerator, name):
    *network, lanes, pixels = DESIGNS[name]
    assert run_accelerator(__name__, random_network(*network), Configuration(lanes, pixels),
                           "accelerator_axi") == BENCHES


@pytest.mark.thorough
@pytest.mark.parametrize("name", DESIGNS)
def test_the_designs_with_registers_are_clean(network_designs, name):
    *network, lanes, pixels = DESIGNS[name]
    folder = network_designs(random_network(*network), Configuration(lanes, pixels), "accelerator_axi")
    assert lint(folder / "verilog") == []
