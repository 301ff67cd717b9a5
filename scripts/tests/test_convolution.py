"""Convolutional networks in the commands: the golden model takes them, and what has no hardware says so."""

import json

import numpy as np
import pytest

from golden.inference.infer import infer
from golden.tests.random_networks import random_convolutional_network, random_images
from scripts import compare, evaluate, explore, generate, synth
from scripts.tests.process import assert_refused, command  # noqa: F401

NO_HARDWARE = "layer 0 is of the kind convolution, for which there is no hardware yet: choose a network of dense layers"


@pytest.fixture
def case(tmp_path, monkeypatch):
    """A network on images of several channels in network.npz and images.npy of the present folder."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(3)
    network = random_convolutional_network(rng, 16, 4, 2)
    while len(network.image_shape) == 2 or network.sizes[-1] < 2:
        network = random_convolutional_network(rng, 16, 4, 2)
    images = random_images(rng, network)
    network.save("network.npz")
    np.save("images.npy", images)
    return network, images


def test_evaluate(case, command):  # noqa: F811
    network, images = case
    expected = infer(network, images)
    np.save("labels.npy", expected.classes)
    done = command(evaluate, "--network", "network.npz", "--images", "images.npy", "--labels", "labels.npy", "--json",
                   "r.json", "--predictions", "p.npz")
    assert done.returncode == 0, done.stderr
    report = json.loads(open("r.json").read())
    assert (report["correct"], report["silent"], report["network_sha256"]) == (len(images), expected.silent.mean(),
                                                                               network.sha256)
    with np.load("p.npz") as found:
        for k, times in enumerate(expected.spike_times):
            assert np.array_equal(found[f"layer{k}_spike_times"], times)


def test_images_of_other_channels(case, command):  # noqa: F811
    network, images = case
    np.save("images.npy", images[..., 0])
    rows, columns, channels = network.image_shape
    assert_refused(command(evaluate, "--network", "network.npz", "--images", "images.npy"),
                   f"the network takes images of {rows} x {columns} pixels in {channels} channel")


@pytest.mark.parametrize("words", [
    (generate, "--out", "out"), (compare, "--images", "images.npy", "--sim", "icarus", "--build", "b"),
    (compare, "--images", "images.npy", "--sim", "golden"), (compare, "--images", "images.npy", "--sim", "myhdl"),
    (explore, "--images", "images.npy", "--out", "out"), (synth, "--seeds", "0", "--build", "b")],
    ids=lambda words: f"{words[0].__name__}-{words[-1]}")
def test_no_hardware_yet(case, command, words, tmp_path):  # noqa: F811
    module, *rest = words
    assert_refused(command(module, "--network", "network.npz", *rest), NO_HARDWARE)
    assert not (tmp_path / "out" / "report.json").exists() and not list(tmp_path.rglob("*.v"))
