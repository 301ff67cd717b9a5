"""The network files: round trip, equality, the same bytes every time, and one clear sentence for every bad one."""

import json
import os
from dataclasses import replace

import numpy as np
import pytest

from first_spike.golden.contract.network import FloatLayer, FloatNetwork, Layer, Network
from first_spike.golden.errors import UserError
from tb.helpers.random_networks import as_float, random_network

HEADER = {"format": 1, "steps": 16, "image_shape": [2, 3], "weight_bits": [4, 4], "classes": ["a", "b"],
          "source": "by hand"}


def good_arrays():
    """What a user writes with plain numpy: a 6-4-2 network."""
    rng = np.random.default_rng(1)
    return {
        "layer0_weights": rng.integers(-8, 8, (6, 4)).astype(np.int8), "layer0_thresholds": np.full(4, 9, np.int32),
        "layer1_weights": rng.integers(-8, 8, (4, 2)).astype(np.int8), "layer1_thresholds": np.full(2, 5, np.int32),
    }


def write(path, header=HEADER, **changes):
    """Write a network file by hand, without the project's code; a change of None leaves the array out."""
    arrays = {name: array for name, array in (good_arrays() | changes).items() if array is not None}
    np.savez(path, header=np.array(json.dumps(header)), **arrays)
    return path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "network.npz"


def test_reads_what_plain_numpy_wrote(path):
    network = Network.load(write(path))
    assert (network.steps, network.image_shape, network.inputs, network.sizes) == (16, (2, 3), 6, (4, 2))
    assert (network.classes, network.source, network.accuracy) == (("a", "b"), "by hand", {})
    assert [layer.weight_bits for layer in network.layers] == [4, 4]
    for name, array in good_arrays().items():
        layer, part = network.layers[int(name[5])], name[7:]
        assert np.array_equal(getattr(layer, part), array)


@pytest.mark.parametrize("seed", range(20))
def test_round_trip(path, seed):
    rng = np.random.default_rng(seed)
    made = random_network(rng, 2 ** int(rng.integers(1, 9)), int(rng.integers(1, 9)), 1 + seed % 4)
    made = replace(made, accuracy={"test": 0.984, "by class": [1, 0.5]}, source="ünicode, \"quoted\"")
    for network in (made, as_float(made)):
        network.save(path)
        again = type(network).load(path)
        assert again == network and again.sha256 == network.sha256
        for layer, other in zip(again.layers, network.layers):
            assert layer.weights.dtype == other.weights.dtype and np.array_equal(layer.weights, other.weights)
            assert layer.thresholds.dtype == other.thresholds.dtype and np.array_equal(layer.thresholds,
                                                                                       other.thresholds)
        assert (again.source, again.accuracy, again.classes) == (network.source, network.accuracy, network.classes)


def test_same_network_same_bytes(tmp_path):
    first, second = tmp_path / "first.npz", tmp_path / "second.npz"
    network = random_network(np.random.default_rng(7), 16, 4, 2)
    network.save(first)
    os.utime(first, (0, 0))
    Network.load(first).save(second)
    assert first.read_bytes() == second.read_bytes()
    assert sorted(os.listdir(tmp_path)) == ["first.npz", "second.npz"]


def changed(network, **changes):
    return replace(network, layers=[replace(network.layers[0], **changes), *network.layers[1:]])


def test_equality_and_hash_see_every_part(path):
    network = Network.load(write(path))
    weights = network.layers[0].weights.copy()
    weights[5, 3] ^= 1
    thresholds = network.layers[0].thresholds.copy()
    thresholds[3] += 1
    others = [changed(network, weights=weights), changed(network, thresholds=thresholds),
              changed(network, weight_bits=5), replace(network, steps=32), replace(network, image_shape=(3, 2)),
              replace(network, classes=("a", "c"))]
    for other in others:
        assert other != network and other.sha256 != network.sha256
    for other in (replace(network, source="else"), replace(network, accuracy={"test": 1})):
        assert other != network and other.sha256 == network.sha256
    assert replace(network) == network and network != as_float(network)
    assert network.sha256 == Network.load(path).sha256


def test_a_network_cannot_change(path):
    weights = good_arrays()["layer0_weights"]
    layer = Layer(weights, np.full(4, 9, np.int32), 4)
    weights[0, 0] += 1
    assert layer.weights[0, 0] == weights[0, 0] - 1
    with pytest.raises(ValueError, match="read-only"):
        layer.weights[0, 0] = 0


def with_value(name, index, value):
    array = good_arrays()[name]
    array[index] = value
    return {name: array}


def one_bit_header():
    return HEADER | {"weight_bits": [4, 1]}


@pytest.mark.parametrize("header, changes, message", [
    (HEADER | {"format": 5}, {}, "format 5 is unknown; this version reads formats 1 to 4"),
    ({k: v for k, v in HEADER.items() if k != "format"}, {}, "format None is unknown"),
    ({k: v for k, v in HEADER.items() if k != "steps"}, {}, "the header lacks 'steps'"),
    (HEADER | {"bias": 1}, {}, "the header has the unknown key 'bias'"),
    (HEADER | {"kind": "float"}, {}, "is a network of kind 'float'; one of kind 'integer' is needed here"),
    (HEADER | {"steps": 12}, {}, "steps must be a power of two from 2 to 256, found 12"),
    (HEADER | {"steps": 512}, {}, "steps must be a power of two from 2 to 256, found 512"),
    (HEADER | {"steps": 16.0}, {}, "steps must be a power of two from 2 to 256, found 16.0"),
    (HEADER | {"image_shape": [6]}, {}, r"image_shape must be two or three positive integers, found \[6\]"),
    (HEADER | {"image_shape": 6}, {}, "image_shape must be a list, found 6"),
    (HEADER | {"image_shape": [2, -3]}, {}, r"image_shape must be two or three positive integers, found \[2, -3\]"),
    (HEADER | {"image_shape": [2, 4]}, {}, "layer 0 takes 6 inputs, but an image of 2 x 4 pixels gives 8"),
    (HEADER | {"weight_bits": [4]}, {}, r"weight_bits must list one width for each of the 2 layers, found \[4\]"),
    (HEADER | {"weight_bits": [4, 9]}, {}, "layer 1: weight_bits must be an integer from 1 to 8, found 9"),
    (HEADER | {"weight_bits": [4, 0]}, {}, "layer 1: weight_bits must be an integer from 1 to 8, found 0"),
    (HEADER | {"classes": ["a"]}, {}, "1 class names for 2 output neurons"),
    (HEADER | {"classes": ["a", 3]}, {}, "classes must be non-empty names"),
    (HEADER | {"classes": ["a", "a"]}, {}, "two classes are called 'a': a result must name one"),
    (HEADER | {"source": None}, {}, "source must be text, found None"),
    (HEADER | {"accuracy": [1]}, {}, "accuracy must be an object of named figures"),
    (HEADER, with_value("layer0_weights", (5, 3), 8),
     r"layer 0: weight 8 of neuron 3 \(input 5\) does not fit in 4 bits, which hold -8 to 7"),
    (HEADER, with_value("layer1_weights", (2, 1), -9),
     r"layer 1: weight -9 of neuron 1 \(input 2\) does not fit in 4 bits"),
    (one_bit_header(), {"layer1_weights": np.zeros((4, 2), np.int8)},
     r"layer 1: weight 0 of neuron 0 \(input 0\) does not fit in 1 bit, which hold -1 and \+1"),
    (HEADER, with_value("layer0_thresholds", 2, 0), "layer 0: threshold 0 of neuron 2 must be positive"),
    (HEADER, with_value("layer1_thresholds", (), -4), "layer 1: threshold -4 of neuron 0 must be positive"),
    (HEADER, with_value("layer1_thresholds", 1, 6),
     "the output layer needs one threshold for all its neurons, but neuron 0 has 5 and neuron 1 has 6"),
    (HEADER, {"layer1_weights": np.ones((5, 2), np.int8)}, "layer 1 takes 5 inputs, but layer 0 gives 4"),
    (HEADER, {"layer0_thresholds": np.ones(3, np.int32)}, "layer 0: 3 thresholds for 4 neurons"),
    (HEADER, {"layer0_weights": np.ones((6, 4), np.int64)}, "layer 0: weights must be int8, found int64"),
    (HEADER, {"layer0_weights": np.ones((6, 4), np.float32)}, "layer 0: weights must be int8, found float32"),
    (HEADER, {"layer0_thresholds": np.ones(4)}, "layer 0: thresholds must be int32, found float64"),
    (HEADER, {"layer0_weights": np.ones(24, np.int8)},
     r"layer 0: weights must have 2 non-empty axes, found shape \(24,\)"),
    (HEADER, {"layer0_weights": np.ones((6, 0), np.int8)},
     r"layer 0: weights must have 2 non-empty axes, found shape \(6, 0\)"),
    (HEADER, {"layer0_weights": np.array([[1, "x"]], object)}, "holds an object array, which is never loaded"),
    (HEADER, {"layer1_thresholds": None}, "array layer1_thresholds is missing"),
    (HEADER, {"layer0_weights": None}, "array layer0_weights is missing"),
    (HEADER, {"extra": np.ones(1)}, "array extra is unexpected"),
    (HEADER | {"weight_bits": []}, dict.fromkeys(good_arrays()), "a network needs at least one layer"),
    (3, {}, "`header` must be a JSON object, found int"),
])
def test_bad_content(path, header, changes, message):
    write(path, header, **changes)
    with pytest.raises(UserError, match=message) as caught:
        Network.load(path)
    assert str(caught.value).startswith(f"{path}: ")


@pytest.mark.parametrize("header, message", [
    (np.array(json.dumps(HEADER))[None], "`header` must be a single unicode string"),
    (np.array(1), "`header` must be a single unicode string"),
    (np.array("{not json"), "`header` is not valid JSON"),
])
def test_bad_header(path, header, message):
    np.savez(path, header=header, **good_arrays())
    with pytest.raises(UserError, match=message):
        Network.load(path)


def test_no_header(path):
    np.savez(path, **good_arrays())
    with pytest.raises(UserError, match="has no `header` array"):
        Network.load(path)


def test_not_a_network_file(path, tmp_path):
    with pytest.raises(UserError, match="cannot read .*: No such file"):
        Network.load(path)
    path.write_text("not a zip archive")
    with pytest.raises(UserError, match="is truncated, damaged, or no .npz file"):
        Network.load(path)
    np.save(tmp_path / "array.npy", np.ones(3))
    with pytest.raises(UserError, match="is a single array, not a network file"):
        Network.load(tmp_path / "array.npy")


def test_truncated_at_every_byte(path):
    Network.load(write(path)).save(path)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(UserError):
            Network.load(path)


def test_a_damaged_byte_never_gives_another_network(path):
    """Each byte replaced in turn: a UserError, or (in the archive's idle fields) the same network."""
    network = Network.load(write(path))
    network.save(path)
    whole = path.read_bytes()
    errors = 0
    for position in range(len(whole)):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 0x41]) + whole[position + 1:])
        try:
            assert Network.load(path) == network
        except UserError:
            errors += 1
    assert errors > len(whole) // 2


def test_nothing_half_written(tmp_path, monkeypatch):
    network = random_network(np.random.default_rng(9), 16, 4, 1)
    target = tmp_path / "kept.npz"
    network.save(target)
    before = target.read_bytes()

    def fail(file, **arrays):
        file.write(b"half")
        raise OSError(28, "No space left on device")
    monkeypatch.setattr(np, "savez_compressed", fail)
    with pytest.raises(UserError, match=f"cannot write {target}: No space left on device"):
        network.save(target)
    assert target.read_bytes() == before and os.listdir(tmp_path) == ["kept.npz"]
    with pytest.raises(UserError, match="cannot write .*: No such file or directory"):
        network.save(tmp_path / "missing" / "network.npz")


def test_float_file(path):
    exact = np.array([[0.5, -0.25]], np.float32)
    for weights, stored in ((exact, np.float16), (exact + np.float32(0.1), np.float32), (exact * 1e6, np.float32)):
        layer = FloatLayer(weights.astype(np.float32), np.array([1.1, 1.1], np.float32))
        network = FloatNetwork(16, (1, 1), [layer], ["a", "b"], "by hand")
        network.save(path)
        assert FloatNetwork.load(path) == network
        with np.load(path) as archive:
            assert archive["layer0_weights"].dtype == stored
            assert json.loads(str(archive["header"]))["kind"] == "float"
    with pytest.raises(UserError, match="is a network of kind 'float'; one of kind 'integer' is needed here"):
        Network.load(path)
    with pytest.raises(UserError, match="is a network of kind 'integer'; one of kind 'float' is needed here"):
        FloatNetwork.load(write(path))


@pytest.mark.parametrize("weight, threshold, message", [
    (np.nan, 1, r"layer 0: weight nan of neuron 1 \(input 0\) is not finite"),
    (np.inf, 1, r"layer 0: weight inf of neuron 1 \(input 0\) is not finite"),
    (1, np.nan, "layer 0: threshold nan of neuron 0 must be finite and positive"),
    (1, 0, "layer 0: threshold 0.0 of neuron 0 must be finite and positive"),
    (1, np.inf, "layer 0: threshold inf of neuron 0 must be finite and positive"),
])
def test_bad_float_values(weight, threshold, message):
    layer = FloatLayer(np.array([[1, weight]], np.float32), np.full(2, threshold, np.float32))
    with pytest.raises(UserError, match=message):
        FloatNetwork(16, (1, 1), [layer], ["a", "b"])


@pytest.mark.parametrize("weights, lowest, highest", [
    ([[-1, 1]], [-1, 0], [0, 1]),
    ([[-4, -4], [-4, 1]], [-8, -4], [0, 1]),
    ([[7, 7], [-8, 7]], [-8, 0], [7, 14]),
    ([[-128]] * 300, [-38400], [0]),
])
def test_bounds_by_hand(weights, lowest, highest):
    layer = Layer(np.array(weights, np.int8), np.ones(len(weights[0]), np.int32), 8)
    assert [bound.tolist() for bound in layer.bounds()] == [lowest, highest]
    assert [bound.dtype for bound in layer.bounds()] == [np.int64, np.int64]


def test_used_inputs_by_hand():
    layer = Layer(np.array([[0, 0], [0, -1], [1, -1], [0, 0]], np.int8), np.full(2, 3, np.int32), 4)
    assert Network(16, (2, 2), [layer], ["a", "b"]).used_inputs.tolist() == [False, True, True, False]


def test_a_network_says_what_it_is():
    network = random_network(np.random.default_rng(1), 16, 4, 2)
    assert repr(network).startswith(f"Network {network.title}, 16 steps, {network.sha256[:12]}\n")
