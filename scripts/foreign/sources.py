"""Somebody's network from somebody's file, whatever kind of file it is."""

from dataclasses import dataclass

from golden.contract.base_network import image_map
from golden.errors import UserError
from golden.foreign.named_arrays import choose_layers, read_arrays
from golden.foreign.nir_graph import read_graph
from golden.foreign.nir_layers import read_layers
from golden.foreign.nir_writer import read_description
from golden.foreign.weights import in_order_of_classes, weighted_layers
from scripts.foreign.options import GRAPH, read_thresholds


@dataclass(frozen=True, eq=False)
class Imported:
    """layers: ForeignLayers, output neurons in the order of the classes. dropped: {name of an array: why it changes
    nothing}. steps, bits: as the file says, which it need not: 256 and [8] then."""

    layers: list
    dropped: dict
    steps: int
    bits: list


def read_network(arguments, dataset):
    """The Imported network of parsed and checked arguments, for the images and classes of a Dataset.

    Raises UserError, naming node or array, for whatever cannot be a network here.
    """
    if arguments.file.endswith(GRAPH):
        return _graph(arguments, dataset)
    rows, columns, channels = image_map(dataset.image_shape)
    matrices, dropped = choose_layers(read_arrays(arguments.file), rows * columns * channels, len(dataset.classes),
                                      arguments.orientation, arguments.layers)
    layers = weighted_layers(matrices, read_thresholds(arguments.threshold), arguments.fires == "at")
    return Imported(in_order_of_classes(layers, arguments.classes or list(dataset.classes), dataset.classes), dropped,
                    256, [8])


def _graph(arguments, dataset):
    nodes, metadata = read_graph(arguments.file)
    said = read_description(metadata)
    try:
        layers = read_layers(nodes, image_map(dataset.image_shape), arguments.fires != "above", arguments.dt)
    except UserError as error:
        raise UserError(f"{arguments.file}: {error}") from error
    classes = arguments.classes or said.get("classes")
    if not isinstance(classes, list) or not arguments.classes and set(map(str, classes)) != set(dataset.classes):
        classes = list(dataset.classes)
    steps, bits = said.get("steps"), said.get("weight_bits")
    whole = isinstance(bits, list) and bits and all(type(width) is int and 1 <= width <= 8 for width in bits)
    return Imported(in_order_of_classes(layers, classes, dataset.classes), {},
                    steps if type(steps) is int else 256, bits if whole else [8])
