"""Inference on what is small enough to be counted by hand, and what it refuses."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from first_spike.golden.contract.geometry import Geometry
from first_spike.golden.contract.network import ConvolutionLayer, FloatLayer, FloatNetwork, Layer, Network
from first_spike.golden.errors import UserError
from first_spike.golden.inference.convolution import CHUNK
from first_spike.golden.inference.encode import check_images, count_by_step, encode, sort_by_step
from first_spike.golden.inference.figures import Figures, count
from first_spike.golden.inference.infer import float_infer, forward, infer, run_layer
from first_spike.golden.inference.operations import potentials_over_time, ranking
from first_spike.golden.recordings import Recordings


def network(weights, threshold, **fields):
    weights = np.array(weights, np.int8)
    layer = Layer(weights, np.full(weights.shape[1], threshold, np.int32), 8)
    names = [f"class {j}" for j in range(weights.shape[1])]
    return Network(**{"steps": 4, "image_shape": (1, len(weights)), "layers": [layer], "classes": names} | fields)


@pytest.mark.thorough
def test_potentials_are_of_the_type_that_is_asked_for():
    times = np.array([[0, 1], [4, 4]], np.int16)
    for layer, own in ((network([[1], [2]], 2).layers[0], np.int32),
                       (FloatLayer(np.array([[1], [2]], np.float32), np.array([2], np.float32)), np.float32)):
        for dtype, found in ((None, own), (np.float64, np.float64), (np.int32, np.int32)):
            spikes, potentials = run_layer(layer, times, 4, dtype)
            assert potentials.dtype == found and potentials.tolist() == [[3], [0]]
            assert spikes.dtype == np.int16 and spikes.tolist() == [[1], [4]]


def test_floats_are_added_in_double_precision():
    """In single precision 1 + 2 ** -30 is 1."""
    layer = FloatLayer(np.array([[1], [2 ** -30]], np.float32), np.array([1], np.float32))
    made = FloatNetwork(4, (1, 2), [layer], ["only"])
    image = np.full((1, 2), 255, np.uint8)
    result = float_infer(made, image)
    assert result.decision_time.tolist() == [0]
    assert ranking(made, image, result)[1].tolist() == [[1 + 2 ** -30]]
    assert potentials_over_time(made, image, result).tolist() == [[1 + 2 ** -30]] * 4


def test_integers_are_ranked_as_integers():
    made, image = network([[1, -2, 1]], 9), np.full((1, 1), 100, np.uint8)
    result = infer(made, image)
    order, potentials = ranking(made, image, result)
    assert order.tolist() == [[0, 2, 1]] and potentials.tolist() == [[1, 1, -2]] and potentials.dtype == np.int32
    assert potentials_over_time(made, image, result).tolist() == [[0, 0, 0], [0, 0, 0], [1, -2, 1], [1, -2, 1]]


@pytest.mark.parametrize("dtype", ["int8", "bool", "uint16", "float64"])
def test_images_are_bytes(dtype):
    images = np.zeros((1, 2), dtype)
    for run in (lambda: check_images(network([[1], [1]], 1), images), lambda: encode(images, 4)):
        with pytest.raises(UserError) as caught:
            run()
        assert dtype in str(caught.value)


@pytest.mark.parametrize("shape, fits", [((3, 2, 1), True), ((3, 2), True), ((0, 2), True), ((3, 1, 2), False),
                                         ((2,), False), ((3, 2, 1, 1), False), ((3, 1), False), ((), False)])
def test_shapes_of_images(shape, fits):
    made = network([[1], [1]], 1, image_shape=(2, 1))
    if fits:
        check_images(made, np.zeros(shape, np.uint8))
    else:
        with pytest.raises(UserError) as caught:
            check_images(made, np.zeros(shape, np.uint8))
        assert str(list(shape)) in str(caught.value) and ("images[None]" in str(caught.value)) == (shape == (2,))


def test_what_is_encoded():
    for axes in (2, 3, 4):
        assert encode(np.array([255, 128, 1, 0], np.uint8).reshape((2, 2) + (1,) * (axes - 2)), 4).tolist() == [
            [0, 1], [3, 4]]
    for axes in (1, 5):
        shape = (1,) * axes
        with pytest.raises(UserError) as caught:
            encode(np.zeros(shape, np.uint8), 4)
        assert str(caught.value) == ("images must have the axes [n, rows, columns], [n, rows, columns, channels] or "
                                     f"[n, inputs], found shape {shape}")


def test_spikes_in_the_order_of_their_steps():
    """Whatever stood in the arrays before."""
    order, first = np.full(5, 77, np.int32), np.full(4, 77, np.int64)
    sort_by_step(np.array([2, 0, 3, 2, 9]), 3, order, first)
    assert order.tolist() == [1, 0, 3, 77, 77] and first.tolist() == [0, 1, 1, 3]
    first[:] = 77
    count_by_step(np.array([0, 2, 2]), 3, first)
    assert first.tolist() == [0, 1, 1, 3]


def test_a_tie_and_what_comes_later():
    result = infer(network([[2, 3, 3, 0], [0, 0, 0, 9]], 1), np.array([[255, 1], [0, 0]], np.uint8))
    assert (result.classes.tolist(), result.decision_time.tolist()) == ([1, 0], [0, 4])
    assert (result.tie.tolist(), result.silent.tolist(), result.bad.tolist()) == ([True, False], [False, True],
                                                                                  [False, False])
    assert result.spike_times[0].tolist() == [[0, 0, 0, 3], [4] * 4] and result.steps == 4
    assert result.until_decision().spike_times[0].tolist() == [[0, 0, 0, 4], [4] * 4]
    with pytest.raises(FrozenInstanceError):
        result.tie = result.bad
    assert result == result and result != replace(result)


def test_runs_and_kinds():
    made, image = network([[2]], 1), np.full((1, 1), 255, np.uint8)
    assert infer(made, image).spike_times[0].tolist() == [[0]]
    later = Network(4, (1, 2), [Layer(np.diag([5, 5]).astype(np.int8), np.full(2, 4, np.int32), 4)], ["a", "b"])
    as_float = FloatNetwork(4, (1, 2), [FloatLayer(np.diag([5, 5]).astype(np.float32), np.full(2, 4, np.float32))],
                            ["a", "b"])
    image = np.array([[255, 1]], np.uint8)
    for run, subject in ((infer, later), (float_infer, as_float)):
        assert run(subject, image).spike_times[0].tolist() == [[0, 3]]
        assert run(subject, image, until_decision=True).spike_times[0].tolist() == [[0, 4]]
    assert forward(later, image, np.int32).classes.tolist() == [0]


@pytest.mark.parametrize("size", [1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 1])
def test_chunks_of_a_convolution(size):
    """As many images as there are, each as if it were alone: of images, and of recordings."""
    layer = ConvolutionLayer(np.array([[3, -1], [1, 2]], np.int8), np.array([2, 1], np.int32), 4,
                             Geometry((1, 2, 1), (1, 2), padding=(0, 1), pool=(1, 1)))
    times = np.random.default_rng(size).integers(0, 3, (size, 2)).astype(np.int16)
    for given in (times, Recordings.of_times(times, 2)):
        found, potentials = run_layer(layer, given, 2)
        assert found.shape == (size, 6) and found.dtype == np.int16 and potentials is None
        for image, (left, right) in enumerate(times.tolist()):
            assert found[image].tolist() == [2, left, _first(left, 3, right, 1, 2), _first(left, -1, right, 2, 1),
                                             right, 2]


def _first(left, one, right, other, threshold):
    """The first step of two at whose end the weights of what has spiked exceed the threshold, else 2."""
    return next((step for step in range(2) if one * (left <= step) + other * (right <= step) > threshold), 2)


def test_figures_by_hand():
    made = network([[3, 0], [0, 3], [0, 0]], 2)
    images = np.array([[255, 1, 255], [1, 1, 1], [0, 0, 9]], np.uint8)
    result = infer(made, images)
    found = count(made, images, np.array([0, 1, 0]), result)
    # up to the decision: one pixel that is listened to; two, in the last step; none
    assert found == Figures(3, 2, 1, 1, 0 + 3 + 4, (3, 3))
    assert (found.mean(found.silent), found.mean(None)) == (1 / 3, None)
    with pytest.raises(FrozenInstanceError):
        found.ties = 0
