"""How sure a read-out is: margin, spread and runner-up, from the output potentials that decide it."""

import numpy as np
from numba import njit


def confidence_of(potentials, classes):
    """Return margin, spread and runner-up of a batch; golden/contract/confidence.py says what they are.

    Args:
        potentials: int32 or float64 [n, classes], of the output at the end of the decision step, or of the last step
            if no output neuron fired.
        classes: int64 [n], the class of each image.

    Returns:
        margin and spread, int64 [n] of integer potentials and float64 [n] of others, and runner_up, int64 [n].
    """
    kind = np.int64 if potentials.dtype.kind == "i" else np.float64
    margin, spread = np.zeros(len(potentials), kind), np.zeros(len(potentials), kind)
    runner_up = np.zeros(len(potentials), np.int64)
    _compare(potentials, classes, margin, spread, runner_up)
    return margin, spread, runner_up


@njit(cache=True, nogil=True)
def _compare(potentials, classes, margin, spread, runner_up):
    n, count = potentials.shape
    for image in range(n):
        own, row = classes[image], potentials[image]
        largest, second = row[own], -1
        behind = margin[image]  # a zero of the right type
        for j in range(count):
            behind += largest - row[j]
            if j != own and (second < 0 or row[j] > row[second]):
                second = j
        spread[image] = behind
        runner_up[image] = own if second < 0 else second
        margin[image] = margin[image] + largest - row[runner_up[image]]
