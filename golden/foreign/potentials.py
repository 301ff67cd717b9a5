"""Neurons whose potential is scaled and begins at a number: the same spikes from other thresholds.

scale * V + bias > threshold is V > (threshold - bias) / scale, in exact fractions; where the scale is negative, weights
change their signs. That holds for a bias that is added once. One that is added in each step is another thing: no
threshold stands for it.
"""

from fractions import Fraction

import numpy as np

from first_spike.golden.errors import UserError

ONCE = "choose --bias once if the framework adds it once, before the first step"
NO_BIAS = f"an IF neuron with a bias fires without input, so there is none here; train with bias=False, or {ONCE}"


def fractions(numbers):
    """An array of finite floats as one of Fractions."""
    made = np.empty(np.shape(numbers), object)
    made[...] = np.vectorize(lambda one: Fraction(float(one)), otypes=[object])(numbers) if made.size else 0
    return made


def folded(weights, thresholds, scale, bias):
    """(weights, thresholds, texts) of neurons that fire as those of potential scale * V + bias do.

    weights float64 [inputs, columns]; thresholds, scale, bias: Fractions, one for each column. texts: what was done.
    Raises UserError where a bias reaches a threshold.
    """
    texts = ["bias in thresholds"] * any(bias) + ["scale in thresholds"] * any(one != 1 for one in scale)
    made = []
    for column, (threshold, size, start) in enumerate(zip(thresholds, scale, bias)):
        if start and threshold <= start:
            raise UserError(f"the bias {float(start):g} of its output {column} reaches the threshold, "
                            f"{float(threshold):g}: that neuron would fire without input, and none here does")
        made.append((threshold - start) / (abs(size) or 1))
    signs = np.array([(one > 0) - (one < 0) for one in scale], np.float64)
    return weights * signs + 0.0, tuple(made), tuple(texts)
