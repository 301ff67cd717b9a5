"""A network that learns by the `s4nn` rule: its weights, what an epoch draws, and how a stretch of images changes
them.

What the next step needs is made on a second thread while the present step runs.

The equations of S4NN written out in plain numpy, every neuron at every step: slow, and easy to hold against the
paper.

It is the oracle of the event-driven `s4nn_kernels.py` and the baseline of `make bench-training`; nothing else uses it.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numba
import numpy as np

from first_spike.golden.inference.encode import encode
from first_spike.golden.training import augment, s4nn_kernels
from first_spike.golden.training.adam import cosine, crowding
from first_spike.golden.training.s4nn_kernels import Images, Net, Rates, empty_outcome, sort_images
from first_spike.golden.training.sources import Tally


class Ahead:
    """Gives make(0), make(1), ... make(count - 1), each made while the one before is in use.

    make: a function of the index whose compiled parts release the GIL. Where numba may use one thread only, everything
    is made when it is asked for.
    """

    def __init__(self, make, count):
        self.make, self.count = make, count
        self.pool = ThreadPoolExecutor(1, initializer=numba.set_num_threads,
                                       initargs=(1,)) if numba.get_num_threads() > 1 else None
        self.waiting = None

    def take(self, index):
        """make(index); what follows it is begun."""
        if self.waiting is not None and self.waiting[0] == index:
            made = self.waiting[1].result()
        else:
            made = self.make(index)
        self.waiting = None
        if self.pool is not None and index + 1 < self.count:
            self.waiting = index + 1, self.pool.submit(self.make, index + 1)
        return made


def spike_times(spikes):
    """First step of each neuron's spike from spikes [steps, neurons] of 0 and 1; `steps` where there is none."""
    return np.where(spikes.any(axis=0), spikes.argmax(axis=0), len(spikes))


def forward(times, steps, weights, thresholds):
    """Firing times (eq. 1-3) of all layers, inputs first, and the output potentials [steps, neurons].

    V_j(t) = sum of w_ij over the inputs with t_i <= t, as one tensordot of the layer's input over all steps; a neuron
    fires once, at the first step with V_j(t) > threshold_j.
    """
    layers = [times]
    for weight, threshold in zip(weights, thresholds):
        arrived = (layers[-1][None, :] <= np.arange(steps)[:, None]).astype(float)
        potentials = np.tensordot(arrived, weight, axes=1)
        layers.append(spike_times(potentials > threshold))
    return layers, potentials


def targets(times, label, steps, gamma):
    """Relative target firing times of the output neurons, where T - 1 stands for silence (eq. 6 and 7)."""
    last = steps - 1
    tau = times.min()
    if tau == steps:
        goal = np.full(len(times), last)
        goal[label] = last - gamma
    else:
        goal = np.where(times < tau + gamma, tau + gamma, np.minimum(times, last))
        goal[label] = tau
    return np.minimum(goal, last)


def normalised(errors):
    """errors / |errors|, or zeros (the paper's normalisation of each layer)."""
    size = np.sqrt((errors ** 2).sum())
    return errors / size if size > 0 else errors


def update(times, label, steps, weights, thresholds, gamma, rates, decays, image_weight=1.0):
    """Learn from one image; returns the new weights (list of [inputs, neurons]).

    times int [inputs]; weights [inputs, neurons] and thresholds [neurons] per layer; rates and decays per layer;
    image_weight: how much is learnt.
    """
    layers, _ = forward(times, steps, weights, thresholds)
    output = layers[-1]
    errors = normalised((targets(output, label, steps, gamma) - np.minimum(output, steps - 1)) / (steps - 1))
    changes = [None] * len(weights)
    for k in range(len(weights) - 1, -1, -1):
        before, after = layers[k], layers[k + 1]
        in_time = (before[:, None] < steps) & (before[:, None] <= after[None, :])
        changes[k] = rates[k] * image_weight * errors[None, :] * in_time
        errors = normalised((errors[None, :] * weights[k] * in_time).sum(axis=1))
    return [weight * (1 - rate * decay) - change for weight, rate, decay,
            change in zip(weights, rates, decays, changes)]


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
            augment.warp_by(settings.augmentation, self.images, chosen, self.affine[part], self.nodes[part], pixels)
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
