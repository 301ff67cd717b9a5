"""Somebody's network from somebody's file, whatever kind of file it is."""

from dataclasses import dataclass

import numpy as np

from first_spike.golden.contract.base_network import image_map
from first_spike.golden.errors import UserError
from first_spike.golden.foreign.beside import is_threshold, read_beside
from first_spike.golden.foreign.named_arrays import choose_layers, read_arrays
from first_spike.golden.foreign.nir_graph import read_graph
from first_spike.golden.foreign.nir_layers import read_layers
from first_spike.golden.foreign.nir_writer import read_description
from first_spike.golden.foreign.weights import in_order_of_classes, weighted_layers
from first_spike.interop.options import read_thresholds


@dataclass(frozen=True, eq=False)
class Imported:
    """layers: ForeignLayers, output neurons in the order of the classes. dropped: {name of an array: why it changes
    nothing}. steps, bits: as the file says, which it need not: 256 and [8] then. thresholds: a sentence on those that a
    file of arrays has, or None. warnings: sentences."""

    layers: list
    dropped: dict
    steps: int
    bits: list
    thresholds: str | None = None
    warnings: tuple = ()


def read_network(foreign, dataset):
    """The Imported network of a ForeignFile, for the images and classes of a Dataset.

    Raises UserError, naming node or array, for whatever cannot be a network here.
    """
    if foreign.is_graph:
        return _graph(foreign, dataset)
    (rows, columns, channels), once = image_map(dataset.image_shape), foreign.bias == "once"
    arrays = read_arrays(foreign.file)
    matrices, dropped = choose_layers(arrays, rows * columns * channels, len(dataset.classes), foreign.orientation,
                                      foreign.layers, once)
    beside = read_beside(arrays, matrices, once)
    thresholds, said, warnings = _thresholds(foreign.threshold, beside.thresholds, arrays)
    layers = weighted_layers(matrices, thresholds, foreign.fires == "at", beside)
    return Imported(in_order_of_classes(layers, foreign.classes or list(dataset.classes), dataset.classes), dropped,
                    256, [8], said, warnings)


def _thresholds(words, own, arrays):
    """(thresholds of each layer, a sentence on those of the file or None, warnings): those of --threshold, else the
    file's own, which are (name, array) of each layer, or None."""
    unclear = [name for name in arrays if is_threshold(name)] if own is None else []
    if not words and own is None:
        why = f"which layers {' and '.join(map(repr, unclear))} belong to cannot be told" if unclear else \
            "a file of arrays does not say when neurons fire"
        raise UserError(f"{why}: give a threshold for each layer by --threshold")
    if not words:
        return [array for _, array in own], f"thresholds of the file: {_listed(own)}", ()
    given = read_thresholds(words)
    if unclear:
        return given, None, (f"{', '.join(unclear)}: which layers they belong to cannot be told, so those of "
                             f"--threshold count",)
    warnings = [_difference(number, ours, *one) for number, (ours, one) in enumerate(zip(given, own or []))]
    return given, None, tuple(warning for warning in warnings if warning)


def _difference(number, ours, name, theirs):
    """A warning where thresholds of layer `number` differ in float32 from those of the file, called `name`; or None."""
    ours, theirs = (np.asarray(given, np.float32).ravel() for given in (ours, theirs))
    if ours.size not in (1, theirs.size) and theirs.size != 1:
        return None  # refused later: they are for no such layer
    ours, theirs = np.broadcast_arrays(ours, theirs)
    wrong = np.flatnonzero(ours != theirs)
    if not wrong.size:
        return None
    neuron = f" for neuron {wrong[0]}" if len(set(ours)) + len(set(theirs)) > 2 else ""
    return (f"layer {number}: --threshold {ours[wrong[0]]!s} counts, but {name} in the file is {theirs[wrong[0]]!s}"
            f"{neuron}")


def _listed(own):
    return ", ".join(f"{name} {array.min():.9g}" + (f" to {array.max():.9g}" if array.min() != array.max() else "")
                     for name, array in own)


def _graph(foreign, dataset):
    nodes, metadata = read_graph(foreign.file)
    said = read_description(metadata)
    try:
        layers = read_layers(nodes, image_map(dataset.image_shape), foreign.fires != "above", foreign.dt,
                             foreign.bias == "once")
    except UserError as error:
        raise UserError(f"{foreign.file}: {error}") from error
    classes = foreign.classes or said.get("classes")
    if not isinstance(classes, list) or not foreign.classes and set(map(str, classes)) != set(dataset.classes):
        classes = list(dataset.classes)
    steps, bits = said.get("steps"), said.get("weight_bits")
    whole = isinstance(bits, list) and bits and all(type(width) is int and 1 <= width <= 8 for width in bits)
    return Imported(in_order_of_classes(layers, classes, dataset.classes), {},
                    steps if type(steps) is int else 256, bits if whole else [8])
