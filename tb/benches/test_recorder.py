"""The recorder behind `make bench`: it sees what the golden model and the cycle model say, and it sees a wrong
design."""

from dataclasses import replace

import numpy as np
import pytest

from first_spike.comparison.recorder import Recorder, decode
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.limits import pack
from first_spike.golden.contract.network import Network
from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.cycles import latency, predict
from first_spike.rtl_model.convert import generate
from first_spike.rtl_model.record import RecordBuilder
from tb.helpers.random_networks import random_images, random_network

CONFIGURATION = Configuration(pixels=2, spikes_per_cycle=2)


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """(network, images, compiled Recorder)."""
    folder = tmp_path_factory.mktemp("recorder")
    rng = np.random.default_rng(5)
    network = random_network(rng, 16, 4, 2)
    images = np.concatenate([random_images(rng, network) for _ in range(8)])
    network.save(folder / "network.npz")
    design = generate(Design(Network.load(folder / "network.npz"), CONFIGURATION), folder / "design")
    return network, images, Recorder(Design(network, CONFIGURATION), images, design, folder / "work")


def mismatches(network, images, found):
    expected = infer(network, images).until_decision()
    words = pack(expected.classes, expected.decision_time, expected.silent, expected.tie)
    return [int((found.words != words).sum()), *(int((want != got).sum()) for want, got in
                                                 zip(expected.spike_times, found.spike_times, strict=True))]


@pytest.mark.thorough
@pytest.mark.parametrize("options", [{}, {"alone": True}, {"stalls": 30, "seed": 2}],
                         ids=["stream", "alone", "stalled"])
def test_matches_golden(case, options):
    network, images, recorder = case
    found = recorder.run(**options)
    assert mismatches(network, images, found) == [0, 0, 0]
    inference = infer(network, images)
    valid = predict(Design(network, CONFIGURATION), images, inference).valid
    if options == {}:
        assert np.array_equal(found.valid - found.first_beat[0], valid)
    elif "alone" in options:
        assert np.array_equal(found.valid - found.last_beat, latency(Design(network, CONFIGURATION), images, inference))
    else:
        assert found.valid[-1] > valid[-1]


@pytest.mark.thorough
def test_loads_what_is_loadable(case, tmp_path):
    """From random contents of all memories on, so that a word that was not loaded shows."""
    network, images, _ = case
    network.save(tmp_path / "network.npz")
    configuration = replace(CONFIGURATION, weights="loadable")
    design = generate(Design(Network.load(tmp_path / "network.npz"), configuration), tmp_path / "design")
    recorder = Recorder(Design(network, configuration), images, design, tmp_path / "work")
    for seed in range(1, 5):
        assert mismatches(network, images, recorder.run(seed=seed)) == [0, 0, 0]


@pytest.mark.thorough
def test_a_wrong_expectation_shows(case):
    network, images, recorder = case
    first = network.layers[0]
    other = Network(network.steps, network.image_shape, (replace(first, weights=-first.weights.clip(-7)),
                                                         *network.layers[1:]),
                    network.classes, network.source, network.accuracy)
    assert sum(mismatches(other, images, recorder.run())) > 0


@pytest.mark.thorough
def test_a_spike_that_cannot_be_is_an_error(case, tmp_path):
    network, _, _ = case
    (tmp_path / "record.txt").write_text("h 0 1 0 3\nh 0 1 0 4\n")
    with pytest.raises(RuntimeError, match=r"layer 0 sent a spike of neuron 0 in step 4 that cannot be \(it fired"):
        decode(tmp_path / "record.txt", RecordBuilder(Design(network, CONFIGURATION)))
