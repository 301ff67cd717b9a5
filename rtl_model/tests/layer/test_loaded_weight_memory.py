"""The loaded weight memory against the weights that were written to it."""

from collections import deque

import numpy as np
import pytest

from first_spike.golden.contract.limits import SHALLOW_WORDS
from first_spike.rtl_model.layer.weight_memory import loaded_weight_memory, unit_bits
from first_spike.rtl_model.parts.streams import MemoryWrite
from tb.helpers.clocked import packed, run, signals, vector


@pytest.mark.parametrize("depth, clears", [(3, False), (SHALLOW_WORDS + 1, True), (SHALLOW_WORDS + 1, False)])
@pytest.mark.parametrize("bits, lanes", [(1, 5), (3, 7), (8, 5), (4, 8)])
@pytest.mark.parametrize("banks, spram", [(1, False), (2, False), (1, True)])
def test_a_loaded_memory_gives_weights_of_its_bank_or_zeros(depth, clears, bits, lanes, banks, spram):
    rng = np.random.default_rng(depth + bits)
    print(f"seed {depth + bits}")
    code_bits = max(2, bits)
    shape = banks, depth, lanes
    weights = rng.choice([-1, 1], shape) if bits == 1 else rng.integers(-(1 << (bits - 1)), 1 << (bits - 1), shape)
    ports = signals("clk", "clear", "read")
    clk, clear, read = ports.values()
    ports["clear"] = clear if clears else None
    bank, = signals("bank").values()
    address, word = vector(max(1, (depth - 1).bit_length())), vector(lanes * code_bits)
    parts = -(-bits * lanes // 16)
    part_bits = (parts - 1).bit_length()
    write = MemoryWrite(1, len(address) + part_bits, banks)
    s_write = write.to(0, 1, len(address) + part_bits, min(16, bits * lanes))
    device = loaded_weight_memory, dict(ports, s_write=s_write, address=address, weights=word, words=depth,
                                        weight_bits=bits, lanes=lanes, spram=spram,
                                        **(dict(bank=bank) if banks > 1 else {}))
    latency = 1 if depth <= SHALLOW_WORDS else 3

    def load():
        for b, row in np.ndindex(banks, depth):
            code = packed(weights[b, row] > 0 if bits == 1 else weights[b, row], bits)
            for part in range(parts):
                write.select.next, write.address.next = 1, row << part_bits | part
                write.data.next = code >> 16 * part & 0xFFFF
                if banks > 1:
                    write.bank.next = b
                yield clk.negedge
        write.select.next = 0

    def stimulus():
        yield from load()
        for b in range(banks):
            bank.next = b
            expected = deque([None] * (latency - 1))
            for _ in range(100):
                row = int(rng.integers(depth))
                address.next, read.next, clear.next = row, rng.random() < 0.7, clears and rng.random() < 0.1
                if clear.next and expected[-1] is not None:
                    expected[-1] = 0  # it had been read in the cycle before
                expected.append(packed(weights[b, row], code_bits) if read.next and not clear.next else 0)
                yield clk.negedge
                right = expected.popleft()
                assert right is None or word == right

    run(*device, stimulus())


def test_arrays_are_as_wide_as_a_block_ram_is_deep():
    assert [unit_bits(depth, 16) for depth in (100, 1024, 1025, 4096, 6272, 16384)] == [16, 16, 8, 4, 2, 1]
    assert [unit_bits(depth, 10) for depth in (100, 2048, 6272)] == [10, 5, 2]
