"""The learning rules: of each its settings, how the training of a float network begins, and what it can do besides."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from first_spike.golden.training.decision_rule import DecisionLearner, DecisionSettings, initial_weights
from first_spike.golden.training.s4nn_rule import S4nnLearner, S4nnSettings


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
