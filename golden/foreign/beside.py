"""What a file of arrays says beside its weights of the neurons of each layer: thresholds, biases, normalisations.

A bias belongs to the weight of its name. Others belong to layers in their order where weights and they take turns in
the file, or by the numbers in their names; or where only their numbers tell them apart and their sizes leave one way.
What could belong to several layers is not guessed.
"""

import re
from dataclasses import dataclass

import numpy as np

from first_spike.golden.errors import UserError
from first_spike.golden.foreign.steps import NO_BIAS, ONCE, fractions

THRESHOLDS = ("threshold", "v_threshold", "v_th", "thresh")  # the last part of a name, as snnTorch and others call it
NORM = ("running_mean", "running_var", "num_batches_tracked", "weight", "bias")  # of PyTorch's BatchNorm
EPSILON = 1e-5  # of PyTorch's BatchNorm, which no file says


@dataclass(frozen=True, eq=False)
class Beside:
    """thresholds: (name, float64 array) of each layer in their order, None where the file does not say all of them.
    scales, biases: of each layer Fractions for its neurons, or None. folded: of each layer texts for a table."""

    thresholds: list | None
    scales: list
    biases: list
    folded: list


def last_part(name):
    return re.split(r"[./]", name)[-1].lower()


def is_bias(name):
    return last_part(name).startswith("bias")


def is_threshold(name):
    return last_part(name) in THRESHOLDS


def norms(arrays):
    """{prefix: {part: array}} of the batch normalisations among named arrays."""
    found = {}
    for name in arrays:
        prefix, _, part = name.rpartition(".")
        parts = {one: arrays[f"{prefix}.{one}"] for one in NORM if f"{prefix}.{one}" in arrays}
        parts = {one: array for one, array in parts.items() if array.ndim < 2}
        if part == "running_var" and {"running_mean", "running_var"} <= parts.keys():
            found[prefix] = parts
    return found


def norm_names(arrays):
    """Names of all arrays of batch normalisations."""
    return {f"{prefix}.{part}" for prefix, parts in norms(arrays).items() for part in parts}


def natural(name):
    """A name as a key that sorts its numbers by value, however many digits they have."""
    parts = re.split(r"([0-9]+)", name)
    return [(len(part.lstrip("0")), part.lstrip("0")) if place % 2 else (0, part) for place, part in enumerate(parts)]


def numbered(names):
    """Whether only their numbers tell names apart."""
    return len({re.sub(r"[0-9]+", "", name) for name in names}) == 1


def in_order_of_layers(arrays, layers):
    """One array for each layer, as a list, of those of a file that holds nothing else.

    arrays: {name: array}, in the file's order. layers: names of their weights. An array belongs to the layer of its
    name; where no name is a layer's, they are in the file's order, and where that is not the one of the names, in the
    order of the numbers in these. Raises UserError where none of this tells the layers.
    """
    if set(arrays) == set(layers):
        return [arrays[name] for name in layers]
    by_name = sorted(arrays, key=natural)
    if set(arrays) & set(layers) or by_name != list(arrays) and not numbered(arrays):
        raise UserError(f"to which layers {', '.join(arrays)} belong cannot be told: name them as the weights, "
                        f"{', '.join(layers)}")
    return [arrays[name] for name in by_name]


def read_beside(arrays, matrices, once):
    """The Beside of arrays as `read_arrays` gives them; matrices: {name: [inputs, neurons]} in the order of the layers.

    once: biases are added once, before the first step. Raises UserError for others that are not zero, and where the
    layer cannot be told.
    """
    file = _File(arrays, matrices)
    biases = _biases(file)
    scales, texts = [None] * len(file.neurons), [()] * len(file.neurons)
    found = norms(arrays)
    ends = {f"{prefix}.running_var": parts["running_var"].size for prefix, parts in found.items()}
    for end, layer in file.layers_of(ends).items():
        prefix = end.rpartition(".")[0]
        scales[layer], shift = _norm(prefix, found[prefix])
        wrong = np.flatnonzero(shift)
        if wrong.size and not once:
            raise UserError(f"{prefix!r} is a batch normalisation that adds {float(shift[wrong[0]]):g} to the input of "
                            f"neuron {wrong[0]}, which would fire without input: train without one, or {ONCE}")
        biases[layer] = shift + (0 if biases[layer] is None else biases[layer] * scales[layer])
        texts[layer] = (f"{prefix} of eps {EPSILON:g}",)
    return Beside(_thresholds(file), scales, biases, texts)


class _File:
    """Named arrays, of which `matrices` are the weights of the layers, and what belongs to which of these."""

    def __init__(self, arrays, matrices):
        self.arrays, self.matrices = arrays, matrices
        self.neurons = [matrix.shape[1] for matrix in matrices.values()]

    def ways(self, sizes):
        """Different dicts {name: layer} that are possible; sizes: {name: numbers in it, None for any layer's}."""
        by_name = sorted(self.arrays, key=natural)
        ways = [self._in_turns(sizes, names) for names in (by_name, list(self.arrays))]
        if numbered(sizes):
            ways.append(self._by_size([name for name in by_name if name in sizes], sizes))
        return [way for number, way in enumerate(ways) if way is not None and way not in ways[:number]]

    def layers_of(self, sizes):
        """The one dict {name: layer} that is possible; UserError where there is none, or are several."""
        ways = self.ways(sizes) if sizes else [{}]
        if len(ways) != 1:
            raise UserError(f"to which layers {' and '.join(map(repr, sizes))} belong cannot be told from names and "
                            f"sizes: fold them into the weights, or number them in the order of the layers")
        return ways[0]

    def _in_turns(self, sizes, names):
        """Where behind each weight, in the order of the layers, comes one of them."""
        turns = [name for name in names if name in sizes or name in self.matrices]
        if turns[::2] != list(self.matrices) or len(turns) != 2 * len(self.neurons):
            return None
        fits = all(sizes[name] in (None, count) for name, count in zip(turns[1::2], self.neurons))
        return {name: layer for layer, name in enumerate(turns[1::2])} if fits else None

    def _by_size(self, names, sizes):
        """Where only one choice of layers, in the order of names, has their sizes."""
        first, last = (_first(order, sizes, layers) for order, layers in (
            (names, list(enumerate(self.neurons))), (names[::-1], list(enumerate(self.neurons))[::-1])))
        return first if first == last else None


def _first(names, sizes, layers):
    """{name: layer} by taking the first of layers [(number, neurons)] that fits each name behind the one before."""
    found, left = {}, iter(layers)
    for name in names:
        found[name] = next((layer for layer, count in left if sizes[name] in (None, count)), None)
    return None if None in found.values() else found


def _biases(file):
    """Of each layer its biases as Fractions, None where it has none but zeros."""
    inside = norm_names(file.arrays)
    given = {name: array for name, array in file.arrays.items() if is_bias(name) and name not in inside and array.any()}
    own = {name: "weight".join(name.rsplit("bias", 1)) for name in given}
    spare = [name for name in given if own[name] in file.arrays and own[name] not in file.matrices]
    given = {name: array for name, array in given.items() if name not in spare}
    if all(own[name] in file.matrices for name in given):
        layer_of = {name: list(file.matrices).index(own[name]) for name in given}
    else:
        layer_of = file.layers_of({name: array.size for name, array in given.items()})
    biases = [None] * len(file.neurons)
    for name, layer in layer_of.items():
        if given[name].size != file.neurons[layer]:
            raise UserError(f"{name!r} holds {given[name].size} numbers for the {file.neurons[layer]} neurons of layer "
                            f"{layer}")
        biases[layer] = fractions(given[name].ravel())
    return biases


def _thresholds(file):
    """The one way in which each layer has thresholds, or None."""
    sizes = {name: array.size for name, array in file.arrays.items() if is_threshold(name)}
    ways = file.ways({name: None if size == 1 else size for name, size in sizes.items()})
    found = [[(name, file.arrays[name]) for name in sorted(way, key=way.get)] for way in ways
             if len(way) == len(file.neurons)]
    same = [all(np.array_equal(a, b) for (_, a), (_, b) in zip(way, found[0])) for way in found]
    return found[0] if found and all(same) else None


def check_bias(name, array, once):
    """Why an array of biases changes nothing, None where it does; UserError where it would and may not."""
    wrong = np.argwhere(array != 0)
    if not wrong.size:
        return "a bias of zeros"
    if not once:
        raise UserError(f"{name!r} is a bias, {array[tuple(wrong[0])]:g} at {wrong[0].tolist()}: {NO_BIAS}")
    return None


def _norm(prefix, parts):
    """(scale, shift), Fractions, of a batch normalisation of numbers that are finite."""
    parts = {part: np.asarray(array, np.float64).ravel() for part, array in parts.items()}
    variance = parts["running_var"]
    if any(parts[part].size != variance.size for part in parts if part != "num_batches_tracked"):
        raise UserError(f"{prefix!r} is a batch normalisation whose arrays are of different sizes")
    if (variance < 0).any():
        raise UserError(f"{prefix!r} is a batch normalisation of a variance below 0, {variance.min():g}")
    scale = parts.get("weight", np.ones(variance.size)) / np.sqrt(variance + EPSILON)
    exact = fractions(scale)
    return exact, fractions(parts.get("bias", np.zeros(variance.size))) - exact * fractions(parts["running_mean"])
