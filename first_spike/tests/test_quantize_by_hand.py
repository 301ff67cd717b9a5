"""Networks that the commands quantize, against plain loops that follow docs and docstrings step by step."""

import math

import numpy as np
import pytest

import first_spike as fs
from first_spike.commands import import_weights, quantize
from first_spike.golden.contract.network import FloatLayer, FloatNetwork
from tb.helpers.process import command  # noqa: F401

STEPS, SHAPE, CLASSES = 16, (2, 4), 3
RANGES = {1: (-1, 1, 2), 2: (-1, 1, 1)} | {bits: (-(1 << bits - 1), (1 << bits - 1) - 1, 1) for bits in range(3, 9)}
GRID_FACTORS = (0.4, 0.5, 0.63, 0.8, 1.0, 1.25, 1.6, 2.0)
OUTPUT_FACTORS = [0.80 + 0.01 * number for number in range(61)]


def times_of(image):
    return [STEPS if pixel == 0 else (255 - pixel) * STEPS // 256 for pixel in map(int, image.ravel())]


def run(times, weights, thresholds):
    """(spike times, [potentials at the end of each step]) of a layer, a list a step."""
    potentials, fired, after = [0] * len(thresholds), [STEPS] * len(thresholds), []
    for step in range(STEPS):
        for source, time in enumerate(times):
            if time == step:
                potentials = [old + weights[source][j] for j, old in enumerate(potentials)]
        for j, value in enumerate(potentials):
            if value > thresholds[j] and fired[j] == STEPS:
                fired[j] = step
        after.append(potentials)
    return fired, after


def decide(times, layers):
    """(class, whether no output fired) of spike times behind these [(weights, thresholds)]."""
    for weights, thresholds in layers:
        times, after = run(times, weights, thresholds)
    last = after[min(min(times), STEPS - 1)] if min(times) < STEPS else after[-1]
    return last.index(max(last)), min(times) == STEPS


def leveled(weights, scale, bits):
    """The level nearest to each weight; of two the one whose distance from the lowest level is even."""
    low, high, step = RANGES[bits]
    rows = []
    for row in weights:
        rows.append([min(max(round((float(weight) * scale - low) / step) * step + low, low), high) for weight in row])
    return rows


def smallest_error(weights, bits):
    """The threshold whose levels, scaled back, are nearest to the weights, of those that are 6 % apart."""
    ratio, top = 1024 ** (1 / 119), 16 * max(-RANGES[bits][0], RANGES[bits][1])
    count = max(120, 1 + math.ceil(math.log(max(top / max(abs(weight) for row in weights for weight in row), 1))
                                   / math.log(ratio)))
    best, chosen = math.inf, None
    for threshold in sorted({int(ratio ** number * (1 + 1e-12)) for number in range(count)}):
        scale, error = threshold + 0.5, 0
        for row, own in zip(weights, leveled(weights, scale, bits)):
            error += sum((level / scale - float(weight)) ** 2 for weight, level in zip(row, own))
        if error < best:
            best, chosen = error, threshold
    return chosen


def calibrated(layers, bits, images, labels, known=()):
    """[(weights, thresholds)] in integers of float ones."""
    trains, made = [times_of(image) for image in images], list(known)
    theirs = [decide(times, layers)[0] for times in trains]
    trains = [run_through(times, made) for times in trains]
    for k in range(len(made), len(layers)):
        weights, thresholds = layers[k]
        normal = [[weight / thresholds[j] for j, weight in enumerate(row)] for row in weights]
        best, tried = smallest_error(normal, bits[k]), []
        for factor in GRID_FACTORS:
            threshold = max(round(best * factor), 1)
            own = leveled(normal, threshold + 0.5, bits[k]), [threshold] * len(thresholds)
            found = [decide(times, [own, *layers[k + 1:]])[0] for times in trains]
            agree = sum(one == other for one, other in zip(found, theirs))
            tried.append((agree + sum(one == label for one, label in zip(found, labels)), -abs(math.log(factor)), own))
        made.append(max(tried, key=lambda entry: entry[:2])[2])
        trains = [run_through(times, made[-1:]) for times in trains]
    return made


def run_through(times, layers):
    for layer in layers:
        times, _ = run(times, *layer)
    return times


def retuned(layers, images, labels, most_silent, patient):
    """The same with another output threshold."""
    trains, figures = [run_through(times_of(image), layers[:-1]) for image in images], []
    for factor in OUTPUT_FACTORS:
        found = [decide(times, [with_threshold(layers[-1], factor)]) for times in trains]
        figures.append((np.mean([one == label for (one, _), label in zip(found, labels)]),
                        np.mean([silent for _, silent in found])))
    fewest = min(silent for _, silent in figures)
    scores = []
    for number, (_, silent) in enumerate(figures):
        near = [right for right, _ in figures[max(number - 2, 0):number + 3]]
        scores.append(round(sum(near) / len(near), 9) if silent <= max(most_silent, fewest) else -1)
    if patient:
        chosen = max(number for number, score in enumerate(scores) if score == max(scores))
    else:
        least = max(0, max(scores) - 1 / len(images))
        enough = [number for number, score in enumerate(scores) if score >= least]
        chosen = min(enough, key=lambda number: abs(OUTPUT_FACTORS[number] - 1))
    return [*layers[:-1], with_threshold(layers[-1], OUTPUT_FACTORS[chosen])]


def with_threshold(layer, factor):
    weights, thresholds = layer
    return weights, [max(round(thresholds[0] * factor), 1)] * len(thresholds)


@pytest.fixture
def task(tmp_path):
    """An .npz of 240 + 20 images in which one third is brighter for each class, and labels of which some are wrong."""
    rng = np.random.default_rng(4)
    labels = np.arange(260) % CLASSES
    images = rng.integers(0, 150, (260, *SHAPE))
    for image, label in zip(images, labels):
        image.ravel()[[label, label + 3, 7 - label]] += 80
    images[rng.random(images.shape) < 0.2] = 0
    labels = np.where(np.arange(260) % 11 == 5, (labels + 1) % CLASSES, labels)
    np.savez(tmp_path / "data.npz", x_train=images[:240].astype(np.uint8), y_train=labels[:240],
             x_test=images[240:].astype(np.uint8), y_test=labels[240:])
    return tmp_path, images[:240].astype(np.uint8), labels[:240]


def float_layers(seed):
    """[(weights, thresholds)] of two layers. Each hidden neuron listens to the brighter pixels of a class."""
    rng = np.random.default_rng(seed)
    first, last = rng.normal(0.05, 0.2, (8, 5)), rng.normal(-0.1, 0.3, (5, CLASSES))
    for j in range(5):
        first[[j % CLASSES, j % CLASSES + 3, 7 - j % CLASSES], j] += 0.4
        last[j, j % CLASSES] += 0.6
    scales = np.array([0.5, 1, 2, 0.75, 1.25])
    layers = (first * scales, scales), (last, np.full(CLASSES, 0.625))
    return [tuple(array.astype(np.float32) for array in layer) for layer in layers]


def in_lists(layers):
    return [(weights.astype(float).tolist(), thresholds.astype(float).tolist()) for weights, thresholds in layers]


@pytest.mark.parametrize("bits, seed, silent, patient", [((1, 2), 5, 0.05, False), ((4, 3), 1, 0.05, True),
                                                         ((2, 8), 3, 0.05, False), ((2, 8), 4, 0.05, True),
                                                         ((3, 1), 4, 0.0, False)])
def test_scales_and_thresholds_are_what_plain_loops_choose(task, command, bits, seed, silent, patient):  # noqa: F811
    folder, images, labels = task
    layers = float_layers(seed)
    FloatNetwork(STEPS, SHAPE, tuple(FloatLayer(*layer) for layer in layers), ("0", "1", "2"), "by hand").save(
        folder / "float.npz")
    done = command(quantize, "--float", folder / "float.npz", "--dataset", folder / "data.npz", "--bits", *bits,
                   "--seed", 1, "--silent", silent, *(["--patient"] if patient else []), "--out", folder / "q.npz")
    assert done.returncode == 0, done.stderr
    held = np.random.default_rng([1, 0]).permutation(240)[:24]
    wanted = calibrated(in_lists(layers), bits, images[held], labels[held].tolist())
    wanted = retuned(wanted, images[held], labels[held].tolist(), silent, patient)
    assert [(layer.weights.tolist(), layer.thresholds.tolist()) for layer in fs.load(folder / "q.npz").layers] == wanted


def test_a_layer_of_integers_stays_and_the_scale_behind_it_is_chosen(task, command):  # noqa: F811
    folder, images, labels = task
    first = np.random.default_rng(1).integers(-8, 8, (8, 5)).astype(np.float32)
    first[0, 0] = -8
    last, _ = float_layers(5)[1]
    np.savez(folder / "weights.npz", first=first.T, last=last.T)
    done = command(import_weights, folder / "weights.npz", "--dataset", folder / "data.npz", "--bits", 4, "--threshold",
                   9, 0.625, "--steps", STEPS, "--fires", "above", "--images", 60, "--out", folder / "q.npz")
    assert done.returncode == 0, done.stderr
    held = np.random.default_rng([1, 0]).permutation(240)[:60]
    known = first.astype(int).tolist(), [9] * 5
    wanted = calibrated(in_lists([(first, np.full(5, 9)), (last, np.full(3, 0.625))]), (4, 4), images[held],
                        labels[held].tolist(), [known])
    assert [(layer.weights.tolist(), layer.thresholds.tolist()) for layer in fs.load(folder / "q.npz").layers] == wanted
