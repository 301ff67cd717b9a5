"""Modules for PyTorch: the golden model's spikes and the trainer's gradients, to the bit where floats allow it."""

from dataclasses import replace

import numpy as np
import pytest

from first_spike.golden.contract.network import FloatNetwork
from first_spike.golden.inference.encode import encode
from first_spike.golden.inference.infer import float_infer, infer
from first_spike.golden.quantization.grid import Grid
from first_spike.golden.tests.training.test_convolution_kernels import SUMS
from tb.helpers.random_networks import as_float, random_convolutional_network, random_images, with_sums

torch = pytest.importorskip("torch")
from first_spike import torch as fst  # noqa: E402  # not without torch

pytestmark = pytest.mark.frameworks
torch.set_num_threads(1)  # the tensors are small
DEEP = "conv 3 3x2 stride 2x1 padding 1x0 pool 1x2, conv 4 2x2 pool 2x1, dense 6, dense 4"
SUMMED = DEEP.replace("pool", "sum")


def random_float_network(seed):
    """Weights of every size, thresholds of their own: no sum is the same in another order by chance."""
    rng = np.random.default_rng(seed)
    given = random_convolutional_network(rng, int(rng.choice([2, 16, 64])), 3, 1 + seed % 3)
    given = given if seed < SUMS else with_sums(given)
    layers = [layer.__class__(*(array * np.float32(0.1) for array in (
        layer.weights + rng.normal(0, 0.8, layer.weights.shape).astype(np.float32), layer.thresholds)),
        *([layer.geometry] if layer.kind == "convolution" else [])) for layer in as_float(given).layers]
    return FloatNetwork(given.steps, given.image_shape, layers, given.classes), random_images(rng, given)


def same(output, expected):
    """Whether a module's Output is an Inference."""
    pairs = [*((getattr(output, name), getattr(expected, name)) for name in
               ("classes", "decision_time", "margin", "spread", "runner_up")),
             *zip(output.spike_times, expected.spike_times, strict=True)]
    return all(np.array_equal(ours.numpy(), theirs) for ours, theirs in pairs)


def evaluated(net, images):
    net.eval()
    with torch.no_grad():
        return net(torch.from_numpy(images))


@pytest.mark.parametrize("seed", [*range(60), *range(SUMS, SUMS + 30)])
def test_float_inference_spike_for_spike(seed):
    network, images = random_float_network(seed)
    net = fst.Net.of(network)
    made = net.to_float_network()
    for ours, theirs in zip(made.layers, network.layers, strict=True):
        unit, = set(ours.thresholds / theirs.thresholds)
        assert np.frexp(unit)[0] == 0.5 and (unit == 1 or 1 <= ours.thresholds.min() < 2)
        assert abs(ours.weights - theirs.weights * unit).max() <= 2 ** -25
    assert same(evaluated(net, images), float_infer(made, images))


@pytest.mark.parametrize("smaller", [0, 20, 60, 110])
def test_small_thresholds_lose_nothing(smaller):
    """Weights and thresholds of a layer in another unit are the same layer."""
    network, images = random_float_network(3)
    made = fst.Net.of(network).to_float_network()
    small = [replace(layer, **{name: getattr(layer, name) * np.float32(2.0 ** -smaller) for name in (
        "weights", "thresholds")}) for layer in made.layers]
    found = evaluated(fst.Net.of(replace(made, layers=small)), images)
    assert same(found, float_infer(made, images)) and (found.decision_time < network.steps).any()


@pytest.mark.parametrize("layers", ["dense 6, conv 4 1x1, dense 4",
                                    "conv 2 3x3 sum 2, dense 12, conv 3 3x3 same, dense 4",
                                    "dense 5, dense 24, conv 3 3x3 padding 2x1 sum 2x1, dense 4"])
def test_a_convolution_behind_a_dense_layer(layers):
    """It reads the neurons as channels of one position."""
    torch.manual_seed(4)
    images, labels = noise(8)
    net = fst.Net(layers, (9, 8), "abcd", 16, width=8.0)
    for layer in net.layers:
        layer.weight.data = torch.randn(layer.weight.shape) * 0.5 + 0.1  # so that much fires
    learn(net, images, labels)
    assert all(layer.weight.grad.any() for layer in net.layers)
    found = evaluated(net, images)
    assert same(found, float_infer(net.to_float_network(), images))
    assert all(len(np.unique(times)) > 1 for times in found.spike_times)
    net.quantize(8)
    assert same(evaluated(net, images), infer(net.to_network(), images))


def test_the_cases_have_something_to_compare():
    seen = dict.fromkeys(("hidden spikes", "silent hidden", "decided", "silent", "ties", "several spikes"), 0)
    for seed in (*range(60), *range(SUMS, SUMS + 30)):
        network, images = random_float_network(seed)
        found = float_infer(network, images)
        seen["several spikes"] += sum(((times < network.steps).reshape(-1, layer.often).sum(axis=1) > 1).sum()
                                      for layer, times in zip(network.layers, found.spike_times))
        hidden = np.concatenate([times.ravel() for times in found.spike_times[:-1]] or [np.empty(0)])
        seen["hidden spikes"] += (hidden < network.steps).sum()
        seen["silent hidden"] += (hidden == network.steps).sum()
        seen["decided"] += (~found.silent).sum()
        seen["silent"] += found.silent.sum()
        seen["ties"] += found.tie.sum()
    assert all(count > 20 for count in seen.values()), seen


def test_potentials_that_meet_the_threshold_do_not_fire():
    """Tenths add up to more or less than one by the order in which they are added; multiples of 2 ** -24 do not."""
    weights = np.array([[0.1, 0.3], [0.2, 0.3], [0.7, 0.4], [0.0, 0.0]], np.float32)
    net = fst.Net("dense 2", (2, 2), "ab")
    net.layers[0].weight.data = torch.from_numpy(weights.T.copy())
    made = net.to_float_network()
    total = made.layers[0].weights.astype(float).sum(axis=0)
    images = np.array([[[255, 255], [255, 0]]], np.uint8)
    for threshold in (*total, *np.nextafter(total, 0)):
        net.layers[0].thresholds.fill_(threshold)
        assert same(evaluated(net, images), float_infer(net.to_float_network(), images))


def test_sums_are_of_float64():
    """One and 2 ** -24 are one in float32; what is finer than that is no weight, so that no order of sums matters."""
    net = fst.Net("dense 2", (2, 2), "ab")
    net.layers[0].weight.data = torch.tensor([[1, 2.0 ** -24, 0, 0], [1, 2.0 ** -26, 0, 0]])
    images = np.array([[[255, 128], [0, 0]]], np.uint8)
    found = evaluated(net, images)
    assert found.spike_times[0].tolist() == [[7, 16]] and same(found, float_infer(net.to_float_network(), images))


def learn(net, images, labels, epochs=3, **options):
    """Some epochs on all images at once, by Adam."""
    net.train()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.002)
    for _ in range(epochs):
        optimizer.zero_grad()
        fst.decision_loss(net(torch.from_numpy(images)), torch.from_numpy(labels), **options).backward()
        optimizer.step()


def noise(seed, count=24, shape=(9, 8), classes=4):
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (count, *shape), dtype=np.uint8)
    return np.where(rng.random(images.shape) < 0.6, images, 0).astype(np.uint8), rng.integers(0, classes, count)


@pytest.mark.parametrize("normalize", [False, True])
@pytest.mark.parametrize("bits, layers", [(1, DEEP), (2, DEEP), ((4, 3, 4, 8), DEEP), ((4, 3, 4, 8), SUMMED)])
def test_quantized_network_is_what_the_module_does(bits, layers, normalize):
    torch.manual_seed(1)
    images, labels = noise(1)
    net = fst.Net(layers, (9, 8), "abcd", 16, normalize=normalize).start(images)
    learn(net, images, labels)
    net.quantize(bits)
    for layer in net.layers:
        layer.thresholds.copy_((layer.thresholds / 3).ceil())  # so that much fires
    learn(net, images, labels)
    net.tune(images, labels)
    network, found = net.to_network("by a test"), evaluated(net, images)
    assert network.source == "by a test" and [layer.weight_bits for layer in network.layers] == list(
        bits if isinstance(bits, tuple) else (bits,) * 4)
    assert same(found, infer(network, images))
    assert all(len(np.unique(times)) > 1 for times in found.spike_times[:-1])  # there is something to compare
    net.train()  # masters move on, what is read stays on the grid in float32 as well
    assert same(net(torch.from_numpy(images)), infer(net.to_network(), images))


@pytest.mark.parametrize("bits", range(1, 9))
def test_the_grid_is_the_trainers(bits):
    images, _ = noise(2)
    net = fst.Net("dense 5, dense 4", (9, 8), "abcd").start(images).quantize(bits)
    with torch.no_grad():
        net.layers[0].weight.add_(torch.randn(5, 72) * 0.1)
    masters, grid = net.layers[0].weight.detach().numpy().T.copy(), Grid(bits, net.layers[0].scales.numpy())
    grid.hold(masters)
    expected = np.empty_like(masters)
    grid.round(masters, expected)
    assert np.array_equal(net.layers[0].read()[0].numpy().T, expected)
    assert np.array_equal(net.layers[0].weight.detach().numpy().T, masters)


@pytest.mark.parametrize("layers", [DEEP, SUMMED])
def test_normalization_folds_exactly(layers):
    """Into the weights: what infers in training, in eval mode and in the network without it are one."""
    torch.manual_seed(2)
    images, labels = noise(3)
    net = fst.Net(layers, (9, 8), "abcd", 16, normalize=True).start(images)
    learn(net, images, labels, epochs=5)
    norms = [layer.norm for layer in net.layers[:-1]]
    assert net.layers[-1].norm is None and all(norm.batches == 6 and norm.shift.abs().sum() > 0 for norm in norms)
    made, before = net.to_float_network(), evaluated(net, images)
    assert same(before, float_infer(made, images)) and any((times < 16).any() for times in before.spike_times[:-1])
    for layer in net.layers:
        layer.fold()
    assert not any("norm" in name for name in net.state_dict())
    assert same(evaluated(net, images), float_infer(made, images))


def test_start_begins_anew():
    """What an earlier training left in a normalisation is gone, and a state is that of a fresh module."""
    images, labels = noise(3)
    used, fresh = (fst.Net(DEEP, (9, 8), "abcd", 16, normalize=True) for _ in range(2))
    learn(used.start(images), images, labels)
    found, expected = (net.start(images, seed=2).state_dict() for net in (used, fresh))
    assert found.keys() == expected.keys() and all(torch.equal(found[key], expected[key]) for key in found)


def test_a_module_of_float64_infers_as_its_file():
    net = fst.Net("dense 2", (1, 1), "ab", steps=2).double()
    net.layers[0].weight.data = torch.tensor([[1 + 2.0 ** -24], [0.0]], dtype=torch.float64)
    images = np.full((1, 1, 1), 255, np.uint8)
    assert same(evaluated(net, images), float_infer(net.to_float_network(), images))


def test_normalization_is_what_it_says():
    """Its factor by numbers: exp(log_scale) * (V - mean) / deviation + shift > 1 where factor * V > 1."""
    norm = fst.Normalization(3)
    potentials = torch.tensor([[1.0, 2.0, 0.5], [3.0, 6.0, 0.5]])
    norm.count(potentials, potentials ** 2)
    assert norm.mean.tolist() == [2, 4, 0.5] and norm.variance.tolist() == [1, 4, 0]
    norm.count(potentials + 1, (potentials + 1) ** 2)
    assert norm.mean.tolist() == pytest.approx([2.1, 4.1, 0.6])
    with torch.no_grad():
        norm.shift.copy_(torch.tensor([0.5, -0.5, 0.0]))
        norm.log_scale.copy_(torch.tensor([0.0, np.log(2), 0.0]))
        scale = norm.log_scale.exp() / (norm.variance + 1e-5).sqrt()
        for place in np.linspace(0, 8, 33):
            counts = scale * (place - norm.mean) + norm.shift
            near = (counts - 1).abs() < 1e-4
            assert ((counts > 1) == (norm.factor() * place > 1))[~near].all()
        norm.shift.fill_(1000)  # would fire without input
        assert (norm.factor() > 0).all() and torch.isfinite(norm.factor()).all()


def test_nothing_after_the_decision_is_learnt_from():
    """A pixel that comes after it may be there or not."""
    images, labels = noise(4, count=60)
    net = fst.Net("conv 3 3x3 pool 2, dense 4", (9, 8), "abcd", 16).start(images)
    net.layers[-1].thresholds.fill_(0.01)
    early = evaluated(net, images).decision_time.numpy() < 15
    images, labels, grads = images[early], labels[early], []
    assert early.sum() > 20 and ((images > 0) & (images < 16)).any()
    for late in (0, 15):
        net.train().zero_grad()
        changed = np.where(images < 16, np.uint8(late), images)
        fst.decision_loss(net(torch.from_numpy(changed)), torch.from_numpy(labels)).backward()
        grads.append([layer.weight.grad.clone() for layer in net.layers])
    assert all(torch.equal(*pair) for pair in zip(*grads)) and all(grad.any() for grad in grads[0])


def test_normalization_counts_potentials_of_all_steps():
    """As the weights alone make them, whatever the factor is."""
    images, _ = noise(7)
    net = fst.Net("dense 5, dense 4", (9, 8), "abcd", 16, normalize=True).train()
    layer, times = net.layers[0], encode(images, 16)
    weights = layer.weight.detach().double().numpy()
    seen = np.array([(times <= step) @ weights.T for step in range(16)])
    for batch in (1, 2, 3):
        layer(fst.encode(torch.from_numpy(images), 16))
        assert layer.norm.batches == batch + 1  # the first counts twice: before anything else, and as a batch
        np.testing.assert_allclose(layer.norm.mean, seen.mean(axis=(0, 1)), rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(layer.norm.variance, seen.var(axis=(0, 1)), rtol=1e-4, atol=1e-5)
        with torch.no_grad():
            layer.norm.shift.add_(0.3)


def test_half_precision_loses_no_spike():
    """Autocast makes products of bfloat16, of which the layers know nothing."""
    images, labels = noise(6)
    net, grads = fst.Net(SUMMED, (9, 8), "abcd", normalize=True).start(images), []
    for autocast in (False, True):
        net.train().zero_grad()
        for layer in net.layers[:-1]:
            layer.norm.batches.zero_()
        with torch.autocast("cpu", torch.bfloat16, enabled=autocast):
            output = net(torch.from_numpy(images))
        fst.decision_loss(output, torch.from_numpy(labels)).backward()
        grads.append([output.potentials, *output.spike_times, *(one.grad.clone() for one in net.parameters())])
    assert all(torch.equal(*pair) for pair in zip(*grads, strict=True))


def test_state_comes_back():
    images, labels = noise(5)
    nets = [fst.Net(DEEP, (9, 8), "abcd", normalize=True).start(images, seed) for seed in (1, 2)]
    for net in nets:
        learn(net, images, labels)
        net.quantize(3)
    nets[1].load_state_dict(nets[0].state_dict())
    assert nets[0].to_network() == nets[1].to_network()
