"""Layers in words: "conv 16 5x5 same pool 2, conv 32 5x5 pool 2, dense 10".

    conv CHANNELS KERNEL [same | padding SIZE] [stride SIZE] [pool SIZE | sum SIZE]
    dense NEURONS

A size is a number or ROWSxCOLUMNS; `same` pads an odd kernel so that the map keeps its size (with a stride of 1).
`pool` hands on the first spike of each window, `sum` every one. The last layer has a neuron for each class.
"""

import math
from dataclasses import dataclass

import numpy as np

from first_spike.golden.contract.base_network import image_map
from first_spike.golden.contract.geometry import SUM, Geometry, by
from first_spike.golden.contract.network import FloatConvolutionLayer, FloatLayer
from first_spike.golden.errors import UserError

MOST_WEIGHTS, MOST_NEURONS = 1 << 28, 1 << 16  # of a layer
SIZES = {"stride": "stride", "padding": "padding", "pool": "pool", "sum": "pool"}  # words, and the facts they say


@dataclass(frozen=True)
class Words:
    """channels of a layer; facts of its Geometry as a file has them, empty where it is dense."""

    channels: int
    facts: dict


def parse(text):
    """The Words of each layer, as a list; UserError, naming the layer, for anything else."""
    found = []
    for index, part in enumerate(text.split(",")):
        try:
            found.append(_parse_layer(part.split()))
        except UserError as error:
            raise UserError(f"layer {index}, {part.strip()!r}: {error}") from error
    return found


def _parse_layer(words):
    kind, *rest = words or [""]
    if kind == "dense":
        if len(rest) != 1:
            raise UserError("dense takes the number of its neurons, as in dense 10")
        return Words(_number(rest[0]), {})
    if kind != "conv":
        raise UserError("a layer is written conv 16 5x5 pool 2, or dense 10")
    if len(rest) < 2:
        raise UserError("conv takes its channels and its kernel, as in conv 16 5x5")
    facts, places = {"kernel": _size(rest[1])}, iter(rest[2:])
    for word in places:
        name = "padding" if word == "same" else SIZES.get(word)
        if name is None:
            raise UserError(f"there is no {word!r}; choose from same, {', '.join(SIZES)}")
        if name in facts:
            raise UserError(f"{name} is said twice")
        if word == "same":
            if not all(side % 2 for side in facts["kernel"]):
                raise UserError(f"same needs a kernel of odd sides, found {by(facts['kernel'])}")
            facts[name] = [side // 2 for side in facts["kernel"]]
        else:
            facts[name] = _size(next(places, ""))
        if word == "sum":
            facts["pool_kind"] = SUM
    return Words(_number(rest[0]), facts)


def _number(text):
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else text
    check_count(number)
    return number


def check_count(number):
    """Raise UserError unless it is a whole number that a layer may have of neurons or channels."""
    if not (isinstance(number, int) and 0 < number <= MOST_NEURONS):
        raise UserError(f"{str(number)!r} is no number of neurons or channels from 1 to {MOST_NEURONS}")


def _size(text):
    sides = text.lower().split("x")
    if len(sides) > 2 or not all(side.isascii() and side.isdigit() and len(side) < 7 for side in sides):
        raise UserError(f"{text!r} is no size, such as 5 or 5x3")
    return [int(side) for side in sides] * (3 - len(sides))


def blank_layers(words, image_shape):
    """Float layers of these Words on images of `image_shape`, weights 0, thresholds 1; UserError if they do not fit."""
    layers, given = [], image_map(image_shape)
    for index, word in enumerate(words):
        thresholds = np.ones(word.channels, np.float32)
        try:
            geometry = Geometry.from_facts(given, word.facts) if word.facts else None
            rows = geometry.places if geometry else math.prod(given)
            if rows * word.channels > MOST_WEIGHTS:
                raise UserError(f"{rows} x {word.channels} weights are more than {MOST_WEIGHTS:,}")
            blank = np.zeros((rows, word.channels), np.float32), thresholds
            layers.append(FloatConvolutionLayer(*blank, geometry) if geometry else FloatLayer(*blank))
        except UserError as error:
            raise UserError(f"layer {index}: {error}") from error
        given = layers[-1].map
    return layers


def text_of(layers):
    """The words of layers, as `parse` reads them."""
    return ", ".join(" ".join(_words(layer)) for layer in layers)


def _words(layer):
    if layer.kind == "dense":
        return "dense", str(layer.neurons)
    facts = layer.facts()
    words = {name: "x".join(map(str, facts[name])) for name in facts if name != "pool_kind"}
    if layer.geometry.sums:
        words["sum"] = words.pop("pool")
    return "conv", str(layer.channels), words.pop("kernel"), *(word for fact in words.items() for word in fact)
