"""Layers as other frameworks have them, and what becomes of their thresholds here.

Here a neuron fires when its potential V exceeds its threshold strictly; elsewhere often when V reaches it. Thresholds
are therefore kept as exact fractions, beside the word whether reaching one is enough, until they become integers or
float32. All potentials of a neuron are multiples of the largest power of two that divides all its weights, its grid,
so that it can be said exactly which thresholds mean the same.
"""

import math
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from first_spike.golden.contract.geometry import Geometry
from first_spike.golden.contract.network import INT32_MAX, ConvolutionLayer, FloatConvolutionLayer, FloatLayer, Layer
from first_spike.golden.errors import UserError

MOST_SCALED = 1 << 24  # what weights are multiplied with for one output threshold, before they are rounded instead
MOST_LEVELS = 1 << 16  # of potentials up to a threshold, for it to be met now and then
FAR = Fraction(10) ** 20  # for a scale of potentials in float32
ROUNDING = Fraction(1, 1 << 23)  # of a weight in float32, and of a sum in float64, at most


@dataclass(frozen=True, eq=False)
class ForeignLayer:
    """One layer of somebody's network.

    name: what the file calls its weights. weights: numbers of float32 in a float64 array, in the order of the contract:
    [inputs, neurons], or [kernel places, channels] with a `geometry`; other float64 numbers are rounded. thresholds: a
    positive Fraction for each column. reached: a neuron fires when its potential reaches the threshold, not only when
    it exceeds it. folded, dropped: what was done on the way here, texts for a table. rounded: weights that were. often:
    how many times each input may spike. scales: a Fraction for each column, with which its potential is that of the
    file, but for a number that they share; none given are all 1. biased: in the file potentials begin at different
    numbers, which only thresholds tell of. unsure: a bool for each column, whether rounded weights could move its
    spikes; none given are all False.
    """

    name: str
    weights: np.ndarray
    thresholds: tuple
    reached: bool = False
    geometry: Geometry | None = None
    folded: tuple = ()
    dropped: tuple = ()
    rounded: int = 0
    unsure: tuple = ()
    often: int = 1
    scales: tuple = ()
    biased: bool = False

    def __post_init__(self):
        weights = self.weights.astype(np.float32).astype(np.float64)
        object.__setattr__(self, "rounded", self.rounded + int((weights != self.weights).sum()))
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "scales", self.scales or (Fraction(1),) * weights.shape[1])
        object.__setattr__(self, "unsure", self.unsure or (False,) * weights.shape[1])

    def float_layer(self):
        """The FloatLayer or FloatConvolutionLayer of it, weights and thresholds in float32."""
        arrays = self.weights.astype(np.float32), np.array(self._float_thresholds(), np.float32)
        return FloatLayer(*arrays) if self.geometry is None else FloatConvolutionLayer(*arrays, self.geometry)

    def integer_thresholds(self):
        """The highest whole potential of each column with which it does not fire, as a list of ints: V > 6.75 is V > 6,
        and V >= 6.75 or V >= 7 is as well."""
        return [math.ceil(one) - 1 if self.reached else math.floor(one) for one in self.thresholds]

    def integer_layer(self, bits):
        """The Layer or ConvolutionLayer of so many `bits` that fires at the same steps; None where the weights are no
        integers of these bits, or a threshold is no positive one."""
        weights, thresholds = np.clip(self.weights, -128, 127).astype(np.int8), self.integer_thresholds()
        if max(thresholds) > INT32_MAX:
            return None
        arrays = weights, np.array(thresholds, np.int32), bits
        made = Layer(*arrays) if self.geometry is None else ConvolutionLayer(*arrays, self.geometry)
        try:
            made.validate()
        except UserError:
            return None
        return made if np.array_equal(weights, self.weights) else None

    def _float_thresholds(self):
        found = np.array([float(one) for one in self.thresholds]).astype(np.float32)
        if self.reached:  # V >= a is V > b for the float32 b next below a, but for what lies between them
            for column, exact in enumerate(self.thresholds):
                while Fraction(float(found[column])) >= exact:
                    found[column] = np.nextafter(found[column], np.float32(-np.inf))
        return found

    def grid(self):
        """A Fraction for each column, of which all its potentials are multiples; 0 where it has no weights."""
        mantissa, exponent = np.frexp(self.weights)
        whole = np.abs((mantissa * 2.0 ** 53).astype(np.int64))
        lowest = np.log2(np.maximum(whole & -whole, 1)).astype(np.int64) + exponent - 53
        lowest = np.where(whole == 0, np.iinfo(np.int64).max, lowest).min(axis=0)
        return [Fraction(2) ** int(one) if used else Fraction(0)
                for one, used in zip(lowest, self.weights.any(axis=0))]

    def fires_from(self):
        """A Fraction for each column: the lowest potential on its grid with which it fires."""
        found = []
        for exact, grid in zip(self.thresholds, self.grid()):
            steps = exact / grid if grid else exact
            found.append((math.ceil(steps) if self.reached else math.floor(steps) + 1) * (grid or 1))
        return found

    def met(self):
        """How many thresholds a potential will meet exactly now and then, so that it matters whether reaching one is
        enough; among very many levels that is no more than a chance, which is not counted."""
        return sum(bool(grid) and exact % grid == 0 and exact <= MOST_LEVELS * grid
                   for exact, grid in zip(self.thresholds, self.grid()))

    def rescaled(self):
        """Whether a read-out that compares its potentials compares others than in the file."""
        return len({scale for scale, used in zip(self.scales, self.weights.any(axis=0)) if used}) > 1

    def inexact(self):
        """How many of its columns could fire at another potential once their threshold is a float32."""
        made = [Fraction(float(one)) for one in self._float_thresholds()]
        return sum(unsure or bool(grid) and (made_one // grid + 1) * grid != first for unsure, made_one, first, grid
                   in zip(self.unsure, made, self.fires_from(), self.grid()))


def with_one_threshold(layer):
    """`layer` with one threshold for all its columns, as the last layer needs it, that fires at the same steps.

    Where no one threshold means the same for all of them, each column is multiplied, weights and threshold: to their
    least common multiple, if the products are numbers of float32, so that nothing is rounded. If not, to the largest of
    the potentials half way between the highest without a spike and the lowest with one: unless weights are so fine that
    rounding them could close the gap, which counts as unsure, spikes stay what they are.
    """
    if len(set(layer.thresholds)) == 1:
        return layer
    grid = [step or None for step in layer.grid()]  # None: it never fires
    fires = [lowest if step else None for lowest, step in zip(layer.fires_from(), grid)]
    first = [lowest for lowest in fires if lowest is not None] or [layer.thresholds[0]]
    if all(step is None or lowest - step < min(first) for lowest, step in zip(fires, grid)):
        return replace(layer, thresholds=(min(first),) * len(fires), reached=True,
                       folded=(*layer.folded, "thresholds that mean the same made one"))
    folded = (*layer.folded, "thresholds made one, weights multiplied")
    rests = [lowest - step for lowest, step in zip(fires, grid) if step]
    reached = layer.reached or min(rests) == 0
    ends = first if reached else rests
    common = Fraction(math.lcm(*(one.numerator for one in ends)), math.gcd(*(one.denominator for one in ends)))
    if common < MOST_SCALED * min(ends):
        made = _multiplied(layer, grid, ends, common, reached=reached, folded=folded)
        if made.rounded == layer.rounded:
            return made
    middle = [lowest - step / 2 for lowest, step in zip(fires, grid) if step]
    common = Fraction(float(np.float32(float(max(middle)))))
    unsure = _unsure(layer, [step / 2 for step in layer.grid()])
    return _multiplied(layer, grid, middle, common, reached=False, folded=folded, unsure=unsure)


def with_its_scales(layer):
    """`layer` with its scales in its weights, so that its potentials are those of the file; None where it then has
    several thresholds, or numbers that float32 has no room for. Columns whose rounded weights could fire at another
    step count as unsure."""
    found = {threshold * scale for threshold, scale in zip(layer.thresholds, layer.scales)}
    if len(found) > 1 or not all(1 / FAR < one < FAR for one in (*found, *layer.scales)):
        return None
    scaled = layer.weights * np.array([float(scale) for scale in layer.scales])
    made = replace(layer, weights=scaled, thresholds=tuple(found) * len(layer.scales), scales=(),
                   folded=(*layer.folded, "scales of potentials in weights"))
    gaps = [min(lowest - threshold, threshold - lowest + step) for lowest, threshold, step
            in zip(layer.fires_from(), layer.thresholds, layer.grid())]
    return replace(made, unsure=_unsure(layer, gaps, (made.weights != scaled).any(axis=0)))


def _unsure(layer, gaps, rounded=None):
    """A bool for each column, whether it is `rounded` and could fire at another step once its weights are, where
    potentials come as close as Fractions `gaps` to thresholds."""
    sums = [layer.often * Fraction(float(one)) for one in np.abs(layer.weights).sum(axis=0)]
    used = layer.weights.any(axis=0) if rounded is None else rounded
    return tuple(bool(one) and total * ROUNDING >= gap for one, total, gap in zip(used, sums, gaps))


def _multiplied(layer, grid, ends, common, **changes):
    """`layer` with each column multiplied so that its end, of those that have a grid, becomes `common`."""
    left = iter(ends)
    factors = [common / next(left) if step else Fraction(1) for step in grid]
    return replace(layer, weights=layer.weights * np.array(factors, float), thresholds=(common,) * len(grid),
                   scales=tuple(scale / factor for scale, factor in zip(layer.scales, factors)), **changes)
