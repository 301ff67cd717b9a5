"""Bytes on the line, bit by bit."""

import pytest

from first_spike.rtl_model.serial.bundles import ByteStream
from first_spike.rtl_model.serial.uart import uart_tx
from tb.helpers.clocked import run, signals


@pytest.mark.parametrize("cycles", [4, 7])
def test_each_bit_lasts_as_long_as_the_others(cycles):
    ports, s_byte = signals("clk", "rst", "tx"), ByteStream()
    clk, rst, tx = ports.values()
    data, line = [0x00, 0xFF, 0xA5, 0x13], []

    def stimulus():
        rst.next = 1
        yield clk.negedge
        rst.next = 0
        for byte in data:
            s_byte.valid.next, s_byte.data.next = 1, byte
            yield clk.negedge
            while not s_byte.ready:
                s_byte.valid.next = 0
                line.append(int(tx))
                yield clk.negedge
            line.append(int(tx))
        assert s_byte.ready

    run(uart_tx, dict(ports, s_byte=s_byte, cycles_per_bit=cycles), stimulus())
    right = []
    for byte in data:
        for bit in (0, *(byte >> b & 1 for b in range(8)), 1):
            right += [bit] * cycles
        right.append(1)  # the cycle in which the next is taken
    assert line == right


def test_a_reset_ends_a_byte():
    ports, s_byte = signals("clk", "rst", "tx"), ByteStream()
    clk, rst, tx = ports.values()

    def stimulus():
        for place in range(45):
            s_byte.valid.next = 1
            yield clk.negedge
            s_byte.valid.next = 0
            for _ in range(place):
                yield clk.negedge
            rst.next = 1
            yield clk.negedge
            rst.next = 0
            assert tx and s_byte.ready
            for _ in range(10):
                yield clk.negedge
                assert tx

    run(uart_tx, dict(ports, s_byte=s_byte, cycles_per_bit=4), stimulus())
