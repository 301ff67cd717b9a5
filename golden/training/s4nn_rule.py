"""A network that learns by the `s4nn` rule: its weights, what an epoch draws, and how a stretch of images changes
them."""

from dataclasses import dataclass

import numpy as np

from first_spike.golden.inference.encode import encode
from first_spike.golden.training import augment, s4nn_kernels
from first_spike.golden.training.prefetch import Ahead
from first_spike.golden.training.rates import cosine, crowding
from first_spike.golden.training.s4nn_kernels import Images, Net, Rates, empty_outcome, sort_images
from first_spike.golden.training.tally import Tally

PART = 500  # images between two returns to the training loop


@dataclass(frozen=True)
class S4nnSettings:
    """gamma: margin of the relative targets, in steps. threshold: of all neurons. hidden_rate, output_rate: eta at the
    start; final: its share at the end of the cosine. decay: lambda. hidden_start, output_start: initial weights are
    uniform from 0 to here.

    Both the rates and the hidden initial weights are meant for images with as many spikes as MNIST's. An update moves a
    potential by eta for every spike that the neuron saw, so with 40,000 inputs the published rates throw potentials
    about by hundreds and never settle. Both are therefore divided by `rates.crowding` in the first layer: the same
    rule, in units in which an update is as large as on MNIST.
    """

    epochs: int
    gamma: int = 3
    threshold: float = 100.0
    hidden_rate: float = 1.5
    output_rate: float = 3.0
    final: float = 0.01
    decay: float = 5e-7
    hidden_start: float = 5.0
    output_start: float = 50.0
    augmentation: augment.Augmentation = augment.Augmentation()


class S4nnLearner:
    """Learns image by image. Weights are float64 [inputs, neurons] per layer, thresholds all alike. image_weights:
    float64 [n], see classes.py, None for all alike."""

    def __init__(self, rng, sizes, images, labels, steps, settings, image_weights=None):
        self.images, self.labels, self.steps, self.settings = images, labels, steps, settings
        self.image_weights = np.ones(len(images)) if image_weights is None else image_weights
        self.batches = -(-len(images) // PART)
        crowd = crowding(images)
        layers = len(sizes) - 1
        self.ranges = [settings.hidden_start / (crowd if k == 0 else 1) for k in range(layers - 1)]
        self.ranges.append(settings.output_start)
        self.weights = tuple(rng.uniform(0, self.ranges[k], (sizes[k], sizes[k + 1])) for k in range(layers))
        self.factors = np.ones(layers)
        self.thresholds = tuple(np.full(size, float(settings.threshold)) for size in sizes[1:])
        self.starts = np.cumsum([0, *sizes[1:]]).astype(np.int64)
        self.fired_in = np.zeros(self.starts[-1], np.int64)
        self.rates = np.array([settings.hidden_rate] * (layers - 1) + [settings.output_rate], float)
        self.rates[0] /= crowd

    def begin_epoch(self, rng):
        count = len(self.images)
        self.order = rng.permutation(count)
        if self.settings.augmentation.active:
            self.affine, self.nodes = augment.draw(rng, count, self.images.shape[1:], self.settings.augmentation)
        self.ahead = Ahead(self._prepare, self.batches)

    def _prepare(self, index):
        """The Images of stretch number `index`."""
        part = slice(index * PART, (index + 1) * PART)
        chosen = self.order[part]
        pixels, settings = self.images[chosen], self.settings
        if settings.augmentation.active:
            augment.warp_channels(self.images, chosen, self.affine[part], self.nodes[part], pixels,
                                  settings.augmentation.extend)
        times = encode(pixels, self.steps)
        return Images(times, *sort_images(times, self.steps), self.labels[chosen], self.image_weights[chosen])

    def learn(self, index, done):
        """Learn from stretch number `index` of the epoch, number `done` of the whole run; return its Tally."""
        settings = self.settings
        images = self.ahead.take(index)
        count = len(images.labels)
        outcome = empty_outcome(count)
        etas = self.rates * cosine(done, self.batches * settings.epochs, settings.final)
        rates = Rates(settings.gamma, etas, np.full(len(etas), settings.decay))
        net = Net(self.weights, self.factors, self.thresholds, self.starts)
        s4nn_kernels.learn(images, self.steps, net, rates, self.fired_in, outcome)
        return Tally(images=count, right=int((outcome.winners == images.labels).sum()), free=count,
                     silent=int((outcome.decisions == self.steps).sum()), ties=int(outcome.ties.sum()),
                     events=int(outcome.events.sum()))

    def end_epoch(self, rng):
        """Give new random weights to the hidden neurons that fired for no image of the epoch."""
        for k in range(len(self.weights) - 1):
            dead = np.flatnonzero(self.fired_in[self.starts[k]:self.starts[k + 1]] == 0)
            fresh = rng.uniform(0, self.ranges[k], (len(self.weights[k]), len(dead)))
            self.weights[k][:, dead] = fresh / self.factors[k]
        self.fired_in[:] = 0

    def learned(self):
        """Weights as inference reads them, float32 per layer."""
        return [(layer * factor).astype(np.float32) for layer, factor in zip(self.weights, self.factors)]

    def state(self):
        """Every array that changes while learning, by name."""
        weights = {f"weights{k}": layer for k, layer in enumerate(self.weights)}
        return weights | {"factors": self.factors, "fired_in": self.fired_in}

    def restore(self, arrays, done):
        """Take back what `state` gave."""
        for name, array in self.state().items():
            array[:] = arrays[name]
