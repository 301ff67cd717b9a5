"""Words in block RAM: two cycles to read, and garbage where reading meets writing."""

import numpy as np

from first_spike.rtl_model.layer.word_memory import word_memory
from tb.helpers.clocked import run, signals, vector


def make(bits=9):
    return dict(**signals("clk", "write"), write_address=vector(4), written=vector(bits), read_address=vector(4),
                found=vector(bits))


def test_a_word_is_there_after_two_cycles():
    ports, rng, kept = make(), np.random.default_rng(1), {}

    def stimulus():
        asked = [None, None]
        for _ in range(300):
            ports["write"].next = write = bool(rng.random() < 0.5)
            ports["write_address"].next = place = int(rng.integers(16))
            ports["written"].next = value = int(rng.integers(512))
            ports["read_address"].next = other = int(rng.choice([k for k in range(16) if k != place]))
            asked.append(kept.get(other))
            if write:
                kept[place] = value
            yield ports["clk"].negedge
            if asked[-2] is not None:
                assert ports["found"] == asked[-2]
            asked = asked[-2:]

    run(word_memory, dict(**ports, depth=16), stimulus())
    assert len(kept) == 16


def test_a_word_that_is_written_meanwhile_is_garbage():
    ports, found = make(), set()

    def stimulus():
        for value in range(64):
            ports["write"].next, ports["written"].next = 1, value
            ports["write_address"].next = ports["read_address"].next = 5
            yield ports["clk"].negedge
            ports["write"].next = 0
            ports["read_address"].next = 6
            yield ports["clk"].negedge
            found.add({0: "zeros", 511: "ones", value: "new", 511 ^ value: "inverse"}.get(int(ports["found"]), "old"))

    run(word_memory, dict(**ports, depth=16), stimulus())
    assert found == {"zeros", "ones", "new", "inverse"}
