"""The training loop: float network, few-bit network, thresholds, one look at the test set at the end.

Nothing is chosen on test images: they are first read when both networks are finished.
"""

import time
from dataclasses import dataclass, replace

import numpy as np

from first_spike.golden.contract.network import FloatNetwork, Network
from first_spike.golden.errors import UserError
from first_spike.golden.inference.calibration import COVERAGE, calibrated, require_enough
from first_spike.golden.inference.figures import figures
from first_spike.golden.quantization.grid import choose_grid, integer_layer, integer_network
from first_spike.golden.quantization.thresholds import FACTORS, choose_output_threshold, retune
from first_spike.golden.recordings import Recordings
from first_spike.golden.training import checkpoint, convolution_rule
from first_spike.golden.training.augment import deformed
from first_spike.golden.training.convolution_rule import ConvolutionLearner
from first_spike.golden.training.decision_rule import DecisionLearner
from first_spike.golden.training.layer_text import Words, blank_layers, parse
from first_spike.golden.training.plan import AUGMENTATIONS, RULES, listened
from first_spike.golden.training.sources import Tally, held_and_rest, image_weights, images_of_classes

CHECKPOINT_SECONDS = 30
SMALL_LAYER = 1000  # weights
LARGEST = 1e6  # weight, in thresholds


class Stopped(Exception):
    """The training was asked to stop and has written its checkpoint."""


@dataclass(frozen=True, eq=False)
class Result:
    """float_network, network (None when no bits were asked for), history: one dict of figures per epoch; shown:
    {"float": figures, "integer": figures}, on the test set, those of each class among them; images: see
    `images_of_classes`."""

    float_network: FloatNetwork
    network: Network | None
    history: list
    shown: dict
    images: dict

    @property
    def networks(self):
        """{"float": FloatNetwork, "integer": Network}, the latter where there is one."""
        return {"float": self.float_network} | ({"integer": self.network} if self.network is not None else {})


class Training:
    """One training from its plan and data to the finished networks.

    checkpoint_path: where to write what is needed to go on. progress: called as progress(phase, epoch, epochs, Tally of
    the epoch so far, images of the epoch, Choice), the last being what the network of the averaged weights makes of the
    held-out images at the end of the epoch, and None before. stop: asked after every batch; True ends the training with
    Stopped.
    """

    def __init__(self, plan, dataset, checkpoint_path=None, progress=None, stop=None):
        self.plan, self.dataset, self.path = plan, dataset, checkpoint_path
        self.progress, self.stop = progress or (lambda *figures: None), stop or (lambda: False)
        self.history, self.position, self.saved_at = [], None, time.monotonic()
        count, labels = dataset.train_count, dataset.train_labels
        held, rest = held_and_rest(plan, dataset)
        self.images_of_classes = images_of_classes(dataset, held)
        self.count = len(rest)
        rest = (rest + count * np.arange(dataset.versions)[:, None]).ravel()
        images, self.most_events = dataset.train_images, most_events(plan, dataset)
        if self.most_events is not None:
            images = images.first(self.most_events)
        self.images, self.labels = images[rest], labels[rest]
        self.held_images, self.held_labels = images[held], labels[held]
        if plan.calibrate:
            require_enough(self.held_labels, dataset.classes)
        self.weights = image_weights(self.labels) if plan.class_weights == "equal" else None
        plain = [Words(size, {}) for size in (*plan.hidden, len(dataset.classes))]
        self.layers = blank_layers(parse(plan.layers) if plan.layers else plain, dataset.image_shape)
        self.sizes = [self.layers[0].inputs, *(layer.neurons for layer in self.layers)]
        FloatNetwork(plan.steps, dataset.image_shape, self.layers, dataset.classes)  # complains about a wrong last one
        if plan.convolutional and self.most_events is not None and images.most_repeated > 1:
            raise UserError("convolutions are trained on recordings in which each input spikes once at most: say "
                            "--per-input 1")

    def run(self, resume=False):
        """Train and return a Result. resume: go on from the checkpoint. Raises Stopped and UserError."""
        position, arrays = None, {}
        if resume:
            position, arrays = checkpoint.load(self.path, self.plan.as_dict())
            self.history = position["history"]
        learner = self._float_learner()
        thresholds = [layer.astype(np.float32) for layer in learner.thresholds]

        def make(weights):
            return [replace(layer, weights=own, thresholds=threshold)
                    for layer, own, threshold in zip(self.layers, weights, thresholds)]

        if position is None or position["phase"] == "float":
            layers = self._phase("float", learner, self.plan.epochs, lambda weights: make(map(rounded, weights)),
                                 position, arrays)
            position = None
        else:
            expected = {f"float{k}": layer.weights for k, layer in enumerate(self.layers)}
            checkpoint.check_arrays(self.path, arrays, expected)
            layers = make([arrays[name] for name in expected])
        float_network = FloatNetwork(self.plan.steps, self.dataset.image_shape, self._retune(layers),
                                     self.dataset.classes, source_text(self.plan, self.dataset),
                                     most_events=self.most_events)
        network = None
        if self.plan.bits is not None:
            network = self.quantize(float_network, float_network.source, position, arrays)
        float_network, shown = self.figures(float_network)
        shown = {"float": shown}
        if network is not None:
            network, shown["integer"] = self.figures(network)
            if self.plan.calibrate:
                network = calibrated(network, self.held_images, self.held_labels, COVERAGE)
        return Result(float_network, network, self.history, shown, self.images_of_classes)

    def figures(self, network):
        """(a copy of `network` with its figures in the header, on the test set and on the held-out images; what is
        shown of it, see inference/figures.py)."""
        return figures(network, self.dataset, (self.held_images, self.held_labels), self.plan.most_silent)

    def _float_learner(self):
        plan, rng = self.plan, np.random.default_rng([self.plan.seed, 1])
        if plan.convolutional:
            weights = convolution_rule.initial_weights(rng, self.layers, self.images, plan.steps)
            thresholds = [layer.thresholds for layer in self.layers]
            return self._decision_learner(weights, thresholds, [None] * len(thresholds), plan.settings())
        return RULES[plan.rule].begin(rng, self.sizes, self.images, self.labels, plan.steps, plan.settings(),
                                      listened(plan.thin, self.dataset.image_shape), self.dataset.versions,
                                      self.dataset.sensor, self.weights)

    def _decision_learner(self, weights, thresholds, grids, settings):
        parts = (weights, thresholds, grids, self.images, self.labels, self.plan.steps, settings,
                 self.dataset.versions, self.dataset.sensor, self.weights)
        return ConvolutionLearner(self.layers, *parts) if self.plan.convolutional else DecisionLearner(*parts)

    def _phase(self, name, learner, epochs, make, position, arrays, keep=None):
        """Train `learner` for all epochs of a phase, or for those that are left after `position`; returns the layers
        that `make` makes of what it learned."""
        epoch, index, tally = 0, 0, Tally()
        if position is not None:
            epoch, index, tally = position["epoch"], position["index"], Tally(**position["tally"])
            checkpoint.check_arrays(self.path, arrays, learner.state())
            learner.restore(arrays, epoch * learner.batches + index)
        number = ("float", "finetune").index(name) + 2
        while epoch < epochs:
            learner.begin_epoch(np.random.default_rng([self.plan.seed, number, epoch]))
            while index < learner.batches:
                tally.add(learner.learn(index, epoch * learner.batches + index))
                index += 1
                self.progress(name, epoch, epochs, tally, self.count, None)
                if self.stop():
                    self._save(name, learner, epoch, index, tally, keep)
                    raise Stopped
            learner.end_epoch(np.random.default_rng([self.plan.seed, number, epoch, 1]))
            check_weights(learner, epoch + 1)
            found = choose_output_threshold(make(learner.learned()), *self._chosen_by())
            self.progress(name, epoch, epochs, tally, self.count, found)
            self.history.append({"phase": name, "epoch": epoch + 1, "held_out_accuracy": found.accuracy,
                                 "held_out_silent": found.silent}
                                | {f"training_{key}": value for key, value in tally.shares().items()})
            epoch, index, tally = epoch + 1, 0, Tally()
            if time.monotonic() - self.saved_at > CHECKPOINT_SECONDS:
                self._save(name, learner, epoch, index, tally, keep)
        return make(learner.learned())

    def _save(self, phase, learner, epoch, index, tally, keep):
        if self.path is None:
            return
        position = {"phase": phase, "epoch": epoch, "index": index, "tally": vars(tally), "history": self.history}
        checkpoint.save(self.path, self.plan.as_dict(), position, learner.state() | (keep or {}))
        self.saved_at = time.monotonic()

    def _chosen_by(self):
        """What the output threshold is chosen by: arguments of `choose_output_threshold` and `retune`."""
        factors = convolution_rule.FACTORS if self.plan.convolutional else FACTORS
        return (self.plan.steps, self.held_images, self.held_labels, self.plan.most_silent, factors,
                self.plan.patient)

    def _retune(self, layers):
        steps, images, labels, *rules = self._chosen_by()
        if not self.plan.deformed:
            return retune(layers, steps, images, labels, *rules)
        rng = np.random.default_rng([self.plan.seed, 4])
        copies = [deformed(rng, images, AUGMENTATIONS[self.plan.augmentation]) for _ in range(self.plan.deformed)]
        return retune(layers, steps, np.concatenate([images, *copies]), np.tile(labels, 1 + len(copies)), *rules,
                      plain=len(images))

    def quantize(self, float_network, source=None, position=None, arrays=None):
        """The integer network after quantization-aware training from `float_network`; source: what made it (default:
        what made the float network, then the epochs at few bits)."""
        plan = self.plan
        source = source or f"{float_network.source}; {plan.finetune} epochs at few bits, seed {plan.seed}"
        weights = [layer.weights / layer.thresholds for layer in float_network.layers]
        scales = plan.scales or (1.0,) * len(weights)
        per_channel = [plan.scale_per == "channel"] * (len(weights) - 1) + [False]  # the last has one threshold
        chosen = [choose_grid(*layer) for layer in zip(weights, plan.bits, scales, per_channel)]
        grids, thresholds = [grid for grid, _ in chosen], [threshold for _, threshold in chosen]
        learner = self._decision_learner(weights, [layer.astype(np.float32) for layer in thresholds], grids,
                                         plan.finetune_settings())
        keep = {f"float{k}": layer.weights for k, layer in enumerate(float_network.layers)}

        def make(levels):
            return [integer_layer(layer, level.astype(np.int8), threshold, bits) for layer, level, threshold, bits
                    in zip(float_network.layers, levels, thresholds, plan.bits)]

        layers = self._phase("finetune", learner, plan.finetune, make, position, arrays, keep)
        return integer_network(float_network, self._retune(layers), source)


def most_events(plan, dataset):
    """How many events of a recording the network takes in: what the plan says, or the power of two from the longest
    recording of the training set on; None where it is fed images. UserError where the plan does not fit."""
    if not isinstance(dataset.train_images, Recordings):
        if plan.most_events is not None:
            raise UserError(f"{dataset.name} holds images, of which the number of events is no choice")
        return None
    if plan.rule != "decision":
        raise UserError(f"only the rule decision trains on events, not {plan.rule}")
    if plan.deformed:
        raise UserError(f"{dataset.name} holds recordings, of which no deformed copies help to choose the threshold")
    return dataset.most_events if plan.most_events is None else plan.most_events


def check_weights(learner, epoch):
    """Raise UserError where a training has diverged, before a network is made of it. On a grid weights are held."""
    for layer, thresholds in zip(learner.learned(), learner.thresholds):
        largest = np.abs(layer).max() / thresholds.max()
        if not largest <= LARGEST:
            size = f"{largest:.0e} times the threshold" if np.isfinite(largest) else "no finite number"
            raise UserError(f"the training diverges: in epoch {epoch} a weight is {size}; lower hidden_rate and "
                            f"output_rate")


def rounded(weights):
    """Weights rounded to about 1/32 of their spread, a step that half precision holds: files become half as large.

    A small layer stays as it is: where few weights make a potential, which neuron fires may hang on a hundredth of one.
    """
    if weights.size < SMALL_LAYER:
        return weights
    step = np.exp2(np.round(np.log2(weights.std() + 1e-12)) - 5).astype(np.float32)
    return np.rint(weights / step).astype(np.float16) * step


def source_text(plan, dataset):
    """One line for the file's header: what made the network."""
    layers = plan.layers or f"{'-'.join(map(str, plan.hidden))} hidden"
    thin = "" if plan.thin == "none" else f", without a {plan.thin} of the pixels"
    epochs = plan.epochs if plan.bits is None else f"{plan.epochs} + {plan.finetune}"
    return f"trained on {dataset.name} by the {plan.rule} rule: {layers}, {epochs} epochs, seed {plan.seed}{thin}"
