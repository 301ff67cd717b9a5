"""What a processor is big enough for, at its ends."""

from dataclasses import replace

import pytest

from first_spike.golden.contract.processor import Processor

SMALL = Processor(lanes=8, weight_words=64, inputs=16, steps=16, neurons=16, words=16, layers=2, pixels=4)


@pytest.mark.parametrize("steps, bits", [(2, 1), (4, 2), (16, 4), (256, 8)])
def test_bits_of_a_step(steps, bits):
    processor = replace(SMALL, steps=steps)
    assert processor.step_bits == processor.header_most["step_shift"] == bits


def test_no_field_names_a_word_that_is_not_there():
    """Of 64 words of weights, and of 16 words of potentials, the last."""
    assert {name: SMALL.layer_most[name] for name in ("weights", "starts", "word")} == {
        "weights": 63, "starts": 63, "word": 15}
    maps = replace(SMALL, kinds="all", words=64).layer_most
    assert {name: maps[name] for name in ("row_weights", "column_weights", "positions", "row_words")} == {
        "row_weights": 63, "column_weights": 63, "positions": 63, "row_words": 63}
