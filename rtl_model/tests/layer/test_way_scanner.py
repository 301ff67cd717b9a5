"""The walk over the set bits of a vector, against plain Python."""

import numpy as np
from myhdl import delay

from first_spike.rtl_model.layer.way_scanner import way_scanner
from tb.helpers.clocked import run, signals, vector


def test_a_scanner_gives_each_set_bit_once_in_order():
    rng = np.random.default_rng(1)
    print("seed 1")
    ports = signals("clk", "clear", "load", "seek", "loaded", "start", "advance", "spent", "finished", "ends_word",
                    "gives")
    incoming, place = vector(12), vector(4)
    device = way_scanner, dict(ports, incoming=incoming, place=place, word_bits=4, words=3)
    clk, clear, load, seek, loaded, start, advance, spent, finished, _, gives = ports.values()
    vectors = [0, 1, 0xFFF, 0x800, 0x0F0, 0x111] + [int(value) for value in rng.integers(0, 1 << 12, 40)]

    def stimulus():
        clear.next = 1
        yield clk.negedge
        clear.next = 0
        for bits in vectors:
            assert spent
            load.next, incoming.next = 1, bits
            yield clk.negedge
            load.next, seek.next, incoming.next = 0, 1, ~bits & 0xFFF
            yield clk.negedge
            assert spent == (bits == 0)
            seek.next, loaded.next, start.next = 0, 1, 1
            yield clk.negedge
            loaded.next, start.next = 0, 0
            found = []
            for _ in range(max(1, bits.bit_count())):  # not a cycle more than there are bits
                while rng.random() < 0.3:
                    yield clk.negedge
                advance.next = 1
                yield delay(1)
                if gives:
                    found.append(int(place))
                over = bool(finished)
                yield clk.negedge
                advance.next = 0
            assert over and found == [b for b in range(12) if bits >> b & 1]

    run(*device, stimulus())
