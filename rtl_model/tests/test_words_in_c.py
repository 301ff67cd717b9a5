"""A host in another language finds the words of a network from README.md of a design alone: load_words.c, made from
it."""

import math
import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pytest

from first_spike.golden.contract.configuration import ROW, Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.files import ROOT
from first_spike.rtl_model.delivery.manifest import describe
from first_spike.rtl_model.shape.kinds import as_built
from first_spike.rtl_model.shape.load_map import MASK, load_words
from tb.helpers.random_networks import random_network, worded_network

HERE = ROOT / "rtl_model" / "tests"


@pytest.fixture(scope="module")
def loader(tmp_path_factory):
    path = tmp_path_factory.mktemp("loader") / "load_words"
    subprocess.run([shutil.which("cc") or shutil.which("g++"), "-std=gnu99", "-Wall", "-Wextra", "-Werror",
                    HERE / "load_words.c", "-o", path], check=True)
    return path


def numbers(network, manifest):
    """What load_words.c reads, of a network and of the manifest of a design."""
    yield from (len(manifest["layers"]), manifest["inputs"], manifest.get("pixels", 0), manifest.get("most_events", 0))
    layers = [as_built(layer) for layer in network.layers]
    for layer, made, taps in zip(layers, manifest["layers"], manifest["taps"]):
        yield from (made[name] for name in ("neurons", "lanes", "folds", "ways", "rows", "weight_bits"))
        yield len(layer.thresholds)
        if "convolution" not in made:
            yield from (*13 * [0], 1)
            continue
        geometry = layer.geometry
        yield from (geometry.source[2], *made["convolution"]["kernel"], *made["convolution"].get("stride", (1, 1)),
                    *geometry.padding, *geometry.source[:2], *geometry.positions, taps == ROW, made["sources"],
                    math.prod(made["convolution"]["pool"]) if made["convolution"].get("pool_kind") == "sum" else 1)
    for region in manifest["load_map"]:
        yield from (region[name] for name in ("first", "part_bits", "words"))
    if manifest["load_map"][-1]["name"] != MASK:
        yield from (0, 0, 0)
    for layer in layers:
        yield from (*layer.weights.ravel(), *layer.thresholds)


@pytest.mark.parametrize("bits", range(1, 9))
@pytest.mark.parametrize("choice", [
    {}, dict(lanes=(1,)), dict(lanes=(3, 2), pixels=1), dict(lanes=(5, 3), pixels=2, events_per_cycle=2),
    dict(lanes=(7, 4), pixels=16, events_per_cycle=2, spikes_per_cycle=2, weight_banks=2),
    dict(lanes=(6, 5), pixels=4, spikes_per_cycle=4, potential_margin=2)], ids=str)
def test_the_loader_in_c_finds_the_same_words(loader, bits, choice):
    """Of networks of one to three layers, in lanes that leave some of the last fold without a neuron."""
    rng = np.random.default_rng(bits)
    for layers in (1, 2, 3):
        network = sized_network(rng, bits, layers)
        lanes = choice.get("lanes", ())
        lanes = lanes if len(lanes) < 2 else (lanes[0], *lanes[1:] * 2)[:layers]
        configuration = Configuration(**choice | {"lanes": lanes}, weights="loadable")
        text = " ".join(map(str, numbers(network, describe(Design(network, configuration)))))
        done = subprocess.run([loader], input=text, capture_output=True, text=True, check=True)
        assert list(map(int, done.stdout.split())) == load_words(Design(network, configuration)).tolist()


@pytest.mark.parametrize("taps", [1, ROW])
@pytest.mark.parametrize("text, shape, bits, lanes", [
    ("conv 5 3x3 same pool 2, conv 7 2x3 stride 1x2 padding 1, dense 4", (8, 7), (2, 3, 4), (2, 3, 3)),
    ("conv 4 4x5 stride 2 padding 1, conv 3 2x2 pool 2, dense 5, dense 3", (10, 9, 3), (8, 1, 5, 3), (3, 2, 2, 3)),
    ("conv 7 3x3 stride 3x2 same sum 2, dense 5, dense 7", (8, 8), (4, 4, 4), (3, 3, 3)),
    ("conv 4 3x3 sum 2x3, conv 5 2x2 sum 2, dense 4", (11, 12), (3, 1, 4), (3, 2, 3)),
    ("dense 5, conv 2 1x1 padding 1, dense 2", (2, 3), (4, 3, 4), (5, 1, 2)),
    ("conv 6 3x3, conv 3 6x5", (8, 7, 2), (1, 1), (4, 2)), ("dense 7, dense 4", (3, 5), (1, 3), (4, 3))])
@pytest.mark.parametrize("most_events", [None, 50])
def test_the_loader_in_c_knows_convolutions_and_events(loader, taps, text, shape, bits, lanes, most_events):
    """Weights of zero, so that some pixels are heard by nobody; lanes that leave some without a channel."""
    rng = np.random.default_rng(3)
    network = worded_network(rng, text, shape, bits, 8)
    deaf = [replace(layer, weights=layer.weights * (rng.random(layer.weights.shape) < 0.5))
            if layer.weight_bits > 1 else layer for layer in network.layers]
    network = replace(network, layers=deaf, most_events=most_events)
    design = Design(network, Configuration(lanes, 4, taps=(taps,), weights="loadable"))
    text = " ".join(map(str, map(int, numbers(network, describe(design)))))
    done = subprocess.run([loader], input=text, capture_output=True, text=True, check=True)
    assert list(map(int, done.stdout.split())) == load_words(design).tolist()


def sized_network(rng, bits, layers):
    """A random network, but of 7 neurons in its first layer and of 5 or more in the others."""
    while True:
        network = random_network(rng, 16, [bits, 9 - bits, bits][:layers], layers)
        if network.layers[0].neurons == 7 and all(layer.neurons >= 5 for layer in network.layers):
            return network
