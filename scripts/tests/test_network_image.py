"""The image of a network for the driver in C."""

import zlib

import numpy as np

from golden.contract.configuration import Configuration
from rtl_model.shape.load_map import load_words, weight_map
from scripts import network_image
from scripts.tests.process import assert_refused, command  # noqa: F401
from scripts.tests.small_case import small_case


def test_the_image_holds_the_words_and_what_says_that_they_are_right(tmp_path, monkeypatch, command):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    network, _, _ = small_case(tmp_path)
    assert command(network_image, "--network", "network.npz", "--out", "n.bin", "--lanes", 2, "--pixels",
                   4).returncode == 0
    head, pairs = np.frombuffer((tmp_path / "n.bin").read_bytes()[:60], "<u4").tolist(), (
        tmp_path / "n.bin").read_bytes()[60:]
    words = load_words(network, Configuration((2,), 4, weights="loaded"))
    assert np.array_equal(np.frombuffer(pairs, "<u2")[:len(words)], words) and len(pairs) == 4 * -(-len(words) // 2)
    made_for = weight_map(network, Configuration((2,), 4, weights="loaded"))
    assert head[:5] == [20, network.sizes[-1] | network.steps << 16, 4 | 2 << 8, 0x33, made_for]
    assert "".join(f"{word:08x}" for word in head[5:13]) == network.sha256
    assert head[13:] == [len(words), zlib.crc32(pairs) ^ made_for]


def test_constants_are_refused(tmp_path, monkeypatch, command):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    small_case(tmp_path)
    assert_refused(command(network_image, "--network", "network.npz", "--out", "n.bin", "--weights", "constants"),
                   "nothing can be loaded into constants: choose --weights loadable")


def test_a_network_that_does_not_fit_the_design_is_refused(tmp_path, monkeypatch, command):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    network, _, _ = small_case(tmp_path)
    (tmp_path / "other").mkdir()
    small_case(tmp_path / "other", seed=12)
    refused = command(network_image, "--network", "other/network.npz", "--design-network", "network.npz", "--out",
                      "n.bin")
    assert_refused(refused, "the network cannot be loaded: ")
    assert not (tmp_path / "n.bin").exists()
