"""Against zlib's."""

import zlib

import numpy as np

from first_spike.rtl_model.parts.crc32 import RESIDUE, crc32
from tb.helpers.clocked import run, signals, vector


def test_it_is_that_of_zlib():
    rng = np.random.default_rng(2)
    print("seed 2")
    ports, octet, left = signals("clk", "clear", "push", "free"), vector(8), vector(32)
    clk, clear, push, free = ports.values()

    def stimulus():
        for length in (0, 1, 2, 9):
            clear.next = 1
            yield clk.negedge
            clear.next = 0
            data = rng.bytes(length)
            whole = data + zlib.crc32(data).to_bytes(4, "little")
            for number, byte in enumerate(whole):
                if number == length:
                    assert left == zlib.crc32(data) ^ 0xFFFF_FFFF
                octet.next, push.next = byte, 1
                yield clk.negedge
                push.next = 0
                while not free:
                    yield clk.negedge
            assert left == RESIDUE

    run(crc32, dict(ports, octet=octet, left=left), stimulus())
