"""States of modules for PyTorch: bits and normalisation belong to them. Weights that make no network are named."""

import io

import pytest

from first_spike.golden.errors import UserError
from first_spike.golden.inference.infer import infer

torch = pytest.importorskip("torch")
from first_spike import torch as fst  # noqa: E402  # not without torch

pytestmark = pytest.mark.frameworks
IMAGES = torch.arange(3 * 16, dtype=torch.uint8).reshape(3, 4, 4) * 5


def made(bits=None, normalize=False, seed=1, layers="conv 2 2x2, dense 3, dense 2"):
    torch.manual_seed(seed)
    net = fst.Net(layers, (4, 4), "ab", normalize=normalize)
    for layer in net.layers:
        layer.weight.data = torch.rand(layer.weight.shape) - 0.2
    return net if bits is None else net.quantize(bits)


def of_release_1_0(net):
    return {name: tensor for name, tensor in net.state_dict().items() if not name.endswith("_extra_state")}


@pytest.mark.parametrize("of, into, layer, words", [
    (dict(bits=8), dict(bits=4), "layer 0", ("8 bits", "4 bits")),
    (dict(bits=[4, 3, 4]), dict(bits=[4, 3, 2]), "layer 2", ("4 bits", "2 bits")),
    (dict(), dict(bits=4), "layer 0", ("float", "4 bits")), (dict(bits=4), dict(), "layer 0", ("4 bits", "float")),
    (dict(normalize=True), dict(), "layer 0", ("with norm", "without norm")),
    (dict(), dict(normalize=True), "layer 0", ("without norm", "with norm")),
    (dict(bits=4, normalize=True), dict(normalize=True), "layer 0", ("4 bits", "float"))])
@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("wrapped", [False, True])
def test_a_state_of_another_form_is_refused_whole(of, into, layer, words, strict, wrapped):
    net, state = made(**into), made(**of, seed=2).state_dict()
    before = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    loader = net
    if wrapped:
        loader, state = torch.nn.Sequential(net), {f"0.{name}": tensor for name, tensor in state.items()}
    with pytest.raises(UserError) as refused:
        loader.load_state_dict(state, strict=strict)
    text = str(refused.value)
    assert text.startswith(f"{layer}: ") and "\n" not in text
    assert [text.split(", the Net has ")[k].count(word) for k, word in enumerate(words)] == [1, 1]
    assert all(torch.equal(tensor, before[name]) for name, tensor in net.state_dict().items())


@pytest.mark.parametrize("options", [dict(), dict(bits=[8, 1, 4]), dict(normalize=True), dict(bits=2, normalize=True)])
def test_states_come_back_from_a_file(options, capsys):
    """As plain tensors, which PyTorch reads without executing anything."""
    net, other, file = made(**options), made(**options, seed=2), io.BytesIO()
    torch.save(net.state_dict(), file)
    file.seek(0)
    assert other.load_state_dict(torch.load(file, weights_only=True)) == ([], [])
    assert all(torch.equal(tensor, other.state_dict()[name]) for name, tensor in net.state_dict().items())
    assert all(map(torch.equal, net(IMAGES).spike_times, other(IMAGES).spike_times))
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("options, warnings", [(dict(), 0), (dict(normalize=True), 0), (dict(bits=4), 1)])
def test_states_of_release_1_0_are_read(options, warnings, capsys):
    """They do not hold bits: one warning says so, where there are some."""
    net, other = made(**options), made(**options, seed=2)
    assert other.load_state_dict(of_release_1_0(net)) == ([], [])
    assert all(torch.equal(tensor, other.state_dict()[name]) for name, tensor in net.state_dict().items())
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == warnings and all(line.startswith("warning: ") for line in lines)


@pytest.mark.parametrize("of, into", [(dict(), dict(bits=4)), (dict(bits=4), dict()),
                                      (dict(normalize=True), dict()), (dict(), dict(normalize=True))])
def test_states_of_release_1_0_that_are_no_such_nets(of, into):
    with pytest.raises(UserError, match="^layer 0: "):
        made(**into).load_state_dict(of_release_1_0(made(**of)), strict=False)


def test_a_part_of_a_state():
    """A layer alone is compared, too, and one that a state does not have is left as it is."""
    net, other = made(4), made(4, seed=2)
    assert net.layers[1].load_state_dict(other.layers[1].state_dict()) == ([], [])
    with pytest.raises(UserError, match="8 bits.* 4 bits"):
        net.layers[1].load_state_dict(made(8).layers[1].state_dict())
    last = {name: tensor for name, tensor in made(4, seed=3).state_dict().items() if name.startswith("layers.2.")}
    before = net.layers[0].weight.clone()
    missing = net.load_state_dict(last, strict=False).missing_keys
    assert "layers.0.weight" in missing and torch.equal(net.layers[0].weight, before)
    assert torch.equal(net.layers[2].weight, last["layers.2.weight"])


@pytest.mark.parametrize("bits, silent", [(4, True), (2, True), (1, False)])
@pytest.mark.parametrize("zeros", [0, 1e-30])
def test_a_layer_of_zeros_is_named(bits, silent, zeros, capsys):
    """It can be quantized and exported as ever. A weight of 1 bit is never 0."""
    net = made()
    net.layers[1].weight.data.fill_(zeros)
    lines = []
    for do in (lambda: net.quantize(bits), net.to_network):
        done = do()
        lines.append(capsys.readouterr().err.splitlines())
        assert len(lines[-1]) == silent and all(line.startswith("warning: layer 1: ") for line in lines[-1])
    assert (infer(done, IMAGES.numpy()).spike_times[1] == 16).all() or not silent


def test_weights_that_training_moved_to_zero_are_named(capsys):
    net = made(4)
    net.layers[2].weight.data /= 100
    assert capsys.readouterr().err == ""
    assert not net.to_network().layers[2].weights.any()
    assert capsys.readouterr().err.startswith("warning: layer 2: ")


@pytest.mark.parametrize("bits", [None, 4])
@pytest.mark.parametrize("number", [float("nan"), float("inf")])
@pytest.mark.parametrize("mode", [True, False])
def test_a_net_that_diverged_does_not_classify(bits, number, mode):
    net = made(bits).train(mode)
    net.layers[1].weight.data[1, 2] = number
    with pytest.raises(UserError, match="^layer 1 "):
        net(IMAGES)
    with torch.no_grad(), pytest.raises(UserError, match="^layer 1 "):
        net(IMAGES)


def test_a_normalisation_that_diverged_does_not_classify():
    net = made(normalize=True)
    net.layers[1].norm.shift.data[0] = float("nan")
    with pytest.raises(UserError, match="^layer 1 "):
        net(IMAGES)
