"""Everything that decides what a training makes: the same plan and data give the same network, byte for byte.

Pixels that a network is trained not to listen to: fewer events, so that the hardware decides sooner.

Neighbouring pixels tell nearly the same, and hardware sends one event after the other, but none of an input whose
weights are all zero. A network that leaves out a lattice of pixels loses little and waits for fewer of them.

The learning rules: of each its settings, how the training of a float network begins, and what it can do besides.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from numbers import Real
from typing import NamedTuple

import numpy as np

from first_spike.golden.errors import UserError
from first_spike.golden.training import augment, convolution_rule, defaults
from first_spike.golden.training.decision_rule import DecisionLearner, DecisionSettings, initial_weights
from first_spike.golden.training.layer_text import check_count, parse
from first_spike.golden.training.s4nn_rule import S4nnLearner, S4nnSettings
from first_spike.golden.training.sources import CLASS_WEIGHTS

# One tile of the lattice that covers the image from its first pixel on; 1: listened to.
TILES = {"none": [[1]], "quarter": [[0, 1], [1, 1]], "half": [[1, 0], [0, 1]]}


def listened(kind, image_shape):
    """bool [inputs], raster order: the pixels that the first layer listens to.

    kind: "none" leaves out no pixel, "quarter" those at even row and even column (counted from 0), "half" every second
    one as on a checkerboard. image_shape: (rows, columns) or (rows, columns, channels), of which all are alike.
    """
    tile = np.array(TILES[kind], bool)
    times = [-(-side // length) for side, length in zip(image_shape, tile.shape)]
    rows, columns, channels = (*image_shape, 1)[:3]
    return np.tile(tile, times)[:rows, :columns].ravel().repeat(channels)


class Rule(NamedTuple):
    """settings: class of its settings. begin(rng, sizes, images, labels, steps, settings, heard, versions, sensor,
    image_weights): a new learner; heard: bool [inputs], what the first layer listens to; versions of each image, and
    the sensor of recordings, see golden.data.dataset.Dataset; image_weights: see classes.py, None for all alike. thins:
    whether heard may be less than all."""

    settings: type
    begin: Callable
    thins: bool


def _begin_decision(rng, sizes, images, labels, steps, settings, heard, versions, sensor, image_weights):
    weights = initial_weights(rng, sizes, images)
    weights[0][~heard] = 0
    thresholds = [np.ones(size, np.float32) for size in sizes[1:]]
    return DecisionLearner(weights, thresholds, [None] * len(weights), images, labels, steps, settings,
                           versions, sensor, image_weights)


def _begin_s4nn(rng, sizes, images, labels, steps, settings, _, versions, __, image_weights):
    plain = len(images) // versions  # it learns from the images as they are
    return S4nnLearner(rng, sizes, images[:plain], labels[:plain], steps, settings, image_weights)


RULES = {
    "decision": Rule(DecisionSettings, _begin_decision, thins=True),
    "s4nn": Rule(S4nnSettings, _begin_s4nn, thins=False),
}


AUGMENTATIONS = {"none": augment.Augmentation(), "digits": augment.DIGITS, "gentle": augment.GENTLE,
                 "anything": augment.ANYTHING, "clothes": augment.CLOTHES, "mirrored": augment.MIRRORED,
                 "pictures": augment.PICTURES, "sound": augment.SOUND, "series": augment.SERIES,
                 "events": augment.EVENTS}
SHARES = ("final", "endless", "average", "pull", "sure")
SCALE_PER = ("layer", "channel")
ABOVE_ZERO = ("batch", "temperature", "width", "threshold", "hidden_start", "output_start")
LARGEST = 1e9  # of any setting


@dataclass(frozen=True)
class Plan:
    """hidden: neurons of the hidden layers. bits: of every layer, None for a float network only. finetune: epochs of
    quantization-aware training. held_out: training images kept for choosing thresholds. most_silent: largest share of
    held-out images without an output spike. finetune_rates: (hidden_rate, output_rate) of the quantization-aware phase.
    usual: ((name, value), ...) of DecisionSettings where that much data asks for others than the class has. options:
    overrides of fields of the rule's settings, alike. digest: of the data. thin: pixels left out, see
    listened_pixels.py. scales: of each layer's few levels, relative to those that lose least; empty: 1. layers: all of
    them in words (see layer_text.py) instead of `hidden`, which is then empty. patient: see `choose_output_threshold`.
    deformed: so many deformed copies of each held-out image help to choose it.
    most_events: of a recording, None for enough. class_weights: whether classes or images weigh alike. scale_per:
    whether hidden layers at few bits have a scale each, or each of their channels. calibrate: whether the network of
    few bits gets a calibration, chosen on the held-out images.
    """

    dataset: str
    rule: str
    hidden: tuple
    steps: int
    bits: tuple | None
    epochs: int
    finetune: int
    seed: int
    held_out: int
    most_silent: float
    augmentation: str
    finetune_rates: tuple = defaults.FINETUNE_RATES
    usual: tuple = ()
    options: tuple = ()
    digest: str = ""
    thin: str = "none"
    scales: tuple = ()
    layers: str = ""
    patient: bool = False
    deformed: int = 0
    most_events: int | None = None
    class_weights: str = "as-given"
    scale_per: str = "layer"
    calibrate: bool = False

    def __post_init__(self):
        if self.rule not in RULES:
            raise UserError(f"there is no rule {self.rule!r}; choose from {', '.join(RULES)}")
        if self.layers:
            self._check_layers()
        elif not self.hidden:
            raise UserError("at least one hidden layer is needed")
        for size in self.hidden:
            check_count(size)
        if self.steps not in (2, 4, 8, 16, 32, 64, 128, 256):
            raise UserError(f"steps must be a power of two from 2 to 256, found {self.steps}")
        if self.epochs < 1:
            raise UserError(f"at least one epoch is needed, found {self.epochs}")
        if self.finetune < 0:
            raise UserError(f"epochs at few bits cannot be negative, found {self.finetune}")
        if self.seed < 0:
            raise UserError(f"a seed is a whole number from 0 on, found {self.seed}")
        if self.most_events is not None and not 1 <= self.most_events < 1 << 31:
            raise UserError(f"a network takes in 1 to {(1 << 31) - 1} events of a recording, found {self.most_events}")
        if len(self.finetune_rates) != 2:
            raise UserError(f"learning rates at few bits are two, of the hidden layers and of the last, found "
                            f"{len(self.finetune_rates)}")
        for rate in self.finetune_rates:
            check_setting("a learning rate at few bits", rate)
        if not 0 <= self.most_silent <= 1:
            raise UserError(f"the largest share of silent outputs must lie between 0 and 1, found {self.most_silent}")
        if self.deformed and (self.deformed < 0 or self.augmentation == "none"):
            raise UserError("deformed copies of held-out images need images, and an augmentation that deforms them")
        if self.calibrate and self.bits is None:
            raise UserError("only a network of few bits has a calibration: leave out calibrate, or choose bits from 1 "
                            "to 8")
        if self.held_out < 1:
            raise UserError(f"at least one held-out image is needed to choose the threshold, found {self.held_out}")
        if self.augmentation not in AUGMENTATIONS:
            raise UserError(f"there is no augmentation {self.augmentation!r}; choose from {', '.join(AUGMENTATIONS)}")
        if self.class_weights not in CLASS_WEIGHTS:
            raise UserError(f"class weights are {' or '.join(CLASS_WEIGHTS)}, found {self.class_weights!r}")
        if self.scales and (len(self.scales) != self.depth
                            or not all(isinstance(scale, Real) and 0 < scale < 100 for scale in self.scales)):
            raise UserError(f"scales are one number between 0 and 100 for each of {self.depth} layers, "
                            f"found {' '.join(map(str, self.scales))}")
        if self.scale_per not in SCALE_PER:
            raise UserError(f"there is a scale for each {' or '.join(SCALE_PER)}, not for each {self.scale_per!r}")
        if self.thin not in TILES:
            raise UserError(f"there is no way {self.thin!r} to leave out pixels; choose from {', '.join(TILES)}")
        if self.thin != "none" and not RULES[self.rule].thins:
            able = " and ".join(name for name, rule in RULES.items() if rule.thins)
            raise UserError(f"only the rule {able} can leave out pixels, not {self.rule}")
        if self.thin != "none" and self.bits and self.bits[0] == 1:
            raise UserError("pixels cannot be left out with 1 bit in the first layer, because its weights -1 and +1 "
                            "have no zero")

    def _check_layers(self):
        if self.hidden:
            raise UserError("layers in words and the neurons of hidden layers exclude each other")
        parse(self.layers)
        if self.rule != "decision":
            raise UserError(f"only the rule decision trains layers in words, not {self.rule}")
        if self.thin != "none" and self.convolutional:
            raise UserError("pixels can be left out before a dense first layer only, not before a convolution")

    @property
    def depth(self):
        """Number of layers."""
        return len(parse(self.layers)) if self.layers else len(self.hidden) + 1

    @property
    def convolutional(self):
        """Whether there is a convolution among the layers."""
        return bool(self.layers) and any(word.facts for word in parse(self.layers))

    def as_dict(self):
        """The plan as plain JSON values; without `calibrate` it is that of release 1.0."""
        found = json.loads(json.dumps(asdict(self)))
        return found if self.calibrate else {name: value for name, value in found.items() if name != "calibrate"}

    def settings(self):
        """The rule's settings in the first, float phase."""
        kind = RULES[self.rule].settings
        base = kind(epochs=self.epochs, augmentation=AUGMENTATIONS[self.augmentation],
                    **(self._usual() if kind is DecisionSettings else {}))
        return replace(base, **self._overrides(base))

    def finetune_settings(self):
        """DecisionSettings of the quantization-aware phase, whichever rule came before."""
        hidden_rate, output_rate = self.finetune_rates
        base = DecisionSettings(epochs=self.finetune, augmentation=AUGMENTATIONS[self.augmentation], **self._usual())
        overrides = self._overrides(base) if RULES[self.rule].settings is DecisionSettings else {}
        return replace(base, **overrides | {"hidden_rate": hidden_rate, "output_rate": output_rate})

    def _usual(self):
        return (convolution_rule.SETTINGS if self.convolutional else {}) | dict(self.usual)

    def _overrides(self, base):
        changes = {}
        for name, value in self.options:
            if name in ("epochs", "augmentation") or name not in vars(base):
                names = ", ".join(sorted(set(vars(base)) - {"epochs", "augmentation"}))
                raise UserError(f"the rule {self.rule} has no setting {name!r}; it has {names}")
            if name == "tied" and not self.convolutional:
                raise UserError("tied is of a dense layer that reads the map of a convolution; there is none")
            check_setting(name, value)
            kind = type(getattr(base, name))
            if kind(value) != value:
                raise UserError(f"{name} must be a whole number, found {value:g}")
            changes[name] = kind(value)
        return changes


def check_setting(name, value):
    """Raise UserError unless the value is a number that lies where that setting makes sense; what is neither a share
    nor above 0 is 0 or more."""
    if not isinstance(value, Real):
        raise UserError(f"{name} must be a number, found {value!r}")
    if name in SHARES:
        if not 0 <= value <= 1:
            raise UserError(f"{name} must lie between 0 and 1, found {value:g}")
    elif not 0 <= value <= LARGEST or (value == 0 and name in ABOVE_ZERO):
        raise UserError(f"{name} must be a number {'above 0' if name in ABOVE_ZERO else 'from 0 on'}, at most "
                        f"{LARGEST:g}, found {value:g}")
