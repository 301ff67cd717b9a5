"""Somebody else's weights: one array per layer, in either orientation, with thresholds that the user gives."""

from dataclasses import replace
from fractions import Fraction

import numpy as np

from golden.errors import UserError
from golden.foreign.layers import ForeignLayer, with_one_threshold

SMALLEST = 1e-6  # threshold, in units of the largest weight
ORIENTATIONS = ("neurons-first", "inputs-first")


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


def weighted_layers(matrices, thresholds, reached=False):
    """ForeignLayers that fire above their thresholds, or when they are reached.

    matrices: {name: float64 [inputs, neurons]}, in the order of the layers. thresholds: of each layer a number, or an
    array of one for each neuron. Raises UserError unless each makes sense for its weights.
    """
    if len(thresholds) != len(matrices):
        raise UserError(f"{len(thresholds)} thresholds for {len(matrices)} layers; give one per layer")
    layers = []
    for number, ((name, matrix), given) in enumerate(zip(matrices.items(), thresholds)):
        values = np.asarray(given, np.float64).ravel()
        neurons = matrix.shape[1]
        if values.size not in (1, neurons):
            raise UserError(f"{values.size} thresholds for the {neurons} neurons of layer {number}")
        _check_thresholds(number, matrix, values, reached)
        exact = [Fraction(float(one)) for one in values]
        layers.append(ForeignLayer(name, matrix, tuple(exact * neurons if len(exact) == 1 else exact),
                                   reached))
    return layers


def _check_thresholds(number, matrix, values, reached):
    wrong = np.flatnonzero(~((values > 0) & np.isfinite(values)))
    if wrong.size:
        neuron = f" (neuron {wrong[0]})" if values.size > 1 else ""
        raise UserError(f"the threshold of layer {number} must be a number above 0, found {values[wrong[0]]:g}{neuron}")
    highest, largest = np.maximum(matrix, 0).sum(axis=0), np.abs(matrix).max()
    if (values > highest if reached else values >= highest).all():
        raise UserError(f"threshold {values.min():g} of layer {number}: no neuron would ever fire, since no potential "
                        f"can rise above {highest.max():g}")
    if values.min() < SMALLEST * largest:
        raise UserError(f"threshold {values.min():g} of layer {number} is less than a millionth of its largest "
                        f"weight, {largest:g}: was it meant for other weights?")


def in_order_of_classes(layers, class_of_neuron, classes):
    """`layers` with the output neurons in the order of `classes`, and one threshold for all of them.

    class_of_neuron: the name of the class that each output neuron stands for, in the order of the file.
    """
    last = layers[-1]
    if sorted(class_of_neuron) != sorted(classes):
        raise UserError(f"the output neurons need the classes {' '.join(classes)}, each once; "
                        f"found {' '.join(class_of_neuron)}")
    if len(classes) != last.weights.shape[1]:
        raise UserError(f"{len(classes)} classes for {last.weights.shape[1]} output neurons")
    order = [class_of_neuron.index(name) for name in classes]
    ordered = replace(last, weights=last.weights[:, order], thresholds=tuple(last.thresholds[n] for n in order))
    return [*layers[:-1], with_one_threshold(ordered)]


def integer_layers(layers, bits):
    """The ForeignLayers as integer layers of so many `bits` in each that fire at the same steps, as a list; None where
    one of them is of no such integers."""
    made = [layer.integer_layer(width) for layer, width in zip(layers, bits, strict=True)]
    return None if None in made else made
