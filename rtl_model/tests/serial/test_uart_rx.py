"""Bytes from a line that runs fast or slow, breaks and is noisy."""

import numpy as np
import pytest

from first_spike.rtl_model.serial.bundles import ReceivedBytes
from first_spike.rtl_model.serial.uart import uart_rx
from tb.helpers.clocked import run, signals


@pytest.mark.parametrize("cycles, off", [(4, 0), (16, 0), (16, 0.04), (16, -0.04)])
def test_bytes_come_and_what_is_none_is_told(cycles, off):
    """off: how much slower than agreed the other end is."""
    rng = np.random.default_rng(8)
    print("seed 8")
    ports, m_byte, seen = signals("clk", "rst", "rx"), ReceivedBytes(), []
    clk, rst, rx = ports.values()
    time = [0.0]  # in cycles, that the line has left to hold

    def hold(level, bits):
        rx.next = level
        time[0] += bits * cycles * (1 + off)
        while time[0] >= 1:
            time[0] -= 1
            yield clk.negedge
            if m_byte.valid:
                seen.append(int(m_byte.data))
            if m_byte.broken:
                seen.append("broken")

    def stimulus():
        rst.next, rx.next = 1, 0
        yield clk.negedge
        rst.next = 0
        yield from hold(0, 30)  # low from the start: no byte
        yield from hold(1, 2)
        right = []
        for number in range(60):
            byte = int(rng.integers(256))
            kind = number % 6
            for bit in (0, *(byte >> b & 1 for b in range(8))):
                yield from hold(bit, 1)
            if kind == 3:  # a break
                yield from hold(0, 15)
                yield from hold(1, 2)
                right.append("broken")
            else:
                yield from hold(1, 1 if kind else 3)
                right.append(byte)
            if kind == 5 and cycles > 4:  # noise that is over before the middle of a start bit
                yield from hold(0, 0.2)
                yield from hold(1, 2)
        yield from hold(1, 3)
        assert seen == right

    run(uart_rx, dict(ports, m_byte=m_byte, cycles_per_bit=cycles), stimulus())


def test_a_byte_begins_anew_after_a_reset():
    """That falls into one, after which the line is high; what was low meanwhile is no byte."""
    ports, m_byte, seen, cycles = signals("clk", "rst", "rx"), ReceivedBytes(), [], 4
    clk, rst, rx = ports.values()

    def hold(level, count):
        rx.next = level
        for _ in range(count):
            yield clk.negedge
            if m_byte.valid or m_byte.broken:
                seen.append(int(m_byte.data) if m_byte.valid else "broken")

    def stimulus():
        for place in range(10 * cycles):
            yield from hold(1, 2 * cycles)
            yield from hold(0, place)
            rst.next = 1
            yield from hold(0, 1)
            rst.next = 0
            yield from hold(0, 12 * cycles)
            yield from hold(1, 2 * cycles)
            assert set(seen) <= {"broken"}
            for bit in (0, 1, 0, 1, 0, 0, 1, 0, 1, 1):
                yield from hold(bit, cycles)
            yield from hold(1, cycles)
            assert seen.pop() == 0b10100101
            seen.clear()

    run(uart_rx, dict(ports, m_byte=m_byte, cycles_per_bit=cycles), stimulus())
