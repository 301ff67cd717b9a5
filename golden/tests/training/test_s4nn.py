"""The event-driven s4nn rule against the paper's equations written out densely."""

import numpy as np
import pytest

from first_spike.golden.training import s4nn_kernels, s4nn_rule
from first_spike.golden.training.s4nn_kernels import Images, Net, Rates
from first_spike.golden.training.s4nn_rule import S4nnLearner, S4nnSettings


def learn(times, labels, image_weights, steps, weights, thresholds, gamma, rates, decays):
    """Weights and Outcome after the event-driven rule has seen the images."""
    weights = tuple(layer.copy() for layer in weights)
    factors = np.ones(len(weights))
    starts = np.cumsum([0] + [layer.shape[1] for layer in weights])
    fired_in = np.zeros(starts[-1], np.int64)
    outcome = s4nn_kernels.empty_outcome(len(labels))
    images = Images(times, *s4nn_kernels.sort_images(times, steps), labels, image_weights)
    s4nn_kernels.learn(images, steps, Net(weights, factors, thresholds, starts), Rates(gamma, rates, decays), fired_in,
                       outcome)
    return [layer * factor for layer, factor in zip(weights, factors)], outcome


def random_case(seed):
    rng = np.random.default_rng(seed)
    steps = int(rng.choice([4, 16, 64]))
    sizes = [int(rng.integers(3, 30)), *rng.integers(2, 12, rng.integers(0, 3)), int(rng.integers(2, 6))]
    weights = [rng.uniform(-0.3, 1.0, shape) * rng.choice([0.2, 1.0]) for shape in zip(sizes, sizes[1:])]
    thresholds = tuple(np.full(size, float(rng.choice([0.5, 1.0, 3.0]))) for size in sizes[1:])
    times = rng.integers(0, steps + 1, (25, sizes[0])).astype(np.int16)
    labels = rng.integers(0, sizes[-1], 25)
    rates, decays = rng.uniform(0.02, 0.3, len(weights)), np.full(len(weights), 1e-2)
    image_weights = rng.choice([0.25, 1, 3.3], 25)
    return times, labels, image_weights, steps, weights, thresholds, int(rng.integers(1, 4)), rates, decays


@pytest.mark.parametrize("seed", range(60))
def test_matches_the_dense_equations(seed):
    times, labels, image_weights, steps, weights, thresholds, gamma, rates, decays = case = random_case(seed)
    expected, winners, decisions = weights, [], []
    for image, label, image_weight in zip(times, labels, image_weights):
        layers, potentials = s4nn_rule.forward(image.astype(int), steps, expected, thresholds)
        decisions.append(layers[-1].min())
        winners.append(potentials[min(decisions[-1], steps - 1)].argmax())
        expected = s4nn_rule.update(image.astype(int), label, steps, expected, thresholds, gamma, rates, decays,
                                     image_weight)
    found, outcome = learn(*case)
    assert outcome.decisions.tolist() == decisions
    assert outcome.winners.tolist() == winners
    for layer, (ours, theirs) in enumerate(zip(found, expected)):
        # only the order of the sums differs
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10, err_msg=f"layer {layer}")


def test_the_cases_learn_something():
    """Guards the comparison above: updates that did nothing would agree as well."""
    changed = 0
    for seed in range(60):
        *case, decays = random_case(seed)
        found, _ = learn(*case, np.zeros(len(decays)))
        changed += all(not np.array_equal(a, b) for a, b in zip(found, case[4]))
    assert changed > 30


@pytest.mark.parametrize("times, label, expected", [
    ([5, 9, 20], 0, [5, 9, 20]),      # right and clear of the others: nothing to do
    ([5, 6, 20], 0, [5, 8, 20]),      # a rival within gamma is pushed out
    ([5, 9, 20], 2, [8, 9, 5]),       # wrong: the label should be first, the winner later
    ([32, 32, 32], 1, [31, 28, 31]),  # nothing fired
    ([31, 32, 32], 1, [31, 31, 31]),  # targets never lie beyond the last step
])
def test_targets_by_hand(times, label, expected):
    assert s4nn_rule.targets(np.array(times), label, 32, 3).tolist() == expected


def test_dead_neurons_are_born_again():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (20, 4, 4)).astype(np.uint8)
    learner = S4nnLearner(rng, [16, 5, 2], images, rng.integers(0, 2, 20), 16, S4nnSettings(epochs=1))
    learner.weights[0][:, 3] = -1.0  # can never fire
    learner.begin_epoch(rng)
    learner.learn(0, 0)
    others = learner.weights[0][:, [0, 1, 2, 4]].copy()
    learner.end_epoch(rng)
    assert (learner.weights[0][:, 3] >= 0).all()
    assert np.array_equal(learner.weights[0][:, [0, 1, 2, 4]], others)
    assert not learner.fired_in.any()
