"""What options take, and the words that refuse the rest."""

from argparse import ArgumentTypeError

import pytest

from first_spike.command.option_values import (
    above_zero,
    cycles_of_a_bit,
    natural,
    percent,
    positive,
    share,
    simulator_seed,
)


@pytest.mark.parametrize("kind, text, value", [
    (natural, "0", 0), (natural, "12", 12), (positive, "1", 1), (above_zero, "0.5", 0.5), (above_zero, "1e3", 1000.0),
    (cycles_of_a_bit, "4", 4), (share, "0", 0.0), (share, "1", 1.0), (share, "0.025", 0.025)])
def test_taken(kind, text, value):
    assert kind(text) == value and type(kind(text)) is type(value)


@pytest.mark.parametrize("kind, rest", [(natural, "-1 1.5 x ²"), (positive, "0 -1 1.0 x"), (percent, "0 96 x"),
                                        (simulator_seed, "0 2147483648 -1"), (above_zero, "0 -2 nan inf x"),
                                        (share, "-0.1 1.1 nan x"), (cycles_of_a_bit, "3 4.5 x")])
def test_refused(kind, rest):
    for text in rest.split():
        with pytest.raises(ArgumentTypeError, match=f"^must be a .*number .*, found '{text}'$"):
            kind(text)
