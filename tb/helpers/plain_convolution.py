"""The decision rule with convolutions and pools written out for one image, every neuron at every step.

Each layer is unrolled: a matrix of the number of the weight between input and neuron, by plain loops from the formula
of the contract. Also the smooth function whose slope the rule follows, for numerical gradients.
"""

from dataclasses import dataclass

import numpy as np

from first_spike.golden.training.decision_kernels import ERROR_GRID
from tb.helpers.convolution_oracle import shape_of


@dataclass
class Unrolled:
    """number: int [inputs, neurons], the row of the weights, -1 for none; channel: int [neurons]; windows: for each
    unit the neurons of its window."""

    number: np.ndarray
    channel: np.ndarray
    windows: np.ndarray

    def full(self, weights):
        """float [inputs, neurons]: every weight where it works."""
        return np.where(self.number >= 0, weights[self.number, self.channel], 0)

    def folded(self, full, shape):
        """The sum of `full` over all places where one weight works."""
        total = np.zeros(shape)
        for i, j in zip(*np.nonzero(self.number >= 0)):
            total[self.number[i, j], self.channel[j]] += full[i, j]
        return total


def unroll(layer):
    channels = layer.weights.shape[1]
    if layer.kind == "dense":
        number = np.repeat(np.arange(layer.inputs)[:, None], channels, axis=1)
        return Unrolled(number, np.arange(channels), np.arange(channels)[:, None])
    source, kernel, stride, padding, pool = shape_of(layer)
    rows, columns = ((source[a] + 2 * padding[a] - kernel[a]) // stride[a] + 1 for a in (0, 1))
    number = np.full((source[0] * source[1] * source[2], rows * columns * channels), -1)
    for y, x, i, j in np.ndindex(rows, columns, *kernel):
        row, column = y * stride[0] + i - padding[0], x * stride[1] + j - padding[1]
        if 0 <= row < source[0] and 0 <= column < source[1]:
            for c, o in np.ndindex(source[2], channels):
                number[(row * source[1] + column) * source[2] + c, (y * columns + x) * channels + o] = \
                    (i * kernel[1] + j) * source[2] + c
    if layer.geometry.pool_kind == "sum":
        windows = [[(y * columns + x) * channels + o] for y in range(rows // pool[0] * pool[0])
                   for x in range(columns // pool[1] * pool[1]) for o in range(channels)]
        return Unrolled(number, np.tile(np.arange(channels), rows * columns), np.array(windows))
    windows = [[((y * pool[0] + a) * columns + x * pool[1] + b) * channels + o for a, b in np.ndindex(*pool)]
               for y, x, o in np.ndindex(rows // pool[0], columns // pool[1], channels)]
    return Unrolled(number, np.tile(np.arange(channels), rows * columns), np.array(windows))


def summed_units(layer):
    """The unit of each neuron of a sum pool, in raster order."""
    (rows, columns), (high, wide), channels = layer.map[:2], layer.geometry.pool, layer.weights.shape[1]
    return [(y // high * columns + x // wide) * channels + o for y in range(rows * high) for x in range(columns * wide)
            for o in range(channels)]


@dataclass
class Lesson:
    """decision, winner; gradients, of each layer like its weights; smooth(list of weights): the loss, in units of the
    temperature, that has this gradient at the weights that were learnt with (last layer: at its decision step)."""

    decision: int
    winner: int
    gradients: list
    smooth: object


def learn(times, steps, layers, weights, loss, width, endless, label, image_weight):
    """The Lesson of one image, whose input times are int [inputs]; weights: of each layer, of the shape of its own."""
    unrolled, told = [unroll(layer) for layer in layers], None
    for before, plan in zip(layers, unrolled[1:]):
        if before.kind != "dense" and before.geometry.pool_kind == "sum":
            plan.number = plan.number[summed_units(before)]
    thresholds = [layer.thresholds[plan.channel].astype(float) for layer, plan in zip(layers, unrolled)]
    trains, potentials = [np.asarray(times)], []
    for k, plan in enumerate(unrolled):
        full = plan.full(weights[k])
        seen = np.array([full[trains[-1] <= t].sum(axis=0) for t in range(steps)])
        fires = seen > (np.inf if endless and k == len(layers) - 1 else thresholds[k])
        spikes = np.where(fires.any(axis=0), fires.argmax(axis=0), steps)
        potentials.append(seen)
        trains.append(spikes[plan.windows].min(axis=1))
    decision = trains[-1].min()
    last = min(decision, steps - 1)
    output = potentials[-1][last]
    logits = output / (thresholds[-1][0] * loss.temperature)
    share = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
    decided, wrong = decision < steps, output.argmax() != label
    pulled, asked = loss.pull if decided and wrong else 1.0, 1.0 if decided or endless else 1.0 + loss.push
    told = share.copy()
    told[label] = pulled * (share[label] - asked)
    told = np.rint(told * ERROR_GRID) / ERROR_GRID * image_weight
    if (decided or endless) and not wrong and share[label] > loss.sure:
        told[:] = 0
    gradients, hearing, chosen, exact_told = [], [None] * len(layers), [None] * len(layers), told
    peak_times = np.full(len(told), last)
    for k in range(len(layers) - 1, -1, -1):
        hearing[k] = trains[k][:, None] <= peak_times[None, :]
        gradients.insert(0, unrolled[k].folded(told[None, :] * hearing[k], weights[k].shape))
        if k:
            before = np.maximum(potentials[k - 1][:last + 1], 0)
            peaks, windows = before.max(axis=0), unrolled[k - 1].windows
            peak_times = np.where(peaks > 0, before.argmax(axis=0), -1)
            chosen[k - 1] = windows[np.arange(len(windows)), peaks[windows].argmax(axis=1)]
            error = (unrolled[k].full(weights[k]) / thresholds[k] * told).sum(axis=1)
            told = np.zeros(len(peaks))
            told[chosen[k - 1]] = error
            told *= np.maximum(0, 1 - np.abs(peaks / thresholds[k - 1] - 1) / width)

    def smooth(others):
        """Spikes, when and whether, stay as they are; each unit adds what the triangle's integral has changed by."""
        change, start = np.zeros(len(times)), [plan.full(weight) for plan, weight in zip(unrolled, weights)]
        for k, plan in enumerate(unrolled):
            full = plan.full(others[k])
            base = (start[k] * hearing[k]).sum(axis=0)
            now = (full * hearing[k]).sum(axis=0) + change @ full
            if k < len(layers) - 1:
                one, two = (spike(m / thresholds[k], width) for m in (base, now))
                change = (two - one)[chosen[k]]
        return float(now / thresholds[-1] @ exact_told)

    return Lesson(decision, output.argmax(), gradients, smooth)


def spike(ratio, width):
    """The integral of max(0, 1 - |ratio - 1| / width)."""
    away = np.clip((ratio - 1) / width, -1, 1)
    return width * (away - np.sign(away) * away ** 2 / 2)
