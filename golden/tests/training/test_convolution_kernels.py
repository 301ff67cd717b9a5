"""The kernels of the decision rule with convolutions, against loops over every neuron and numerical gradients."""

import numba
import numpy as np
import pytest

from first_spike.golden.tests.training.test_decision import summed
from first_spike.golden.training import convolution_kernels
from first_spike.golden.training.adam import KernelAdam
from first_spike.golden.training.decision_kernels import Loss
from first_spike.golden.training.shared_graph import graph_of
from tb.helpers.plain_convolution import learn
from tb.helpers.random_networks import as_float, random_convolutional_network, with_sums

LOSS, WIDTH, BATCH = Loss(temperature=0.3, pull=0.5, push=0.7, sure=0.97), 1.5, 11
SUMS = 10_000  # from this seed on pools sum


def random_case(seed):
    """A float network of small integers, so that float32 sums are exact and even ties agree; its weights, times,
    endless, labels, weights of the images."""
    rng = np.random.default_rng(seed)
    steps = int(rng.choice([2, 4, 16, 64]))
    network = random_convolutional_network(rng, steps, 3, 1 + seed % 3, max_side=6)
    network = as_float(network if seed < SUMS else with_sums(network))
    weights = [np.maximum(layer.weights, -2) + (seed % 2) for layer in network.layers]
    times = rng.integers(0, steps + 1, (BATCH, network.inputs)).astype(np.int16)
    return (network, weights, times, rng.random(BATCH) < 0.3, rng.integers(0, network.sizes[-1], BATCH),
            rng.choice([0.3, 0.7, 1], BATCH))


def run(network, weights, times, endless, labels, image_weights):
    layers = network.layers
    graph, trace = graph_of(layers), convolution_kernels.Trace(len(times), layers)
    convolution_kernels.learn(times, network.steps, convolution_kernels.as_read(weights, graph),
                              tuple(np.ascontiguousarray(layer.T) for layer in weights),
                              tuple(layer.thresholds.copy() for layer in layers), graph,
                              convolution_kernels.places_of(layers), WIDTH, LOSS, endless, labels, image_weights,
                              trace.spike_times, trace.gradients, trace.told, trace.peak_times,
                              trace.decisions, trace.ties, trace.winners, trace.events)
    return trace


def gradient(layers, trace, k, times):
    """The gradient of layer k, summed over the batch."""
    if trace.gradients[k].size:
        found = np.empty(trace.gradients[k].shape[1:])
        found[graph_of(layers).rows[k]] = trace.gradients[k].sum(axis=0)
        return found
    return summed(times if k == 0 else trace.spike_times[k - 1], trace.told[k], trace.peak_times[k])


def lessons(network, weights, times, endless, labels, image_weights):
    return [learn(times[n], network.steps, network.layers, weights, LOSS, WIDTH, endless[n], labels[n],
                  image_weights[n]) for n in range(len(times))]


@pytest.mark.thorough
@pytest.mark.parametrize("seed", [*range(90), *range(SUMS, SUMS + 100)])
def test_matches_plain_loops(seed):
    case = network, weights, times, *_ = random_case(seed)
    trace, expected = run(*case), lessons(*case)
    assert trace.decisions.tolist() == [lesson.decision for lesson in expected]
    assert trace.winners.tolist() == [lesson.winner for lesson in expected]
    for k in range(len(weights)):
        total = sum(lesson.gradients[k] for lesson in expected)
        np.testing.assert_allclose(gradient(network.layers, trace, k, times), total, rtol=0, atol=5e-5,
                                   err_msg=f"layer {k}")


@pytest.mark.thorough
def test_the_cases_reach_what_they_are_for():
    seen = dict.fromkeys(("hidden gradient", "decided", "silent", "wrong", "sure", "pooled",
                          "dense hidden or last", "summed", "dense behind a sum"), 0)
    for seed in (*range(90), *range(SUMS, SUMS + 100)):
        network, _, times, endless, labels, _ = case = random_case(seed)
        trace = run(*case)
        decided = trace.decisions < network.steps
        seen["decided"] += decided.sum()
        seen["silent"] += (~decided & ~endless).sum()
        seen["wrong"] += (decided & (trace.winners != labels)).sum()
        seen["sure"] += sum(not lesson.gradients[-1].any() for lesson in lessons(*case))
        seen["hidden gradient"] += bool(gradient(network.layers, trace, 0, times).any())
        seen["pooled"] += any(layer.kind == "convolution" and layer.geometry.pool != (1, 1) for layer in network.layers)
        summed = [layer.often > 1 for layer in network.layers]
        seen["summed"] += any(summed)
        seen["dense behind a sum"] += any(before and layer.kind == "dense" and trace.gradients[k].any() for k, before,
                                          layer in zip(range(1, 9), summed, network.layers[1:]))
        seen["dense hidden or last"] += any(layer.kind == "dense" for layer in network.layers)
    print(seen)
    assert all(times > 10 for times in seen.values()), seen


@pytest.mark.parametrize("seed", [1000, SUMS + 3, *(pytest.param(seed, marks=pytest.mark.thorough)
                                                    for seed in (*range(1001, 1030), *range(SUMS + 100, SUMS + 120)))])
def test_matches_numerical_gradients(seed):
    """Of the smooth function that stands for the spikes, by differences of every weight of every layer."""
    case = network, weights, times, *_ = random_case(seed)
    trace, all_lessons = run(*case), lessons(*case)
    wide = [layer.astype(float) for layer in weights]
    for k, layer in enumerate(wide):
        found, expected = gradient(network.layers, trace, k, times), np.empty_like(layer)
        unit = network.layers[k].thresholds.astype(float)
        for place in np.ndindex(layer.shape):
            value, ends = layer[place], []
            for step in (1e-5, -1e-5):
                layer[place] = value + step
                ends.append(sum(lesson.smooth(wide) for lesson in all_lessons))
            layer[place] = value
            expected[place] = (ends[0] - ends[1]) / 2e-5
        np.testing.assert_allclose(found, expected * unit, rtol=0, atol=2e-4, err_msg=f"layer {k}")


def test_result_does_not_depend_on_threads():
    before, results = numba.get_num_threads(), []
    for threads in (1, before):
        numba.set_num_threads(threads)
        network, weights, times, *_ = case = random_case(13)
        trace, layer = run(*case), weights[0].copy()
        rows = graph_of(network.layers).rows[0]
        adam = KernelAdam(layer, trace.gradients[0], rows)
        adam.step(layer, layer, None, times, trace.told[0], trace.peak_times[0], 0.1)
        results.append([layer.tobytes(), *(part.tobytes() for part in (*trace.gradients, *trace.told))])
    numba.set_num_threads(before)
    assert results[0] == results[1]
