"""Somebody's network becomes one of ours: read, quantized where it has to be, and measured."""

from dataclasses import dataclass

import numpy as np

from first_spike.command.cli import error_console
from first_spike.command.data_options import check_bits
from first_spike.command.silence import USUAL
from first_spike.golden.contract.float_network import FloatNetwork
from first_spike.golden.contract.network import Network
from first_spike.golden.foreign.weights import integer_layers
from first_spike.golden.inference.figures import figures
from first_spike.golden.quantization.integer import integer_network
from first_spike.golden.quantization.scales import calibrate
from first_spike.golden.training.classes import hold_out
from first_spike.interop.report import what_was_done
from first_spike.interop.sources import Imported, read_network

IMAGES = 20_000  # training images on which scales are chosen


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


def bring_in(foreign, dataset, bits=None, steps=None, images=IMAGES):
    """The BroughtIn of a ForeignFile, for the images and classes of a Dataset.

    bits: of weights, one number or one for each layer, and steps: by default as the file says, or 8 and 256. images:
    how many training images scales are chosen on. Raises UserError for what cannot be a network here.
    """
    imported = read_network(foreign, dataset)
    bits = check_bits(bits or imported.bits, len(imported.layers))
    wholes = integer_layers(imported.layers, bits)
    float_network = FloatNetwork(steps or imported.steps, dataset.image_shape,
                                 [one.steady.float_layer() for one in wholes], dataset.classes,
                                 f"imported from {foreign.name}", most_events=dataset.most_events)
    count = dataset.train_count
    held, _ = hold_out(dataset.train_labels[:count], min(images, count), seed=1)
    chosen_on = dataset.train_images[held], dataset.train_labels[held]
    layers = [one.made for one in wholes]
    done = what_was_done(imported.layers, wholes, len(held))
    if None in layers:
        with error_console.status("choosing scales"):
            layers = calibrate(float_network, bits, *chosen_on, layers)
    network = integer_network(float_network, layers, f"{float_network.source}, {done}")
    float_network, in_float = figures(float_network, dataset, chosen_on, USUAL)
    network, in_integers = figures(network, dataset, chosen_on, USUAL)
    return BroughtIn(imported, wholes, network, float_network, in_integers, in_float, held, bits, done)
