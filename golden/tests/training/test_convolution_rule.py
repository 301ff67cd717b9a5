"""Convolutional trainings on the small digits: they learn, they resume to the same bytes, and they refuse bad plans."""

from dataclasses import replace

import numpy as np
import pytest

from first_spike.golden.contract.network import FloatNetwork
from first_spike.golden.errors import UserError
from first_spike.golden.inference.infer import float_infer, infer
from first_spike.golden.tests.training.test_loop import DECISION, bytes_of, digits, resumed  # noqa: F401
from first_spike.golden.training.convolution_rule import ACTIVE, FIRST_IMAGES, initial_weights
from first_spike.golden.training.layer_text import blank_layers, parse
from first_spike.golden.training.loop import Training

LAYERS = "conv 16 3x3 same pool 2, conv 24 3x3, dense 10"
SUMS = "conv 16 3x3 same sum 2, conv 24 3x3 sum 2x1, dense 10"
PLAN = replace(DECISION, hidden=(), layers=LAYERS, bits=(4, 3, 4), epochs=60, finetune=40, seed=3,
               augmentation="gentle", options=(("batch", 16),), scale_per="channel")


@pytest.mark.parametrize("plan, least", [
    pytest.param(PLAN, 0.9, marks=pytest.mark.thorough),
    pytest.param(replace(PLAN, bits=(1, 1, 1), finetune_rates=(1e-3, 1e-3)), 0.85, marks=pytest.mark.thorough),
    pytest.param(replace(PLAN, layers="conv 12 4x4 stride 2 padding 1, dense 32, conv 10 1x1", bits=(2, 8, 5)), 0.8,
                 marks=pytest.mark.thorough),
    pytest.param(replace(PLAN, layers=SUMS), 0.9, marks=pytest.mark.thorough),
    pytest.param(replace(PLAN, scale_per="layer"), 0.9, marks=pytest.mark.thorough)])
def test_learns_digits(digits, plan, least):  # noqa: F811
    result = Training(plan, digits).run()
    for network, run in ((result.float_network, float_infer), (result.network, infer)):
        found = run(network, digits.test_images)
        accuracy = np.mean(found.classes == digits.test_labels)
        print(network.accuracy)
        assert accuracy >= least
        assert network.accuracy["accuracy"] == accuracy
        assert network.accuracy["silent"] == found.silent.mean() and network.accuracy["ties"] == found.tie.mean()
    assert [layer.weight_bits for layer in result.network.layers] == list(plan.bits)
    several = [len(set(layer.thresholds.tolist())) > 1 for layer in result.network.layers]
    assert several == [plan.scale_per == "channel"] * (len(several) - 1) + [False]
    assert plan.layers in result.network.source
    assert len(result.history) == plan.epochs + plan.finetune


@pytest.mark.thorough
@pytest.mark.parametrize("layers", [LAYERS, SUMS])
def test_resumed_equals_unbroken(digits, tmp_path, layers):  # noqa: F811
    """Stopped within an epoch, at its end, and while fine-tuning; on one thread or on several."""
    plan = replace(PLAN, layers=layers, epochs=3, finetune=2)
    unbroken, result = Training(plan, digits).run(), resumed(plan, digits, tmp_path / "checkpoint", (30, 170, 290))
    assert bytes_of(result, tmp_path) == bytes_of(unbroken, tmp_path)
    assert result.history == unbroken.history


@pytest.mark.thorough
def test_initial_weights_let_a_share_of_the_units_fire(digits):  # noqa: F811
    layers = blank_layers(parse(LAYERS), (8, 8))
    weights = initial_weights(np.random.default_rng(1), layers, digits.train_images, 16)
    network = FloatNetwork(16, (8, 8), [replace(layer, weights=own) for layer, own in zip(layers, weights)],
                           digits.classes)
    spikes = float_infer(network, digits.train_images[:FIRST_IMAGES]).spike_times
    for k, layer in enumerate(layers[:-1]):
        share = (spikes[k].reshape(-1, layer.channels) < 16).mean(axis=0)
        # of few grey values many units peak alike, and fire together or not at all
        assert abs(share.mean() - ACTIVE) < 0.05 and (abs(share - ACTIVE) < 0.1).all(), share


@pytest.mark.thorough
def test_initial_weights_before_a_sum_pool_are_those_without_a_pool(digits):  # noqa: F811
    pooled, plain = (initial_weights(np.random.default_rng(1), blank_layers(parse(words), (8, 8)), digits.train_images,
                                     16)[0] for words in (SUMS, LAYERS.replace(" pool 2", "")))
    assert np.array_equal(pooled, plain)


def test_layers_in_words_are_the_hidden_layers(digits):  # noqa: F811
    plan = replace(DECISION, epochs=1, finetune=1)
    plain, words = (Training(p, digits).run() for p in (plan, replace(plan, hidden=(), layers="dense 48, dense 10")))
    assert words.network.sha256 == plain.network.sha256 and words.float_network.sha256 == plain.float_network.sha256


@pytest.mark.parametrize("change, message", [
    ({"hidden": (40,)}, "layers in words and the neurons of hidden layers exclude each other"),
    ({"layers": "conv 3"}, "layer 0, 'conv 3': conv takes its channels and its kernel"),
    ({"rule": "s4nn"}, "only the rule decision trains layers in words, not s4nn"),
    ({"thin": "half"}, "pixels can be left out before a dense first layer only, not before a convolution"),
    ({"scale_per": "neuron"}, "there is a scale for each layer or channel, not for each 'neuron'"),
    ({"scales": (1.0, 1.0)}, "scales are one number between 0 and 100 for each of 3 layers, found 1.0 1.0"),
])
def test_bad_plans(change, message):
    with pytest.raises(UserError, match=message):
        replace(PLAN, **change)


@pytest.mark.parametrize("layers, message", [
    ("conv 8 3x3, dense 12", "10 class names for 12 output neurons"),
    ("conv 8 3x3 sum 6, conv 10 1x1 sum 1", "layer 1: pool_kind 'sum' needs a pool larger than 1 x 1"),
    ("conv 8 3x3, conv 10 5x5", "layer 1 is the last, whose map must be 1 x 1, one neuron for each class: found 2 x 2"),
    ("conv 8 9x3, dense 10", "layer 0: a kernel of 9 x 3 is larger than the map of 8 x 8 that it reads"),
])
def test_layers_that_do_not_fit_the_data(digits, layers, message):  # noqa: F811
    with pytest.raises(UserError, match=message):
        Training(replace(PLAN, layers=layers), digits)


def test_settings_have_their_own_defaults():
    assert (PLAN.settings().pull, PLAN.settings().temperature) == (0.5, 0.1)
    assert replace(PLAN, options=(("pull", 0.25),)).finetune_settings().pull == 0.25
    assert DECISION.settings().pull == 1.0
    assert (PLAN.settings().push, PLAN.settings().sure, PLAN.settings().warmup) == (1.0, 0.99, 600)
    assert (DECISION.settings().push, DECISION.settings().sure, DECISION.settings().warmup) == (0.5, 1.0, 0)
    with pytest.raises(UserError, match="pull must lie between 0 and 1, found 2"):
        replace(PLAN, options=(("pull", 2.0),)).settings()
