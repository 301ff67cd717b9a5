"""Designs with one bit of a weight or one threshold changed, as the generator itself would write the changed
network."""

import shutil
from dataclasses import replace

import numpy as np

from first_spike.comparison.design_files import write_whole_design
from first_spike.comparison.outcome import from_golden
from first_spike.comparison.verdict import count_mismatches
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Network
from first_spike.golden.inference.infer import infer
from first_spike.rtl_model.delivery.manifest import files_of, read_manifest


def tampered_design(folder, path, configuration, images, kind):
    """Design of the network file `path` with one bit of a weight in a hex file (`kind` "weight") or one threshold moved
    by one ("threshold"), such that it shows on `images`; returns (folder of the design, name of the only file that is
    changed, the Agreement that a comparison has to find)."""
    network = Network.load(path)
    right = write_whole_design(Design(Network.load(path), configuration), folder / "right")
    expected = from_golden(infer(network, images), None)
    for changed in (_weights if kind == "weight" else _thresholds)(network):
        agreement = count_mismatches(network.steps, expected, from_golden(infer(changed, images), None))
        if agreement.first is None:
            continue
        changed.save(folder / "changed.npz")
        wrong = write_whole_design(Design(Network.load(folder / "changed.npz"), configuration), folder / "wrong")
        hardware = [wrong / name for name in files_of(read_manifest(wrong), "module", "weights")]
        for file in hardware:  # not even the headers give it away
            file.write_text(file.read_text().replace(changed.sha256, network.sha256))
        files = [file for file in hardware if file.read_bytes() != (right / file.name).read_bytes()]
        if len(files) == 1:
            shutil.copy(files[0], right)
            return right, files[0].name, agreement
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
