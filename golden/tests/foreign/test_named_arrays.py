"""Files of named arrays: their order, what stands beside the weights, .safetensors, and what would fill the memory."""

import io
import json
import zipfile

import numpy as np
import pytest

from first_spike.golden.errors import UserError
from first_spike.golden.foreign.beside import natural
from first_spike.golden.foreign.named_arrays import choose_layers, read_arrays
from first_spike.golden.foreign.steps import MOST_NUMBERS


def save(path, arrays, head=None):
    """A .safetensors file of float32 arrays; head: changes of what it says of them."""
    entries, content = {}, b""
    for name, array in arrays.items():
        data = np.asarray(array, "<f4").tobytes()
        entries[name] = {"dtype": "F32", "shape": list(np.shape(array)),
                         "data_offsets": [len(content), len(content) + len(data)]} | (head or {})
        content += data
    text = json.dumps(entries | {"__metadata__": {"format": "pt"}}).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + content)
    return path


def chosen(arrays, inputs=12, classes=3, **options):
    layers, dropped = choose_layers({name: np.asarray(array, float) for name, array in arrays.items()}, inputs, classes,
                                    **options)
    return list(layers), dropped


A, B, C = np.zeros((5, 12)), np.zeros((5, 5)), np.zeros((3, 5))


@pytest.mark.parametrize("arrays, order", [
    ({"z": A, "a": C}, ["z", "a"]), ({"a": C, "z": A}, ["z", "a"]),
    ({"a": C.T, "z": A.T}, ["z", "a"]), ({"m": B, "a": C, "z": A}, ["z", "m", "a"]),
    ({"l10": B, "l9": B, "out": C, "in": A}, ["in", "l9", "l10", "out"]),
    ({"l10": C, "l9": B, "l2": B, "l1": A}, ["l1", "l2", "l9", "l10"]),
    ({"w2": B, "w1": B, "w0": A, "w3": C}, ["w0", "w1", "w2", "w3"]),
    ({"fc_in": A, "mid_b": B, "mid_a": B, "out": C}, None), ({"a_in": A, "mid_a": B, "mid_b": B, "out": C},
                                                             ["a_in", "mid_a", "mid_b", "out"])])
def test_order(arrays, order):
    if order is None:
        with pytest.raises(UserError, match="fit behind one another in more than one order: say it by --layers"):
            chosen(arrays)
    else:
        assert chosen(arrays) == (order, {})


def test_layers_by_name():
    arrays = {"fc_in": A, "mid_b": B, "mid_a": B, "out": C, "spare": np.ones((7, 7)), "x": np.ones(2)}
    names = ["fc_in", "mid_b", "mid_a", "out"]
    assert chosen(arrays, names=names) == (names, dict.fromkeys(("spare", "x"), "not among --layers"))
    with pytest.raises(UserError, match="there is no array 'gone'; the file holds fc_in, mid_b"):
        chosen(arrays, names=["gone"])
    with pytest.raises(UserError, match="--layers names each array once, found fc_in mid_b mid_b out"):
        chosen(arrays, names=["fc_in", "mid_b", "mid_b", "out"])
    with pytest.raises(UserError, match=r"arrays of shapes \[5, 5\], \[3, 5\] do not chain to layers that start"):
        chosen(arrays, names=["mid_a", "out"])


@pytest.mark.parametrize("name", ["lif1.recurrent.weight", "lif1.recurrent.V", "recurrent_weights", "rnn.weight_hh_l0",
                                  "cell.weight_hh", "rnn.bias_hh_l0"])
@pytest.mark.parametrize("names", [None, ["fc_in", "out"]])
def test_recurrent_weights_are_refused(name, names):
    with pytest.raises(UserError, match=f"'{name}' holds recurrent weights: recurrent networks are refused, layers"):
        chosen({"fc_in": A, name: np.ones((5, 5)), "out": C}, names=names)


def test_digits_in_names():
    """However many, and those that are no decimal digits."""
    digits = "1" * 5000
    assert sorted(["a²", f"a{digits}2", "a10", f"a{digits}1", "a٢", "a09"], key=natural) == [
        "a09", "a10", f"a{digits}1", f"a{digits}2", "a²", "a٢"]
    assert chosen({"fc2²": C, "fc1²2": A})[0] == ["fc1²2", "fc2²"]


def test_no_order():
    with pytest.raises(UserError, match=r"shapes a \[5, 12\], b \[4, 5\] do not chain .* from 12 inputs and end in 3"):
        chosen({"b": np.zeros((4, 5)), "a": A})
    with pytest.raises(UserError, match="conv.weight may be a convolution, .* export the model as an NIR graph"):
        chosen({"conv.weight": np.zeros((4, 1, 2, 2)), "fc.weight": C})


def test_what_stands_beside_the_weights():
    arrays = {"fc1.weight": A, "fc1.bias": np.zeros(5), "lif1.beta": 1.0, "lif1.threshold": 1.5, "fc2.weight": C,
              "fc2.bias": np.zeros(3), "lif1.reset_mechanism_val": 0, "lif1.graded_spikes_factor": 1,
              "lif2.v_threshold": np.ones(3)}
    order, dropped = chosen(arrays)
    assert order == ["fc1.weight", "fc2.weight"]
    assert dropped == {"fc1.bias": "a bias of zeros", "fc2.bias": "a bias of zeros", "lif1.beta": "no leak",
                       "lif1.reset_mechanism_val": "each neuron fires once",
                       "lif1.graded_spikes_factor": "each neuron fires once"}


@pytest.mark.parametrize("name, value, sentence", [
    ("fc1.bias", [0, 0.25, 0, 0, 0], r"'fc1.bias' is a bias, 0.25 at \[1\]: an IF neuron with a bias fires without in"),
    ("bias", [[0, 1]], r"'bias' is a bias, 1 at \[0, 1\]"),
    ("lif1.beta", 0.9, r"'lif1.beta' holds \[0.9\], so potentials leak"), ("l.alpha", [1, 0.5], "'l.alpha' holds"),
    ("lif1.tau", 2.0, "'lif1.tau' holds"), ("lif.tau_mem_inv", 2.0, "'lif.tau_mem_inv' holds"),
    ("l.graded_spikes_factor", 2, "'l.graded_spikes_factor' is 2, but spikes have no size here"),
    ("bn.running_mean", [0.0] * 5, r"'bn.running_mean' of shape \[5\] is no weight of a layer, and nothing is known")])
def test_what_has_a_meaning_that_no_network_here_has(name, value, sentence):
    with pytest.raises(UserError, match=sentence):
        chosen({"fc1.weight": A, "fc2.weight": C, name: value})
    if "bias" in name:  # also among names that the user chose
        with pytest.raises(UserError, match=sentence):
            chosen({"fc1.weight": A, "fc2.weight": C, name: value}, names=["fc1.weight", "fc2.weight"])


@pytest.mark.parametrize("code, kind", [("F64", "<f8"), ("F32", "<f4"), ("F16", "<f2"), ("I8", "i1"), ("I64", "<i8"),
                                        ("U8", "u1"), ("I32", "<i4")])
def test_safetensors(tmp_path, code, kind):
    array = np.arange(6).reshape(2, 3).astype(kind)
    head = json.dumps({"w": {"dtype": code, "shape": [2, 3], "data_offsets": [0, array.nbytes]}}).encode() + b"   "
    (tmp_path / "w.safetensors").write_bytes(len(head).to_bytes(8, "little") + head + array.tobytes())
    assert read_arrays(tmp_path / "w.safetensors")["w"].tolist() == array.tolist()


def test_bfloat16(tmp_path):
    content = (np.array([1.5, -2.0, 0.15625], np.float32).view(np.uint32) >> 16).astype("<u2").tobytes()
    head = json.dumps({"w": {"dtype": "BF16", "shape": [3], "data_offsets": [0, 6]}}).encode()
    (tmp_path / "w.safetensors").write_bytes(len(head).to_bytes(8, "little") + head + content)
    assert read_arrays(tmp_path / "w.safetensors")["w"].tolist() == [1.5, -2.0, 0.15625]


@pytest.mark.parametrize("head, sentence", [
    ({"data_offsets": [0, 10 ** 18]}, "'w' lies outside of the file"), ({"data_offsets": [-4, 4]}, "lies outside"),
    ({"data_offsets": [8, 4]}, "lies outside"), ({"data_offsets": "ab"}, "is damaged, or no .safetensors file"),
    ({"shape": [3, 3]}, "is damaged, or"), ({"shape": [10 ** 9, 10 ** 9]}, "holds 1,000,000,000,000,000,000 numb"),
    ({"shape": "x"}, "the shape of 'w' is no list of at most 32 numbers"), ({"shape": [[1], 1000]}, "the shape of 'w'"),
    ({"shape": ["ab", 1000]}, "the shape of 'w'"), ({"shape": [1] * 33}, "the shape of 'w'"),
    ({"shape": [-1]}, "the shape of 'w'"), ({"shape": [True]}, "the shape of 'w'"),
    ({"dtype": "F8_E4M3"}, "'w' holds F8_E4M3, which is not read"),
    ({"dtype": None}, "'w' holds None, which is not read")])
def test_safetensors_that_lie(tmp_path, head, sentence):
    path = save(tmp_path / "w.safetensors", {"w": [[1.0, 2.0]]}, head)
    with pytest.raises(UserError, match=f"w.safetensors:? .*{sentence}|{sentence}"):
        read_arrays(path)


@pytest.mark.parametrize("content", [b"", b"\xff" * 8, b"\x02" + bytes(7) + b"[]", b"\x09" + bytes(7) + b"{\"w\": 3}",
                                     b"\x02" + bytes(7) + b"{", (10 ** 5).to_bytes(8, "little") + b"[" * 10 ** 5])
def test_no_safetensors(tmp_path, content):
    (tmp_path / "w.safetensors").write_bytes(content)
    with pytest.raises(UserError, match="w.safetensors(:| is) .*(damaged|no .safetensors|no arrays)"):
        read_arrays(tmp_path / "w.safetensors")


def test_a_bomb_is_not_unfolded(tmp_path):
    """Zeros of a hundred gigabytes, in a file of no size: what they say that they are is refused."""
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<f8", "fortran_order": False, "shape": (MOST_NUMBERS + 1,)})
    with zipfile.ZipFile(tmp_path / "w.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("w.npy", head.getvalue() + bytes(1 << 20))
    with pytest.raises(UserError, match="w.npz: holds 67,108,865 numbers; at most 67,108,864 are read"):
        read_arrays(tmp_path / "w.npz")
    (tmp_path / "w.npy").write_bytes(head.getvalue() + bytes(100))
    with pytest.raises(UserError, match="w.npy: holds 67,108,865 numbers"):
        read_arrays(tmp_path / "w.npy")


def test_many_bombs(tmp_path):
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<f8", "fortran_order": False, "shape": (MOST_NUMBERS // 2,)})
    with zipfile.ZipFile(tmp_path / "w.npz", "w") as archive:
        for name in "abc":
            archive.writestr(f"{name}.npy", head.getvalue())
    with pytest.raises(UserError, match="w.npz: holds 100,663,296 numbers; at most"):
        read_arrays(tmp_path / "w.npz")


def test_objects_in_an_archive_are_not_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "|O", "fortran_order": False, "shape": (1,)})
    with zipfile.ZipFile("w.npz", "w") as archive:
        archive.writestr("w.npy", head.getvalue() + b"cos\nsystem\n(S'touch executed'\ntR.")
    with pytest.raises(UserError, match="w.npz"):
        read_arrays("w.npz")
    assert not (tmp_path / "executed").exists()


def test_a_state_dict_without_pytorch(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    with pytest.raises(UserError, match="needs PyTorch: pip install torch==2.13.0, or save .safetensors or"):
        read_arrays(tmp_path / "w.pt")


def test_other_members(tmp_path):
    with zipfile.ZipFile(tmp_path / "w.npz", "w") as archive:
        archive.writestr("notes.txt", "hello")
    with pytest.raises(UserError, match="w.npz is neither an .npz nor an .npy file of weights"):
        read_arrays(tmp_path / "w.npz")
    np.savez(tmp_path / "t.npz", a=np.array(["text"]))
    with pytest.raises(UserError, match="t.npz: 'a' holds <U4, not numbers"):
        read_arrays(tmp_path / "t.npz")
