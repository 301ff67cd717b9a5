"""Networks that others publish, by the commands: what they reach, and which are refused with what sentence.

`make test-foreign FOREIGN=folder`: clones of SRKH/BS4NN, SRKH/S4NN and neuromorphs/NIR as BS4NN, S4NN and NIR in it,
and NMNISTsmall of the examples of bamsumit/slayerPytorch; what is not there is skipped. Nothing of them comes with this
project.
"""

import os
from pathlib import Path

import numpy as np
import pytest

from first_spike.commands import import_weights
from first_spike.golden.contract.network import FloatNetwork, Network
from first_spike.golden.data.catalogue import load
from first_spike.golden.inference.infer import float_infer, infer
from tb.helpers.process import assert_refused, command  # noqa: F401

pytestmark = pytest.mark.foreign
LEAKS = "is refused: its potential leaks, and the neurons here are such that do not: train with IF neurons"


def published(name):
    """The Path of a file in the folder FOREIGN."""
    path = Path(os.environ.get("FOREIGN") or "no-folder", name)
    if not path.is_file():
        pytest.skip(f"there is no {path}: FOREIGN names a folder of clones")
    return path


def counts(network, steps=infer):
    """(right by the strict read-out; right if ties count so, and silence, when no output is before another; silent) of
    the 10,000 test images of MNIST."""
    mnist = load("mnist", train=False)
    result = steps(network, mnist.test_images)
    times = result.spike_times[-1]
    own = times[np.arange(len(times)), mnist.test_labels]
    return (int((result.classes == mnist.test_labels).sum()), int((own == times.min(axis=1)).sum()),
            int(result.silent.sum()))


def test_bs4nn(command, tmp_path):  # noqa: F811
    weights = [np.sign(np.load(published(f"BS4NN/W{k}_binary.npy"))) for k in (0, 1)]
    np.savez(tmp_path / "signs.npz", *weights)
    done = command(import_weights, tmp_path / "signs.npz", "--threshold", 24, 11, "--bits", 1, "--steps", 256,
                   "--out", tmp_path / "net")
    assert done.returncode == 0, done.stderr
    network = Network.load(tmp_path / "net.npz")
    assert all((layer.weights.T == own[..., 0]).all() for layer, own in zip(network.layers, weights, strict=True))
    assert counts(network) == (9607, 9718, 474)
    digits = load("samples", train=False)
    assert (infer(network, digits.test_images).classes == digits.test_labels).sum() == 485


def test_s4nn(command, tmp_path):  # noqa: F811
    done = command(import_weights, published("S4NN/weights_pretrained.npy"), "--threshold", 100, 100, "--bits", 8,
                   "--steps", 256, "--classes", *"4107923586", "--out", tmp_path / "net", "--float-out",
                   tmp_path / "float")
    assert done.returncode == 0, done.stderr
    assert counts(FloatNetwork.load(tmp_path / "float.npz"), float_infer) == (9623, 9693, 78)
    assert counts(Network.load(tmp_path / "net.npz")) == (9628, 9699, 81)


def test_the_convolutions_of_the_nir_paper(command, tmp_path):  # noqa: F811
    """Its neurons spike more than once, and the class is that of most spikes; here the first spike decides."""
    graph, recordings = published("NIR/paper/02_cnn/cnn_sinabs.nir"), published("NMNISTsmall/train1K.txt").parent
    done = command(import_weights, graph, "--dataset", f"events:{recordings}", "--steps", 16, "--bits", 8, "--out",
                   tmp_path / "net", "--float-out", tmp_path / "float")
    assert done.returncode == 0, done.stderr
    test = load(f"events:{recordings}", train=False)
    right = [(run(network, test.test_images).classes == test.test_labels).sum() for network, run in (
        (FloatNetwork.load(tmp_path / "float.npz"), float_infer), (Network.load(tmp_path / "net.npz"), infer))]
    assert len(test.test_labels) == 100 and right == [80, 81]
    assert Network.load(tmp_path / "net.npz").title == "16C5s2-16C3SP2-8C3SP2-256-10"


@pytest.mark.parametrize("name, sentence", [
    ("01_lif/lif_norse", f"LIF node '1' {LEAKS}"), ("01_lif/lif_rockpool", f"LIF node '1_LIFNeuronTorch' {LEAKS}"),
    ("01_lif/debug_spike_representation/two_lif_neurons", f"LIF node 'lif1' {LEAKS}"),
    *((f"03_rnn/braille_noDelay_{kind}", f"CubaLIF node 'lif1.lif' {LEAKS}")
      for kind in ("bias_zero", "noBias_subtract")),
    *((f"03_rnn/extras/braille_noDelay_{kind}_subgraph", f"CubaLIF node 'lif1.lif1' {LEAKS}")
      for kind in ("bias_zero", "noBias_subtract"))])
def test_graphs_of_the_nir_paper(command, tmp_path, name, sentence):  # noqa: F811
    images, labels = np.random.default_rng(1).integers(0, 256, (40, 34, 34, 2), np.uint8), np.arange(40) % 10
    np.savez(tmp_path / "images.npz", x_train=images, y_train=labels, x_test=images, y_test=labels)
    done = command(import_weights, published(f"NIR/paper/{name}.nir"), "--dataset", tmp_path / "images.npz", "--out",
                   tmp_path / "net")
    assert_refused(done, sentence)
    assert not (tmp_path / "net.npz").exists()
