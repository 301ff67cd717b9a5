"""An import prints the accuracy that the network reaches, and warns of weights of a ReLU network."""

import re

import numpy as np
import pytest

import first_spike as fs
from first_spike.commands import import_weights
from tb.helpers.process import command  # noqa: F401

NAMED = [f"{k}" for k in range(10)]


@pytest.fixture(scope="module")
def digits():
    pytest.importorskip("sklearn")
    return fs.dataset("digits")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def last_weights(features, labels):
    """Output weights [10, features] that ridge regression finds, so that the classes of a ReLU network are right."""
    return np.linalg.solve(features.T @ features + np.eye(features.shape[1]), features.T @ np.eye(10)[labels]).T


def dense_network(digits, scales=1.0):
    """(weights of two layers, share of the test digits that they name rightly as a ReLU network), by plain products."""
    first = np.random.default_rng(1).normal(0, 1, (150, 64)).astype(np.float32)
    scales = np.broadcast_to(scales, 150)[:, None]
    made = [np.maximum(images.reshape(len(images), -1) / 255 @ first.T, 0)
            for images in (digits.train_images, digits.test_images)]
    second = last_weights(made[0], digits.train_labels).astype(np.float32)
    right = (made[1] @ second.T).argmax(axis=1) == digits.test_labels
    return first / scales, second, right.mean()


def reached(text):
    """(accuracy in percent as the line of `fs.import_nir` has it, the warnings)."""
    first, *others = text.splitlines()
    assert all(line.startswith("warning: ") for line in others)
    return float(re.search(r"([0-9.]+)%", first)[1]), others


def test_relu_weights_are_named(digits, capsys):
    """With both accuracies, and that of the network that comes back, on the test images."""
    first, second, as_relu = dense_network(digits)
    np.savez("relu.npz", a=first, b=second)
    capsys.readouterr()
    network = fs.import_nir("relu.npz", digits, threshold=[1, 1], steps=16)
    right = (fs.infer(network, digits.test_images).classes == digits.test_labels).mean()
    share, warnings = reached(capsys.readouterr().err)
    about = [line for line in warnings if "ReLU" in line]
    assert share == round(100 * right, 2) and as_relu > 0.9 > right + 0.05
    assert len(about) == 1 and f"{as_relu:.1%}" in about[0] and f"{right:.1%}" in about[0]


def test_the_command_names_them_too(digits, command):  # noqa: F811
    first, second, as_relu = dense_network(digits)
    np.savez("relu.npz", a=first, b=second)
    done = command(import_weights, "relu.npz", "--threshold", 1, 1, "--dataset", "digits", "--images", 50,
                   "--steps", 16, "--out", "q")
    assert done.returncode == 0
    assert len([line for line in done.stderr.splitlines() if "ReLU" in line and f"{as_relu:.1%}" in line]) == 1


def test_first_spike_networks_are_not_named(capsys):
    """Whose weights reach less as those of a ReLU network."""
    network, samples = fs.load("mnist_784_128_10_4bit"), fs.samples()
    np.savez("data.npz", x_train=samples.images[:60], y_train=samples.labels[:60], x_test=samples.images[60:],
             y_test=samples.labels[60:])
    np.savez("theirs.npz", *(layer.weights for layer in network.layers))
    for k, layer in enumerate(network.layers):
        np.save(f"{k}.npy", layer.thresholds)
    fs.import_nir("theirs.npz", "data.npz", bits=4, steps=16, threshold=["0.npy", "1.npy"], classes=NAMED)
    share, warnings = reached("\n".join(capsys.readouterr().err.splitlines()[-2:]))
    right = (fs.infer(network, samples.images[60:]).classes == samples.labels[60:]).mean()
    assert share == round(100 * right, 2) > 95 and not any("ReLU" in line for line in warnings)


@pytest.mark.parametrize("much", [False, True])
def test_it_takes_more_than_five_points(digits, capsys, much):
    """The very network, on labels that make ReLU better than first spikes on so many images."""
    first, second, _ = dense_network(digits)
    np.savez("relu.npz", a=first, b=second)
    network = fs.import_nir("relu.npz", digits, threshold=[1, 1], steps=16)
    images = digits.test_images
    theirs = (np.maximum(images.reshape(len(images), -1) / 255 @ first.T, 0) @ second.T).argmax(axis=1)
    ours = fs.infer(network, images).classes
    same, other = np.flatnonzero(theirs == ours), np.flatnonzero(theirs != ours)
    chosen = np.concatenate([other[:1 + much], same[:30]])  # 3.2 or 6.3 % of them
    np.savez("some.npz", x_train=images, y_train=digits.test_labels, x_test=images[chosen], y_test=theirs[chosen])
    capsys.readouterr()
    fs.import_nir("relu.npz", "some.npz", threshold=[1, 1], steps=16, classes=NAMED)
    assert ("ReLU" in capsys.readouterr().err) == much


def test_scales_that_thresholds_took_are_weights_of_the_relu_network(digits, capsys):
    """A batch normalisation of variances of many sizes, which first-spike neurons have in their thresholds."""
    scales = np.random.default_rng(2).uniform(0.1, 10, 150).astype(np.float32)
    first, second, as_relu = dense_network(digits, scales)
    np.savez("relu.npz", **{
        "fc1.weight": first, "fc2.weight": second, "norm1.weight": scales, "norm1.bias": np.zeros(150),
        "norm1.running_mean": np.zeros(150), "norm1.running_var": np.full(150, 1 - 1e-5)})
    capsys.readouterr()
    fs.import_nir("relu.npz", digits, threshold=[1, 1], steps=16)
    _, warnings = reached(capsys.readouterr().err)
    assert any("ReLU" in line and f"{as_relu:.1%}" in line for line in warnings), (as_relu, warnings)


def maps_of(images, kernel, stride, padding, pool):
    """Maps [n, channels, rows, columns] of a convolution, its ReLU and its pool, position by position. pool: a function
    of the windows' numbers, or None."""
    padded = np.pad(images[:, None] / 255, ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2))
    (rows, columns), (down, right) = kernel.shape[2:], stride
    places = [range(0, padded.shape[axis] - side + 1, step)
              for axis, side, step in ((2, rows, down), (3, columns, right))]
    maps = np.array([[np.einsum("ncij,ocij->no", padded[:, :, y:y + rows, x:x + columns], kernel) for x in places[1]]
                     for y in places[0]]).transpose(2, 3, 0, 1)
    maps = np.maximum(maps, 0)
    if pool is None:
        return maps
    high, wide = (side // 2 * 2 for side in maps.shape[2:])
    return pool([maps[:, :, y:high:2, x:wide:2] for y in range(2) for x in range(2)])


@pytest.mark.parametrize("pool, stride, padding", [(None, (2, 1), (0, 1)), ("sum", (1, 1), (1, 0)),
                                                   ("first", (1, 1), (0, 2))])
def test_convolutions_and_their_pools(digits, capsys, pool, stride, padding):
    """As a graph. In a ReLU network the largest number of a window stands for the first spike."""
    nir = pytest.importorskip("nir")
    kernel = np.random.default_rng(3).normal(0, 1, (16, 1, 3, 2)).astype(np.float32)
    merge = {None: None, "sum": sum, "first": np.maximum.reduce}[pool]
    made = [maps_of(images, kernel, stride, padding, merge) for images in (digits.train_images, digits.test_images)]
    flat = [maps.reshape(len(maps), -1) for maps in made]
    last = last_weights(flat[0], digits.train_labels).astype(np.float32)
    as_relu = ((flat[1] @ last.T).argmax(axis=1) == digits.test_labels).mean()
    shape = made[0].shape[1:]
    inside = maps_of(digits.test_images[:1], kernel, stride, padding, None).shape[1:]
    nodes = {"in": nir.Input(np.array([1, 8, 8])),
             "conv": nir.Conv2d((8, 8), kernel, stride, padding, (1, 1), 1, np.zeros(16)),
             "if1": nir.IF(np.ones(inside), np.ones(inside))}
    if pool:
        nodes["pool"] = nir.SumPool2d(np.array([2, 2]), np.array([2, 2]), np.array([0, 0]))
    if pool == "first":
        nodes["any"] = nir.IF(np.ones(shape), np.ones(shape))
    nodes |= {"flat": nir.Flatten({"input": np.array(shape)}, 0, -1), "fc": nir.Linear(last),
              "if2": nir.IF(np.ones(10), np.ones(10)), "out": nir.Output(np.array([10]))}
    names = list(nodes)
    nir.write("n.nir", nir.NIRGraph(nodes, list(zip(names, names[1:])), type_check=False))
    capsys.readouterr()
    fs.import_nir("n.nir", digits, steps=16)
    _, warnings = reached(capsys.readouterr().err)
    assert any("ReLU" in line and f"{as_relu:.1%}" in line for line in warnings), (as_relu, warnings)
