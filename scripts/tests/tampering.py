"""Designs with one bit of a weight or one threshold changed, as the generator itself would write the changed
network."""

import shutil
from dataclasses import replace

import numpy as np

from golden.contract.network import Network
from golden.inference.infer import infer
from rtl_model.convert import generate
from scripts.agreement.backends import from_golden
from scripts.agreement.design_files import differences
from scripts.agreement.mismatches import count_mismatches


def tampered_design(folder, path, configuration, images, kind):
    """Design of the network file `path` with one bit of a weight in a hex file (`kind` "weight") or one threshold moved
    by one ("threshold"), such that it shows on `images`; returns (folder of the design, name of the only file that is
    changed, the Agreement that a comparison has to find)."""
    network = Network.load(path)
    right = generate(path, configuration, folder / "right")
    expected = from_golden(infer(network, images), None)
    for changed in (_weights if kind == "weight" else _thresholds)(network):
        agreement = count_mismatches(network.steps, expected, from_golden(infer(changed, images), None))
        if agreement.first is None:
            continue
        changed.save(folder / "changed.npz")
        wrong = generate(folder / "changed.npz", configuration, folder / "wrong")
        for file in wrong.iterdir():  # not even the headers give it away
            file.write_text(file.read_text().replace(changed.sha256, network.sha256))
        if len(differences(right, wrong)) == 1:
            names = [file.name for file in wrong.iterdir() if file.read_bytes() != (right / file.name).read_bytes()]
            shutil.rmtree(right)
            return wrong, names[0], agreement
    raise AssertionError(f"no change of a {kind} shows on these images")


def _weights(network):
    """Copies of the network in each of which the lowest bit of one weight of the first layer is flipped."""
    weights = network.layers[0].weights
    for source, neuron in np.argwhere(np.abs(weights) < 1 << (network.layers[0].weight_bits - 1) - 1):
        changed = weights.copy()
        changed[source, neuron] ^= 1
        yield _with_layer(network, replace(network.layers[0], weights=changed))


def _thresholds(network):
    for neuron in range(network.sizes[0]):
        thresholds = network.layers[0].thresholds.copy()
        thresholds[neuron] += 1
        yield _with_layer(network, replace(network.layers[0], thresholds=thresholds))


def _with_layer(network, layer):
    return Network(network.steps, network.image_shape, (layer, *network.layers[1:]), network.classes, network.source)
