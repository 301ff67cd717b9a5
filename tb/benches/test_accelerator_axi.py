"""Bench of the accelerator with registers: they are what the map says, field by field, and both ways are bit-exact."""

import cocotb
import numpy as np
import pytest
from cocotb.triggers import ClockCycles, RisingEdge
from cocotbext.axi import AxiResp

from first_spike.comparison.lint import lint
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.result_word import BAD_BIT
from first_spike.golden.schedule.cycles import latency
from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.registers.bundles import ADDRESS_BITS
from first_spike.rtl_model.registers.register_file import LOADER
from tb.benches.register_bench import RegisterBench
from tb.scenarios.register_script import SPARED, known
from tb.scenarios.small_designs import random_network

BENCHES = 17  # cocotb tests below, each value of their parameters counted
THERE = {name: register for name, register in REGISTERS.items() if not name.startswith(LOADER)}


@cocotb.test(timeout_time=10, timeout_unit="ms")
@cocotb.parametrize(register_stalls=["none", "periodic", "0.6"])
async def registers_begin_as_the_map_says(dut, register_stalls):
    bench = RegisterBench(dut, register_stalls)
    await bench.begin()
    right = known(bench.design)
    for name, register in THERE.items():
        words = [await bench.read(name, number) for number in range(register.count)]
        if name in right:
            assert words == right[name], name
        elif name != "CYCLES":
            assert words == [sum(field.reset << field.low for field in register.fields.values())], name


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


@cocotb.test(timeout_time=10, timeout_unit="ms")
async def what_is_no_register_is_refused(dut):
    bench = RegisterBench(dut)
    await bench.begin()
    there = {4 * index for register in THERE.values() for index in register.indices}
    others = [address for address in range(0, 0x140, 4) if address not in there]
    others += [(1 << bit) + address for bit in range(8, ADDRESS_BITS) for address in (0x00, 0x0C, 0x10, 0x80)]
    before = {name: await bench.read(name) for name in THERE if name != "CYCLES"}
    for address in others:
        assert (await bench.read_at(address))[0] == AxiResp.SLVERR, hex(address)
        assert await bench.write_at(address, b"\xFF" * 4) == AxiResp.SLVERR, hex(address)
    for name, word in before.items():
        assert await bench.read(name) == word, name


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
    """While software reads; every stall is counted."""
    bench = RegisterBench(dut, "0.2", source_stalls, sink_stalls)
    await bench.begin()
    images = bench.images(12)
    inference, words = bench.expected(images)
    seen = {"SOURCE_STALLS": 0, "SINK_STALLS": 0}

    async def watch():
        while True:
            await RisingEdge(dut.clk)
            seen["SOURCE_STALLS"] += bool(dut.s_axis_tvalid.value) and not dut.s_axis_tready.value
            seen["SINK_STALLS"] += bool(dut.m_axis_tvalid.value) and not dut.m_axis_tready.value

    cocotb.start_soon(watch())
    for image in images:
        bench.ends.send(image)
    for word in words:
        assert await bench.ends.receive() == word
        assert not await bench.field("STATUS", "waiting")
    await ClockCycles(dut.clk, 20)
    assert bench.ends.sink.empty()
    for name, count in seen.items():
        assert await bench.read(name) == count, name
    assert await bench.read("IMAGES") == len(images)
    assert await bench.read("SILENT") == inference.silent.sum()
    first = await bench.read("CYCLES")
    assert 0 < await bench.read("CYCLES") - first < 100


@cocotb.test(timeout_time=20, timeout_unit="ms")
async def the_way_changes_between_images_only(dut):
    """Software asks for the registers while the stream is full of images: none is lost, none is mixed."""
    bench = RegisterBench(dut, "none", "0.3", "0.3")
    await bench.begin()
    images = bench.images(16)
    _, words = bench.expected(images)
    for image in images[:8]:
        bench.ends.send(image)
    await ClockCycles(dut.clk, int(bench.rng.integers(1, 60)))
    by_registers = list(zip(images[8:], words[8:]))
    while by_registers:
        await bench.choose_registers()
        image, word = by_registers.pop()
        await bench.write_image(image)
        assert await bench.take_result() == word
        await bench.choose_registers(False)
        await ClockCycles(dut.clk, int(bench.rng.integers(1, 60)))
    for word in words[:8]:
        assert await bench.ends.receive() == word
    assert await bench.read("IMAGES") == len(images)


@cocotb.test(timeout_time=20, timeout_unit="ms")
async def interrupts_for_what_is_enabled(dut):
    """A result sets the cause, software clears it by a 1; the line needs the cause, its enable and the global one."""
    bench = RegisterBench(dut)
    await bench.begin()
    await bench.choose_registers()
    image = bench.images(1)[0]
    for everything in (0, 1):
        for enable in (0, 1, 2, 3):
            await bench.write("GLOBAL_INTERRUPT_ENABLE", everything)
            await bench.write("INTERRUPT_ENABLE", enable)
            assert not dut.irq.value
            await bench.write_image(image)
            await bench.take_result()
            assert await bench.read("INTERRUPT_STATUS") == 1
            assert dut.irq.value == (everything and enable & 1)
            assert await bench.write_at(REGISTERS["RESULT_TAKE"].offset, b"\1\0\0\0") == AxiResp.SLVERR
            assert await bench.read("INTERRUPT_STATUS") == 3
            assert await bench.read("ERRORS") == REGISTERS["ERRORS"].fields["nothing_to_take"].mask
            await bench.write("INTERRUPT_STATUS", 0)
            assert await bench.read("INTERRUPT_STATUS") == 3
            await bench.write("INTERRUPT_STATUS", 1)
            assert await bench.read("INTERRUPT_STATUS") == 2
            assert dut.irq.value == (everything and enable >> 1)
            await bench.write("ERRORS", 0)
            assert await bench.read("ERRORS") == 4
            await bench.write("ERRORS", 0xFFFF_FFFF)
            await bench.write("INTERRUPT_STATUS", 2)
            assert not dut.irq.value and await bench.read("ERRORS") == 0


@cocotb.test(timeout_time=20, timeout_unit="ms")
async def pixels_without_room_are_refused_not_waited_for(dut):
    """Nobody takes results: after some images a write is refused, within 255 cycles; a restart makes room."""
    bench = RegisterBench(dut)
    await bench.begin()
    pixels = REGISTERS["PIXELS"].offset
    assert await bench.write_at(pixels, bytes(4)) == AxiResp.SLVERR  # they come by the stream
    await bench.choose_registers()
    assert await bench.write_at(pixels, bytes(3)) == AxiResp.SLVERR  # not all four strobes
    mask = REGISTERS["ERRORS"].fields["pixels_refused"].mask
    assert await bench.read("ERRORS") == mask
    for _ in range(3):
        await bench.write("ERRORS", mask)
        words = 0
        while await bench.write_at(pixels, bytes(bench.rng.integers(0, 256, 4, np.uint8))) == AxiResp.OKAY:
            words += 1
        assert words >= 2 * -(-bench.network.inputs // 4)
        assert await bench.read("ERRORS") == mask
        assert not await bench.field("STATUS", "room")
        await bench.write("CONTROL", 0b11)
        images = bench.images(3)
        for image, word in zip(images, bench.expected(images)[1]):
            await bench.write_image(image)
            assert await bench.take_result() == word


@cocotb.test(timeout_time=20, timeout_unit="ms")
async def restarts_in_the_middle_of_an_image(dut):
    """Written by halves and forgotten; the counters go on."""
    bench = RegisterBench(dut, "0.2")
    await bench.begin()
    await bench.choose_registers()
    for number in range(8):
        half = bench.rng.integers(0, 256, 4 * int(bench.rng.integers(1, 1 + bench.network.inputs // 4)), np.uint8)
        for word in half.view("<u4"):
            await bench.write("PIXELS", int(word))
        await ClockCycles(dut.clk, int(bench.rng.integers(1, 40)))
        await bench.write("CONTROL", 0b11)
        assert not await bench.field("STATUS", "busy")
        images = bench.images(1)
        await bench.write_image(images[0])
        assert await bench.take_result() == bench.expected(images)[1][0]
        assert await bench.read("IMAGES") == number + 1


@cocotb.test(timeout_time=20, timeout_unit="ms")
async def bad_frames_are_counted(dut):
    bench = RegisterBench(dut)
    await bench.begin()
    image = bench.images(1)[0].ravel()
    too_long = np.concatenate([np.zeros(-(-len(image) // 16) * 16, np.uint8), image])
    bench.ends.send(too_long)
    assert await bench.ends.receive() >> BAD_BIT
    bench.ends.send(image)
    assert not await bench.ends.receive() >> BAD_BIT
    assert await bench.read("BAD_FRAMES") == await bench.read("ERRORS") == 1
    assert await bench.read("INTERRUPT_STATUS") == 3


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
