"""Properties of the network file: every network comes back, and whatever else a file holds is refused in a sentence."""

import json
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from first_spike.golden.contract.network import FloatNetwork, Network
from first_spike.golden.errors import UserError
from tb.helpers.properties import damaged, few_and_many, for_all, networks, plain_values, words

KINDS = {"integer": Network, "float": FloatNetwork}
finite_facts = st.dictionaries(words, plain_values, max_size=3)
arrays = st.builds(
    lambda shape, kind, value: np.full(shape, value).astype(kind), st.lists(st.integers(0, 3), max_size=3),
    st.sampled_from(("int8", "int32", "float32", "float16", "int64", "bool", "U2", "complex64", "M8[s]")),
    st.integers(-3, 3))


def load(kind, path):
    """The network in a file, or None where it is refused; any other exception is a failure."""
    try:
        return KINDS[kind].load(path)
    except UserError as error:
        assert str(error) and "\n" not in str(error).strip("\n")
        return None


@few_and_many
def test_a_network_comes_back(examples, tmp_path):
    def check(network, names, source, facts):
        names = [*dict.fromkeys(name for name in names if name)]
        if len(names := names[:network.sizes[-1]]) == network.sizes[-1]:
            half = any("\ud800" <= letter <= "\udfff" for letter in "".join(names))
            try:
                network = replace(network, classes=names)
                assert not half
            except UserError:
                assert half
        network = replace(network, source=source)
        try:
            network = replace(network, accuracy=facts)
        except UserError:  # not finite, somewhere
            assert "nan" in repr(facts) or "inf" in repr(facts)
        for name in ("one", "two"):
            network.save(tmp_path / name)
        assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
        found = load(network.kind, tmp_path / "one")
        assert found == network and found.sha256 == network.sha256 and found.classes == network.classes
        assert (found.source, found.accuracy) == (network.source, network.accuracy)
        for mine, theirs in zip(found.layers, network.layers, strict=True):
            assert np.array_equal(mine.weights, theirs.weights) and mine.facts() == theirs.facts()
            assert np.array_equal(mine.thresholds, theirs.thresholds)

    for_all(examples, check, networks(), st.lists(words, max_size=12), words, finite_facts)


@few_and_many
def test_damaged_bytes(examples, tmp_path):
    """A file that is damaged is refused, or the damage lies where nothing is read."""
    path = tmp_path / "network.npz"

    def check(network, data):
        network.save(path)
        path.write_bytes(data.draw(damaged(path.read_bytes())))
        found = load(network.kind, path)
        assert found is None or found == network

    for_all(examples, check, networks(), st.data())


@few_and_many
def test_any_header_and_any_arrays(examples, tmp_path):
    """What is taken after all is a network, which comes back."""
    path, taken = tmp_path / "network.npz", []

    def check(network, changes, gone, more, data):
        header, parts = network._header(), network._arrays()
        keys = sorted({*header, "layers", "input", "weight_bits", "kind"})
        for _ in range(changes):
            header[data.draw(st.sampled_from(keys))] = data.draw(plain_values | st.lists(st.integers(-2, 300)))
        if changes == 0 and "layers" in header:
            facts = st.dictionaries(st.sampled_from(("kernel", "stride", "padding", "pool", "pool_kind", "x")),
                                    st.lists(st.integers(-1, 4) | st.sampled_from((1 << 20, 1 << 70)), max_size=3)
                                    | st.sampled_from(("sum", "first")))
            header["layers"][data.draw(st.integers(0, len(header["layers"]) - 1))] = data.draw(facts)
        if gone:
            del parts[data.draw(st.sampled_from(sorted(parts)))]
        parts |= more
        text = json.dumps(header, ensure_ascii=False)
        with open(path, "wb") as file:
            np.savez(file, **{"header": np.array(text)} | parts)
        for kind in KINDS:
            found = load(kind, path)
            if found is not None:
                taken.append(found)
                found.save(path)
                assert load(kind, path) == found

    names = st.sampled_from(("layer0_weights", "layer0_thresholds", "layer1_weights", "layer9_weights", "x", "header"))
    for_all(examples, check, networks(), st.integers(0, 2), st.sampled_from((False, False, True)),
            st.dictionaries(names, arrays, max_size=1), st.data())
    assert taken
