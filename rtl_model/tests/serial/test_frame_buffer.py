"""Words come back from where they were written."""

import numpy as np

from first_spike.rtl_model.serial.frame_sender import frame_buffer
from tb.helpers.clocked import run, signals, vector


def test_words_come_back():
    rng = np.random.default_rng(1)
    print("seed 1")
    ports = dict(signals("clk", "write"), write_address=vector(4), write_word=vector(8), read_address=vector(4),
                 read_word=vector(8))
    clk, write = ports["clk"], ports["write"]

    def stimulus():
        kept = {}
        for _ in range(300):
            address, word = int(rng.integers(16)), int(rng.integers(256))
            write.next = rng.random() < 0.5
            ports["write_address"].next, ports["write_word"].next = address, word
            wanted = int(rng.integers(16))
            ports["read_address"].next = wanted
            right = kept.get(wanted)
            if write.next:
                kept[address] = word
            yield clk.negedge
            assert right is None or ports["read_word"] == right

    run(frame_buffer, ports, stimulus())
