"""Pixels left out: which ones, and that a training neither listens to them nor changes their weights."""

from dataclasses import replace

import numpy as np
import pytest

from first_spike.golden.data.catalogue import load
from first_spike.golden.errors import UserError
from first_spike.golden.quantization.grid import choose_grid
from first_spike.golden.training import decision_rule
from first_spike.golden.training.decision_rule import DecisionLearner, DecisionSettings
from first_spike.golden.training.loop import Training
from first_spike.golden.training.plan import TILES, Plan, listened

PLAN = Plan(dataset="digits", rule="decision", hidden=(24,), steps=16, bits=(4, 4), epochs=3, finetune=2, seed=1,
            held_out=150, most_silent=0.05, augmentation="digits", finetune_rates=(1e-3, 3e-4),
            options=(("batch", 16),), thin="quarter")


@pytest.fixture(scope="module")
def digits():
    pytest.importorskip("sklearn")
    return load("digits")


@pytest.mark.parametrize("shape", [(28, 28), (8, 8), (5, 7), (1, 3)])
def test_which_pixels(shape):
    row, column = np.mgrid[:shape[0], :shape[1]]
    assert listened("none", shape).tolist() == [True] * row.size
    assert np.array_equal(listened("quarter", shape), ((row % 2 == 1) | (column % 2 == 1)).ravel())
    assert np.array_equal(listened("half", shape), ((row + column) % 2 == 0).ravel())


@pytest.mark.parametrize("thin, bits", [("quarter", (4, 4)), ("half", (2, 3))])
def test_rows_stay_zero(digits, thin, bits):
    result = Training(replace(PLAN, thin=thin, bits=bits), digits).run()
    kept = listened(thin, digits.image_shape)
    assert not result.float_network.used_inputs[~kept].any() and not result.network.used_inputs[~kept].any()
    assert result.float_network.used_inputs[kept].all()
    assert f"a {thin} of the pixels" in result.network.source


def learner_of(digits, weights, bits=None, change=lambda images: images):
    """A learner after some batches of images that `change` may alter, and their tally."""
    settings = DecisionSettings(epochs=1, batch=16)
    layers, grids, thresholds = [layer.copy() for layer in weights], [None, None], [np.ones(24, np.float32),
                                                                                    np.ones(10, np.float32)]
    if bits:
        chosen = [choose_grid(layer, width) for layer, width in zip(layers, bits)]
        grids, thresholds = [grid for grid, _ in chosen], [values.astype(np.float32) for _, values in chosen]
    learner = DecisionLearner(layers, thresholds, grids, change(digits.train_images), digits.train_labels, 16, settings)
    # the rate follows the number of spikes in the images, which `change` alters
    learner.rates[0] = settings.hidden_rate
    learner.begin_epoch(np.random.default_rng(1))
    return learner, [learner.learn(n, n) for n in range(20)]


@pytest.mark.parametrize("bits", (None, (4, 4), (2, 2)))
def test_left_out_spikes_do_not_exist(digits, bits):
    """Weights and tallies are those of images in which the left-out pixels are black, spikes counted included."""
    kept = listened("quarter", digits.image_shape)
    weights = decision_rule.initial_weights(np.random.default_rng(2), [64, 24, 10], digits.train_images)
    weights[0][~kept] = 0
    learner, tallies = learner_of(digits, weights, bits)
    black, others = learner_of(digits, weights, bits, lambda images: images * kept.reshape(8, 8).astype(np.uint8))
    assert tallies == others and sum(tally.events for tally in tallies) > 0
    for ours, theirs in zip(learner.state().values(), black.state().values()):
        assert np.array_equal(ours, theirs)
    assert not learner.weights[0][~kept].any() and not learner.used[0][~kept].any()


def test_one_bit_listens_to_every_pixel(digits):
    """-1/+1 has no zero, so a network of 1 bit is trained with every spike, whatever float network it starts from."""
    kept = listened("quarter", digits.image_shape)
    weights = decision_rule.initial_weights(np.random.default_rng(2), [64, 24, 10], digits.train_images)
    weights[0][~kept] = 0
    seen = ((digits.train_images > 0).mean(axis=0).ravel() > 0.1) & ~kept
    learner, _ = learner_of(digits, weights, (1, 4))
    assert learner.weights[0][seen].any(axis=1).all() and (np.abs(learner.used[0]) == 1).all()


@pytest.mark.parametrize("change, message", [
    ({"thin": "most"}, "there is no way 'most' to leave out pixels; choose from none, quarter, half"),
    ({"rule": "s4nn"}, "only the rule decision can leave out pixels, not s4nn"),
    ({"bits": (1, 4)},
     r"pixels cannot be left out with 1 bit in the first layer, because its weights -1 and \+1 have no zero"),
])
def test_refused(change, message):
    with pytest.raises(UserError, match=message):
        replace(PLAN, **change)
    assert set(TILES) == {"none", "quarter", "half"}
