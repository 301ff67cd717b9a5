"""Somebody else's weights: one array per layer, in either orientation, as a float network."""

import math

import numpy as np

from golden.contract.float_network import FloatLayer, FloatNetwork
from golden.contract.network import Layer
from golden.errors import UserError
from golden.foreign.pickled_arrays import read_object_array

LARGEST = 1e9  # weight
SMALLEST = 1e-6  # threshold, in units of the largest weight
ORIENTATIONS = ("neurons-first", "inputs-first")


def read_arrays(path):
    """The weight arrays of a file, one per layer, in the order of the file: list of float64 arrays.

    path: an `.npz` of one array per layer, an `.npy` of one array, or an `.npy` of an object array of arrays. Raises
    UserError for unreadable files, for objects other than arrays, and for values that are not finite.
    """
    try:
        with open(path, "rb") as file:
            content = np.load(file, allow_pickle=False)
            arrays = [content[name] for name in content.files] if hasattr(content, "files") else [content]
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from error
    except Exception as error:  # damaged bytes surface as a dozen types from zipfile, zlib, struct and numpy
        if "Object arrays" not in str(error):
            raise UserError(f"{path} is neither an .npz nor an .npy file of weights") from error
        arrays = read_object_array(path)
    for number, array in enumerate(arrays):
        if not isinstance(array, np.ndarray):
            raise UserError(f"{path}: member {number} is not an array")
        if array.dtype.kind not in "fiu":
            raise UserError(f"{path}: array {number} holds {array.dtype}, not numbers")
        bad = np.argwhere(~np.isfinite(array))
        if bad.size:
            raise UserError(f"{path}: array {number} holds {array[tuple(bad[0])]} at {bad[0].tolist()}; "
                            f"weights must be finite")
        if array.size and np.abs(array).max() > LARGEST:
            raise UserError(f"{path}: array {number} holds weights beyond {LARGEST:g}, the largest that is taken")
    if not arrays:
        raise UserError(f"{path} holds no arrays; one per layer is needed")
    return [array.astype(np.float64) for array in arrays]


def orient(arrays, inputs, orientation=None):
    """The arrays as [inputs, neurons], each layer taking the neurons of the one before.

    inputs: of the first layer. orientation: for all layers; None finds it from the shapes. Raises UserError when the
    layers do not chain, or when the shapes leave both orientations possible.
    """
    choices = ORIENTATIONS if orientation is None else (orientation,)
    fits = {choice: chain for choice in choices if (chain := _chain(arrays, inputs, choice)) is not None}
    if not fits:
        shapes = ", ".join(str(list(array.shape)) for array in arrays)
        raise UserError(f"arrays of shapes {shapes} do not chain to layers that start from {inputs} inputs")
    if len(fits) > 1:
        raise UserError(f"the shapes allow both orientations; choose one of {', '.join(ORIENTATIONS)} by --orientation")
    return next(iter(fits.values()))


def _chain(arrays, inputs, orientation):
    layers = []
    for array in arrays:
        if array.ndim < 2 or array.size == 0:
            return None
        if orientation == "neurons-first":
            matrix = array.reshape(len(array), -1).T
        else:
            matrix = array.reshape(-1, array.shape[-1])
        if len(matrix) != inputs:
            return None
        layers.append(matrix)
        inputs = matrix.shape[1]
    return layers


def check_thresholds(layers, thresholds):
    """Raise UserError unless there is a threshold for each of the `layers` (matrices [inputs, neurons]), and each makes
    sense for its weights."""
    if len(thresholds) != len(layers):
        raise UserError(f"{len(thresholds)} thresholds for {len(layers)} layers; give one per layer")
    for number, (layer, threshold) in enumerate(zip(layers, thresholds)):
        if not threshold > 0:
            raise UserError(f"the threshold of layer {number} must be a number above 0, found {threshold:g}")
        highest, largest = np.maximum(layer, 0).sum(axis=0).max(), np.abs(layer).max()
        if threshold >= highest:
            raise UserError(f"threshold {threshold:g} of layer {number}: no neuron would ever fire, since no potential "
                            f"can rise above {highest:g}")
        if threshold < SMALLEST * largest:
            raise UserError(f"threshold {threshold:g} of layer {number} is less than a millionth of its largest "
                            f"weight, {largest:g}: was it meant for other weights?")


def integer_layers(float_network, thresholds, bits):
    """The layers of a float network whose weights are integers already, of so many `bits` in each, unchanged: list of
    Layers, or None where they are not.

    thresholds: one per layer, as they were given; one between two integers is rounded down, which changes no spike.
    """
    layers = []
    for layer, threshold, width in zip(float_network.layers, thresholds, bits):
        weights = np.clip(layer.weights, -128, 127).astype(np.int8)
        made = Layer(weights, np.full(layer.neurons, int(threshold), np.int32), width)
        try:
            made.validate()
        except UserError:
            return None
        if not np.array_equal(weights, layer.weights):
            return None
        layers.append(made)
    return layers


def to_float_network(layers, thresholds, class_of_neuron, classes, steps, image_shape, source):
    """A FloatNetwork from matrices [inputs, neurons].

    thresholds: one per layer, see `check_thresholds`. class_of_neuron: the name of the class that each output neuron
    stands for; the neurons are put in the order of `classes`.
    """
    check_thresholds(layers, thresholds)
    if math.prod(image_shape) != len(layers[0]):
        raise UserError(f"images of {image_shape[0]} x {image_shape[1]} pixels do not fit {len(layers[0])} inputs")
    if sorted(class_of_neuron) != sorted(classes):
        raise UserError(f"the output neurons need the classes {' '.join(classes)}, each once; "
                        f"found {' '.join(class_of_neuron)}")
    if len(classes) != layers[-1].shape[1]:
        raise UserError(f"{len(classes)} classes for {layers[-1].shape[1]} output neurons")
    order = [class_of_neuron.index(name) for name in classes]
    layers = [*layers[:-1], layers[-1][:, order]]
    return FloatNetwork(steps, image_shape, tuple(
        FloatLayer(layer.astype(np.float32), np.full(layer.shape[1], threshold, np.float32))
        for layer, threshold in zip(layers, thresholds)), tuple(classes), source)
