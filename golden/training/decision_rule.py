"""A network that learns by the `decision` rule: masters, moments, running average, and how a batch changes them."""

from dataclasses import dataclass

import numpy as np

from first_spike.golden.recordings import Recordings
from first_spike.golden.training import augment, decision_kernels
from first_spike.golden.training.adam import Adam, cosine, crowding, newest_share, warm
from first_spike.golden.training.decision_kernels import Batch, Layers, Loss
from first_spike.golden.training.sources import EventSource, PictureSource, Tally

AVERAGE_EVERY = 10  # batches
# Standard deviations of initial weights. Small ones of the first layer generalise best; with more hidden layers they
# must be larger, or nothing fires, and without spikes there is nothing to learn from.
FIRST_SPREAD, DEEP_FIRST_SPREAD, DEEP_SPREAD, OUTPUT_SPREAD = 0.02, 0.04, 0.05, 0.01


@dataclass(frozen=True)
class DecisionSettings:
    """hidden_rate, output_rate: Adam's learning rates at the start; final: their share at the end of the cosine.
    warmup: batches over which they rise to that, a tenth of all at most. deep: the share of hidden_rate that hidden
    layers behind the first have. tied: in a dense layer that reads the map of a convolution, columns have equal weights
    within each of so many windows; 0: each its own.

    The first layer's rate is divided by `rates.crowding`. endless: share of the images for which the output does not
    fire. average: weight of the newest in the running average of the weights. decay: weight decay relative to the rate.
    temperature, pull, push, sure: see decision_kernels.Loss; width: see decision_kernels.backward.
    """

    epochs: int
    batch: int = 64
    hidden_rate: float = 1e-3
    output_rate: float = 3e-4
    final: float = 0.02
    endless: float = 0.3
    average: float = 0.01
    decay: float = 0.05
    temperature: float = 0.02
    width: float = 1.0
    pull: float = 1.0
    push: float = 0.5
    sure: float = 1.0
    warmup: int = 0
    deep: float = 1.0
    tied: int = 0
    augmentation: augment.Augmentation = augment.Augmentation()

    @property
    def loss(self):
        return Loss(self.temperature, self.pull, self.push, self.sure)


def initial_weights(rng, sizes, images):
    """Float masters of a new network, for thresholds of 1. sizes: inputs, then the neurons of two layers or more."""
    first = FIRST_SPREAD if len(sizes) == 3 else DEEP_FIRST_SPREAD
    spreads = [first / np.sqrt(crowding(images))] + [DEEP_SPREAD] * (len(sizes) - 3) + [OUTPUT_SPREAD]
    return [rng.normal(0, spread, shape).astype(np.float32) for spread, *shape in zip(spreads, sizes, sizes[1:])]


class DecisionLearner:
    """Learns from batches; everything random in an epoch comes from the generator given to `begin_epoch`.

    weights: float32 masters per layer, in units of the threshold (changed in place). thresholds: float32 [neurons] per
    layer, in the units of what inference reads: 1 without a grid, integers with one. grids: quantization.grid.Grid or
    None. images, labels: `versions` of each image, see golden.data.dataset.Dataset, of which every epoch draws one;
    sensor: shape of the inputs of Recordings. image_weights: float64, one for each of the images, see classes.py; None
    for all alike.
    Inputs whose weights in the first layer are all zero at the start are not listened to: they stay zero, and their
    spikes are left out. (Not so on a grid of 1 bit, which has no zero.)
    """

    def __init__(self, weights, thresholds, grids, images, labels, steps, settings, versions=1, sensor=(),
                 image_weights=None):
        self.weights, self.thresholds, self.grids = weights, tuple(thresholds), grids
        self.images, self.labels, self.steps, self.settings = images, labels, steps, settings
        self.image_weights = np.ones(len(images)) if image_weights is None else image_weights
        self.sizes = [layer.shape[1] for layer in weights]
        self.count, self.versions = len(images) // versions, versions
        self.batch = min(settings.batch, self.count)
        self.batches = self.count // self.batch
        self.used = tuple(layer if grid is None else np.empty_like(layer) for layer, grid in zip(weights, grids))
        self.average = [layer.copy() for layer in weights]
        self.optimizers = [Adam(layer) for layer in weights]
        self.trace = decision_kernels.empty_trace(self.batch, self.sizes)
        self.rates = rates(settings, len(weights))
        self.rates[0] /= crowding(images)
        without_zero = grids[0] is not None and grids[0].bits == 1
        self.source = self._source(images, sensor, weights[0].any(axis=1) | without_zero)
        self._read_masters()

    def begin_epoch(self, rng):
        count, settings = self.count, self.settings
        self.order = rng.permutation(count)
        if self.versions > 1:
            self.order += count * rng.integers(0, self.versions, count)
        self.endless = rng.random(count) < settings.endless
        self.source.begin_epoch(rng, count)

    def learn(self, index, done):
        """Learn from batch number `index` of the epoch, batch number `done` of the whole run; return its Tally."""
        settings, trace = self.settings, self.trace
        part = slice(index * self.batch, (index + 1) * self.batch)
        chosen = self.order[part]
        labels = self.labels[chosen]
        train = self.source.take(chosen, part)
        self._tell(Batch(train, labels, self.endless[part], self.image_weights[chosen]),
                   Layers(self.used, self.thresholds))
        total = self.batches * settings.epochs
        factor = cosine(done, total, settings.final) * warm(done, min(settings.warmup, total // 10))
        for k, optimizer in enumerate(self.optimizers):
            source = train if k == 0 else trace.spike_times[k - 1]
            optimizer.step(self.weights[k], self.used[k], self.grids[k], source, trace.told[k], trace.peak_times[k],
                           self.rates[k] * factor, settings.decay)
        if done % AVERAGE_EVERY == 0:
            share = np.float32(newest_share(done // AVERAGE_EVERY, settings.average))
            for average, layer in zip(self.average, self.weights):
                average += share * (layer - average)
        return self._tally(labels, self.endless[part])

    def _source(self, images, sensor, heard):
        """Where batches come from; heard: bool [inputs], whose spikes are handed on."""
        if isinstance(images, Recordings):
            once = images.most_repeated <= 1
            return EventSource(images, sensor, int(once), heard, self.settings.augmentation)
        return PictureSource(images, self.steps, np.flatnonzero(~heard), self.batch, self.settings.augmentation)

    def _tell(self, batch, layers):
        """Run a Batch through Layers and leave in the trace what every neuron is told."""
        settings = self.settings
        decision_kernels.forward(batch, layers, self.steps, settings.loss, self.trace)
        decision_kernels.backward(layers, settings.width, self.trace)

    def end_epoch(self, rng):
        """Nothing is due between epochs."""

    def learned(self):
        """What inference reads of the averaged weights: float32 per layer (on the grid, where there is one)."""
        return [_on_grid(layer, grid) for layer, grid in zip(self.average, self.grids)]

    def state(self):
        """Every array that changes while learning, by name."""
        arrays = {}
        for k, optimizer in enumerate(self.optimizers):
            arrays |= {f"weights{k}": self.weights[k], f"average{k}": self.average[k],
                       f"mean{k}": optimizer.mean, f"square{k}": optimizer.square}
        return arrays

    def restore(self, arrays, done):
        """Take back what `state` gave after `done` batches."""
        for name, array in self.state().items():
            array[:] = arrays[name]
        for optimizer in self.optimizers:
            optimizer.steps = done
        self._read_masters()

    def _tally(self, labels, endless):
        trace, silent = self.trace, self.trace.decisions == self.steps
        return Tally(images=len(labels), right=int((trace.winners == labels).sum()), free=int((~endless).sum()),
                     silent=int((silent & ~endless).sum()), ties=int(trace.ties.sum()),
                     events=int(trace.events.sum()))

    def _read_masters(self):
        for used, layer, grid in zip(self.used, self.weights, self.grids):
            if grid is not None:
                grid.round(layer, used)


def rates(settings, layers):
    """The learning rate of each of so many layers, as a list."""
    hidden = [settings.hidden_rate] + [settings.hidden_rate * settings.deep] * (layers - 2)
    return [*hidden[:layers - 1], settings.output_rate]


def _on_grid(layer, grid):
    if grid is None:
        return layer.copy()
    out = np.empty_like(layer)
    grid.round(layer, out)
    return out
