"""The kernels of the decision rule against a dense oracle, and Adam against its formulas."""

import numba
import numpy as np
import pytest

from first_spike.golden.quantization.grid import Grid
from first_spike.golden.tests.training.dense_decision import learn
from first_spike.golden.training.adam import BETA1, BETA2, EPSILON, Adam
from first_spike.golden.training.decision_kernels import Batch, Layers, Loss, backward, empty_trace, forward


def random_case(seed):
    rng = np.random.default_rng(seed)
    steps = int(rng.choice([2, 4, 16, 64]))
    sizes = [int(rng.integers(2, 40)), *rng.integers(1, 12, rng.integers(0, 4)), int(rng.integers(2, 6))]
    # small integers, so that float32 sums are exact and even ties agree
    weights = [rng.integers(-3, 5, shape).astype(np.float32) for shape in zip(sizes, sizes[1:])]
    thresholds = [np.full(size, rng.integers(1, 12), np.float32) for size in sizes[1:]]
    batch = 6
    times = rng.integers(0, steps + 1, (batch, sizes[0])).astype(np.int16)
    return (steps, sizes, weights, thresholds, times, rng.integers(0, sizes[-1], batch), rng.random(batch) < 0.3,
            rng.choice([0.25, 1, 3.3], batch))


LOSS = Loss(temperature=0.3, pull=1.0, push=0.5, sure=1.0)


def run(steps, sizes, weights, thresholds, times, labels, endless, image_weights, loss=LOSS, width=1.5):
    trace, layers = empty_trace(len(times), sizes[1:]), Layers(tuple(weights), tuple(thresholds))
    forward(Batch(times, labels, endless, image_weights), layers, steps, loss, trace)
    backward(layers, width, trace)
    return trace


def summed(times, told, peak_times):
    return (told[:, None, :] * (times[:, :, None] <= peak_times[:, None, :])).sum(axis=0)


@pytest.mark.parametrize("loss", [LOSS, Loss(0.3, 0.5, 1.0, 0.97)], ids=["usual", "others"])
@pytest.mark.parametrize("seed", range(60))
def test_matches_dense_oracle(seed, loss):
    steps, sizes, weights, thresholds, times, labels, endless, image_weights = case = random_case(seed)
    trace = run(*case, loss=loss)
    expected = [np.zeros_like(layer) for layer in weights]
    for n in range(len(times)):
        step, winner, gradients = learn(times[n], steps, weights, thresholds, loss, 1.5, endless[n], labels[n],
                                        image_weights[n])
        assert (trace.decisions[n], trace.winners[n]) == (step, winner), f"image {n}"
        spikes = [times[n], *(layer[n] for layer in trace.spike_times[:-1])]
        assert trace.events[n] == sum((layer <= min(step, steps - 1)).sum() for layer in spikes), f"image {n}"
        for total, gradient in zip(expected, gradients):
            total += gradient
    for k in range(len(weights)):
        source = times if k == 0 else trace.spike_times[k - 1]
        found = summed(source, trace.told[k], trace.peak_times[k])
        np.testing.assert_allclose(found, expected[k], rtol=0, atol=2e-5, err_msg=f"layer {k}")


def test_the_cases_reach_the_hidden_layers():
    """Guards the comparison above: gradients of nothing but zeros would agree as well."""
    told = [run(*random_case(seed)) for seed in range(60)]
    assert sum(bool(any(layer.any() for layer in trace.told[:-1])) for trace in told) > 20


@pytest.mark.parametrize("grid", [None, Grid(3, np.full(5, 4.5, np.float32))])
def test_adam_matches_its_formulas(grid):
    rng = np.random.default_rng(3)
    weights = rng.normal(0, 0.3, (7, 5)).astype(np.float32)
    expected, mean, square = weights.astype(np.float64), 0.0, 0.0
    used, adam = weights if grid is None else np.empty_like(weights), Adam(weights)
    for step in range(1, 6):
        times = rng.integers(0, 9, (4, 7)).astype(np.int16)
        told = rng.normal(0, 1, (4, 5)).astype(np.float32)
        peak_times = rng.integers(-1, 8, (4, 5)).astype(np.int32)
        adam.step(weights, used, grid, times, told, peak_times, 0.05, 0.1)
        gradient = summed(times, told, peak_times) / 4
        mean = BETA1 * mean + (1 - BETA1) * gradient
        square = BETA2 * square + (1 - BETA2) * gradient ** 2
        rate = 0.05 * np.sqrt(1 - BETA2 ** step) / (1 - BETA1 ** step)
        expected -= rate * (mean / (np.sqrt(square) + EPSILON) + 0.1 * expected)
        if grid is not None:
            expected = np.clip(expected, -4.5 / 4.5, 3.5 / 4.5)
    np.testing.assert_allclose(weights, expected, rtol=0, atol=1e-5)
    if grid is not None:
        assert np.array_equal(used, np.clip(np.rint(weights * np.float32(4.5)), -4, 3))


def test_result_does_not_depend_on_threads():
    results = []
    before = numba.get_num_threads()
    for threads in (1, before):
        numba.set_num_threads(threads)
        case = random_case(11)
        trace = run(*case)
        weights, adam = case[2][0].copy(), Adam(case[2][0])
        adam.step(weights, weights, None, case[4], trace.told[0], trace.peak_times[0], 0.1)
        results.append((*(layer.tobytes() for layer in trace.told), weights.tobytes()))
    numba.set_num_threads(before)
    assert results[0] == results[1]
