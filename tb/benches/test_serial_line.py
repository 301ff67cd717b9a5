"""Bench of the accelerator at a serial line, from its reset on: it answers frames, bit by bit."""

import cocotb
import pytest
from cocotb.triggers import ClockCycles, FallingEdge

from first_spike.golden.contract.configuration import Configuration
from first_spike.rtl_model.registers.addresses import REGISTERS
from first_spike.rtl_model.serial.bundles import ANSWER, DONE, END_BYTE, READ, SYNC
from first_spike.rtl_model.tops import TOPS
from tb.benches.test_accelerator import random_network
from tb.helpers.harness import start
from tb.helpers.serial_frames import encode, header

SERIAL = "accelerator_serial"
CYCLES = TOPS[SERIAL].parameters["cycles_per_bit"]


class SerialLine:
    """The host's end of the line."""

    def __init__(self, dut):
        self.dut, self.came = dut, bytearray()

    async def begin(self):
        self.dut.rx.value = 1
        await start(self.dut)
        await ClockCycles(self.dut.clk, CYCLES)  # no byte begins before the idle line has been seen
        cocotb.start_soon(self._listen())

    async def _listen(self):
        """Every byte that comes."""
        while True:
            await FallingEdge(self.dut.tx)
            await ClockCycles(self.dut.clk, CYCLES + CYCLES // 2)
            byte = 0
            for bit in range(8):
                byte |= int(self.dut.tx.value) << bit
                await ClockCycles(self.dut.clk, CYCLES)
            assert self.dut.tx.value == 1
            self.came.append(byte)

    async def ask(self, frame):
        """The frame that comes back."""
        self.came.clear()
        for byte in frame:
            for bit in (0, *(byte >> b & 1 for b in range(8)), 1):
                self.dut.rx.value = bit
                await ClockCycles(self.dut.clk, CYCLES)
        while self.came.count(END_BYTE) < 2:
            await ClockCycles(self.dut.clk, CYCLES)
        return bytes(self.came)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def answers_after_a_reset(dut):
    line = SerialLine(dut)
    await line.begin()
    assert await line.ask(encode(header(7, SYNC, 0, 1), [0xC0DB])) == encode(header(7, ANSWER + DONE, 0, 1), [0xC0DB])
    magic = REGISTERS["IDENTIFICATION"]
    right = encode(header(8, ANSWER + DONE, magic.index, 1), [magic.fields["magic"].reset])
    assert await line.ask(encode(header(8, READ, magic.index, 1), [])) == right


@pytest.mark.thorough
def test_serial_line(run_accelerator):
    assert run_accelerator(__name__, random_network(1, (2, 2), (3, 2), (2, 2), 4), Configuration((), 4), SERIAL) == 1
