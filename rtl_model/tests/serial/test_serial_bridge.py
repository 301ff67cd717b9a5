"""The whole bridge, from bits to bits: what it writes it reads again."""

import numpy as np

from first_spike.rtl_model.parts.streams import AxiLite
from first_spike.rtl_model.registers.bundles import ADDRESS_BITS
from first_spike.rtl_model.serial.bundles import ANSWER, DONE, END_BYTE, READ, SYNC, WRITE
from first_spike.rtl_model.serial.serial_bridge import serial_bridge
from first_spike.rtl_model.tests.serial.test_bridge import Registers
from tb.helpers.clocked import run, signals
from tb.helpers.serial_frames import encode, header

CYCLES = 4


def test_words_go_there_and_back():
    rng = np.random.default_rng(12)
    print("seed 12")
    ports, axil = signals("clk", "rst", "rx", "tx"), AxiLite(ADDRESS_BITS)
    clk, rst, rx, tx = ports.values()
    registers = Registers(axil, rng)
    line = []  # the level of tx in each cycle

    def cycles(count):
        for _ in range(count):
            registers.offer()
            yield clk.posedge
            registers.look()
            line.append(int(tx))
            yield clk.negedge

    def exchange(data, longest):
        """The bytes that come back within `longest` cycles."""
        line.clear()
        for byte in data:
            for bit in (0, *(byte >> b & 1 for b in range(8)), 1):
                rx.next = bit
                yield from cycles(CYCLES)
        yield from cycles(longest)
        place = 0
        while 0 in line[place:]:
            place = line.index(0, place) + CYCLES // 2
            bits = line[place + CYCLES:place + 10 * CYCLES:CYCLES]
            assert bits[8] == 1
            received.append(sum(bit << b for b, bit in enumerate(bits[:8])))
            place += 9 * CYCLES

    received = []

    def stimulus():
        rst.next, rx.next = 1, 1
        yield clk.negedge
        rst.next = 0
        words = [END_BYTE, 0xDBDBDBDB, 0x01234567]
        yield from exchange(b"\x00\x17" + encode(header(7, SYNC, 0, 1), [0xC0DB]), 900)
        assert bytes(received) == encode(header(7, ANSWER + DONE, 0, 1), [0xC0DB])
        received.clear()
        yield from exchange(encode(header(8, WRITE, 5, 3), words), 700)
        assert bytes(received) == encode(header(8, ANSWER + DONE, 5, 3), [])
        received.clear()
        yield from exchange(encode(header(9, READ, 5, 3), []), 1500)
        assert bytes(received) == encode(header(9, ANSWER + DONE, 5, 3), words)
        assert registers.content == dict(zip((5, 6, 7), words))

    run(serial_bridge, dict(ports, m_axil=axil, cycles_per_bit=CYCLES), stimulus())
