"""SpikingJelly and Norse as they are: what they build comes in with their spikes, and what goes out runs in them.

Their sums are of float32, golden's of float64. Where weights are multiples of a power of two and sums stay below
2 ** 24 of it, both are exact, so the steps of all first spikes are compared with ==. For other weights a float32 sum
may land on the other side of a threshold that it almost meets; there is nothing to hold such a spike to.
"""

import pickle
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from first_spike.command.places import DEFAULT_NETWORK
from first_spike.commands import compare, import_weights
from first_spike.golden.contract.network import FloatNetwork, Network
from first_spike.golden.data.catalogue import LOADERS
from first_spike.golden.errors import UserError
from first_spike.golden.foreign import state_dict
from first_spike.golden.foreign.layers import with_one_threshold
from first_spike.golden.foreign.named_arrays import read_arrays
from first_spike.golden.foreign.nir_graph import read_graph
from first_spike.golden.foreign.nir_layers import read_layers
from first_spike.golden.foreign.nir_writer import write_nir
from first_spike.golden.inference.encode import encode
from first_spike.golden.inference.infer import float_infer, infer
from tb.helpers.process import command  # noqa: F401
from tb.helpers.random_networks import random_convolutional_network, random_images

pytestmark = pytest.mark.frameworks
STEPS = 16


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


@pytest.fixture
def jelly(torch):
    """SpikingJelly: its layers, its neurons, its reader and its writer of NIR."""
    activation = "spikingjelly.activation_based"
    return (*(pytest.importorskip(f"{activation}.{name}") for name in ("layer", "neuron")),
            pytest.importorskip(f"{activation}.nir_exchange"))


@pytest.fixture
def norse(torch):
    return pytest.importorskip("norse.torch")


class FirstSpikes:
    """Steps of the first spikes of torch modules; only these are passed on."""

    def __init__(self, modules):
        self.times, self.step = {}, 0
        for name, module in modules:
            module.register_forward_hook(lambda _, given, output, name=name: self._pass_on(name, output))

    def _pass_on(self, name, output):
        spikes, *rest = output if isinstance(output, tuple) else (output,)
        found = spikes.detach().numpy()
        seen = self.times.setdefault(name, np.full(found.shape, STEPS, np.int16))
        first = (found > 0) & (seen == STEPS)
        seen[first] = self.step
        spikes = spikes.new_tensor(first)
        return (spikes, *rest) if rest else spikes


def run(torch, forward, spikes, images, shape):
    """Feed images step by step; forward: of a signal and a state, gives the state."""
    times, state = encode(images, STEPS), None
    with torch.no_grad():
        for spikes.step in range(STEPS):
            state = forward(torch.from_numpy((times == spikes.step).astype(np.float32)).reshape(-1, *shape), state)


def spikes_of(times, layer):
    """Golden's spike times in the order of frameworks, channels first."""
    return times.reshape(len(times), *layer.map).transpose(0, 3, 1, 2).reshape(len(times), -1)


def quarters(torch, module, seed):
    """Give a module weights in quarters."""
    generator = torch.Generator().manual_seed(seed)
    module.weight.data = torch.randint(-6, 9, module.weight.shape, generator=generator) / 4.0
    return module


def imported(path, reached, dt=None):
    layers = read_layers(read_graph(path)[0], (8, 8, 1), reached, dt)
    layers[-1] = with_one_threshold(layers[-1])
    assert sum(layer.inexact() for layer in layers) == 0
    return FloatNetwork(STEPS, (8, 8), [layer.float_layer() for layer in layers], tuple("0123456789"))


def digits(count=40):
    return LOADERS["digits"]().test_images[:count]


def jelly_network(torch, jelly, path):
    """A convolutional network built in SpikingJelly and written by it; gives the module."""
    layer, neuron, exchange = jelly
    net = torch.nn.Sequential(
        quarters(torch, layer.Conv2d(1, 3, 3, stride=2, padding=1, bias=False), 1), neuron.IFNode(2.0, 0.0),
        quarters(torch, layer.Conv2d(3, 4, 2, bias=False), 2), neuron.IFNode(1.75, 0.0), layer.Flatten(),
        quarters(torch, layer.Linear(36, 12, bias=False), 3), neuron.IFNode(3.1, 0.0),
        quarters(torch, layer.Linear(12, 10, bias=False), 4), neuron.IFNode(2.5, 0.0))
    exchange.export_to_nir(net, torch.zeros(1, 1, 8, 8), path)
    return net


def test_spikingjelly_in(torch, jelly, tmp_path):
    net, images = jelly_network(torch, jelly, tmp_path / "n.nir"), digits()
    network = imported(tmp_path / "n.nir", True, Fraction("1e-4"))
    spikes = FirstSpikes([(name, module) for name, module in net.named_children() if type(module).__name__ == "IFNode"])
    run(torch, lambda signal, _: net(signal) is None, spikes, images, (1, 8, 8))
    for layer, expected, times in zip(network.layers, spikes.times.values(), float_infer(network, images).spike_times,
                                      strict=True):
        assert np.array_equal(spikes_of(times, layer), expected.reshape(len(images), -1))
        assert 0.02 < (expected < STEPS).mean() < 0.98  # there is something to compare


def test_norse_in(torch, norse, tmp_path):
    """Thresholds of their own, and neurons that fire above them only."""
    thresholds = torch.tensor([0.5 + 0.25 * n for n in range(12)]), torch.full((10,), 2.5)
    cells = [norse.IAFCell(norse.IAFParameters(v_th=one)) for one in thresholds]
    net = norse.SequentialState(quarters(torch, torch.nn.Linear(64, 12, bias=False), 1), cells[0],
                                quarters(torch, torch.nn.Linear(12, 10, bias=False), 2), cells[1])
    nir, images = pytest.importorskip("nir"), digits()
    nir.write(tmp_path / "n.nir", norse.to_nir(net, torch.zeros(1, 64)))
    network = imported(tmp_path / "n.nir", False)
    spikes = FirstSpikes(list(enumerate(cells)))
    run(torch, lambda signal, state: net(signal, state)[1], spikes, images, (64,))
    found = float_infer(network, images).spike_times
    assert all(np.array_equal(ours, theirs) for ours, theirs in zip(found, spikes.times.values(), strict=True))
    reached = float_infer(imported(tmp_path / "n.nir", True), images).spike_times
    assert not np.array_equal(reached[0], found[0])  # it matters


def test_spikingjelly_runs_what_goes_out(torch, jelly, tmp_path):
    network, images = Network.load(DEFAULT_NETWORK), LOADERS["samples"]().test_images[:50]
    write_nir(tmp_path / "n.nir", network, 1e-4)
    module = jelly[2].import_from_nir(tmp_path / "n.nir", dt=1e-4)
    neurons = [(name, one) for name, one in module.named_children() if name.startswith("if")]
    fired, spikes = [], {}
    for name, one in neurons:  # nothing is held back here: v_reset alone sees to it that each fires once
        one.register_forward_hook(lambda _, given, output, name=name: fired.append((name, output[0].numpy().copy())))
    state = dict.fromkeys(("input", "linear0", "linear1", "output")) | {name: (0.0,) for name, _ in neurons}
    times = encode(images, STEPS)
    with torch.no_grad():
        for step in range(STEPS):
            _, state = module(torch.from_numpy((times == step).astype(np.float32)), state)
            for name, found in fired:
                spikes.setdefault(name, []).append(found)
            fired.clear()
    for found, expected in zip(spikes.values(), infer(network, images).spike_times, strict=True):
        found = np.array(found)
        assert found.sum(axis=0).max() == 1
        assert np.array_equal(np.where(found.any(axis=0), found.argmax(axis=0), STEPS), expected)


@pytest.mark.parametrize("seed", range(6))
def test_norse_runs_what_goes_out(torch, norse, tmp_path, seed):
    """Convolutions and pools too; Norse heeds no v_reset, so the later spikes are dropped here."""
    nir, rng = pytest.importorskip("nir"), np.random.default_rng(seed)
    while True:  # nir and Norse take kernels for square
        network = random_convolutional_network(rng, STEPS, 4, 1)
        if all(layer.kind == "dense" or layer.geometry.kernel[0] == layer.geometry.kernel[1]
               for layer in network.layers) and network.layers[-1].kind == "dense":
            break
    write_nir(tmp_path / "n.nir", network)
    graph = nir.read(tmp_path / "n.nir")
    for node in graph.nodes.values():  # it counts the axis of the batch
        if isinstance(node, nir.Flatten):
            node.start_dim = 1
    module = norse.from_nir(graph)
    spikes = FirstSpikes([(name, one) for name, one in module.named_children() if type(one).__name__ == "IAFCell"])
    images, shape = random_images(rng, network), (*network.image_shape, 1)[:3]
    ours = images.reshape(-1, *shape).transpose(0, 3, 1, 2)
    run(torch, lambda signal, state: module(signal, state)[1], spikes, np.ascontiguousarray(ours),
        (shape[2], *shape[:2]))
    for number, (layer, times) in enumerate(zip(network.layers, infer(network, images).spike_times, strict=True)):
        name = f"first{number}" if f"first{number}" in spikes.times else f"if{number}"
        assert np.array_equal(spikes_of(times, layer), spikes.times[name].reshape(len(times), -1)), name


def test_from_spikingjelly_to_verilog(torch, jelly, tmp_path, monkeypatch, command):  # noqa: F811
    layer, neuron, exchange = jelly
    monkeypatch.chdir(tmp_path)
    net = torch.nn.Sequential(quarters(torch, layer.Linear(64, 12, bias=False), 1), neuron.IFNode(6.0, 0.0),
                              quarters(torch, layer.Linear(12, 10, bias=False), 2), neuron.IFNode(2.5, 0.0))
    exchange.export_to_nir(net, torch.zeros(1, 64), "n.nir")
    done = command(import_weights, "n.nir", "--dt", "1e-4", "--dataset", "digits", "--bits", 4, "--steps", STEPS,
                   "--images", 100, "--out", "q")
    assert done.returncode == 0, done.stderr
    done = command(compare, "--network", "q.npz", "--data", "digits", "--count", 30, "--sim", "verilator")
    assert done.returncode == 0 and "every spike" in done.stdout.lower(), done.stderr


def test_state_dicts(torch, tmp_path):
    net = torch.nn.Sequential(torch.nn.Linear(64, 5), torch.nn.Linear(5, 10, bias=False)).half()
    for content in (net.state_dict(), {"epoch": 3, "state_dict": net.state_dict()}):
        torch.save(content, tmp_path / "w.pt")
        found = read_arrays(tmp_path / "w.pt")
        assert list(found) == ["0.weight", "0.bias", "1.weight"]
        assert all(np.array_equal(found[name], one.float().numpy()) for name, one in net.state_dict().items())


class Shell:
    def __reduce__(self):
        return Path.touch, (Path("executed"),)


# {key: None}, the key a tuple of the same tuple twice, and so on, 60 times: its hash is never found
ENDLESS = b"\x80\x02)q\x00" + 60 * b"h\x00h\x00\x86q\x00" + b"}h\x00Ns."


@pytest.mark.parametrize("make, sentence", [
    (lambda torch, path: path.write_bytes(pickle.dumps(Shell())), "is damaged, or holds more than arrays"),
    (lambda torch, path: torch.save({"a": Shell()}, path), "is damaged, or holds more than arrays: save model.state"),
    (lambda torch, path: torch.save(torch.nn.Linear(2, 2), path), "is damaged, or holds more than arrays"),
    (lambda torch, path: torch.save({"a": 3}, path), "is no state_dict"),
    (lambda torch, path: torch.save(torch.ones(3), path), "is no state_dict"),
    (lambda torch, path: torch.save({"a": torch.ones(1).expand(1 << 27)}, path), "holds 134,217,728 numbers; at most"),
    (lambda torch, path: torch.save({str(k): torch.ones(1).expand(1 << 20) for k in range(65)}, path),
     "holds 68,157,440 numbers; at most"),
    (lambda torch, path: path.write_bytes(ENDLESS), "w.pt is damaged: it could not be read in 0.5 seconds"),
    (lambda torch, path: torch.save({"a": torch.ones(2, dtype=torch.complex64)}, path), "holds 'a', which is no plain"),
    (lambda torch, path: torch.save({"a": torch.ones(2, 2).to_sparse()}, path), "'a', which is no plain|is damaged"),
    (lambda torch, path: torch.save({"a": torch.eye(2).to_sparse_csr()}, path), "holds 'a', which is no plain"),
    (lambda torch, path: torch.save({"a": torch.zeros(2, 2, device="meta")}, path), "holds 'a', which is no plain"),
    (lambda torch, path: path.write_bytes(b"hello"), "is damaged, or holds more than arrays"),
    (lambda torch, path: None, "cannot read .*w.pt: No such file")])
def test_hostile_state_dicts(torch, tmp_path, monkeypatch, make, sentence):
    monkeypatch.chdir(tmp_path)
    if "seconds" in sentence:
        monkeypatch.setattr(state_dict, "SECONDS", 0.5)
    make(torch, tmp_path / "w.pt")
    with pytest.raises(UserError, match=sentence):
        read_arrays(tmp_path / "w.pt")
    assert not Path("executed").exists()
