"""Bench of the block RAM model behind netlist simulation, against a memory of single bits."""

import json
import os

import cocotb
import numpy as np
import pytest
from cocotb.clock import Clock
from cocotb.triggers import FallingEdge

from first_spike.synthesis.yosys import BLOCK_RAM
from tb.helpers.harness import run_bench

CYCLES = 400
BYTES = 2048  # of eight bits and a ninth
TOP = """\
module top(input clk, input CEA, OCEA, WEA, CEB, OCEB, WEB, input [13:0] ADA, ADB,
           input [17:0] DIA, DIB, output [17:0] DOA, DOB);
block_ram #(.CONTENT({content}), .WIDTH_A({width_a}), .WIDTH_B({width_b}),
            .REGISTER_A({register_a}), .REGISTER_B({register_b}))
    memory (.CLKA(clk), .CLKB(clk), .CEA(CEA), .OCEA(OCEA), .WEA(WEA), .CEB(CEB), .OCEB(OCEB), .WEB(WEB),
            .ADA(ADA), .ADB(ADB),
            .DIA(DIA), .DIB(DIB), .DOA(DOA), .DOB(DOB));
endmodule
"""


def bits_of(address, width):
    """Where the bits of a port lie: (byte, bit) of each, lowest first. Ports of 9 bits and more see the ninth bits,
    others do not."""
    if width >= 9:
        first = (address >> 3) & -(width // 9)  # the address counts eighths of a byte
        return [(first + n // 9, n % 9) for n in range(width)]
    return [((address + n) // 8, (address + n) % 8) for n in range(width)]


class Memory:
    """The bits of a block RAM, and what stands at the two outputs of its ports and behind them."""

    def __init__(self, words):
        self.bits = np.array([[word >> (9 * half + n) & 1 for n in range(9)] for word in words for half in range(2)])
        self.read, self.later = {"A": 0, "B": 0}, {"A": 0, "B": 0}

    def value(self, address, width):
        return sum(int(self.bits[place]) << n for n, place in enumerate(bits_of(address, width)))

    def store(self, address, width, data, enables):
        for n, place in enumerate(bits_of(address, width)):
            if width < 18 or enables >> (n // 9) & 1:
                self.bits[place] = data >> n & 1


@cocotb.test()
async def behaves_as_its_bits(dut):
    case = json.loads(os.environ["FIRST_SPIKE_BENCH"])
    width, register = {side: case[f"width_{side.lower()}"] for side in "AB"}, {side: case[f"register_{side.lower()}"]
                                                                               for side in "AB"}
    memory = Memory(words(case["seed"]))
    rng = np.random.default_rng(case["seed"] + 1)
    inputs = {name: getattr(dut, name) for name in ("CEA", "OCEA", "WEA", "ADA", "DIA", "CEB", "OCEB", "WEB", "ADB",
                                                    "DIB")}
    for signal in inputs.values():
        signal.value = 0
    cocotb.start_soon(Clock(dut.clk, 10, "ns").start(start_high=False))
    await FallingEdge(dut.clk)
    for cycle in range(CYCLES):
        now = {name: int(rng.integers(0, 2 if "E" in name else 1 << 14 if name[0] == "A" else 1 << 18))
               for name in inputs}
        now["WEB"] &= width["A"] != 36  # in that mode, side B has no data of its own
        for side, half in (("A", 0), ("B", 1 << 13)):  # each writes in its own half, and mostly in the same few places
            unit = 1 << min(width[side], 32).bit_length() - 1
            now[f"AD{side}"] = (now[f"AD{side}"] & 0x3F if cycle % 4
                                else now[f"AD{side}"] & 0x1FFF) | half * now["WEB"] * (side == "B")
            if width[side] < 9:
                now[f"AD{side}"] &= -unit
        for name, signal in inputs.items():
            signal.value = now[name]
        advance(memory, now, width)
        await FallingEdge(dut.clk)
        for side in "AB":
            if width[side] == 36 and side == "A":
                continue  # writes only
            want = (memory.later if register[side] else memory.read)[side]
            got = int(dut.DOB.value) << 18 | int(dut.DOA.value) if width[side] == 36 else getattr(dut,
                                                                                                  f"DO{side}").value
            assert int(got) & (1 << width[side]) - 1 == want, f"cycle {cycle}, side {side}"


def advance(memory, now, width):
    """One rising edge: registers, reads of what was there, writes."""
    before = dict(memory.read)
    for side in "AB":
        if now[f"OCE{side}"]:
            memory.later[side] = before[side]
        if now[f"CE{side}"]:
            memory.read[side] = memory.value(now[f"AD{side}"], width[side])
    for side in "AB":
        if now[f"CE{side}"] and now[f"WE{side}"]:
            wide = now["DIB"] << 18 | now["DIA"] if width[side] == 36 else now[f"DI{side}"]
            memory.store(now[f"AD{side}"], width[side], wide, now[f"AD{side}"])


def words(seed):
    return [int(word) for word in np.random.default_rng(seed).integers(0, 1 << 18, BYTES // 2)]


@pytest.mark.long
@pytest.mark.parametrize("width_a, width_b, register_a, register_b", [
    (18, 18, 1, 0), (36, 36, 0, 0), (9, 9, 0, 1), (4, 18, 1, 1), (2, 1, 0, 0), (36, 18, 0, 1), (1, 4, 1, 1)])
def test_block_ram(simulator, tmp_path, width_a, width_b, register_a, register_b):
    case = {"width_a": width_a, "width_b": width_b, "register_a": register_a, "register_b": register_b,
            "seed": width_a + width_b}
    content = sum(word << 18 * n for n, word in enumerate(words(case["seed"])))
    (tmp_path / "top.v").write_text(TOP.format(content=f"18432'h{content:x}",
                                               **{name: case[name] for name in list(case)[:4]}))
    (tmp_path / "filelist.f").write_text(f"{BLOCK_RAM}\ntop.v\n")
    assert run_bench(simulator, tmp_path, "tb.benches.test_block_ram", tmp_path / "build", optimize=False,
                     environment={"FIRST_SPIKE_BENCH": json.dumps(case)}) == 1
