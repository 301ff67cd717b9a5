"""A memory that is written in parts, against a table in Python."""

import numpy as np
import pytest

from first_spike.rtl_model.parts.loaded_words import BLOCK_RAM, LUTS, REGISTERS, SPRAM, loaded_words
from tb.helpers.clocked import run, signals, vector


@pytest.mark.parametrize("style, words, bits, part_bits", [
    (LUTS, 5, 40, 16), (BLOCK_RAM, 12, 40, 16), (BLOCK_RAM, 8, 7, 7), (LUTS, 3, 15, 5), (REGISTERS, 1, 15, 5),
    (SPRAM, 9, 40, 16)])
def test_parts_become_words(style, words, bits, part_bits):
    rng = np.random.default_rng(words + bits)
    print(f"seed {words + bits}")
    ports = signals("clk", "write")
    clk, write = ports.values()
    count = -(-bits // part_bits)
    place, address = (vector(4), vector(4)) if words > 1 else (None, None)
    part = vector(3) if count > 1 else None
    data, word = vector(16), vector(bits)
    device = loaded_words, dict(ports, place=place, part=part, data=data, address=address, word=word, words=words,
                                part_bits=part_bits, style=style)

    def write_part(at, number, value):
        write.next, data.next = 1, value
        if place is not None:
            place.next = at
        if part is not None:
            part.next = number
        yield clk.negedge
        write.next = 0

    def stimulus():
        right = [0] * words
        parts = [(at, number) for at in range(words) for number in range(count)]
        outside = [(0, number) for number in range(count, 8) if part is not None]
        for at, number in [*parts, *outside, *(parts[k] for k in rng.permutation(len(parts)))]:
            value = int(rng.integers(1 << 16))
            yield from write_part(at, number, value)
            width = min(part_bits, bits - part_bits * number)
            if (at, number) in parts:
                mask = (1 << width) - 1 << part_bits * number
                right[at] = right[at] & ~mask | value << part_bits * number & mask
        data.next = 0xFFFF
        for at in range(words):
            if address is not None:
                address.next = at
            yield clk.negedge
            yield clk.negedge
            assert word == right[at], f"word {at}"

    run(*device, stimulus())


def test_luts_answer_in_the_same_cycle_and_block_ram_in_the_next():
    for style, at_once in ((LUTS, True), (BLOCK_RAM, False)):
        ports = signals("clk", "write")
        clk, write = ports.values()
        place, address, data, word = vector(1), vector(1), vector(16), vector(8)

        def stimulus():
            for at in (0, 1):
                write.next, place.next, data.next = 1, at, at + 5
                yield clk.negedge
            write.next, address.next = 0, 0
            yield clk.negedge
            yield clk.negedge
            address.next = 1
            yield clk.posedge
            assert word == (6 if at_once else 5)
            yield clk.negedge
            assert word == 6

        run(loaded_words, dict(ports, place=place, part=None, data=data, address=address, word=word, words=2,
                               part_bits=8, style=style), stimulus())


def test_spram_reads_nothing_while_it_is_written():
    ports = signals("clk", "write")
    clk, write = ports.values()
    place, address, data, word = vector(1), vector(1), vector(16), vector(16)

    def stimulus():
        for at in (0, 1):
            write.next, place.next, data.next = 1, at, at + 5
            yield clk.negedge
        write.next, address.next = 0, 0
        yield clk.negedge
        assert word == 5
        write.next, place.next, data.next, address.next = 1, 0, 9, 1
        yield clk.negedge
        assert word == 5, "it stays what it was"
        write.next = 0
        yield clk.negedge
        assert word == 6

    run(loaded_words, dict(ports, place=place, part=None, data=data, address=address, word=word, words=2, part_bits=16,
                           style=SPRAM), stimulus())


def test_what_block_ram_reads_of_a_part_while_that_is_written_is_garbage():
    """The other parts are what they were."""
    ports, found = signals("clk", "write"), set()
    clk, write = ports.values()
    place, address, part, data, word = vector(2), vector(2), vector(1), vector(8), vector(12)

    def stimulus():
        write.next, place.next, part.next, data.next = 1, 2, 0, 0x5A
        yield clk.negedge
        part.next, address.next = 1, 2
        for value in range(64):
            data.next = value
            yield clk.negedge
            assert word & 0xFF == 0x5A
            names = {0: "zeros", 15: "ones", value % 16: "new", 15 ^ value % 16: "inverse"}
            found.add(names.get(int(word) >> 8, "old"))
        write.next = 0
        yield clk.negedge
        assert word == 0xF5A

    run(loaded_words, dict(ports, place=place, part=part, data=data, address=address, word=word, words=4, part_bits=8,
                           style=BLOCK_RAM), stimulus())
    assert {"zeros", "ones", "new", "inverse"} >= found > {"zeros", "ones"}
