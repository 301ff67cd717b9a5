"""Properties of the importers: arrays and graphs come in as they went out, in any order, and damage is refused in a
sentence."""

import json

import numpy as np
import pytest
from hypothesis import strategies as st

from first_spike.golden.contract.base_network import image_map
from first_spike.golden.errors import UserError
from first_spike.golden.foreign.layers import with_one_threshold
from first_spike.golden.foreign.named_arrays import choose_layers, read_arrays
from first_spike.golden.foreign.nir_graph import read_graph
from first_spike.golden.foreign.nir_layers import read_layers
from first_spike.golden.foreign.nir_writer import read_description, write_nir
from tb.helpers.properties import damaged, few_and_many, for_all, networks, plain_values

names = st.text(st.characters(codec="utf-8", exclude_characters="\0/\\"), min_size=1, max_size=8)
CODES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1", "U8": "u1",
         "BOOL": "?"}


def some_array(shape, code, seed):
    return np.random.default_rng(seed).integers(-3, 4, shape).astype(CODES[code])


some_arrays = st.builds(some_array, st.lists(st.integers(0, 4), max_size=4), st.sampled_from(sorted(CODES)),
                        st.integers(0, 99))


def refused_or(read, *arguments):
    """What is read, or None where it is refused in a sentence; any other exception is a failure."""
    try:
        return read(*arguments)
    except UserError as error:
        assert str(error)
        return None


def safetensors(arrays, changes=()):
    """The bytes of a .safetensors file; changes: [(name, fact, value)] of what it says of its arrays."""
    head, content = {"__metadata__": {"format": "pt"}}, b""
    for name, array in arrays.items():
        code = next(code for code, kind in CODES.items() if np.dtype(kind) == array.dtype)
        data = array.tobytes()
        head[name] = {"dtype": code, "shape": list(array.shape), "data_offsets": [len(content),
                                                                                 len(content) + len(data)]}
        content += data
    for name, fact, value in changes:
        head[name][fact] = value
    text = json.dumps(head).encode()
    return len(text).to_bytes(8, "little") + text + content


def write(path, arrays):
    if path.suffix == ".safetensors":
        path.write_bytes(safetensors(arrays))
    else:
        with open(path, "wb") as file:
            np.savez(file, **arrays)


@few_and_many
@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
def test_named_arrays_come_in(examples, suffix, tmp_path):
    path = tmp_path / f"weights{suffix}"

    def check(arrays):
        arrays = {name: array for name, array in arrays.items() if name not in ("__metadata__", "file")
                  and not name.endswith(".npy")}
        write(path, arrays)
        if not arrays:
            assert refused_or(read_arrays, path) is None
            return
        found = read_arrays(path)
        assert list(found) == list(arrays)
        for name, array in arrays.items():
            assert found[name].dtype == np.float64 and np.array_equal(found[name], array)

    for_all(examples, check, st.dictionaries(names, some_arrays, max_size=4))


@few_and_many
@pytest.mark.parametrize("suffix", [".npz", ".safetensors", ".npy"])
def test_damaged_arrays_are_refused_or_arrays(examples, suffix, tmp_path):
    path = tmp_path / f"weights{suffix}"

    def check(arrays, data):
        if suffix == ".npy":
            np.save(path, arrays["a"])
        else:
            write(path, arrays)
        path.write_bytes(data.draw(damaged(path.read_bytes())))
        found = refused_or(read_arrays, path)
        assert found is None or all(np.isfinite(array).all() for array in found.values())

    for_all(examples, check, st.fixed_dictionaries({"a": some_arrays, "b": some_arrays}), st.data())


@few_and_many
def test_any_head_of_a_safetensors_file(examples, tmp_path):
    path = tmp_path / "weights.safetensors"
    shapes = st.lists(st.integers(-2, 5) | st.sampled_from((1 << 31, 1 << 64)), max_size=3)

    def check(arrays, name, fact, value):
        path.write_bytes(safetensors(arrays, [(name, fact, value)]))
        refused_or(read_arrays, path)

    for_all(examples, check, st.fixed_dictionaries({"a": some_arrays, "b": some_arrays}), st.sampled_from("ab"),
            st.sampled_from(("dtype", "shape", "data_offsets", "x")), plain_values | shapes)


@few_and_many
def test_layers_are_found_in_any_order(examples):
    """Of distinct sizes, which leave one chain: it is found however the file orders and turns them."""
    def check(sizes, order, turned, seed):
        rng, sizes = np.random.default_rng(seed), list(dict.fromkeys(sizes))
        chain = {f"layer {k}": rng.normal(size=pair) for k, pair in enumerate(zip(sizes, sizes[1:]))}
        shuffled = sorted(chain, key=lambda name: (order[int(name[6:])], name))
        found, dropped = choose_layers({name: chain[name].T if turned else chain[name] for name in shuffled}, sizes[0],
                                       sizes[-1])
        assert list(found) == list(chain) and dropped == {}
        assert all(np.array_equal(found[name], chain[name]) for name in chain)

    sizes = st.lists(st.integers(2, 9), min_size=2, max_size=5).filter(lambda some: len(set(some)) > 1)
    for_all(examples, check, sizes, st.lists(st.integers(0, 9), min_size=5, max_size=5), st.booleans(),
            st.integers(0, 99))


@few_and_many
def test_a_graph_comes_back_and_damage_is_refused(examples, tmp_path):
    pytest.importorskip("nir")
    pytest.importorskip("h5py")
    path = tmp_path / "network.nir"

    def check(network, data):
        write_nir(path, network)
        nodes, metadata = read_graph(path)
        layers = read_layers(nodes, image_map(network.image_shape), False)
        layers[-1] = with_one_threshold(layers[-1])
        made = [layer.integer_layer(bits) for layer, bits in zip(layers, read_description(metadata)["weight_bits"])]
        for mine, theirs in zip(made, network.layers, strict=True):
            assert np.array_equal(mine.weights, theirs.weights) and np.array_equal(mine.thresholds, theirs.thresholds)
        path.write_bytes(data.draw(damaged(path.read_bytes())))
        damage = refused_or(read_graph, path)
        if damage:
            refused_or(read_layers, damage[0], image_map(network.image_shape), False)
            read_description(damage[1])

    for_all(max(5, examples // 10), check, networks(kinds=["integer"]), st.data())
