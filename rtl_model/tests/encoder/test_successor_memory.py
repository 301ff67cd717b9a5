"""The successor memory against a dictionary."""

from collections import deque

import numpy as np

from first_spike.rtl_model.encoder.bank_list import successor_memory
from tb.helpers.clocked import run, signals, vector

ADDRESS_BITS, WORD_BITS = 4, 6


def test_a_word_comes_two_cycles_after_its_address():
    rng = np.random.default_rng(1)
    print("seed 1")
    ports = signals("clk", "write")
    clk, write = ports.values()
    write_address, read_address = vector(ADDRESS_BITS), vector(ADDRESS_BITS)
    replaced, found = vector(WORD_BITS), vector(WORD_BITS)

    def stimulus():
        words, expected = {}, deque([None])
        for _ in range(400):
            written, wanted = (int(address) for address in rng.permutation(1 << ADDRESS_BITS)[:2])  # never the same
            write.next, write_address.next = rng.random() < 0.5, written
            replaced.next, read_address.next = int(rng.integers(1 << WORD_BITS)), wanted
            expected.append(words.get(wanted))
            if write.next:
                words[written] = int(replaced.next)
            yield clk.negedge
            right = expected.popleft()
            assert right is None or found == right
        assert len(words) == 1 << ADDRESS_BITS

    run(successor_memory, dict(ports, write_address=write_address, replaced=replaced, read_address=read_address,
                               found=found), stimulus())
