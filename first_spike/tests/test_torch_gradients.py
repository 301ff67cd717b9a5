"""Gradients of the modules for PyTorch: those of plain loops, of the trainer and of numbers."""

import numpy as np
import pytest

from first_spike.golden.contract.network import FloatNetwork
from first_spike.golden.inference.encode import encode
from first_spike.golden.tests.training import test_convolution_kernels
from first_spike.golden.training.decision_kernels import Loss, output_errors
from tb.helpers import plain_convolution

torch = pytest.importorskip("torch")
from first_spike import torch as fst  # noqa: E402  # not without torch

pytestmark = pytest.mark.frameworks
torch.set_num_threads(1)  # the tensors are small
SUMS = test_convolution_kernels.SUMS  # from this seed on pools sum


class Case:
    """A network of small integers with thresholds of powers of two, of which float64 holds all that the rule makes:
    so its gradients are the same by any order of sums."""

    loss, width = Loss(temperature=0.3, pull=0.5, push=0.75, sure=0.97), 2.0

    def __init__(self, seed):
        network, weights, self.times, self.endless, self.labels, _ = test_convolution_kernels.random_case(seed)
        layers = [layer.__class__(own, 2.0 ** np.log2(layer.thresholds).round().astype(np.float32),
                                  *([layer.geometry] if layer.kind == "convolution" else []))
                  for layer, own in zip(network.layers, weights)]
        self.network = FloatNetwork(network.steps, network.image_shape, layers, network.classes)
        self.weights = [layer.weights.copy() for layer in layers]
        images = np.random.default_rng(seed).integers(0, 256, (8, *network.image_shape), dtype=np.uint8)
        self.images, self.times = images, encode(images, network.steps)
        self.endless, self.labels = self.endless[:8], self.labels[:8]

    def learnt(self, dtype, loss=loss, width=width):
        """(Output, gradients in golden's order) of the module."""
        net = fst.Net.of(self.network).to(dtype)
        for layer in net.layers:
            layer.width = width
        output = net(torch.from_numpy(self.images), torch.from_numpy(self.endless))
        fst.decision_loss(output, torch.from_numpy(self.labels), *loss).backward()
        return output, [layer.arrange(layer.weight.grad).numpy() for layer in net.layers]

    def lessons(self):
        return [plain_convolution.learn(self.times[n], self.network.steps, self.network.layers, self.weights,
                                        self.loss, self.width, self.endless[n], self.labels[n], 1.0) for n in range(8)]


@pytest.mark.parametrize("seed", [*range(40), *range(SUMS, SUMS + 30)])
def test_gradients_are_those_of_plain_loops(seed):
    case = Case(seed)
    output, found = case.learnt(torch.float64)
    expected = case.lessons()
    assert output.decision_time.tolist() == [lesson.decision for lesson in expected]
    assert output.classes.tolist() == [lesson.winner for lesson in expected]
    for k, ours in enumerate(found):
        assert np.array_equal(ours, sum(lesson.gradients[k] for lesson in expected) / 8), f"layer {k}"


@pytest.mark.parametrize("seed", [*range(40), *range(SUMS, SUMS + 30)])
def test_gradients_are_the_trainers(seed):
    """Which sums them in float32, so that large ones differ in the last bits."""
    case = Case(seed)
    trace = test_convolution_kernels.run(case.network, case.weights, case.times, case.endless, case.labels, np.ones(8))
    _, found = case.learnt(torch.float32, test_convolution_kernels.LOSS, test_convolution_kernels.WIDTH)
    for k, ours in enumerate(found):
        theirs = test_convolution_kernels.gradient(case.network.layers, trace, k, case.times) / 8
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5, err_msg=f"layer {k}")


@pytest.mark.parametrize("seed", [*range(8), *range(SUMS, SUMS + 4)])
def test_gradients_are_those_of_numbers(seed):
    """Differences of the smooth function that stands for the spikes."""
    case = Case(seed)
    _, found = case.learnt(torch.float64)
    wide, lessons = [layer.astype(float) for layer in case.weights], case.lessons()
    for k, layer in enumerate(wide):
        unit = case.network.layers[k].thresholds.astype(float)
        for place in np.ndindex(layer.shape):
            value, ends = layer[place], []
            for step in (1e-5, -1e-5):
                layer[place] = value + step
                ends.append(sum(lesson.smooth(wide) for lesson in lessons))
            layer[place] = value
            slope = (ends[0] - ends[1]) / 2e-5 * unit[place[1]] / 8
            assert abs(found[k][place] - slope) < 2e-4, (k, place)


def test_the_cases_reach_the_hidden_layers():
    for seeds, hidden, decided in ((range(40), 20, 50), (range(SUMS, SUMS + 30), 15, 40)):
        reached = [Case(seed).learnt(torch.float64) for seed in seeds]
        assert sum(any(layer.any() for layer in found[:-1]) for _, found in reached) > hidden
        assert sum((output.decision_time < output.steps).sum() for output, _ in reached) > decided


def test_quantized_gradients_go_straight_through():
    """To the masters, as from a float network of the same integers."""
    case = Case(3)
    plain = case.learnt(torch.float64)[1]
    net = fst.Net.of(case.network).double().quantize(8)
    for layer, own in zip(net.layers, case.network.layers):
        layer.width = case.width
        layer.scales.fill_(1)
        layer.thresholds.copy_(torch.from_numpy(own.thresholds.copy()))
        layer.weight.data = layer.arranged(torch.from_numpy(own.weights + np.float32(0.25))).double()  # rounded off
    output = net(torch.from_numpy(case.images), torch.from_numpy(case.endless))
    fst.decision_loss(output, torch.from_numpy(case.labels), *case.loss).backward()
    assert all(np.array_equal(layer.arrange(layer.weight.grad).numpy(), own) for layer, own in zip(net.layers, plain))


@pytest.mark.parametrize("seed", range(20))
def test_the_output_is_told_what_the_trainers_is(seed):
    rng = np.random.default_rng(seed)
    potentials, labels = rng.integers(-40, 40, (32, 5)).astype(np.float32) / 32, rng.integers(0, 5, 32)
    decision, endless, classes = rng.integers(0, 3, 32), rng.random(32) < 0.3, potentials.argmax(axis=1)
    decision[endless] = 2
    loss = Loss(rng.choice([0.1, 0.5]), rng.choice([0.5, 1]), rng.choice([0, 0.5]), rng.choice([0.9, 1]))
    ours, told = torch.from_numpy(potentials).requires_grad_(), np.empty(5, np.float32)
    output = fst.Output(ours, *map(torch.from_numpy, (classes, decision, endless)), (), 2)
    fst.decision_loss(output, torch.from_numpy(labels), *loss).backward()
    for n in range(32):
        output_errors(potentials[n], np.float32(1), labels[n], classes[n], decision[n] < 2, endless[n], loss, 1.0, told)
        assert np.array_equal(ours.grad[n].numpy() * 32, told), n
