"""Arrays of others through the import: integers times a scale, thresholds of the file, biases that are added once."""

from types import SimpleNamespace

import numpy as np
import pytest

from first_spike.commands import import_weights
from first_spike.golden.contract.network import Network
from first_spike.golden.data.catalogue import load
from first_spike.golden.data.dataset import Dataset
from first_spike.golden.errors import UserError
from first_spike.golden.foreign.weights import weighted_layers
from first_spike.interop import bring_in
from first_spike.interop.bring_in import BIASED, CHANNELS_LAST, RESCALED, read_network
from first_spike.interop.options import ForeignFile, read_thresholds
from first_spike.tests.test_foreign import DIGITS, dense_network, folder, graphs  # noqa: F401
from tb.helpers.process import assert_refused, command  # noqa: F401


def save_scaled(path, scales=(0.03, 0.07), **more):
    """The layers of `dense_network` as quantization-aware training has them, with their thresholds, in float32."""
    arrays = {}
    for number, (layer, scale) in enumerate(zip(dense_network().layers, map(np.float32, scales)), 1):
        arrays |= {f"fc{number}.weight": layer.weights.T * scale.reshape(-1, 1),
                   f"lif{number}.threshold": layer.thresholds * scale}
    np.savez(path, **arrays | more)


def moved(text):
    """The last column of the table of layers."""
    return [line.split("│")[-2].strip() for line in text.splitlines() if line.startswith("│") and " of " in line]


def test_scaled_integers_stay_as_they_are(command):  # noqa: F811
    """Weights and thresholds, hence all spikes, for a common scale and for one of each hidden neuron."""
    many = np.linspace(0.02, 0.3, 12).astype(np.float32)
    for first, text in ((0.03, "0.03"), (many, "a step for each neuron")):
        save_scaled("w.npz", (first, 0.07))
        done = command(import_weights, "w.npz", *DIGITS, "--bits", 4, "--steps", 16, "--out", "q", "--float-out", "f")
        assert done.returncode == 0, done.stderr
        assert Network.load("q.npz").sha256 == dense_network().sha256
        assert f"layer 0: weights are whole numbers of {text}, to float32 rounding, and stay so, with" in done.stdout
        assert "layer 1: weights are whole numbers of 0.07, to float32 rounding" in done.stdout
        assert "12 thresholds taken for whole numbers of it" in done.stdout
        assert all(one.startswith("0 of ") for one in moved(done.stdout)) and len(moved(done.stdout)) == 2
        assert " bits would" not in done.stdout


def test_what_became_of_it_is_counted_on_images_evenly_spaced_over_all(command, monkeypatch):  # noqa: F811
    save_scaled("w.npz")
    counted = []
    monkeypatch.setattr(import_weights, "MOST_IMAGES", 6)
    monkeypatch.setattr(import_weights, "costs", lambda _, images: counted.append(images))
    assert command(import_weights, "w.npz", *DIGITS, "--bits", 4, "--out", "q").returncode == 0
    assert np.array_equal(counted[0], load("digits").test_images[::60])


def test_bits_that_would_be_exact(command):  # noqa: F811
    save_scaled("w.npz")
    for bits, sentence in (([3], "4 bits would be exact"), ([8], "4 bits would do"), ([4, 3], "4 bits would be exact")):
        done = command(import_weights, "w.npz", *DIGITS, "--bits", *bits, "--steps", 16, "--out", "q")
        assert done.returncode == 0 and sentence in done.stdout.splitlines()
    assert "layer 1: quantized, with scales chosen on 50 training images" in done.stdout
    assert np.array_equal(Network.load("q.npz").layers[0].weights, dense_network().layers[0].weights)
    rng = np.random.default_rng(1)
    save_scaled("w.npz", **{"fc2.weight": rng.normal(0.02, 0.2, (10, 12)), "lif2.threshold": 0.7})
    done = command(import_weights, "w.npz", *DIGITS, "--bits", 3, "--out", "q")
    assert done.returncode == 0 and "exact would be: layer 0 with 4 bits" in done.stdout.splitlines()


def test_thresholds_that_can_be_met_are_said_where_nobody_says_what_that_means(command):  # noqa: F811
    """22 of whole weights, in steps too; above them is what arrays mean, and at them is another network."""
    said = "22 of 22 thresholds can be met exactly: neurons were taken to fire only above, as in Norse; give --fires at"
    for scales in ((1, 1), (0.5, 0.07)):
        save_scaled("w.npz", scales)
        words = ("w.npz", *DIGITS, "--bits", 4, "--steps", 16, "--out", "q")
        assert said in command(import_weights, *words).stdout
        for fires, less in (("above", 0), ("at", 1)):
            done = command(import_weights, *words, "--fires", fires)
            assert done.returncode == 0 and "met exactly" not in done.stdout, done.stderr
            wanted = dense_network().layers[0].thresholds - less
            assert np.array_equal(Network.load("q.npz").layers[0].thresholds, wanted)


def test_thresholds_of_the_file(command):  # noqa: F811
    """They count where nothing else is said; a --threshold that agrees is silent, another one a warning."""
    save_scaled("w.npz", (1, 1))
    np.save("t.npy", dense_network().layers[0].thresholds)
    words = ("w.npz", *DIGITS, "--bits", 4, "--steps", 16, "--out", "q")
    done = command(import_weights, *words)
    assert done.returncode == 0 and Network.load("q.npz").sha256 == dense_network().sha256
    low, high = (int(end(dense_network().layers[0].thresholds)) for end in (np.min, np.max))
    assert f"thresholds of the file: lif1.threshold {low} to {high}, lif2.threshold 9\n" in done.stdout
    done = command(import_weights, *words, "--threshold", "t.npy", 9)
    assert done.returncode == 0 and "layer" not in done.stderr and "thresholds of the file" not in done.stdout
    done = command(import_weights, *words, "--threshold", "t.npy", 8.5)
    assert done.returncode == 0
    assert "warning: layer 1: --threshold 8.5 counts, but lif2.threshold in the file is 9.0\n" in done.stderr
    assert "layer 0" not in done.stderr and set(Network.load("q.npz").layers[1].thresholds.tolist()) == {8}
    done = command(import_weights, *words, "--threshold", 20, 9)
    first = dense_network().layers[0].thresholds[0]
    assert f"layer 0: --threshold 20.0 counts, but lif1.threshold in the file is {first}.0 for neuron 0" in done.stderr


@pytest.mark.parametrize("given, found", [
    ({"hidden": 12.0, "out": 5.0}, [12, 5]), ({"out": 5.0, "hidden": 12.0}, [12, 5]),  # by the names of the weights
    ({"a_long_one": 12.0, "z": 5.0}, [12, 5]), ({"t10": 5.0, "t9": 12.0}, [12, 5]), ({"t9": 12.0, "t10": 5.0}, [12, 5]),
    ({"z": 12.0, "a": 5.0}, "to which layers z, a belong cannot be told: name them as the weights, hidden, out"),
    ({"hidden": 12.0, "z": 5.0}, "to which layers hidden, z belong cannot be told: name them as the weights, ")])
def test_thresholds_of_a_file_go_to_their_layers(tmp_path, given, found):
    np.savez(tmp_path / "t.npz", **given)
    if isinstance(found, list):
        assert read_thresholds([tmp_path / "t.npz"], ["hidden", "out"]) == found
    else:
        with pytest.raises(UserError, match=f"^{found}"):
            read_thresholds([tmp_path / "t.npz"], ["hidden", "out"])


@pytest.mark.parametrize("image_shape, warned", [((2, 3, 2), (CHANNELS_LAST,)), ((12, 1), ()), ((1, 1, 12), ())])
def test_the_order_of_channels_is_said(image_shape, warned):
    np.savez("w.npz", np.ones((3, 12)))
    dataset = SimpleNamespace(image_shape=image_shape, classes=("a", "b", "c"))
    assert read_network(ForeignFile("w.npz", ("1",)), dataset).warnings == warned


@pytest.mark.parametrize("threshold, warned", [([2, 4, 4], (RESCALED,)), ([4, 4, 4], ())])
def test_scaled_potentials_of_the_last_layer_are_said(threshold, warned):
    np.savez("w.npz", fc=np.ones((3, 12)), threshold=np.array(threshold))
    dataset = SimpleNamespace(image_shape=(12, 1), classes=("a", "b", "c"))
    assert read_network(ForeignFile("w.npz"), dataset).warnings == warned


@pytest.mark.parametrize("bias, warned", [
    ([0, 0.5, 0], (BIASED,)), ([0, 2, 0], (RESCALED, BIASED)), ([1, 1, 1], ())])  # thresholds may mean the same
def test_biases_of_the_last_layer_are_said(bias, warned):
    np.savez("w.npz", **{"fc.weight": np.full((3, 12), 2.0), "fc.bias": np.array(bias), "fc.threshold": 6.75})
    dataset = SimpleNamespace(image_shape=(12, 1), classes=("a", "b", "c"))
    assert read_network(ForeignFile("w.npz", bias="once"), dataset).warnings == warned


def test_thresholds_that_nobody_can_place(command):  # noqa: F811
    save_scaled("w.npz", **{"lif3.threshold": 3})
    assert_refused(command(import_weights, "w.npz", *DIGITS, "--out", "q"),
                   "which layers 'lif1.threshold' and 'lif2.threshold' and 'lif3.threshold' belong to cannot be told: "
                   "give a threshold for each layer by --threshold")
    done = command(import_weights, "w.npz", *DIGITS, "--threshold", 0.5, 0.4, "--out", "q")
    assert "lif3.threshold: which layers they belong to cannot be told, so those of --threshold count" in done.stderr


def test_a_bias_that_is_added_once(command, graphs):  # noqa: F811
    """From arrays and from a graph: thresholds less the bias."""
    nir, _ = graphs
    bias = np.arange(-6, 6) / 2
    save_scaled("w.npz", (1, 1), **{"fc1.bias": bias, "lif1.threshold": np.full(12, 7.25)})
    one, two = (layer.weights.T.astype(float) for layer in dense_network().layers)
    nodes = {"in": nir.Input(np.array([64])), "fc1": nir.Affine(one, bias),
             "if1": nir.IF(np.ones(12), np.full(12, 7.25)), "fc2": nir.Linear(two),
             "if2": nir.IF(np.ones(10), np.full(10, 9.0)), "out": nir.Output(np.array([10]))}
    names = list(nodes)
    nir.write("n.nir", nir.NIRGraph(nodes, list(zip(names, names[1:]))))
    for name in ("w.npz", "n.nir"):
        words = (name, *DIGITS, "--bits", 4, "--fires", "above", "--out", "q")
        assert_refused(command(import_weights, *words), "or choose --bias once if the framework adds it once, before")
        done = command(import_weights, *words, "--bias", "once")
        assert done.returncode == 0 and "bias in thresholds" in done.stdout, done.stderr
        assert np.array_equal(Network.load("q.npz").layers[0].thresholds, np.floor(7.25 - bias))


@pytest.mark.parametrize("classes, metadata", [
    (("1", "0"), {}), ([1, 0], {}), ("10", {}), (np.array([1, 0]), {}), (range(1, -1, -1), {}),
    ({"1": 5, "0": 6}.keys(), {}), (None, {"first_spike": '{"classes": [1, 0]}'})])
def test_classes_of_a_graph_in_another_order(monkeypatch, classes, metadata):
    """Names in whatever has an order, and numbers."""
    matrix, images = np.array([[1.0, 2.0], [3.0, 4.0]]), np.zeros((4, 1, 2), np.uint8)
    monkeypatch.setattr(bring_in, "read_graph", lambda file: ({}, metadata))
    monkeypatch.setattr(bring_in, "read_layers", lambda *_: weighted_layers({"fc": matrix}, [1.0]))
    found = bring_in.read_network(ForeignFile("theirs.nir", classes=classes),
                                  Dataset(images, np.arange(4) % 2, images, np.arange(4) % 2, ("0", "1"), "mine"))
    assert np.array_equal(found.layers[0].weights, matrix[:, ::-1])
