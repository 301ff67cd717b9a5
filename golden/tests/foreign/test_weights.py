"""Weights from elsewhere: layouts, the published pickled form, and pickles that must not be run."""

import io
import os
import pickle
import sys
import types

import numpy as np
import pytest

from first_spike.golden.errors import UserError
from first_spike.golden.foreign.named_arrays import read_arrays
from first_spike.golden.foreign.pickled_arrays import read_object_array
from first_spike.golden.foreign.weights import in_order_of_classes, integer_layers, orient, weighted_layers


class CupyArray:
    """Pickles as CuPy's arrays do: a call of cupy.core.core.array with a numpy array."""

    def __init__(self, array):
        self.array = array

    def __reduce__(self):
        return sys.modules["cupy.core.core"].array, (self.array,)


@pytest.fixture
def cupy(monkeypatch):
    """A stand-in for the module, so that pickle can name it while writing."""
    def array(content):
        raise AssertionError("the reader called cupy.core.core.array")
    array.__module__ = "cupy.core.core"
    array.__qualname__ = "array"
    core = types.ModuleType("cupy.core.core")
    core.array = array
    for name in ("cupy", "cupy.core"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    monkeypatch.setitem(sys.modules, "cupy.core.core", core)


def write_objects(path, objects, protocol, content=None):
    """An `.npy` file of an object array, its pickle replaced by `content` where given."""
    array = np.empty(len(objects), object)
    for index, value in enumerate(objects):
        array[index] = value
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": "|O", "fortran_order": False, "shape": array.shape})
    path.write_bytes(stream.getvalue() + (pickle.dumps(array, protocol) if content is None else content))
    return path


@pytest.mark.parametrize("protocol", range(2, 6))
def test_published_layout(tmp_path, cupy, protocol):
    rng = np.random.default_rng(protocol)
    layers = [rng.normal(size=(5, 4, 3)), rng.normal(size=(2, 5, 1))]
    path = write_objects(tmp_path / "w.npy", [CupyArray(layer) for layer in layers], protocol)
    found = list(read_arrays(path).values())
    assert all(np.array_equal(a, b) for a, b in zip(found, layers, strict=True))
    matrices = orient(found, 12)
    assert np.array_equal(matrices[0], layers[0].reshape(5, 12).T)
    assert np.array_equal(matrices[1], layers[1].reshape(2, 5).T)


@pytest.mark.parametrize("protocol", range(2, 6))
@pytest.mark.parametrize("dtype", ["<f4", ">f8", "<i2", "u1"])
@pytest.mark.parametrize("order", "CF")
def test_numpy_elements(tmp_path, protocol, dtype, order):
    layers = [np.asarray(np.arange(12).reshape(4, 3), dtype, order=order), np.asarray(np.eye(3), dtype, order=order)]
    path = write_objects(tmp_path / "w.npy", layers, protocol)
    assert all(np.array_equal(a, b) for a, b in zip(read_object_array(path), layers, strict=True))


class Shell:
    def __reduce__(self):
        return os.system, ("touch executed",)


class Attribute:
    def __reduce__(self):
        return getattr, ("text", "upper")


class Evaluated:
    def __reduce__(self):
        return eval, ("open('executed', 'w')",)


@pytest.mark.parametrize("value, name", [
    (Shell(), f"{os.system.__module__}.system"), (Attribute(), "builtins.getattr"), (Evaluated(), "builtins.eval"),
    (np.arange, "numpy.arange"), ({"a": 1}, "EMPTY_DICT"), (CupyArray, "CupyArray"),
])
@pytest.mark.parametrize("protocol", (2, 4, 5))
def test_code_is_refused_by_name(tmp_path, monkeypatch, value, name, protocol):
    monkeypatch.chdir(tmp_path)
    path = write_objects(tmp_path / "w.npy", [np.ones(2), value], protocol)
    with pytest.raises(UserError, match="is refused: its pickle") as error:
        read_arrays(path)
    # protocol 2 gives builtins their Python 2 name
    assert name in str(error.value).replace("__builtin__", "builtins")
    assert not (tmp_path / "executed").exists()


def test_a_name_with_a_new_line_is_refused_in_one(tmp_path):
    path = tmp_path / "w.npy"
    np.save(path, np.array([np.ones(2)], object))
    header = path.read_bytes()[:128]
    path.write_bytes(header + b"X\x04\0\0\0o\ns.X\x01\0\0\0a\x93.")
    with pytest.raises(UserError) as error:
        read_arrays(path)
    assert "its pickle asks for o\\ns..a, which" in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize("content", [
    b"cos\nsystem\n(S'touch executed'\ntR.",                     # the classic, by GLOBAL
    b"(S'touch executed'\nios\nsystem\n.",                       # INST
    b"cnumpy\nndarray\n(S'touch executed'\ntR.",                 # a known name, called as arrays never do
    b"cnumpy.core.multiarray\n_reconstruct\n}b.",                # state set on a name
    b"I1\nI2\na.",                                               # append to a number
    b"\x82\x01.",                                                # the extension registry
    b"Pid\n.",                                                   # a persistent id
    b"N.", b"", b"garbage", b"\x80\x04\x95",
])
def test_hostile_streams(tmp_path, monkeypatch, content):
    monkeypatch.chdir(tmp_path)
    path = write_objects(tmp_path / "w.npy", [1], 2, content)
    with pytest.raises(UserError, match="w.npy"):
        read_arrays(path)
    assert not (tmp_path / "executed").exists()


@pytest.mark.parametrize("objects, message", [
    ([np.array(["text"])], "array of type 'U4', which is not plain numbers"),
    ([3.5], "uses BINFLOAT"), (["text"], "holds a str"), ([[1, 2]], "holds a list"),
    ([np.array([np.ones(2), None], object)], "holds an array of objects"),
])
def test_other_contents_are_named(tmp_path, objects, message):
    with pytest.raises(UserError, match=message):
        read_arrays(write_objects(tmp_path / "w.npy", objects, 4))


def test_plain_files(tmp_path):
    first, second = np.arange(12.0).reshape(4, 3), np.ones((3, 2))
    np.savez(tmp_path / "w.npz", a=first, b=second)
    np.save(tmp_path / "w.npy", first)
    found = read_arrays(tmp_path / "w.npz")
    assert {name: array.tolist() for name, array in found.items()} == {"a": first.tolist(), "b": second.tolist()}
    assert read_arrays(tmp_path / "w.npy")["array 0"].tolist() == first.tolist()
    (tmp_path / "text.npz").write_text("hello")
    with pytest.raises(UserError, match="neither an .npz nor an .npy"):
        read_arrays(tmp_path / "text.npz")
    with pytest.raises(UserError, match="cannot read"):
        read_arrays(tmp_path / "none.npz")


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_not_finite(tmp_path, bad):
    np.savez(tmp_path / "w.npz", a=np.array([[1.0, 2.0], [bad, 0.0]]))
    with pytest.raises(UserError, match=r"'a' holds (nan|inf) at \[1, 0\]; it must be finite"):
        read_arrays(tmp_path / "w.npz")


def test_orientation():
    up, down = [np.zeros((4, 6)), np.zeros((2, 4))], [np.zeros((6, 4)), np.zeros((4, 2))]
    assert [layer.shape for layer in orient(up, 6)] == [layer.shape for layer in orient(down, 6)] == [(6, 4), (4, 2)]
    with pytest.raises(UserError, match="allow both orientations; choose one of neurons-first, inputs-first"):
        orient([np.zeros((6, 6))], 6)
    assert orient([np.eye(6)[:, ::-1]], 6, "neurons-first")[0].shape == (6, 6)
    with pytest.raises(UserError, match=r"\[4, 6\], \[2, 5\] do not chain to layers that start from 6 inputs"):
        orient([np.zeros((4, 6)), np.zeros((2, 5))], 6)


def test_classes_are_put_in_order():
    layer = np.arange(12.0).reshape(4, 3)
    last, = in_order_of_classes(weighted_layers({"w": layer}, [[2, 3, 4]]), ["c", "a", "b"], ("a", "b", "c"))
    assert last.weights.tolist() == (layer[:, [1, 2, 0]] * [4, 3, 6]).tolist()  # thresholds 3, 4, 2 are made one
    assert last.float_layer().thresholds.tolist() == [12.0] * 3


@pytest.mark.parametrize("thresholds, neurons, message", [
    ([1.0, 2.0], ["a", "b", "c"], "2 thresholds for 1 layers"),
    ([1.0], ["a", "b", "b"], "need the classes a b c, each once; found a b b"),
    ([0.0], ["a", "b", "c"], "the threshold of layer 0 must be a number above 0, found 0"),
    ([-1.0], ["a", "b", "c"], "the threshold of layer 0 must be a number above 0, found -1"),
    ([float("nan")], ["a", "b", "c"], "the threshold of layer 0 must be a number above 0, found nan"),
    ([1e-30], ["a", "b", "c"], "threshold 1e-30 of layer 0 is less than a millionth of its largest weight, 1: was it"),
    ([4.0], ["a", "b", "c"], "threshold 4 of layer 0: no neuron would ever fire, since no potential can rise above 4"),
    ([1e30], ["a", "b", "c"], r"threshold 1e\+30 of layer 0: no neuron would ever fire"),
])
def test_bad_descriptions(thresholds, neurons, message):
    with pytest.raises(UserError, match=message):
        in_order_of_classes(weighted_layers({"w": np.ones((4, 3))}, thresholds), neurons, ("a", "b", "c"))


def test_a_threshold_and_the_potential_of_the_same_neuron():
    layers = weighted_layers({"w": np.array([[1, 0.1], [1, 0.1]])}, [[3, 0.5]])
    with pytest.raises(UserError, match="threshold 0.5 of layer 0: no neuron would ever fire, since no potential of ne"
                                        "uron 1 can rise above 0.2"):
        in_order_of_classes(layers, "ab", "ab")


def integers(layers, thresholds, bits):
    """What `integer_layers` makes of matrices, as (weights, thresholds, bits) of each layer, or None."""
    found = integer_layers(weighted_layers(dict(enumerate(layers)), thresholds), bits)
    return [made and (made.weights.tolist(), made.thresholds.tolist(), made.weight_bits)
            for made in (one.made for one in found)]


def test_integers_stay_integers():
    first, second = np.array([[7, -8], [3, 0]]), np.array([[-2, 1], [1, 1]])
    for kind in (np.int8, np.float64):
        assert integers([first.astype(kind), second.astype(kind)], [5, 1], (4, 2)) == [
            (first.tolist(), [5, 5], 4), (second.tolist(), [1, 1], 2)]
    assert integers([first / 1.0], [6.75], (4,)) == [(first.tolist(), [6, 6], 4)]  # V > 6.75 is V > 6


@pytest.mark.parametrize("layer, threshold, bits", [
    ([[7, -9], [3, 0]], 5, 4), ([[8, 0], [3, 0]], 5, 4), ([[200, 0], [3, 0]], 5, 8), ([[1, 0], [1, 1]], 1, 1),
    ([[7, -8], [3.5, 0]], 5, 4), ([[7, -8], [3, 0]], 0.5, 4)])
def test_other_weights_are_no_integers_of_these_bits(layer, threshold, bits):
    assert integers([np.array(layer, float)], [threshold], (bits,)) == [None]


def test_a_number_is_no_buffer(tmp_path):
    """bytes(10 ** 10) would be ten gigabytes of zeros."""
    content = b"cnumpy.core.numeric\n_frombuffer\n(I10000000000\ncnumpy\ndtype\n(Vf8\nI0\nI1\ntR(I1\ntVC\ntR."
    path = write_objects(tmp_path / "w.npy", [0], 2, content)
    with pytest.raises(UserError, match="makes an array from a int, not from bytes"):
        read_object_array(path)


@pytest.mark.parametrize("make, sentence", [
    (lambda path: np.savez(path), "holds no arrays; one per layer is needed"),
    (lambda path: np.savez(path, a=np.full((2, 2), 1e300)), "'a' holds weights beyond 1e.09"),
    (lambda path: path.write_bytes(b"PK\x03\x04" + bytes(60)), "is neither an .npz nor an .npy file of weights"),
])
def test_files_that_are_no_weights(tmp_path, make, sentence):
    make(tmp_path / "w.npz")
    with pytest.raises(UserError, match=sentence):
        read_arrays(tmp_path / "w.npz")
