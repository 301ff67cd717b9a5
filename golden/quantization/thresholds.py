"""The output threshold, chosen on held-out training images.

A higher output threshold waits for more spikes: fewer ties and, up to a point, better decisions, but more images that
end without any output spike.
"""

from dataclasses import dataclass, replace

import numpy as np

from golden.inference.encode import encode
from golden.inference.forward import run_layer

WINDOW = 5  # accuracies of so many neighbouring candidates are averaged, because one alone is noisy


@dataclass(frozen=True)
class Choice:
    """factor: what the output threshold is multiplied with. accuracy, silent: shares on the held-out images (0..1)."""

    factor: float
    accuracy: float
    silent: float


def choose_output_threshold(layers, steps, images, labels, most_silent, factors=None):
    """Try factors of the output threshold and return the best Choice.

    layers: those of a network, in integers or in floats. Integer thresholds stay integers: the factor is then that of
    the rounded one. most_silent: largest share of silent outputs that is allowed; when no candidate keeps
    to it, the one with the fewest wins. Of equal ones the last wins, the one that waits longest: on few held-out images
    many are, and what they do not show is that early decisions are the poorer ones. factors default to 0.8 .. 1.4.
    """
    factors = np.arange(0.80, 1.401, 0.01) if factors is None else np.asarray(factors)
    times = encode(images, steps)
    for layer in layers[:-1]:
        times, _ = run_layer(layer, times, steps)
    accuracy, silent = np.empty(len(factors)), np.empty(len(factors))
    for n, factor in enumerate(factors):
        spikes, potentials = run_layer(_scaled(layers[-1], factor), times, steps)
        accuracy[n] = np.mean(potentials.argmax(axis=1) == labels)
        silent[n] = np.mean(spikes.min(axis=1) == steps)
    width = min(WINDOW, len(factors)) // 2
    smooth = np.array([accuracy[max(n - width, 0):n + width + 1].mean() for n in range(len(factors))])
    allowed = silent <= max(most_silent, silent.min())
    score = np.where(allowed, smooth, -1).round(9)  # the means of equal accuracies may differ in their last bit
    best = int(np.flatnonzero(score == score.max())[-1])
    return Choice(float(factors[best]), float(accuracy[best]), float(silent[best]))


def retune(layers, steps, images, labels, most_silent, factors=None):
    """`layers` with the output threshold chosen anew (arguments as above), as a tuple."""
    choice = choose_output_threshold(layers, steps, images, labels, most_silent, factors)
    return (*layers[:-1], _scaled(layers[-1], choice.factor))


def _scaled(layer, factor):
    """`layer` with its thresholds multiplied; integers stay integers, and positive."""
    scaled = layer.thresholds * factor
    if np.issubdtype(layer.thresholds.dtype, np.integer):
        scaled = np.maximum(np.rint(scaled), 1)
    return replace(layer, thresholds=scaled.astype(layer.thresholds.dtype))
