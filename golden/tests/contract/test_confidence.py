"""Confidence in the contract: its word and shifts, a calibration in a file of format 4, and every wrong one refused."""

import json
import math
from dataclasses import asdict, replace

import numpy as np
import pytest

from first_spike.golden.contract.archive import read_archive
from first_spike.golden.contract.confidence import Calibration, Shifts, pack_confidence, shown, unpack_confidence
from first_spike.golden.contract.network import ConvolutionLayer, FloatNetwork, Layer, Network
from first_spike.golden.errors import UserError
from tb.helpers.random_networks import as_float, on_events, random_convolutional_network, random_network, with_sums

FACTS = {"unsure_below": 6, "foreign_below": 200, "margins": list(range(0, 32, 2)),
         "probabilities": [0.5, 0.5, *(0.6 + k / 40 for k in range(13)), 1], "coverage": 0.95, "images": 5000}


def calibration(network, **changes):
    return Calibration.from_facts(FACTS | {"network": network.sha256} | changes)


def network_of(seed=1):
    return random_network(np.random.default_rng(seed), 16, 4, 2)


@pytest.mark.parametrize("seed, kind", [(1, "dense"), (2, "map"), (3, "events"), (4, "sums")])
def test_a_calibration_alone_makes_format_4(tmp_path, seed, kind):
    plain = network_of(seed)
    if kind in ("map", "sums"):
        plain = random_convolutional_network(np.random.default_rng(seed), 16, 4, 2)
    plain = {"events": lambda one: on_events(one, 9), "sums": with_sums}.get(kind, lambda one: one)(plain)
    made = replace(plain, calibration=calibration(plain))
    before, after = tmp_path / "plain.npz", tmp_path / "made.npz"
    plain.save(before)
    made.save(after)
    (header, arrays), (other, others) = read_archive(before), read_archive(after)
    assert header["format"] < 4 and "calibration" not in header and other["format"] == 4
    assert other["calibration"] == FACTS | {"network": plain.sha256}
    assert {name: other[name] for name in header if name != "format"} == {
        name: value for name, value in header.items() if name != "format"}
    assert all(np.array_equal(arrays[name], others[name]) for name in arrays) and set(arrays) == set(others)
    again = Network.load(after)
    assert again == made and again.calibration == made.calibration and again != plain
    assert again.sha256 == plain.sha256 == Network.load(before).sha256
    again.save(tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == after.read_bytes()
    replace(again, calibration=None).save(tmp_path / "without.npz")
    assert (tmp_path / "without.npz").read_bytes() == before.read_bytes()


def test_format_4_without_a_calibration_is_read(tmp_path):
    network = network_of()
    write(tmp_path / "four.npz", network, {"format": 4, "layers": [{}, {}], "input": "pixels"})
    assert Network.load(tmp_path / "four.npz") == network


def write(path, network, changes):
    """The file of a network by plain numpy, with changes of the header."""
    header = {"format": 1, "steps": network.steps, "image_shape": list(network.image_shape),
              "weight_bits": [layer.weight_bits for layer in network.layers], "classes": list(network.classes),
              "source": network.source} | changes
    arrays = {f"layer{k}_{part}": getattr(layer, part) for k, layer in enumerate(network.layers)
              for part in ("weights", "thresholds")}
    np.savez(path, header=np.array(json.dumps(header)), **arrays)


WRONG = [
    ({"probabilities": [0.5, 0.4, *[0.9] * 14]}, "the table falls from 0.5 to 0.4 at entry 1"),
    ({"probabilities": [*[0.9] * 15, 0.8999]}, "the table falls from 0.9 to 0.8999 at entry 15"),
    ({"probabilities": [0.5] * 15}, "probabilities must be a list of 16 numbers"),
    ({"probabilities": "x" * 16}, "probabilities must be a list of 16 numbers"),
    ({"probabilities": [-0.1, *[0.9] * 15]}, "probabilities must be numbers from 0 to 1"),
    ({"probabilities": [*[0.9] * 15, 1.01]}, "probabilities must be numbers from 0 to 1"),
    ({"probabilities": [*[0.9] * 15, math.nan]}, "probabilities must be numbers from 0 to 1"),
    ({"probabilities": [*[0.9] * 15, True]}, "probabilities must be numbers from 0 to 1"),
    ({"probabilities": [*[0.9] * 15, None]}, "probabilities must be numbers from 0 to 1"),
    ({"margins": [1, *range(2, 17)]}, "margins must begin with 0 and rise"),
    ({"margins": [0, 1, 1, *range(3, 16)]}, "margins must begin with 0 and rise"),
    ({"margins": [0, *range(2, 29, 2), 3]}, "margins must begin with 0 and rise"),
    ({"margins": [0.0, *range(2, 32, 2)]}, "margins must hold whole numbers from 0"),
    ({"margins": [*range(15), 1 << 63]}, r"margins must hold whole numbers from 0 to 2\^63 - 1"),
    ({"margins": 3}, "margins must be a list of 16 numbers"),
    ({"unsure_below": -1}, "unsure_below must hold whole numbers from 0"),
    ({"unsure_below": 2.5}, "unsure_below must hold whole numbers from 0"),
    ({"foreign_below": True}, "foreign_below must hold whole numbers from 0"),
    ({"foreign_below": None}, "foreign_below must hold whole numbers from 0"),
    ({"coverage": 0}, "coverage must be a number above 0, up to 1, found 0"),
    ({"coverage": 1.5}, "coverage must be a number above 0, up to 1, found 1.5"),
    ({"coverage": math.nan}, "coverage must be a number above 0, up to 1, found nan"),
    ({"coverage": "all"}, "coverage must be a number above 0, up to 1, found 'all'"),
    ({"images": 0}, "images must hold whole numbers from 1"),
    ({"network": "0" * 64}, "the calibration belongs to network 000000000000, but this is"),
    ({"network": 5}, "network must be a SHA-256 in hex, found 5"),
    ({"more": 1}, "calibration must have the keys coverage, foreign_below,"),
]


@pytest.mark.parametrize("changes, message", WRONG, ids=[str(number) for number in range(len(WRONG))])
def test_a_wrong_calibration_is_refused(tmp_path, changes, message):
    network = network_of()
    facts = FACTS | {"network": network.sha256} | changes
    with pytest.raises(UserError, match=message):
        replace(network, calibration=Calibration.from_facts(facts))
    path = tmp_path / "four.npz"
    write(path, network, {"format": 4, "layers": [{}, {}], "input": "pixels", "calibration": facts})
    with pytest.raises(UserError, match=message) as caught:
        Network.load(path)
    assert str(caught.value).startswith(f"{path}: ") and "\n" not in str(caught.value)


@pytest.mark.parametrize("changes, message", [
    ({"calibration": None}, "calibration must have the keys"),
    ({"calibration": [1]}, "calibration must have the keys"),
    ({"calibration": {}}, "calibration must have the keys"),
    ({"format": 3}, "the header has the unknown key 'calibration'"),
    ({"format": 1}, "the header has the unknown key 'calibration' and has the unknown key 'input'"),
    ({"front": 1}, "the header has the unknown key 'front'"),
])
def test_a_damaged_file_is_refused(tmp_path, changes, message):
    network = network_of()
    write(tmp_path / "four.npz", network, {"format": 4, "layers": [{}, {}], "input": "pixels",
                                           "calibration": FACTS | {"network": network.sha256}} | changes)
    with pytest.raises(UserError, match=message):
        Network.load(tmp_path / "four.npz")


def test_a_calibration_is_of_its_network_alone():
    """Another source or accuracy is the same network; other weights, steps or classes are not."""
    network = network_of()
    made = replace(network, calibration=calibration(network))
    assert replace(made, source="else", accuracy={"images": 3}).calibration == made.calibration
    layer = made.layers[0]
    for changes in ({"steps": 32}, {"classes": [f"new {name}" for name in made.classes]},
                    {"layers": [replace(layer, thresholds=layer.thresholds + 1), *made.layers[1:]]}):
        with pytest.raises(UserError, match="calibrate it again"):
            replace(made, **changes)
    with pytest.raises(UserError, match="must be None or a Calibration, found 3"):
        replace(network, calibration=3)
    other = calibration(network, unsure_below=7)
    assert other.sha256 != made.calibration.sha256 == calibration(network).sha256
    assert made != replace(network, calibration=other)


def test_a_float_network_has_none(tmp_path):
    network = as_float(network_of())
    with pytest.raises(UserError, match="only a network in integers has a calibration"):
        replace(network, calibration=calibration(network))
    network.save(tmp_path / "float.npz")
    assert FloatNetwork.load(tmp_path / "float.npz").calibration is None


def test_the_probability_of_a_margin():
    """By a plain loop over the table; a margin beyond it has the last entry."""
    made = calibration(network_of())
    margins = np.arange(40)
    found = made.probability(margins)
    assert found.dtype == np.float64
    assert found.tolist() == [[p for edge, p in zip(FACTS["margins"], FACTS["probabilities"]) if edge <= margin][-1]
                              for margin in range(40)]


def test_the_word_of_confidence():
    rng = np.random.default_rng(3)
    for shifts in (Shifts(0, 0), Shifts(2, 5), Shifts(1, 12)):
        runner_up, margin = rng.integers(0, 1 << 16, 500), rng.integers(0, 1 << 11, 500)
        spread = rng.integers(0, 1 << 40, 500) >> rng.integers(0, 40, 500)
        words = pack_confidence(runner_up, margin, spread, shifts)
        assert words.dtype == np.int64 and words.max() < 1 << 32
        assert words.tolist() == [
            r + (1 << 16) * min(m // 2 ** shifts.margin, 255) + (1 << 24) * min(s // 2 ** shifts.spread, 255)
            for r, m, s in zip(runner_up.tolist(), margin.tolist(), spread.tolist())]
        found = unpack_confidence(words)
        assert found[0].tolist() == runner_up.tolist()
        assert found[1].tolist() == shown(margin, shifts.margin).tolist()
        assert found[2].tolist() == shown(spread, shifts.spread).tolist()
    assert pack_confidence(3, 4, 5, Shifts(0, 0)) == 0x05040003
    assert shown([255, 256, 511, 512, 1 << 62], 1).tolist() == [127, 128, 255, 255, 255]


@pytest.mark.parametrize("threshold, classes, expected", [
    (1, 2, (0, 0)), (25, 10, (0, 0)), (26, 10, (0, 1)), (255, 1, (0, 0)), (256, 1, (1, 1)), (121, 10, (0, 3)),
    (571, 10, (2, 5)), (1 << 20, 3, (13, 14)),
])
def test_usual_shifts(threshold, classes, expected):
    """The smallest after which the threshold, and the threshold times the classes, are at most 255."""
    layer = Layer(np.ones((1, classes), np.int8), np.full(classes, threshold, np.int32), 4)
    assert tuple(asdict(Shifts.of(Network(16, (1, 1), [layer], [str(j) for j in range(classes)]))).values()) == expected
    for number, shift in ((threshold, expected[0]), (threshold * classes, expected[1])):
        assert number >> shift <= 255 and (shift == 0 or number >> shift - 1 > 255)


def test_layers_of_maps_have_shifts():
    network = random_convolutional_network(np.random.default_rng(5), 16, 4, 2)
    assert any(isinstance(layer, ConvolutionLayer) for layer in network.layers)
    assert Shifts.of(network).margin >= 0
