"""Adam for weights that many positions share: their gradient comes summed, a sum for each group of images."""

import numpy as np
from numba import njit, prange

from first_spike.golden.training.adam import Adam, update_row


class KernelAdam(Adam):
    """As Adam, but the gradient of each step stands in `gradients`, float32 [groups, rows, columns], and that of row
    rows[i] of the weights in row i; of what `step` is given of spikes and errors only the number of images counts."""

    def __init__(self, weights, gradients, rows):
        super().__init__(weights)
        self.gradients, self.rows = gradients, rows

    def _update(self, weights, times, told, peak_times, rate, decay):
        _step(weights, self.mean, self.square, self.gradients, self.rows, np.float32(1 / len(told)), rate, decay)


@njit(cache=True, nogil=True, parallel=True, error_model="numpy")
def _step(weights, mean, square, gradients, rows, share, rate, decay):
    for n in prange(weights.shape[0]):
        i, gradient = rows[n], np.zeros(weights.shape[1], np.float32)
        for group in range(len(gradients)):
            gradient += gradients[group, n]
        update_row(weights[i], mean[i], square[i], gradient, share, rate, decay)
