"""What training and inference cost an image, beside a dense numpy implementation of the same rule, image by image."""

import resource
import time

import numpy as np
from rich.table import Table

from first_spike.command.places import NETWORKS
from first_spike.golden.contract.network import Network
from first_spike.golden.inference.encode import encode
from first_spike.golden.inference.infer import infer
from first_spike.golden.quantization.grid import choose_grid
from first_spike.golden.training import augment, convolution_rule, s4nn_rule
from first_spike.golden.training.adam import use_threads
from first_spike.golden.training.decision_rule import (
    DecisionLearner,
    DecisionSettings,
    initial_weights,
)
from first_spike.golden.training.layer_text import blank_layers, parse
from first_spike.golden.training.s4nn_rule import S4nnLearner, S4nnSettings

NETWORK = NETWORKS / "mnist_784_400_10_4bit.npz"
SIZES = [784, 400, 10]
WARM_UP = 5000
CONVOLUTIONS = "conv 16 5x5 same pool 2, conv 32 5x5 pool 2, dense 128, dense 10"
MIXED = "16C5P2-32C5P2-128-10, us per image"  # 12 s for 60,000 on two cores
GOALS = {MIXED: (400, "<="), "s4nn, times faster than dense": (100, ">="), "decision, us per image": (40, "<="),
         "10,000 images, s": (0.5, "<=")}


def measure_costs(data, dense):
    """{what: figure} on a Dataset of 28 x 28 images; dense: images for the dense rule."""
    images, labels = data.train_images[:20000], data.train_labels[:20000]
    rows = {}
    most = use_threads(1)
    learner = s4nn_learner(images, labels)
    rows["s4nn, us per image"] = time_learning(learner)
    rows["s4nn dense numpy, us per image"] = time_dense(learner, images, labels, dense)
    rows["s4nn, times faster than dense"] = rows["s4nn dense numpy, us per image"] / rows["s4nn, us per image"]
    rows["decision, us per image"] = time_learning(decision_learner(images, labels, None))
    rows["decision 4 bit, us per image"] = time_learning(decision_learner(images, labels, 4))
    rows[MIXED] = time_learning(convolution_learner(images, labels))
    use_threads(most)
    rows[f"s4nn, {most} threads, us per image"] = time_learning(s4nn_learner(images, labels), time.perf_counter)
    rows[f"decision, {most} threads, us per image"] = time_learning(decision_learner(images, labels, None),
                                                                    time.perf_counter)
    rows["10,000 images, s"] = time_inference(data.test_images)
    rows["largest memory, MiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return rows


def s4nn_learner(images, labels):
    return S4nnLearner(np.random.default_rng(1), SIZES, images, labels, 256, S4nnSettings(epochs=20))


def decision_learner(images, labels, bits):
    weights = initial_weights(np.random.default_rng(1), SIZES, images)
    thresholds, grids = [np.ones(size, np.float32) for size in SIZES[1:]], [None, None]
    if bits is not None:
        grids, thresholds = zip(*(choose_grid(layer, bits) for layer in weights))
        thresholds = [layer.astype(np.float32) for layer in thresholds]
    return DecisionLearner(weights, thresholds, grids, images, labels, 16,
                           DecisionSettings(epochs=20, augmentation=augment.DIGITS))


def convolution_learner(images, labels):
    layers = blank_layers(parse(CONVOLUTIONS), images.shape[1:])
    weights = convolution_rule.initial_weights(np.random.default_rng(1), layers, images, 16)
    settings = DecisionSettings(epochs=20, augmentation=augment.CLOTHES, **convolution_rule.SETTINGS)
    return convolution_rule.ConvolutionLearner(layers, weights, [layer.thresholds for layer in layers],
                                               [None] * len(layers), images, labels, 16, settings)


def time_learning(learner, clock=time.process_time):
    """Microseconds per image over an epoch, everything included, after a warm-up that compiles and gets it to fire.

    On one thread the clock counts the process's own time, so that other programs do not disturb it.
    """
    done = 0
    learner.begin_epoch(np.random.default_rng(2))
    while done < min(WARM_UP // 50, learner.batches):
        learner.learn(done, done)
        done += 1
    start, seen = clock(), 0
    learner.begin_epoch(np.random.default_rng(3))
    for index in range(learner.batches):
        seen += learner.learn(index, done + index).images
    return 1e6 * (clock() - start) / seen


def time_dense(learner, images, labels, count):
    """Microseconds per image of the dense rule, from the weights that `learner` has reached."""
    weights = [layer.astype(np.float64) for layer in learner.learned()]
    times = encode(images[:count], learner.steps).astype(np.int64)
    start = time.process_time()
    for image, label in zip(times, labels):
        weights = s4nn_rule.update(image, label, learner.steps, weights, learner.thresholds, learner.settings.gamma,
                                    learner.rates, np.full(len(weights), learner.settings.decay))
    return 1e6 * (time.process_time() - start) / count


def time_inference(images):
    network = Network.load(NETWORK)
    infer(network, images[:10])
    start = time.perf_counter()
    infer(network, images)
    return (time.perf_counter() - start) * 10_000 / len(images)


def costs_table(rows):
    """The figures of `measure_costs` as a table for people, beside their goals."""
    grid = Table("what", "found", "goal", title="784-400-10, MNIST")
    for name, value in rows.items():
        goal, sense = GOALS.get(name, ("", ""))
        grid.add_row(name, f"{value:,.2f}" if value < 100 else f"{value:,.0f}", f"{sense} {goal}")
    return grid
