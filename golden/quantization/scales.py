"""Quantization after training: the scale of each layer, hence what is clipped, chosen on training images."""

import numpy as np

from golden.inference.encode import encode
from golden.inference.forward import integrate
from golden.quantization.grid import Grid, choose_grid

FACTORS = (0.4, 0.5, 0.63, 0.8, 1.0, 1.25, 1.6, 2.0)  # of the threshold with the smallest squared error of the weights


def calibrate(float_network, bits, images, labels):
    """Integer layers for a float network: list of (weights int8, thresholds int32).

    The finer the levels, the more large weights are clipped. Layer by layer, the integer threshold that stands for the
    float one is chosen for the accuracy on `images` (uint8 [n, r, c]) with `labels`, the layers after it being float
    still; at equal accuracy the one nearest to the smallest squared error wins. bits: one per layer. The output
    threshold stands for that of the float network; `thresholds.retune` chooses it anew.
    """
    floats = [(layer.weights, layer.thresholds.astype(np.float64)) for layer in float_network.layers]
    times, layers = encode(images, float_network.steps), []
    for k, ((weights, thresholds), width) in enumerate(zip(floats, bits)):
        normal = (weights / thresholds).astype(np.float32)
        _, best = choose_grid(normal, width)
        tried = []
        for factor in FACTORS:
            threshold = max(int(round(best[0] * factor)), 1)
            grid = Grid(width, np.full(len(best), threshold + 0.5, np.float32))
            levels = np.empty_like(normal)
            grid.round(normal, levels)
            layer = levels.astype(np.int8), np.full(len(best), threshold, np.int32)
            accuracy = _accuracy(times, float_network.steps, [layer, *floats[k + 1:]], labels)
            tried.append((accuracy, -abs(np.log(factor)), layer))
        layers.append(max(tried, key=lambda entry: entry[:2])[2])
        times, _ = integrate(times, float_network.steps, *layers[-1])
    return layers


def _accuracy(times, steps, layers, labels):
    for weights, thresholds in layers:
        times, potentials = integrate(times, steps, weights, thresholds)
    return np.mean(potentials.argmax(axis=1) == labels)
