"""Networks that go out as NIR graphs: they come back bit for bit, and others that read them see the same spikes."""

import json
from fractions import Fraction

import numpy as np
import pytest

from first_spike.golden.contract.base_network import image_map
from first_spike.golden.contract.network import FloatLayer, FloatNetwork, Layer, Network
from first_spike.golden.errors import UserError
from first_spike.golden.foreign.layers import with_one_threshold
from first_spike.golden.foreign.nir_graph import read_graph
from first_spike.golden.foreign.nir_layers import read_layers
from first_spike.golden.foreign.nir_writer import KEY, UNCHECKED, read_description, to_do, write_nir
from first_spike.golden.inference.infer import infer
from first_spike.golden.tests.foreign.nir_files import nir
from first_spike.golden.tests.foreign.nir_simulation import of_layer, simulate
from tb.helpers.random_networks import (
    as_float,
    random_convolutional_network,
    random_images,
    random_network,
    with_sums,
)


def some_network(seed):
    rng = np.random.default_rng(seed)
    bits = int(rng.integers(1, 9))
    if seed % 2:
        return rng, random_network(rng, 16, bits, int(rng.integers(1, 4)))
    network = random_convolutional_network(rng, 16, bits, int(rng.integers(1, 3)))
    return rng, with_sums(network) if seed % 4 else network


def read_back(path, network, reached, dt=None):
    nodes, metadata = read_graph(path)
    layers = read_layers(nodes, image_map(network.image_shape), reached, dt)
    layers[-1] = with_one_threshold(layers[-1])
    said = read_description(metadata)
    if network.kind == "integer":
        made = [layer.integer_layer(bits) for layer, bits in zip(layers, said["weight_bits"], strict=True)]
    else:
        made = [layer.float_layer() for layer in layers]
    return type(network)(said["steps"], said["image_shape"], made, said["classes"])


@pytest.mark.parametrize("seed", range(30))
def test_it_comes_back_bit_for_bit(tmp_path, seed):
    _, network = some_network(seed)
    for kind in (network, as_float(network)):
        write_nir(tmp_path / "n.nir", kind)
        for reached in (True, False):
            assert read_back(tmp_path / "n.nir", kind, reached).sha256 == kind.sha256


def test_largest_thresholds_come_back(tmp_path):
    """Beyond 2 ** 24, where float32 has no halves."""
    layers = Layer(np.ones((1, 2), np.int8), np.array([(1 << 24) + 1, 3], np.int32), 2), \
        Layer(np.ones((2, 1), np.int8), np.array([(1 << 31) - 1], np.int32), 2)
    network = Network(16, (1, 1), layers, ("a",))
    write_nir(tmp_path / "n.nir", network)
    assert all(read_back(tmp_path / "n.nir", network, reached).sha256 == network.sha256 for reached in (True, False))


@pytest.mark.parametrize("seed", range(12))
def test_others_see_the_same_spikes_whether_they_fire_at_or_above(tmp_path, seed):
    rng, network = some_network(seed)
    write_nir(tmp_path / "n.nir", network)
    oblong = any(layer.kind == "convolution" and layer.geometry.kernel[0] != layer.geometry.kernel[1]
                 for layer in network.layers)
    assert (UNCHECKED in to_do(network)) == oblong
    graph = nir.read(tmp_path / "n.nir", type_check=not oblong)
    names = [node.name for node in read_graph(tmp_path / "n.nir")[0]]
    images = random_images(rng, network)
    expected = infer(network, images).spike_times
    for reached in (True, False):
        found = simulate({name: graph.nodes[name] for name in names}, images, 16, reached)
        for number, (layer, times) in enumerate(zip(network.layers, expected, strict=True)):
            name = f"first{number}" if f"first{number}" in found else f"if{number}"
            assert np.array_equal(times, of_layer(layer, found[name])), name


@pytest.mark.parametrize("seed", range(7))
def test_no_neuron_can_fire_twice(tmp_path, seed):
    """After v_reset, all that could still come leaves it below its threshold."""
    _, network = some_network(seed)
    write_nir(tmp_path / "n.nir", network)
    nodes = {node.name: node for node in read_graph(tmp_path / "n.nir")[0]}
    for number, layer in enumerate(network.layers):
        node = nodes[f"if{number}"]
        most = network.bounds(number)[1].max()
        assert (node.array("v_reset") + most < node.array("v_threshold")).all()


def test_what_stands_aside(tmp_path):
    _, network = some_network(1)
    write_nir(tmp_path / "n.nir", network)
    said = json.loads(nir.read(tmp_path / "n.nir").metadata[KEY])
    assert said["steps"] == 16 and said["classes"] == list(network.classes)
    assert len(said["to_do"]) == 4 and "T = 16 steps" in said["to_do"][1]
    for odd in ({}, {KEY: "{"}, {KEY: "[1]"}, {KEY: 3}, {KEY: np.ones(2)}, {KEY: "[" * 100_000}):
        assert read_description(odd) == {}


def test_time_steps_in_r(tmp_path):
    _, network = some_network(1)
    write_nir(tmp_path / "n.nir", network, 1e-4)
    assert {float(one) for node in read_graph(tmp_path / "n.nir")[0] if node.kind == "IF"
            for one in node.array("r").ravel()} == {10000.0}


@pytest.mark.parametrize("dt", ["1e-6", "13e-5", "3e-4", "1e-3", "3e-3", "11e-3", "22e-3", "1/3", "1", "7"])
@pytest.mark.parametrize("threshold", [0.1, 1.0, 1.5, 1.75, 3.75])
def test_it_comes_back_bit_for_bit_with_any_time_step(tmp_path, dt, threshold):
    rng = np.random.default_rng(1)
    layers = [FloatLayer((rng.integers(-8, 8, shape) / 4).astype(np.float32), np.full(shape[1], threshold, np.float32))
              for shape in ((12, 5), (5, 3))]
    network = FloatNetwork(16, (3, 4), layers, list("abc"))
    write_nir(tmp_path / "n.nir", network, float(Fraction(dt)))
    for reached in (True, False):
        assert read_back(tmp_path / "n.nir", network, reached, Fraction(dt)).sha256 == network.sha256


def test_the_same_network_gives_the_same_bytes(tmp_path):
    _, network = some_network(2)
    for name in "ab":
        write_nir(tmp_path / name, network)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_without_the_package(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "nir", None)
    with pytest.raises(UserError, match="writing NIR graphs needs the package nir: pip install nir==1.0.8 h5py==3"):
        write_nir(tmp_path / "n.nir", some_network(1)[1])
    assert list(tmp_path.iterdir()) == []
