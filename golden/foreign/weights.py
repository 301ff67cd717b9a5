"""Somebody else's weights: one array per layer, in either orientation, with thresholds that the user gives."""

from dataclasses import replace

import numpy as np

from first_spike.golden.errors import UserError
from first_spike.golden.foreign.layers import ForeignLayer, with_its_scales, with_one_threshold
from first_spike.golden.foreign.steps import folded, fractions, whole, without_rounding

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


def weighted_layers(matrices, thresholds, reached=False, beside=None):
    """ForeignLayers that fire above their thresholds, or when they are reached.

    matrices: {name: float64 [inputs, neurons]}, in the order of the layers. thresholds: of each layer a number, or an
    array of one for each neuron. beside: the Beside of their file, whose scales and biases count. Raises UserError
    unless each makes sense for its weights.
    """
    if len(thresholds) != len(matrices):
        raise UserError(f"{len(thresholds)} thresholds for {len(matrices)} layers; give one per layer")
    layers = []
    for number, ((name, matrix), given) in enumerate(zip(matrices.items(), thresholds)):
        values = np.asarray(given, np.float64).ravel()
        neurons = matrix.shape[1]
        if values.size not in (1, neurons):
            raise UserError(f"{values.size} thresholds for the {neurons} neurons of layer {number}")
        wrong = np.flatnonzero(~((values > 0) & np.isfinite(values)))
        if wrong.size:
            neuron = f" (neuron {wrong[0]})" if values.size > 1 else ""
            raise UserError(f"the threshold of layer {number} must be a number above 0, found {values[wrong[0]]:g}"
                            f"{neuron}")
        exact, scales, biased, texts = tuple(fractions(np.broadcast_to(values, neurons))), (), False, ()
        if beside is not None:
            scale, bias = beside.scales[number], beside.biases[number]
            try:
                matrix, exact, scales, biased, texts = folded(matrix, exact, *(
                    fractions(np.full(neurons, usual)) if found is None else found
                    for found, usual in ((scale, 1.0), (bias, 0.0))))
            except UserError as error:
                raise UserError(f"{name!r}: {error}") from error
            texts = (*beside.folded[number], *texts)
        layers.append(ForeignLayer(name, matrix, exact, reached, folded=texts, scales=scales, biased=biased))
    return layers


def check_thresholds(layers):
    """UserError where no neuron of a ForeignLayer could ever fire, or a threshold is of other weights."""
    for number, layer in enumerate(layers):
        values = np.array([float(one) for one in layer.thresholds])
        highest = np.maximum(layer.weights, 0).sum(axis=0) * layer.often
        largest = np.abs(layer.weights).max()
        if (values > highest if layer.reached else values >= highest).all():
            nearest, own = np.argmax(highest - values), len(set(values)) > 1
            raise UserError(f"threshold {values[nearest]:g} of layer {number}: no neuron would ever fire, since no "
                            f"potential {f'of neuron {nearest} ' * own}can rise above {highest[nearest]:g}")
        if values.min() < SMALLEST * largest:
            raise UserError(f"threshold {values.min():g} of layer {number} is less than a millionth of its largest "
                            f"weight, {largest:g}: was it meant for other weights?")


def in_order_of_classes(layers, class_of_neuron, classes):
    """`layers` with the output neurons in the order of `classes`, and one threshold for all of them.

    class_of_neuron: the name of the class that each output neuron stands for, in the order of the file. Raises
    UserError for others, and for thresholds that make no sense.
    """
    check_thresholds(layers)
    last, class_of_neuron = layers[-1], [str(one) for one in class_of_neuron]
    if sorted(class_of_neuron) != sorted(classes):
        raise UserError(f"the output neurons need the classes {' '.join(classes)}, each once; "
                        f"found {' '.join(class_of_neuron)}")
    if len(classes) != last.weights.shape[1]:
        raise UserError(f"{len(classes)} classes for {last.weights.shape[1]} output neurons")
    order = [class_of_neuron.index(name) for name in classes]
    thresholds, scales = (tuple(of_columns[n] for n in order) for of_columns in (last.thresholds, last.scales))
    ordered = replace(last, weights=last.weights[:, order], thresholds=thresholds, scales=scales)
    return [*layers[:-1], _with_one_threshold(ordered)]


def _with_one_threshold(layer):
    """With the potentials of the file, unless that costs spikes that are sure, or integer weights."""
    if len(set(layer.thresholds)) == 1:
        return layer
    layer = without_rounding(layer)
    kept, scaled = with_one_threshold(layer), with_its_scales(layer)
    if scaled and sum(scaled.unsure) <= sum(kept.unsure) and _fewest_bits(scaled) <= _fewest_bits(kept):
        return scaled
    return kept


def _fewest_bits(last):
    """With which a last layer stays as it is; 9 where none are enough."""
    return next((bits for bits in range(1, 9) if whole(last, bits, True).made), 9)


def integer_layers(layers, bits):
    """The Whole of each ForeignLayer for its `bits`, as a list."""
    return [whole(layer, width, number == len(layers) - 1)
            for number, (layer, width) in enumerate(zip(layers, bits, strict=True))]
