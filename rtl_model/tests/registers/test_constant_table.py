"""A table in MyHDL's simulation; its Verilog is held to the map by the bench of accelerator_axi."""

import numpy as np
import pytest

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Layer, Network
from first_spike.golden.errors import UserError
from first_spike.rtl_model.registers.constants import constant_table, constant_words
from tb.helpers.clocked import run, signals, vector


def test_each_row_shows_its_word():
    words, row, word = (3, 0, 0x1_FFFF_FFFF, 7), vector(2), vector(33)
    clk = signals("clk")["clk"]

    def stimulus():
        for number, right in enumerate(words):
            row.next = number
            yield clk.negedge
            assert word == right

    run(constant_table, dict(row=row, word=word, words=words), stimulus(), clk)


def test_what_a_register_cannot_tell_is_refused():
    """One class more than its bits can name."""
    def network(classes):
        layer = Layer(np.ones((1, classes), np.int8), np.ones(classes, np.int32), 1)
        return Network(16, (1, 1), [layer], [str(k) for k in range(classes)], "")

    words = constant_words(Design(network(65_535), Configuration()))
    assert 65_535 | 16 << 16 in words
    with pytest.raises(UserError, match="^registers tell up to 65,535 classes, found 65,536: choose the top without"):
        constant_words(Design(network(65_536), Configuration()))
