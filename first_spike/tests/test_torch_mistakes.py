"""What the modules for PyTorch are given by mistake, or seldom."""

import numpy as np
import pytest

import first_spike as fs
from first_spike.golden.errors import UserError

torch = pytest.importorskip("torch")
from first_spike import torch as fst  # noqa: E402  # not without torch

pytestmark = pytest.mark.frameworks

BLACK = torch.zeros((3, 2, 2), dtype=torch.uint8)


def diverged(net):
    net.layers[0].weight.data[0, 0] = float("nan")
    return net


def loss(labels, **options):
    torch.manual_seed(1)
    return fst.decision_loss(fst.Net("dense 2", (2, 2), "ab")(BLACK + 100), labels, **options)


@pytest.mark.parametrize("kind", [np.array, torch.tensor, lambda labels: torch.tensor(labels, dtype=torch.uint8), list])
def test_labels_are_whole_numbers_of_any_kind(kind):
    assert loss(kind([0, 1, 0])).item() == loss(torch.tensor([0, 1, 0])).item()


def test_no_images_give_no_classes():
    found = fst.Net("conv 2 2x2, dense 2", (2, 2), "ab")(BLACK[:0])
    assert found.classes.shape == (0,) and found.spike_times[0].shape == (0, 2)


def test_initial_weights_are_for_thresholds_of_one():
    net = fst.Net("dense 3, dense 2", (2, 2), "ab")
    net.layers[0].thresholds.fill_(5)
    assert net.start(BLACK + 200).layers[0].thresholds.tolist() == [1, 1, 1]


@pytest.mark.parametrize("do, sentence", [
    (lambda: fst.Net("dense 3", (2, 2), "ab"), "2 class names for 3 output neurons"),
    (lambda: fst.Net("conv 3 4x4, dense 2", (2, 2), "ab"), "layer 0: a kernel of 4 x 4 is larger than the map"),
    (lambda: fst.Net("dense 2", (2, 2), "ab", steps=5), "steps must be a power of two"),
    (lambda: fst.Net("dense 2", (2, 2), "ab")(torch.zeros(1, 2, 2)), "images must be uint8 .*, found torch.float32"),
    (lambda: fst.Net("dense 2", (2, 2), "ab")(torch.zeros(1, 2, 3, dtype=torch.uint8)), "takes images of 2 x 2"),
    (lambda: fst.Net("dense 2", (2, 2), "ab").quantize(9), "bits must be a number from 1 to 8, or 1 of them"),
    (lambda: fst.Net("dense 2", (2, 2), "ab").quantize(4, scale_per="chanel"),
     "scale_per must be layer or channel, found 'chanel'"),
    (lambda: fst.Net("dense 2", (2, 2), "ab").quantize(4).quantize(4), "the network is quantized already"),
    (lambda: fst.Net("dense 2", (2, 2), "ab").to_network(), "the network is of floats: quantize it first"),
    (lambda: fst.Net("dense 2", (2, 2), "ab").quantize(4).to_float_network(), "is quantized: ask for it by to_network"),
    (lambda: fst.Net.of(fs.load("mnist_784_128_10_4bit")), "takes a FloatNetwork"),
    (lambda: fst.Net(["dense 2"], (2, 2), "ab"), "a text of layers, .* is needed, found list"),
    (lambda: fst.Net("dense 2", (2, 2), "ab", width=0), "width must be a number above 0"),
    (lambda: fst.Net("dense 2", (2, 2), "ab").quantize(4.0), "bits must be a number from 1 to 8"),
    (lambda: fst.Net("dense 2", (2, 2), "ab").quantize(True), "bits must be a number from 1 to 8"),
    (lambda: fst.Net("dense 2", (2, 2), "ab").quantize([4, 4]), "bits must be a number from 1 to 8"),
    (lambda: fst.Net("dense 2", (2, 2), "ab")(np.zeros((1, 2, 2), np.uint8)), "a tensor of images is needed"),
    (lambda: fst.encode(BLACK, 10), "steps must be a power of two from 2 to 256, found 10"),
    (lambda: fst.Net("dense 2", (2, 2), "ab").half()(BLACK), "weights of torch.float16, too coarse for spikes"),
    (lambda: fst.Net("dense 2", (2, 2), "ab").bfloat16().quantize(4), "weights of torch.bfloat16, too coarse"),
    (lambda: diverged(fst.Net("dense 2", (2, 2), "ab")).quantize(4), "layer 0 has a weight that is no finite number"),
    (lambda: diverged(fst.Net("dense 2", (2, 2), "ab").quantize(4)).to_network(), "a weight that is no finite number"),
    (lambda: fst.Net("dense 2", (2, 2), "ab")(BLACK, [True] * 3), "endless must be a tensor of bool, one for each"),
    (lambda: fst.Net("dense 2", (2, 2), "ab")(BLACK, torch.ones(1, dtype=torch.bool)), "endless must be a tensor"),
    (lambda: fst.Net("dense 2", (2, 2), "ab").start(BLACK[:0]), "at least one image is needed"),
    (lambda: fst.Net("dense 2", (2, 2), "ab").start(BLACK[:, 1:]), "takes images of 2 x 2"),
    (lambda: fst.Net("dense 2", (2, 2), "ab").start(BLACK.float()), "images must be uint8"),
    (lambda: fst.Net("dense 2", (2, 2), "ab").start(BLACK, -1), "a seed is a whole number from 0 on, found -1"),
    (lambda: fst.Net("dense 2", (2, 2), "ab").tune(BLACK, [0, 1]), "2 labels for 3 images"),
    (lambda: fst.Net("dense 2", (2, 2), "ab").tune(BLACK, [0, 1, 2]), "label 2 of image 2 is none of the network's 2"),
    (lambda: fst.Net("dense 2", (2, 2), "ab").tune(BLACK, [0, 1, 0], 5), "silent outputs must lie between 0 and 1"),
    (lambda: fst.Net("dense 2", (2, 2), "ab").tune(BLACK[:, 1:], [0, 1, 0]), "takes images of 2 x 2"),
    (lambda: loss([0]), "1 labels for 3 images"), (lambda: loss([0, 1, 2]), "label 2 of image 2 is none"),
    (lambda: loss([0, 1, 0], temperature=0), "temperature must be a number above 0"),
    (lambda: loss([0, 1, 0], sure=2), "sure must lie between 0 and 1")])
def test_mistakes(do, sentence):
    with pytest.raises(UserError, match=sentence):
        do()
