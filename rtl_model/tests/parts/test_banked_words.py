"""A memory of two banks: one is read, at any cycle, while the other is written."""

import numpy as np
import pytest

from first_spike.rtl_model.parts.banked_words import banked_words, words_of
from first_spike.rtl_model.parts.loaded_words import BLOCK_RAM, SPRAM, loaded_words
from first_spike.rtl_model.parts.streams import Bundle
from tb.helpers.clocked import run, signals, vector


class Write(Bundle):
    """Any that fills memories."""

    def __init__(self, *members):
        self.members = members
        for name in members:
            setattr(self, name, name)


def test_a_bundle_says_how_many_banks_there_are():
    """The generator's has a bank and no more."""
    assert words_of(Write("valid", "place", "bank")) == (loaded_words, {})
    assert words_of(Write("valid", "bank", "in_use")) == (banked_words, dict(bank="bank", in_use="in_use"))


@pytest.mark.parametrize("style", [BLOCK_RAM, SPRAM])
@pytest.mark.parametrize("words", [8, 5])
def test_what_is_read_is_not_what_is_written(style, words):
    """In 400 cycles a bank is filled while the other is read, which then changes with it, again and again."""
    rng = np.random.default_rng(words)
    ports = signals("clk", "write", "bank", "in_use") | dict(
        place=vector(3), part=vector(1), data=vector(16), address=vector(3), word=vector(32))
    contents = {}

    def stimulus():
        reads = 0
        for cycle in range(400):
            in_use = cycle // 40 % 2
            place, part, data = int(rng.integers(words)), int(rng.integers(2)), int(rng.integers(1 << 16))
            write = rng.random() < 0.8
            ports["write"].next, ports["bank"].next, ports["in_use"].next = write, not in_use, in_use
            ports["place"].next, ports["part"].next, ports["data"].next = place, part, data
            address = int(rng.integers(words))
            ports["address"].next = address
            yield ports["clk"].negedge
            if write:
                contents[not in_use, place, part] = data
            wanted = [contents.get((bool(in_use), address, part)) for part in range(2)]
            if None not in wanted:
                assert ports["word"] == wanted[0] | wanted[1] << 16
                reads += 1
        assert reads > 200

    run(banked_words, {**ports, "words": words, "part_bits": 16, "style": style}, stimulus())
