"""The image of a network for the driver in C."""

import zlib
from dataclasses import replace

import numpy as np

from first_spike.commands import network_image
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.processor import Processor
from first_spike.rtl_model.shape.load_map import load_words, weight_map
from first_spike.rtl_model.shape.processor_load import load_words as processor_words
from tb.helpers.process import assert_refused, command  # noqa: F401
from tb.helpers.processor_cases import dense
from tb.helpers.small_case import shuffled, small_case


def test_the_image_holds_the_words_and_what_says_that_they_are_right(tmp_path, monkeypatch, command):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    network, _, _ = small_case(tmp_path)
    assert command(network_image, "--network", "network.npz", "--out", "n.bin", "--lanes", 2, "--pixels",
                   4).returncode == 0
    head, pairs = np.frombuffer((tmp_path / "n.bin").read_bytes()[:56], "<u4").tolist(), (
        tmp_path / "n.bin").read_bytes()[56:]
    words = load_words(Design(network, Configuration((2,), 4, weights="loadable")))
    assert np.array_equal(np.frombuffer(pairs, "<u2")[:len(words)], words) and len(pairs) == 4 * -(-len(words) // 2)
    assert head[:4] == [20, network.sizes[-1] | network.steps << 16, 4 | 2 << 8, 0x33]
    assert "".join(f"{word:08x}" for word in head[4:12]) == network.sha256
    code = weight_map(Design(network, Configuration((2,), 4, weights="loadable")))
    assert head[12:] == [len(words), zlib.crc32(pairs) ^ code]


def test_another_network_is_for_the_design_that_it_is_told(tmp_path, monkeypatch, command):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    network, _, _ = small_case(tmp_path)
    other = shuffled(network, 1)
    other.save("other.npz")
    design = Design(network, weights="loadable", potential_margin=2)
    image = np.frombuffer(network_image.network_image(other, design), "<u4")
    assert image[13] == zlib.crc32(image[14:].tobytes()) ^ weight_map(design)
    options = ("--made-with", "network.npz", "--potential-margin", 2, "--out", "n.bin")
    assert command(network_image, "--network", "other.npz", *options).returncode == 0
    assert (tmp_path / "n.bin").read_bytes() == image.tobytes()
    shuffled(network, 1, steps=32).save("slow.npz")
    assert_refused(command(network_image, "--network", "slow.npz", *options), "the network has 32 steps, the design 16")


def test_constants_are_refused(tmp_path, monkeypatch, command):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    small_case(tmp_path)
    assert_refused(command(network_image, "--network", "network.npz", "--out", "n.bin", "--weights", "constants"),
                   "a design with constants loads no network")


def test_an_image_for_a_processor_holds_its_load(tmp_path, monkeypatch, command):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    limits = Processor(lanes=8, inputs=64)
    of_events = replace(dense((40, 9, 4)), most_events=9)
    for network, beat in ((dense((33, 5)), 8), (of_events, 0)):
        network.save("network.npz")
        done = command(network_image, "--top", "processor", "--network", "network.npz", "--out", "n.bin", "--lanes", 8,
                       "--inputs", 64)
        assert done.returncode == 0, done.stderr
        image = np.frombuffer((tmp_path / "n.bin").read_bytes(), "<u4").tolist()
        load = processor_words(network, limits).tolist()
        assert image[14:] + [image[13]] == load and image[12] == 2 * len(load) - 2
        assert image[:4] == [network.inputs, network.sizes[-1] | 16 << 16, beat | len(network.layers) << 8,
                             limits.identity]
        assert "".join(f"{word:08x}" for word in image[4:12]) == network.sha256
    done = command(network_image, "--top", "processor_axi", "--network", "network.npz", "--out", "axi.bin", "--lanes",
                   8, "--inputs", 64)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "axi.bin").read_bytes() == (tmp_path / "n.bin").read_bytes(), "the core is the same"
    options = ("--top", "processor", "--network", "network.npz", "--out", "m.bin")
    assert_refused(command(network_image, *options, "--inputs", 32), "inputs: 40 needed, 32 possible, 8 too many")
    assert not (tmp_path / "m.bin").exists()
