"""Quantization after training: the scale of each layer, hence what is clipped, chosen on training images."""

import numpy as np

from first_spike.golden.inference.forward import run_layer, take_in
from first_spike.golden.quantization.grid import Grid, choose_grid
from first_spike.golden.quantization.integer import integer_layer

FACTORS = (0.4, 0.5, 0.63, 0.8, 1.0, 1.25, 1.6, 2.0)  # of the threshold with the smallest squared error of the weights


def calibrate(float_network, bits, images, labels, known=None):
    """Integer layers for a float network, as a list. known: of each layer the integer layer that it already has, or
    None (default: none has).

    The finer the levels, the more large weights are clipped. Layer by layer, the integer threshold that stands for the
    float one is chosen on `images` (uint8 [n, r, c], or Recordings), the layers after it being float still: by how many
    are classified as by the float network, and how many as `labels` say, in one sum. Labels alone would choose by
    chance where all of them are right nearly always; the float network alone, where bits are too few to do as it does.
    At equal sums the one nearest to the smallest squared error of the weights wins. bits: one per layer. The output
    threshold stands for that of the float network; `thresholds.retune` chooses it anew.
    """
    (times, _), layers = take_in(float_network, images), []
    theirs = _classes(times, float_network.steps, float_network.layers)
    for k, (layer, width) in enumerate(zip(float_network.layers, bits)):
        if known and known[k]:
            layers.append(known[k])
            times, _ = run_layer(layers[-1], times, float_network.steps)
            continue
        normal = (layer.weights / layer.thresholds.astype(np.float64)).astype(np.float32)
        _, best = choose_grid(normal, width)
        tried = []
        for factor in FACTORS:
            threshold = max(int(round(best[0] * factor)), 1)
            grid = Grid(width, np.full(len(best), threshold + 0.5, np.float32))
            levels = np.empty_like(normal)
            grid.round(normal, levels)
            made = integer_layer(layer, levels.astype(np.int8), np.full(len(best), threshold, np.int32), width)
            found = _classes(times, float_network.steps, [made, *float_network.layers[k + 1:]])
            tried.append((np.sum(found == theirs) + np.sum(found == labels), -abs(np.log(factor)), made))
        layers.append(max(tried, key=lambda entry: entry[:2])[2])
        times, _ = run_layer(layers[-1], times, float_network.steps)
    return layers


def _classes(times, steps, layers):
    """Of each image the class that the layers find, the first being fed `times`, as for `run_layer`."""
    for layer in layers:
        sums = np.float64 if np.issubdtype(layer.thresholds.dtype, np.floating) else None
        times, potentials = run_layer(layer, times, steps, sums)
    return potentials.argmax(axis=1)
