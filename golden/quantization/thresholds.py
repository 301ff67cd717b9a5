"""The output threshold, chosen on held-out training images.

A higher output threshold waits for more spikes: fewer ties and, up to a point, better decisions, but more images that
end without any output spike.

Accuracy of a float network at every number of bits and time steps.
"""

from dataclasses import dataclass, replace

import numpy as np
from numba import njit, prange

from first_spike.golden.inference.encode import count_by_step, encode, feed, sort_by_step
from first_spike.golden.inference.figures import figures
from first_spike.golden.inference.infer import run_layer
from first_spike.golden.quantization.grid import calibrate, integer_network
from first_spike.golden.recordings import Recordings

FACTORS = np.arange(0.80, 1.401, 0.01)
WINDOW = 5  # accuracies of so many neighbouring candidates are averaged, because one alone is noisy
FEW = 1000  # held-out images


@dataclass(frozen=True)
class Choice:
    """factor: what the output threshold is multiplied with. accuracy, silent: shares on the held-out images (0..1)."""

    factor: float
    accuracy: float
    silent: float


def choose_output_threshold(layers, steps, images, labels, most_silent, factors=FACTORS, patient=False, plain=None):
    """Try factors of the output threshold and return the best Choice.

    images: uint8 [n, r, c], or Recordings in order and in range. layers: those of a network, in integers or in floats.
    Integer thresholds stay integers: the factor is then that of the rounded one. most_silent: largest share of silent
    outputs that is allowed; when no candidate keeps to it, the one with the fewest wins. Of equal ones the last wins,
    the one that waits longest: early decisions are the poorer ones. On fewer than FEW images many are equal, within an
    image, and the last of them would often wait for what never comes: then, unless it is to be `patient`, the one next
    to the threshold that was trained with wins, whose factor is 1. plain: so many of the images are as they came, the
    first (default: all); the others are deformed copies, which tell close candidates apart, but are no measure of
    silence, and count in no figure of the Choice.
    """
    factors = np.asarray(factors)
    train = images if isinstance(images, Recordings) else encode(images, steps)
    for layer in layers[:-1]:
        train = feed(layer, run_layer(layer, train, steps)[0], steps)
    output = layers[-1].dense()
    count, labels = len(train), np.asarray(labels)
    largest = np.empty((count, steps), output.thresholds.dtype)
    if isinstance(train, Recordings):
        right = _follow_recorded(train.offsets, train.inputs, train.steps, output.weights, labels, largest)
    else:
        right = _follow_largest(train, output.weights, labels, largest)
    plain = count if plain is None else plain
    accuracy, silent, figure = (np.empty(len(factors)) for _ in range(3))
    for n, factor in enumerate(factors):
        fires = largest > _scaled(layers[-1], factor).thresholds[0]
        never = ~fires.any(axis=1)
        decision = np.where(never, steps - 1, fires.argmax(axis=1))
        correct = right[np.arange(count), decision]
        accuracy[n], silent[n], figure[n] = correct.mean(), never[:plain].mean(), correct[:plain].mean()
    width = min(WINDOW, len(factors)) // 2
    smooth = np.array([accuracy[max(n - width, 0):n + width + 1].mean() for n in range(len(factors))])
    allowed = silent <= max(most_silent, silent.min())
    score = np.where(allowed, smooth, -1).round(9)  # the means of equal accuracies may differ in their last bit
    if len(labels) < FEW and not patient:
        equal = np.flatnonzero(allowed & (score >= score.max() - 1 / len(labels)))
        best = int(equal[np.abs(factors[equal] - 1).argmin()])
    else:
        best = int(np.flatnonzero(score == score.max())[-1])
    return Choice(float(factors[best]), float(figure[best]), float(silent[best]))


@njit(cache=True, nogil=True, parallel=True)
def _follow_largest(times, weights, labels, largest):
    """Write the largest potential at the end of each step to largest [n, steps], in whose type potentials are summed,
    in the order of golden/inference/infer.py. Returns bool [n, steps]: the first neuron that has it is the label's.

    times: int16 [n, inputs], the number of steps where silent. weights [inputs, neurons]. labels: int64 [n].
    """
    steps = largest.shape[1]
    right = np.empty(largest.shape, np.bool_)
    for image in prange(len(times)):
        order, first = np.empty(times.shape[1], np.int32), np.empty(steps + 1, np.int64)
        sort_by_step(times[image], steps, order, first)
        _follow(order, first, weights, labels[image], largest[image], right[image])
    return right


@njit(cache=True, nogil=True, parallel=True)
def _follow_recorded(offsets, inputs, event_steps, weights, labels, largest):
    """The same of recordings, the three arrays of Recordings."""
    right = np.empty(largest.shape, np.bool_)
    for image in prange(offsets.size - 1):
        first = np.empty(largest.shape[1] + 1, np.int64)
        count_by_step(event_steps[offsets[image]:offsets[image + 1]], largest.shape[1], first)
        _follow(inputs[offsets[image]:offsets[image + 1]], first, weights, labels[image], largest[image], right[image])
    return right


@njit(cache=True, nogil=True)
def _follow(order, first, weights, label, largest, right):
    """One image: the inputs order[first[t]:first[t + 1]] spike in step t; writes largest and right [steps]."""
    neurons = weights.shape[1]
    potentials = np.zeros(neurons, largest.dtype)
    for step in range(largest.size):
        for event in range(first[step], first[step + 1]):
            row = weights[order[event]]
            for j in range(neurons):
                potentials[j] += row[j]
        leader = potentials.argmax()
        largest[step] = potentials[leader]
        right[step] = leader == label


def retune(layers, steps, images, labels, most_silent, factors=FACTORS, patient=False, plain=None):
    """`layers` with the output threshold chosen anew (arguments as above), as a tuple."""
    choice = choose_output_threshold(layers, steps, images, labels, most_silent, factors, patient, plain)
    return (*layers[:-1], _scaled(layers[-1], choice.factor))


def _scaled(layer, factor):
    """`layer` with its thresholds multiplied; integers stay integers, and positive."""
    scaled = layer.thresholds * factor
    if np.issubdtype(layer.thresholds.dtype, np.integer):
        scaled = np.maximum(np.rint(scaled), 1)
    return replace(layer, thresholds=scaled.astype(layer.thresholds.dtype))


def sweep(float_network, dataset, held_images, held_labels, bits, steps, most_silent, progress=None):
    """Quantize for each combination and return one dict per combination, in the order of bits, then steps.

    Scales are chosen once per number of bits, at the network's own steps; the output threshold for each combination,
    both on the held-out images. Keys: bits, steps, held_out (accuracy on the held-out images, which a combination is to
    be chosen by), accuracy, silent, ties, events (on the test set), weight_kib (all layers). progress: called after
    each.
    """
    rows = []
    for width in bits:
        widths = (width,) * len(float_network.layers)
        base = calibrate(float_network, widths, held_images, held_labels)
        for count in steps:
            layers = retune(base, count, held_images, held_labels, most_silent)
            network = integer_network(replace(float_network, steps=count), layers, float_network.source)
            _, found = figures(network, dataset, (held_images, held_labels), most_silent)
            weights = sum(layer.weights.size for layer in network.layers)
            rows.append({"bits": width, "steps": count, "held_out": found["held_out"]["accuracy"]}
                        | {key: found[key] for key in ("accuracy", "silent", "ties", "events")}
                        | {"weight_kib": round(weights * width / 8192, 1)})
            if progress:
                progress()
    return rows
