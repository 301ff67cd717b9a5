"""A design with all that goes along, its testbench too, whose results are those of golden inference."""

import numpy as np

from first_spike.comparison.design_files import expected_folder
from first_spike.golden.contract.base_network import EVENTS
from first_spike.golden.contract.result_word import pack
from first_spike.golden.data.catalogue import load
from first_spike.golden.inference.infer import infer
from first_spike.golden.recordings import Recordings
from first_spike.rtl_model.convert import generate
from first_spike.rtl_model.delivery.deliver import Vectors
from first_spike.rtl_model.delivery.manifest import read_manifest
from first_spike.rtl_model.tops import DEFAULT, STREAMED

COUNT = 6  # images of the testbench beside the all-black and the all-white one: enough to see a mistake, few to carry
SEED = 1


def write_whole_design(design, out, name="", top=DEFAULT):
    """`rtl_model.convert.generate` with vectors, where the top has streams for them: the same arguments, result and
    errors."""
    own = vectors(design.network) if top in STREAMED else None
    return generate(design, out, name, own, top)


def write_like(given, design, folder):
    """Write a Design into `folder` as what lies in the folder `given` has to be, which may have a name, or as a new
    one where that is None; returns the Path of what was written. Errors as in `write_whole_design`."""
    if given is None:
        return write_whole_design(design, folder / "design")
    return write_whole_design(design, expected_folder(folder, given), read_manifest(given)["name"])


def vectors(network):
    """The Vectors of a network, the same every time: digits that come along where they fit, else random pixels; or
    random recordings."""
    images, source = _recordings(network) if network.takes == EVENTS else _images(network)
    result = infer(network, images)
    return Vectors(images, pack(result.classes, result.decision_time, result.silent, result.tie, result.bad), source)


def _images(network):
    """(images, where they come from)."""
    digits = load("samples", train=False)
    if network.image_shape == digits.test_images.shape[1:]:
        images = digits.test_images[:COUNT]
        source = f"the first {COUNT} of the MNIST test set (CC BY-SA 3.0)"
    else:
        rng = np.random.default_rng(SEED)
        shape = (COUNT, *network.image_shape)
        images = (rng.integers(0, 256, shape) * rng.integers(0, 2, shape)).astype(np.uint8)
        source = f"{COUNT} of random pixels, half of them black"
    extremes = np.stack([np.full(network.image_shape, pixel, np.uint8) for pixel in (0, 255)])
    return np.concatenate([images, extremes]), f"{source}, an all-black and an all-white one"


def _recordings(network):
    """(Recordings, where they come from)."""
    rng, most = np.random.default_rng(SEED), network.most_events
    made = [[], [(0, network.steps)]]  # empty, and of one event that is none
    for count in (*rng.integers(1, most + 1, COUNT - 2), most, most + 1):
        steps = np.sort(rng.integers(0, network.steps, count))
        made.append(list(zip(rng.integers(0, network.inputs, count).tolist(), steps.tolist())))
    return Recordings.of_lists(made), (f"{COUNT + 2} recordings of random events, an empty one, one without a right "
                                       f"event and one of too many among them")
