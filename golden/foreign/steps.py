"""Layers whose weights are whole numbers of a step, as those of quantization-aware training are.

There a weight is a scale times an integer, in float32. The step is found again from the weights alone: they are n_i
times one number, each to half the distance of float32 numbers, so that the step lies in an interval. In such steps
weights are integers, and a neuron fires above as many steps as fit into its threshold, since its potential is a whole
number of them. What can be read in two ways are only thresholds that are a whole number of steps but for float32
rounding: they are taken to be that number.

How much of somebody's file is read: what would fill the memory is refused before it is unfolded.

Neurons whose potential is scaled and begins at a number: the same spikes from other thresholds.

scale * V + bias > threshold is V > (threshold - bias) / scale, in exact fractions; where the scale is negative, weights
change their signs. That holds for a bias that is added once. One that is added in each step is another thing: no
threshold stands for it.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor

import numpy as np

from first_spike.golden.errors import UserError
from first_spike.golden.foreign.layers import ForeignLayer

MOST_NUMBERS = 1 << 26  # in a file: half a gigabyte, as float64; 160 x 250 pixels on 1,600 neurons
LARGEST = 1e9  # weight


def check_numbers(count):
    """Raise UserError where a file, or an array of it, holds more than MOST_NUMBERS numbers."""
    if count > MOST_NUMBERS:
        raise UserError(f"holds {count:,} numbers; at most {MOST_NUMBERS:,} are read")


ONCE = "choose --bias once if the framework adds it once, before the first step"
NO_BIAS = f"an IF neuron with a bias fires without input, so there is none here; train with bias=False, or {ONCE}"


def fractions(numbers):
    """An array of finite floats as one of Fractions."""
    made = np.empty(np.shape(numbers), object)
    made[...] = np.vectorize(lambda one: Fraction(float(one)), otypes=[object])(numbers) if made.size else 0
    return made


def folded(weights, thresholds, scale, bias):
    """(weights, thresholds, scales, biased, texts) of neurons that fire as those of potential scale * V + bias do.

    weights float64 [inputs, columns]; thresholds, scale, bias: Fractions, one for each column. scales: those above 0
    with which potentials of the weights are as before, but for the biases; biased: whether those differ; texts: what
    was done. Raises UserError where a bias reaches a threshold.
    """
    texts = ["bias in thresholds"] * any(bias) + ["scale in thresholds"] * any(one != 1 for one in scale)
    made, scales = [], tuple(abs(size) or Fraction(1) for size in scale)
    for column, (threshold, size, start) in enumerate(zip(thresholds, scales, bias)):
        if start and threshold <= start:
            raise UserError(f"the bias {float(start):g} of its output {column} reaches the threshold, "
                            f"{float(threshold):g}: that neuron would fire without input, and none here does")
        made.append((threshold - start) / size)
    signs = np.array([(one > 0) - (one < 0) for one in scale], np.float64)
    return weights * signs + 0.0, tuple(made), scales, len(set(bias)) > 1, tuple(texts)


LARGEST_LEVEL = 128  # size of a weight of 8 bits
SHORT = 1 << 16  # of a step's odd part: with such, products with weights of 8 bits are float32 numbers
JUST_ABOVE = Fraction(1, 1 << 50)  # of a float32 number: what is written for "above" where neurons fire at thresholds


@dataclass(frozen=True)
class Step:
    """A step that lies from lowest to highest, Fractions; exact: products with it are such that nothing was rounded."""

    lowest: Fraction
    highest: Fraction
    exact: bool = False

    @property
    def value(self):
        """The Fraction in it that fewest decimal digits stand for, exactly or as a float32."""
        return self._shortest()[1]

    def __str__(self):
        return self._shortest()[0]

    def _shortest(self):
        middle = (self.lowest + self.highest) / 2
        for digits in range(1, 18):
            text = f"{float(middle):.{digits}g}"
            for one in (Fraction(text), _float32(Fraction(text))):
                if self.lowest <= one <= self.highest:
                    return text, one
        return f"{float(middle):g}", middle


def find_step(weights):
    """(Step, integers as int64 in the shape of weights) of numbers of float32 in float64; None where there is none.

    It is the largest such step. Zeros alone have the step 1.
    """
    sizes = np.unique(np.abs(weights))
    sizes = sizes[sizes > 0]
    if not sizes.size:
        return Step(Fraction(1), Fraction(1), True), np.zeros(weights.shape, np.int64)
    if sizes.size > LARGEST_LEVEL:
        return None
    half = np.spacing(sizes.astype(np.float32)).astype(np.float64) / 2
    for smallest in range(1, LARGEST_LEVEL + 1):
        times = np.rint(sizes * (smallest / sizes[0]))
        if times[-1] > LARGEST_LEVEL:
            return None
        lowest, highest = ((sizes - half) / times).max(), ((sizes + half) / times).min()
        if lowest <= highest and (np.diff(times) > 0).all():
            return _exact(sizes, times) or Step(Fraction(lowest), Fraction(highest)), \
                _integers(weights, sizes, times)
    return None


def _integers(weights, sizes, times):
    place = np.minimum(np.searchsorted(sizes, np.abs(weights)), sizes.size - 1)
    return np.where(weights == 0, 0, np.sign(weights) * times[place]).astype(np.int64)


def _exact(sizes, times):
    """The Step of which all are exact multiples, if it is so short that nothing was rounded; else None."""
    step = Fraction(float(sizes[0])) / int(times[0])
    if step.denominator & (step.denominator - 1) or step.numerator >> _zeros(step.numerator) >= SHORT:
        return None
    exact = all(Fraction(float(size)) == step * int(count) for size, count in zip(sizes, times))
    return Step(step, step, True) if exact else None


def _zeros(number):
    return (number & -number).bit_length() - 1


@dataclass(frozen=True, eq=False)
class Whole:
    """A ForeignLayer in integers, where that can be.

    steady: its weights as they were, with thresholds half way between two potentials, where rounding moves no spike.
    stepped: integers for weights, thresholds in steps; None where there are no steps. made: the integer layer of it;
    None where it does not fit the bits that were asked for.
    """

    steady: ForeignLayer
    stepped: ForeignLayer | None = None
    made: object = None


def in_steps(layer, last):
    """A Whole, not yet made, of a ForeignLayer that fires alike; None where there is none.

    One step is tried for the whole layer, then one for each column, but not in the `last` layer, where potentials are
    compared with each other.
    """
    found = find_step(layer.weights)
    if found is not None:
        step, integers = found
        return _in_steps(layer, last, [step] * integers.shape[1], integers, f"whole numbers of {step}")
    columns = []
    for column in [] if last else layer.weights.T:
        columns.append(find_step(column))
        if columns[-1] is None:
            return None
    if not columns:
        return None
    return _in_steps(layer, last, [step for step, _ in columns], np.stack([part for _, part in columns], axis=1),
                     f"whole numbers of a step for each {'neuron' if layer.geometry is None else 'channel'}")


def without_rounding(layer):
    """The last ForeignLayer in steps, where float32 rounding hides them from what compares thresholds exactly; else as
    it is."""
    found = find_step(layer.weights)
    return layer if found is None or found[0].exact else in_steps(layer, last=True).stepped


def _in_steps(layer, last, steps, integers, text):
    reached, exact = layer.reached, layer.thresholds
    if reached and all(_is_just_above(one) for one in exact):
        reached, exact = False, [_float32(one) for one in exact]
    pairs = [_steps_in(one, step) for one, step in zip(exact, steps)]
    thresholds, snapped = [one for one, _ in pairs], sum(rounded for _, rounded in pairs)
    none = [one <= 1 if reached else one < 1 for one in thresholds]  # it fires above 0, which is no threshold here
    doubled = np.array([any(none)] * len(none) if last else none)
    thresholds = [max(2 * one, Fraction(3, 2)) if twice else one for one, twice in zip(thresholds, doubled)]
    texts = [text] + [f"{snapped:,} thresholds taken for whole numbers of it"] * bool(snapped)
    texts += [f"{doubled.sum():,} neurons doubled for a threshold above 0"] * bool(doubled.any())
    stepped = replace(layer, weights=(integers << doubled).astype(np.float64), thresholds=tuple(thresholds),
                      reached=reached, folded=(*layer.folded, *texts))
    half = tuple((Fraction(count) + Fraction(1, 2)) * step.value / (1 + int(twice))
                 for count, step, twice in zip(stepped.integer_thresholds(), steps, doubled))
    return Whole(replace(layer, thresholds=half, reached=False), stepped)


def _steps_in(threshold, step):
    """(a threshold in steps, whether it is a whole number of them but for float32 rounding and was made that)."""
    if step.exact:
        return threshold / step.lowest, False
    half = Fraction(float(np.spacing(np.float32(float(threshold))))) / 2
    first, final = ceil((threshold - half) / step.highest), floor((threshold + half) / step.lowest)
    return (Fraction(first), True) if first == final else (threshold / step.value, False)


def _float32(number):
    return Fraction(float(np.float32(float(number))))


def _is_just_above(number):
    return 0 < number - _float32(number) <= JUST_ABOVE * number


def fewest_bits(layer):
    """The fewest bits of which a ForeignLayer is integers, 1 to 8; None where none are enough."""
    return next((bits for bits in range(1, 9) if layer.integer_layer(bits)), None)


def whole(layer, bits, last):
    """The Whole of a ForeignLayer for so many `bits`; it stays as it is if it is of such integers already."""
    made = layer.integer_layer(bits)
    if made is not None:
        return Whole(layer, layer, made)
    found = in_steps(layer, last)
    return Whole(layer) if found is None else replace(found, made=found.stepped.integer_layer(bits))
