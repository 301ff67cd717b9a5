"""Pools that hand on every spike: in files of format 3, in words and titles, in bounds; and what refuses them."""

import json

import numpy as np
import pytest

from first_spike.golden.contract import network as contract
from first_spike.golden.contract.network import Network
from first_spike.golden.errors import UserError
from first_spike.golden.tests.contract.test_convolution import HEADER, write
from first_spike.golden.training.layer_text import blank_layers, parse, text_of
from tb.helpers.random_networks import as_float, random_convolutional_network, with_sums, worded_network

FACTS = {"kernel": [3, 3], "padding": [1, 1], "pool": [2, 2], "pool_kind": "sum"}
SUMMED = HEADER | {"format": 3, "layers": [FACTS, {}]}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "network.npz"


def test_reads_what_plain_numpy_wrote(path):
    first, last = Network.load(write(path, SUMMED)).layers
    assert (first.map, first.neurons, last.inputs) == ((3, 2, 4), 6 * 4 * 4, 24)
    assert first.geometry.facts() == FACTS
    assert (first.often, last.often) == (4, 1)


@pytest.mark.parametrize("seed", range(20))
def test_round_trip(path, seed):
    """Format 3 only where a pool sums; the hash sees it."""
    plain = random_convolutional_network(np.random.default_rng(seed), 16, 4, 1 + seed % 3)
    made = with_sums(plain)
    for network in (made, as_float(made)):
        network.save(path)
        again = type(network).load(path)
        assert again == network and again.sha256 == network.sha256
        first = path.read_bytes()
        again.save(path)
        assert path.read_bytes() == first
        with np.load(path) as archive:
            header = json.loads(str(archive["header"]))
        sums = any(layer.often > 1 for layer in network.layers)
        assert header["format"] == (3 if sums else 2) and ("pool_kind" in str(header)) == sums
    plain.require_first_pools("wire")
    assert (made == plain) == (made.sha256 == plain.sha256) == (not sums)


@pytest.mark.parametrize("header, message", [
    (SUMMED | {"format": 2}, "layer 0: pool_kind needs format 3, found format 2"),
    (SUMMED | {"layers": [FACTS | {"pool_kind": "of"}, {}]}, "layer 0: pool_kind must be 'first' or 'sum', found 'of'"),
    (SUMMED | {"layers": [FACTS | {"pool_kind": [1]}, {}]}, r"layer 0: pool_kind must be .*, found \[1\]"),
    (SUMMED | {"layers": [FACTS | {"pool": [1, 1]}, {}]}, "layer 0: pool_kind 'sum' needs a pool larger than 1 x 1"),
    (SUMMED | {"layers": [{"pool_kind": "sum"}, {}]}, "layer 0: has no kernel, which a convolution needs"),
    (SUMMED | {"layers": [FACTS, {"kernel": [2, 1], "pool": [2, 2], "pool_kind": "sum"}]},
     "layer 1 is the last, whose map must be 1 x 1, one neuron for each class, without a pool"),
    ({key: value for key, value in SUMMED.items() if key != "input"}, "the header lacks 'input'"),
])
def test_bad_files(path, header, message):
    changes = {"layer1_weights": np.ones((8, 2), np.int8)} if "kernel" in header["layers"][1] else {}
    write(path, header, **changes)
    with pytest.raises(UserError, match=message) as caught:
        Network.load(path)
    assert str(caught.value).startswith(f"{path}: ")


@pytest.mark.parametrize("text, shape, title", [
    ("conv 3 5x5 same sum 2, dense 4", (8, 8), "3C5SP2-4"),
    ("conv 3 2x3 stride 2 sum 1x2, conv 2 1x1 pool 2, dense 4", (9, 9), "3C2x3s2SP1x2-2C1P2-4")])
def test_words_and_titles(text, shape, title):
    """Who knows no sum pool refuses the first, one of two neurons too."""
    network = worded_network(np.random.default_rng(0), text, shape, (4,) * len(text.split(",")), 4)
    assert network.title == title
    with pytest.raises(UserError, match="layer 0 ends in a sum pool, for which there is no wire yet: choose a network"):
        network.require_first_pools("wire")
    layers = blank_layers(parse(text), shape)
    again = blank_layers(parse(text_of(layers)), shape)
    assert [layer.facts() for layer in again] == [layer.facts() for layer in layers]


@pytest.mark.parametrize("text, message", [
    ("conv 3 5x5 sum 2 pool 2", "pool is said twice"), ("conv 3 5x5 sum", "'' is no size"),
    ("conv 3 5x5 sum 1, dense 4", "layer 0: pool_kind 'sum' needs a pool larger than 1 x 1")])
def test_no_words(text, message):
    with pytest.raises(UserError, match=message):
        blank_layers(parse(text), (8, 8))


def test_the_next_potentials_are_bounded_by_every_spike(path, monkeypatch):
    """Of pools of 2 x 2 each input spikes four times; the layers themselves need 24 * 7 = 168."""
    monkeypatch.setattr(contract, "INT32_MAX", 4 * 168)
    weights = np.full((24, 2), 7, np.int8)
    network = Network.load(write(path, SUMMED, layer1_weights=weights))
    assert [bound.tolist() for bound in network.bounds(1)] == [[0, 0], [672, 672]]
    monkeypatch.setattr(contract, "INT32_MAX", 4 * 168 - 1)
    with pytest.raises(UserError, match="layer 1: behind a sum pool the potentials need more than 32 bits"):
        Network.load(path)
