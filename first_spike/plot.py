"""Pictures of a network and of what it does, each a matplotlib Figure: `figure.axes` are its axes, `figure.savefig`
writes it, a notebook shows it. Needs matplotlib (`pip install matplotlib`)."""

from functools import partial

import numpy as np

from first_spike.api import DESIGN, NETWORK
from first_spike.command.bars import step
from first_spike.command.figure import literal_text, svg_text
from first_spike.command.images import ChosenImages, checked, images_of
from first_spike.exploration.budget import Offer
from first_spike.golden.errors import require_kind
from first_spike.golden.recordings import Recordings
from first_spike.plots import beside, confidence, costs, many_images, one_image
from first_spike.plots.run import run_network

OFFERS = "a list of Offers, as explore gives it,"


def raster(network, image, label=None):
    """Draw every spike of an image: a row of axes for the input and each layer, time from left to right.

    The decision is red. The title names the network, the class that it gives, and the label.

    Args:
        network: a Network or FloatNetwork.
        image: uint8 [rows, columns] or [rows, columns, channels]; for a network of events Recordings, of which the
            first is shown.
        label: number of the class that the image shows (default: unknown).

    Returns:
        A matplotlib Figure.

    Raises:
        UserError: if the image does not fit the network, or it has no class of that number.
    """
    return _drawn(one_image.draw_raster, _run(network, ChosenImages(_one(image), None if label is None else [label],
                                                                    "image")))


def potentials(network, image):
    """The potentials of the output neurons at the end of each step, for an image as in `raster`."""
    return _drawn(one_image.draw_potentials, _run(network, _one(image)))


def kernels(network, layer=0):
    """What the neurons or kernels of a layer listen to: red for positive weights, blue for negative ones."""
    require_kind(network, *NETWORK)
    return _drawn(one_image.draw_listening, network, layer)


def decision_times(network, data):
    """How many images of ChosenImages, or of an array, are decided in each step."""
    return _drawn(many_images.draw_decision_times, _run(network, data))


def confusion(network, data):
    """Draw the confusion matrix on ChosenImages with labels: rows are true classes, columns predicted ones."""
    return _drawn(many_images.draw_confusion, _run(network, data))


def risk_coverage(network, data):
    """Draw the error among the images of the largest margins over their share, for ChosenImages with labels.

    Args:
        network: a Network or FloatNetwork; with a calibration a line says how many images are not unsure.
        data: ChosenImages with labels.

    Returns:
        A matplotlib Figure.

    Raises:
        UserError: if there are no labels, or the images do not fit.
    """
    return _drawn(confidence.draw_risk_coverage, _run(network, data))


def reliability(network, data):
    """Draw the share of right images over their mean probability, in 15 bins of equal count.

    Args:
        network: a Network with a calibration.
        data: ChosenImages with labels.

    Returns:
        A matplotlib Figure.

    Raises:
        UserError: if there is no calibration or there are no labels, or the images do not fit.
    """
    return _drawn(confidence.draw_reliability, _run(network, data))


def cycles(design, data):
    """Where the cycles of a Design go on ChosenImages, or an array: what each stage asks for at the least, and what it
    takes from one result to the next."""
    require_kind(design, *DESIGN)
    return _drawn(costs.draw_cycles, design, checked(images_of(data), design.network).images)


def area(design):
    """Where the LUTs and block RAMs of a Design go on an ECP5, by the area model."""
    require_kind(design, *DESIGN)
    return _drawn(costs.draw_area, design)


def offers(found):
    """What `explore` found, a list of Offers, beside published accelerators: errors on MNIST against time and against
    logic. UserError where of none the accuracy on MNIST is known."""
    require_kind(found, (list, tuple), OFFERS)
    for one in found:
        require_kind(one, Offer, OFFERS)
    return _drawn(beside.draw_beside, found)


def _one(image):
    return image[:1] if isinstance(image, Recordings) else np.asarray(image)[None]


@step("infer")
def _run(network, data):
    require_kind(network, *NETWORK)
    return run_network(network, checked(data, network), 0)


@step("draw")
def _drawn(draw, *arguments):
    with literal_text():
        figure = draw(*arguments)
    figure._repr_svg_ = partial(svg_text, figure)  # so that a notebook shows it
    return figure
