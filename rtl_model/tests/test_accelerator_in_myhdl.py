"""The whole accelerator in MyHDL's own simulator against golden.inference.infer; its Verilog has the benches in tb/."""

import numpy as np
import pytest

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.limits import pack
from first_spike.golden.inference.infer import infer
from first_spike.rtl_model.simulate import simulate
from tb.helpers.random_networks import random_images, random_network

CASES = [  # T, bits, layers, configuration
    (16, 4, 2, {}),
    (2, [1], 1, dict(pixels=1)),
    (4, [8, 1], 2, dict(pixels=2, events_per_cycle=2, lanes=(1,))),
    (8, [2, 3, 5], 3, dict(pixels=4, lanes=(2,), spikes_per_cycle=1)),
    (32, [6, 7, 1, 4], 4, dict(pixels=16, events_per_cycle=2, spikes_per_cycle=2)),
    (64, 5, 3, dict(pixels=4, lanes=(3,))),
    (128, 1, 2, dict(pixels=2)),
    (256, 4, 2, dict(pixels=1, lanes=(4,))),
]


OFTEN = (0, 2, 3)  # of CASES; the others run for minutes here, and their likes in the Verilog for seconds
ONE_BANK, TWO_BANKS = dict(weights="loadable"), dict(weights="loadable", weight_banks=2, potential_margin=2)


@pytest.mark.thorough
@pytest.mark.parametrize("number, seed, loaded", [
    (0, 1, {}), (1, 1, ONE_BANK),
    *(pytest.param(number, 1, {}, marks=pytest.mark.thorough) for number in OFTEN if number),
    *(pytest.param(*case, marks=pytest.mark.grid) for case in (
        *((number, 1, {}) for number in range(len(CASES)) if number not in OFTEN),
        *((number, 2, {}) for number in range(len(CASES))),
        (5, 1, ONE_BANK), (1, 1, TWO_BANKS), (5, 1, TWO_BANKS)))])
def test_simulation_equals_golden_inference(number, seed, loaded):
    steps, bits, layers, choice = CASES[number]
    seed = 100 * seed + number
    print(f"seed {seed}")
    rng = np.random.default_rng(seed)
    network = random_network(rng, steps, bits, layers)
    images = np.concatenate([random_images(rng, network) for _ in range(2)])
    record = simulate(Design(network, Configuration(**choice, **loaded)), images)
    expected = infer(network, images).until_decision()
    words = pack(expected.classes, expected.decision_time, expected.silent, expected.tie)
    assert record.words.tolist() == words.tolist()
    for want, got in zip(expected.spike_times, record.spike_times, strict=True):
        assert (want == got).all()
