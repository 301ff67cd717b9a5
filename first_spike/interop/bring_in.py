"""Somebody's network becomes one of ours: read, quantized where it has to be, and measured."""

from dataclasses import dataclass, replace

import numpy as np

from first_spike.command.cli import error_console
from first_spike.command.data_options import check_bits
from first_spike.command.silence import USUAL
from first_spike.golden.contract.base_network import image_map
from first_spike.golden.contract.network import FloatNetwork, Network
from first_spike.golden.data.dataset import checked_dataset
from first_spike.golden.errors import UserError
from first_spike.golden.foreign.as_relu import relu_classes
from first_spike.golden.foreign.beside import is_threshold, read_beside
from first_spike.golden.foreign.named_arrays import choose_layers, read_arrays
from first_spike.golden.foreign.nir_graph import read_graph
from first_spike.golden.foreign.nir_layers import read_layers
from first_spike.golden.foreign.nir_writer import read_description
from first_spike.golden.foreign.weights import in_order_of_classes, integer_layers, weighted_layers
from first_spike.golden.inference.calibration import COVERAGE, calibrated, require_enough
from first_spike.golden.inference.figures import figures
from first_spike.golden.quantization.grid import calibrate, integer_network
from first_spike.golden.training.sources import hold_out
from first_spike.interop.options import read_thresholds, what_was_done

CHANNELS_LAST = ("inputs are read in the order row, column, channel: reorder first weights that stand behind a Flatten "
                 "of [C, H, W]")
RESCALED = ("neurons of the last layer are scaled to one threshold: their scaled potentials decide ties and images "
            "without a spike, other than in the file")
BIASED = ("biases of the last layer are in its thresholds: potentials without them decide ties and images without a "
          "spike, other than in the file")


@dataclass(frozen=True, eq=False)
class Imported:
    """layers: ForeignLayers, output neurons in the order of the classes. dropped: {name of an array: why it changes
    nothing}. steps, bits: as the file says, which it need not: None and [8] then. thresholds: a sentence on those that
    a file of arrays has, or None. warnings: sentences."""

    layers: list
    dropped: dict
    steps: int | None
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
    thresholds, said, warnings = _thresholds(foreign.threshold, beside.thresholds, arrays, list(matrices))
    if channels > 1 and rows * columns > 1:
        warnings += (CHANNELS_LAST,)
    layers = weighted_layers(matrices, thresholds, foreign.reached, beside)
    classes = dataset.classes if foreign.classes is None else foreign.classes
    layers = in_order_of_classes(layers, classes, dataset.classes)
    return Imported(layers, dropped, None, [8], said, warnings + _of_potentials(layers[-1]))


def _of_potentials(last):
    """Warnings where the potentials of the last layer are not those of the file."""
    return (RESCALED,) * last.rescaled() + (BIASED,) * last.biased


def _thresholds(words, own, arrays, names):
    """(thresholds of each layer, a sentence on those of the file or None, warnings): those of --threshold, else the
    file's own, which are (name, array) of each layer, or None. names: of the weights of the layers."""
    unclear = [name for name in arrays if is_threshold(name)] if own is None else []
    if not words and own is None:
        why = f"which layers {' and '.join(map(repr, unclear))} belong to cannot be told" if unclear else \
            "a file of arrays does not say when neurons fire"
        raise UserError(f"{why}: give a threshold for each layer by --threshold")
    if not words:
        return [array for _, array in own], f"thresholds of the file: {_listed(own)}", ()
    given = read_thresholds(words, names)
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
        layers = read_layers(nodes, image_map(dataset.image_shape), foreign.reached, foreign.dt,
                             foreign.bias == "once")
    except UserError as error:
        raise UserError(f"{foreign.file}: {error}") from error
    classes = foreign.classes
    if classes is None:
        own = said.get("classes")
        classes = own if isinstance(own, list) and set(map(str, own)) == set(dataset.classes) else dataset.classes
    steps, bits = said.get("steps"), said.get("weight_bits")
    whole = isinstance(bits, list) and bits and all(type(width) is int and 1 <= width <= 8 for width in bits)
    layers = in_order_of_classes(layers, classes, dataset.classes)
    return Imported(layers, {}, steps if type(steps) is int else None, bits if whole else [8],
                    warnings=_of_potentials(layers[-1]))


IMAGES = 20_000  # training images on which scales are chosen
SEEN = ("the calibration is chosen on {} training images: if the network has learned on them, its probabilities are "
        "too high; calibrate it again by fs.calibrate, with images that it has not seen")
MUCH = 0.05  # accuracy that ReLU neurons reach above first-spike neurons, from which on a warning says so


@dataclass(frozen=True, eq=False)
class BroughtIn:
    """imported: what was read; wholes: what `integer_layers` made of it; network, float_network: with their figures,
    which are in_integers and in_float; held: numbers of the training images on which scales were chosen; bits: of each
    layer; done: a sentence on what became of the weights."""

    imported: Imported
    wholes: list
    network: Network
    float_network: FloatNetwork
    in_integers: dict
    in_float: dict
    held: np.ndarray
    bits: list
    done: str


def bring_in(foreign, dataset, bits=None, steps=None, images=IMAGES, calibrate_too=False):
    """The BroughtIn of a ForeignFile, for the images and classes of a Dataset.

    bits: of weights, one number or one for each layer, and steps: by default as the file says, or 8 and those of the
    data set's spike times, or 256. images: how many training images scales are chosen on. calibrate_too: whether the
    network gets a calibration, chosen on these images. Raises UserError for what cannot be a network here, and if a
    class has too few images for a calibration.
    """
    dataset = checked_dataset(dataset)
    imported = read_network(foreign, dataset)
    bits = check_bits(imported.bits if bits is None else bits, len(imported.layers))
    wholes = integer_layers(imported.layers, bits)
    steps = dataset.steps_for(imported.steps if steps is None else steps)
    float_network = FloatNetwork(256 if steps is None else steps, dataset.image_shape,
                                 [one.steady.float_layer() for one in wholes], dataset.classes,
                                 f"imported from {foreign.name}", most_events=dataset.most_events)
    count = dataset.train_count
    held, _ = hold_out(dataset.train_labels[:count], min(images, count), seed=1)
    chosen_on = dataset.train_images[held], dataset.train_labels[held]
    if calibrate_too:
        require_enough(chosen_on[1], dataset.classes)
    layers = [one.made for one in wholes]
    done = what_was_done(imported.layers, wholes, len(held))
    if None in layers:
        with error_console.status("choosing scales"):
            layers = calibrate(float_network, bits, *chosen_on, layers)
    network = integer_network(float_network, layers, f"{float_network.source}, {done}")
    float_network, in_float = figures(float_network, dataset, chosen_on, USUAL)
    network, in_integers = figures(network, dataset, chosen_on, USUAL)
    if calibrate_too:
        network = calibrated(network, *chosen_on, COVERAGE)
        imported = replace(imported, warnings=(*imported.warnings, SEEN.format(f"{len(held):,}")))
    if dataset.most_events is None:
        imported = replace(imported, warnings=(*imported.warnings, *_of_relu(imported.layers, dataset, in_integers)))
    return BroughtIn(imported, wholes, network, float_network, in_integers, in_float, held, bits, done)


def _of_relu(layers, dataset, in_integers):
    """Return a warning if ReLU neurons of the same weights name many more test images rightly, as a tuple; else ()."""
    as_relu = (relu_classes(layers, dataset.test_images) == dataset.test_labels).mean()
    if as_relu - in_integers["accuracy"] <= MUCH:
        return ()
    return (f"these weights look trained as a ReLU network, or for spike rates: as ReLU they reach {as_relu:.1%}, as "
            f"first-spike neurons {in_integers['accuracy']:.1%}; train with first_spike.torch, or write the float "
            f"network (first-spike import --float-out) and fine-tune it (first-spike quantize --finetune 60 "
            f"--finetune-rates 4e-3 1e-3)",)


def reaches(foreign, brought):
    """Return a sentence on the accuracy of a BroughtIn of a ForeignFile."""
    shown = brought.in_integers
    return (f"{foreign.name} reaches {shown['accuracy']:.2%} of {shown['images']:,} test images of {shown['dataset']}, "
            f"{brought.in_float['accuracy']:.2%} in float")
