"""Layers in words: what they say, back and forth, and one sentence for what says nothing."""

import pytest

from first_spike.golden.errors import UserError
from first_spike.golden.training.layer_text import blank_layers, parse, text_of

TEXT = "conv 16 5x5 same pool 2, conv 32 5x5 pool 2, dense 10"


def test_by_hand():
    first, second, last = blank_layers(parse(TEXT), (28, 28))
    assert first.facts() == {"kernel": [5, 5], "padding": [2, 2], "pool": [2, 2]} and first.map == (14, 14, 16)
    assert second.facts() == {"kernel": [5, 5], "pool": [2, 2]} and second.map == (5, 5, 32)
    assert last.kind == "dense" and (last.inputs, last.neurons) == (800, 10)
    assert [layer.weights.shape for layer in (first, second, last)] == [(25, 16), (400, 32), (800, 10)]
    third, = blank_layers(parse("conv 4 3x2 stride 2x1 padding 1x0 pool 1x2"), (9, 8, 3))
    assert third.facts() == {"kernel": [3, 2], "stride": [2, 1], "padding": [1, 0], "pool": [1, 2]}
    assert third.takes == (9, 8, 3) and third.map == (5, 3, 4)


@pytest.mark.parametrize("text", [TEXT, "dense 128, dense 10",
                                  "conv 2 3 stride 2, conv 5 1x4 padding 0x2 pool 2x1, dense 3"])
def test_back_and_forth(text):
    layers = blank_layers(parse(text), (28, 28))
    again = blank_layers(parse(text_of(layers)), (28, 28))
    assert [layer.facts() for layer in again] == [layer.facts() for layer in layers]
    assert [layer.map for layer in again] == [layer.map for layer in layers]


@pytest.mark.parametrize("text, message", [
    ("", "layer 0, '': a layer is written conv 16 5x5 pool 2, or dense 10"),
    ("dense 10,", "layer 1, '': a layer is written"),
    ("conv 16 5x5, pool 2", "layer 1, 'pool 2': a layer is written"),
    ("conv 16", "layer 0, 'conv 16': conv takes its channels and its kernel, as in conv 16 5x5"),
    ("conv 0 5x5", "'0' is no number of neurons or channels from 1 to 65536"),
    ("conv 5x5 16", "'5x5' is no number of neurons or channels"),
    ("conv 16 5x5x5", "'5x5x5' is no size, such as 5 or 5x3"),
    ("conv 16 5x", "'5x' is no size"),
    ("conv 16 -5", "'-5' is no size"),
    ("conv 16 5x5 pool", "'' is no size"),
    ("conv 16 5x5 dilate 2", "there is no 'dilate'; choose from same, stride, padding, pool, sum"),
    ("conv 16 5x5 pool 2 pool 2", "pool is said twice"),
    ("conv 16 5x5 same padding 2", "padding is said twice"),
    ("conv 16 4x5 same", "same needs a kernel of odd sides, found 4 x 5"),
    ("dense", "dense takes the number of its neurons, as in dense 10"),
    ("dense 10 20", "dense takes the number of its neurons"),
    ("dense ten", "'ten' is no number of neurons"),
    ("dense " + "9" * 5000, "99' is no number of neurons"),
])
def test_no_words(text, message):
    with pytest.raises(UserError, match=message):
        parse(text)


@pytest.mark.parametrize("text, message", [
    ("conv 16 29x5, dense 10", "layer 0: a kernel of 29 x 5 is larger than the map of 28 x 28 that it reads"),
    ("conv 16 5x5 pool 5, conv 2 5x5, dense 10",
     "layer 1: a kernel of 5 x 5 is larger than the map of 4 x 4 that it reads"),
    ("conv 16 5x5 pool 25, dense 10", "layer 0: a pool of 25 x 25 is larger than the map of 24 x 24 before it"),
    ("conv 16 0x5, dense 10",
     r"layer 0: kernel must be two whole numbers from 1 on, \[rows, columns\], found \[0, 5\]"),
    ("conv 16 5x5 stride 0, dense 10", "layer 0: stride must be two whole numbers from 1 on"),
    ("conv 65536 5x5, conv 65536 5x5, dense 10", "layer 1: 1638400 x 65536 weights are more than 268,435,456"),
])
def test_layers_that_do_not_fit(text, message):
    with pytest.raises(UserError, match=message):
        blank_layers(parse(text), (28, 28))
