"""The registers behind a memory of weights, with a memory in plain Python in front."""

import numpy as np
import pytest

from first_spike.rtl_model.layer.weight_memory import weight_stages
from tb.helpers.clocked import packed, run, signals, vector

LANES = 3


@pytest.mark.parametrize("shallow, clears", [(True, False), (False, False), (False, True)])
@pytest.mark.parametrize("bits", [1, 2, 5])
def test_a_word_becomes_weights_where_it_was_wanted(shallow, clears, bits):
    rng = np.random.default_rng(bits)
    print(f"seed {bits}")
    code_bits = max(2, bits)
    ports = signals("clk", "clear", "read")
    clk, clear, read = ports.values()
    ports["clear"] = clear if clears else None
    word, weights = vector(LANES * bits), vector(LANES * code_bits)

    def stimulus():
        addressed, seen = [], []  # what is addressed in each cycle; what the weights are when it is over
        for cycle in range(100):
            values = rng.choice([-1, 1], LANES) if bits == 1 else rng.integers(-(1 << bits - 1), 1 << bits - 1, LANES)
            read.next, clear.next = rng.random() < 0.7, clears and rng.random() < 0.1
            addressed.append((values, bool(read.next), bool(clear.next)))
            shown = addressed[-1 if shallow else max(0, cycle - 1)][0]  # block RAM gives it one cycle later
            word.next = packed(shown > 0 if bits == 1 else shown, bits)
            yield clk.negedge
            seen.append(int(weights))
        delay = 0 if shallow else 2
        for cycle in range(delay, 100):
            values, wanted, cleared = addressed[cycle - delay]
            cleared |= not shallow and addressed[cycle - delay + 1][2]
            assert seen[cycle] == (packed(values, code_bits) if wanted and not cleared else 0), cycle

    run(weight_stages, dict(ports, word=word, weights=weights, weight_bits=bits, lanes=LANES, shallow=shallow),
        stimulus())
