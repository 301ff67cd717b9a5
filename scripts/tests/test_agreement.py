"""Mismatches are counted and the first one is named: checked on results that are spoilt in one known place."""

from dataclasses import replace

import numpy as np
import pytest

from golden.contract.configuration import Configuration
from golden.inference.forward import Inference
from golden.inference.infer import infer
from scripts.agreement.backends import classify
from scripts.agreement.mismatches import (
    count_mismatches,
    cycle_agreement,
    float_agreement,
)
from scripts.tests.small_case import small_case

NONE = {"class": 0, "decision_time": 0, "flags": 0, "spikes": 0}


@pytest.fixture
def case(tmp_path):
    network, images, _ = small_case(tmp_path)
    outcome = classify("golden", network, Configuration(), images, None, None)
    return network, infer(network, images, until_decision=True), outcome


def test_equal(case):
    agreement = count_mismatches(*case)
    assert (agreement.mismatches, agreement.equal_images, agreement.first) == (NONE, 28, None)


@pytest.mark.parametrize("bit, kind", [*((bit, "class") for bit in range(16)),
                                       *((bit, "decision_time") for bit in range(16, 25)),
                                       *((bit, "flags") for bit in range(25, 32))])
def test_every_bit_of_the_result_word_counts(case, bit, kind):
    network, expected, outcome = case
    words = outcome.words.copy()
    words[[4, 9]] ^= 1 << bit
    agreement = count_mismatches(network, expected, replace(outcome, words=words))
    assert agreement.mismatches == NONE | {kind: 2}
    assert agreement.equal_images == 26
    assert agreement.first.startswith(f"image 4, result: expected {kind.replace('_', ' ')} ")


def test_first_spike_that_differs_is_named(case):
    network, expected, outcome = case
    spikes = [times.copy() for times in outcome.spike_times]
    image, neuron = np.argwhere(expected.spike_times[1] < 16)[0]
    step = int(expected.spike_times[1][image, neuron])
    spikes[1][image, neuron] = 16
    spikes[1][image + 1:] ^= 1  # later images do not matter for the first place
    agreement = count_mismatches(network, expected, replace(outcome, spike_times=tuple(spikes)))
    assert agreement.mismatches == NONE | {"spikes": 1 + spikes[1][image + 1:].size}
    assert agreement.equal_images == image
    assert agreement.first == (f"image {image}, step {step}, layer 1, neuron {neuron}: expected a spike in step "
                               f"{step}, got no spike up to the decision")


def test_of_two_differences_the_earlier_step_then_the_lower_layer_comes_first(case):
    network, expected, outcome = case
    for times in ((3, 5), (5, 3), (4, 4)):
        spikes = [want.copy() for want in outcome.spike_times]
        want = [np.full_like(old, 16) for old in spikes]
        got = [np.full_like(old, 16) for old in spikes]
        for layer, time in enumerate(times):
            got[layer][2, 1] = time
        changed = Inference(expected.classes, expected.decision_time, expected.silent, expected.tie, tuple(want), 16)
        first = count_mismatches(network, changed, replace(outcome, spike_times=tuple(got))).first
        layer = int(times[1] < times[0])
        assert first == (f"image 2, step {min(times)}, layer {layer}, neuron 1: expected no spike up to the decision, "
                         f"got a spike in step {min(times)}")


def test_cycles(case):
    outcome = case[2]
    assert cycle_agreement(outcome.cycles, outcome) == {"mismatches": 0, "first": None}
    cycles = outcome.cycles.copy()
    cycles[[5, 7]] += 1
    assert cycle_agreement(cycles, outcome) == {
        "mismatches": 2, "first": f"image 5: expected {cycles[5]} cycles, got {cycles[5] - 1}"}


def test_float_agreement_by_hand():
    def result(classes, decision, hidden):
        none = np.zeros(2, bool)
        return Inference(np.array(classes), np.array(decision), none, none,
                         (np.array(hidden, np.int16), np.zeros((2, 3), np.int16)), 16)

    one, other = result([1, 2], [4, 16], [[0, 16], [3, 3]]), result([1, 0], [7, 15], [[2, 3], [3, 3]])
    assert float_agreement(one, other) == {"class": 0.5, "decision_time_mean_abs": 2.0,
                                           "hidden_time_mean_abs": (2 + 13) / 4}
    assert float_agreement(one, one) == {"class": 1.0, "decision_time_mean_abs": 0.0, "hidden_time_mean_abs": 0.0}
    single = [replace(r, spike_times=r.spike_times[1:]) for r in (one, other)]
    assert float_agreement(*single)["hidden_time_mean_abs"] is None
