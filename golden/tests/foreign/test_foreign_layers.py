"""Thresholds of others in exact fractions: what they mean on the grid of a neuron's potentials."""

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from first_spike.golden.foreign.layers import ForeignLayer, with_one_threshold
from first_spike.golden.foreign.weights import in_order_of_classes


def layer(weights, thresholds, reached=True):
    return ForeignLayer("w", np.array(weights, float), tuple(map(Fraction, thresholds)), reached)


PRIMES = (101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157)


def sums(column):
    """All potentials that some of the weights of a column make."""
    return [float(np.dot(column, chosen)) for chosen in product((0, 1), repeat=len(column))]


def test_grid():
    made = layer([[0.5, 3, 0, -6, 2.0 ** -140], [-2, 5, 0, 4, 1]], [1] * 5)
    assert made.grid() == [Fraction(1, 2), 1, 0, 2, Fraction(1, 2 ** 140)]


@pytest.mark.parametrize("reached, threshold, first, integer, met", [
    (True, 6, 6, 5, True), (True, 5.5, 6, 5, False), (True, 5.0001, 6, 5, False),
    (False, 6, 7, 6, True), (False, 5.5, 6, 5, False), (False, 5, 6, 5, True)])
def test_what_a_threshold_means(reached, threshold, first, integer, met):
    made = layer([[7], [-8], [1]], [threshold], reached)
    assert made.fires_from() == [first] and made.met() == met and made.inexact() == 0
    assert made.integer_layer(4).thresholds.tolist() == [integer]
    found = made.float_layer()
    for potential in range(-8, 20):
        assert (potential > found.thresholds[0]) == (potential >= first)


def test_no_integers():
    assert layer([[7.5]], [1]).integer_layer(8) is None and layer([[8]], [2]).integer_layer(4) is None
    assert layer([[128]], [2]).integer_layer(8) is None
    assert layer([[3]], [1]).integer_layer(4) is None  # V >= 1 is V > 0, and 0 is no threshold here
    assert layer([[3]], [2 ** 40]).integer_layer(4) is None


def test_float32_thresholds_below_what_is_reached():
    """1/10 is no float32; the next one above it would be wrong for a potential between them."""
    third = Fraction(1, 3)
    made = layer([[0.5]], [third])
    assert Fraction(float(made.float_layer().thresholds[0])) < third and made.inexact() == 0
    assert layer([[2.0 ** -30], [1.0]], [third]).inexact() == 1  # so fine that a potential lies between the two
    assert layer([[2.0 ** -30], [1.0]], [third], False).inexact() == 1


def test_rounded_weights_are_counted():
    made = layer([[0.1, 0.5], [1 / 3, 2]], [1, 1])
    assert made.rounded == 2 and made.weights[0, 0] == np.float32(0.1)


@pytest.mark.parametrize("reached", [True, False])
@pytest.mark.parametrize("weights, thresholds, text", [
    ([[2, 3], [4, 1], [1, 6]], [5, 5], None),
    ([[2, 3], [4, 1], [1, 6]], ["11/2", "21/4"], "thresholds that mean the same made one"),
    ([[2, 3], [4, 1], [1, 6]], [4, 6], "thresholds made one, weights multiplied"),
    ([[2, 3, 0], [4, 1, 0], [1, 6, 0]], [4, 6, 5], "thresholds made one, weights multiplied"),
    ([[0.25, 3], [0.5, 1], [1.5, 6]], ["1/8", 6], "thresholds made one, weights multiplied"),
    ([[0.3, 0.7], [0.9, 0.1], [0.2, 0.6]], ["1/3", "2/7"], "thresholds made one, weights multiplied"),
    ([[2, 3], [4, 2], [1, 6]], [5, 6], "thresholds made one, weights multiplied"),
    ([[60] * 12, [prime - 60 for prime in PRIMES], [prime - 61 for prime in PRIMES], [1] * 12], PRIMES,
     "thresholds made one, weights multiplied"),
    ([[1, 2, 3, 4, 5, 6]] * 3, [3, 5, 7, 11, 13, 17], "thresholds made one, weights multiplied")])
def test_one_threshold_fires_alike(weights, thresholds, reached, text):
    before = layer(weights, thresholds, reached)
    after = with_one_threshold(before)
    assert len(set(after.thresholds)) == 1 and sum(after.unsure) == (2 if weights[0][0] == 0.3 else 0)
    assert after.folded == ((text,) if text else ())
    made = after.float_layer()
    for column, (first, grid) in enumerate(zip(before.fires_from(), before.grid())):
        here, there = sums(before.weights[:, column]), sums(made.weights[:, column].astype(float))
        for old, new in zip(here, there, strict=True):
            assert (new > float(made.thresholds[column])) == (bool(grid) and old >= first), (column, old)


def test_weights_too_fine_for_a_factor_are_counted():
    """The first column fires at just 1, and three times its weights are no float32."""
    fine = 2.0 ** -24
    made = with_one_threshold(layer([[0.5 - fine, 3], [0.25 + fine, 3], [0.25, 0]], [1, 3]))
    assert made.rounded > 0 and sum(made.unsure) == made.inexact() == 1


def test_several_spikes_of_an_input_make_rounding_larger():
    """Half a step is a quarter of a millionth, and the sum of weights 1: rounding reaches it with four spikes each."""
    fine = 2.0 ** -21
    made = layer([[0.5 - fine, 3], [0.25 + fine, 3], [0.25, 0]], [1, 4099])
    for often, unsure in ((1, 0), (4, 1)):
        assert sum(with_one_threshold(replace(made, often=often)).unsure) == unsure


def test_small_factors_keep_integers():
    made = with_one_threshold(layer([[2, 3], [1, 1]], [2, 4]))
    assert made.weights.tolist() == [[4, 3], [2, 1]] and made.integer_layer(4).thresholds.tolist() == [3, 3]
    assert made.rounded == 0


@pytest.mark.parametrize("reached", [True, False])
@pytest.mark.parametrize("weights, threshold, scales, rescaled", [
    ([[2, 2], [3, 2], [1, 4]], 3, [1, 1.5], False), ([[2, 2], [3, 2], [1, 4]], 3, [1, 1], False),
    ([[2, 3, 0], [4, 1, 0], [1, 6, 0]], 4, [1, 0.25, 2], False),
    ([[2, 3], [4, 1], [1, 6]], "5/2", [1, 1.1], True),  # they mean the same, and stay integers
    ([[2, 3], [4, 1], [1, 6]], 4, ["1/3", "2/3"], False),  # exact numbers of the same potentials
    ([[2, 3], [4, 1], [1, 6]], 4, ["1/3", 1.1], True),  # exact numbers only of others
    ([[0.31, 0.7071], [0.9, 0.1], [0.2, 0.6]], 1, [0.83, 1.21], False),  # as fine as float32 in both ways
    ([[2, 3], [4, 1], [1, 6]], 10 ** 25, [10 ** 24, 4 * 10 ** 24], True)])
def test_the_last_layer_keeps_the_potentials_of_the_file(weights, threshold, scales, rescaled, reached):
    """Where that costs no integers and no spikes; where it does, the layer says so."""
    scales = list(map(Fraction, scales))
    before = replace(layer(weights, [Fraction(threshold) / scale for scale in scales], reached), scales=tuple(scales))
    classes = [str(n) for n in range(len(scales))]
    after, = in_order_of_classes([before], classes, classes)
    assert after.rescaled() == rescaled and len(set(after.thresholds)) == 1
    ratios = {Fraction(new) / (Fraction(old) * scale) for news, olds in zip(after.weights, before.weights)
              for new, old, scale in zip(news, olds, scales) if old}
    scaled = np.float32(before.weights * np.array(scales, float))
    assert (len(ratios) == 1 or np.array_equal(after.weights, scaled)) == (not rescaled)
    made = after.float_layer()
    for column, lowest in enumerate(before.fires_from() if not any(after.unsure) else []):
        here, there = sums(before.weights[:, column]), sums(made.weights[:, column].astype(float))
        assert [new > made.thresholds[column] for new in there] == [old >= lowest for old in here]


def test_a_column_is_inexact_once():
    """By its rounded weights and by its threshold in float32."""
    weights = np.random.default_rng(1).normal(size=(64, 4)).astype(np.float32)
    scales = tuple(Fraction(float(np.float32(scale))) for scale in (0.7, 1.3, 0.9, 1.1))
    before = replace(layer(weights, [1 / scale for scale in scales]), scales=scales)
    after, = in_order_of_classes([before], "0123", "0123")
    assert sum(after.unsure) == after.inexact() == 4


def test_met_now_and_then():
    assert layer([[0.5], [3]], [2]).met() == 1 and layer([[0.5], [3]], ["9/4"]).met() == 0
    assert layer([[2.0 ** -20], [3]], [2]).met() == 0  # among two million levels
