"""The weight memory against the weights that it was filled with."""

from collections import deque

import numpy as np
import pytest

from first_spike.golden.contract.limits import SHALLOW_WORDS
from first_spike.rtl_model.layer.weight_memory import weight_file, weight_memory
from tb.helpers.clocked import packed, run, signals, vector


@pytest.mark.parametrize("depth, clears", [(3, False), (SHALLOW_WORDS, False), (SHALLOW_WORDS + 1, True), (300, True),
                                           (300, False)])
@pytest.mark.parametrize("bits", [1, 3, 8])
def test_a_weight_memory_gives_weights_or_zeros(depth, clears, bits):
    rng = np.random.default_rng(depth + bits)
    print(f"seed {depth + bits}")
    lanes, code_bits = 5, max(2, bits)
    weights = rng.choice([-1, 1], (depth, lanes)) if bits == 1 else rng.integers(-(1 << (bits - 1)), 1 << (bits - 1),
                                                                                 (depth, lanes))
    contents = tuple(packed(row > 0 if bits == 1 else row, bits) for row in weights)
    ports = signals("clk", "clear", "read")
    clk, clear, read = ports.values()
    ports["clear"] = clear if clears else None
    address, word = vector(max(1, (depth - 1).bit_length())), vector(lanes * code_bits)
    device = weight_memory, dict(ports, address=address, weights=word, weight_bits=bits, lanes=lanes,
                                 hex_file=weight_file("any", contents, bits, lanes, sliced=False))
    latency = 1 if depth <= SHALLOW_WORDS else 3

    def stimulus():
        expected = deque([None] * (latency - 1))
        for _ in range(200):
            row = int(rng.integers(depth))
            address.next, read.next, clear.next = row, rng.random() < 0.7, clears and rng.random() < 0.1
            if clear.next and expected[-1] is not None:
                expected[-1] = 0  # it had been read in the cycle before
            expected.append(packed(weights[row], code_bits) if read.next and not clear.next else 0)
            yield clk.negedge
            right = expected.popleft()
            assert right is None or word == right

    run(*device, stimulus())


def test_arrays_are_as_wide_as_a_block_ram_of_their_depth():
    widths = {whole: weight_file("any", (0,) * 600, 4, 9, sliced=True, whole=whole).widths for whole in (True, False)}
    assert widths == {True: (16, 16, 4), False: (18, 18)}
