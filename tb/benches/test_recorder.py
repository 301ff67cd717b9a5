"""The recorder on both simulators: it sees what golden and the cycle model say, and it sees a wrong design."""

from dataclasses import replace

import numpy as np
import pytest

from first_spike.comparison.recorder import Recorder, decode
from first_spike.comparison.simulators import SIMULATORS
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
ON_BOTH = [simulator if simulator == "icarus" else pytest.param(simulator, marks=pytest.mark.thorough)
           for simulator in SIMULATORS]  # Icarus Verilog compiles in no time


@pytest.fixture(scope="module", params=ON_BOTH)
def case(request, tmp_path_factory):
    """(network, images, compiled Recorder)."""
    folder = tmp_path_factory.mktemp("recorder")
    rng = np.random.default_rng(5)
    network = random_network(rng, 16, 4, 2)
    images = np.concatenate([random_images(rng, network) for _ in range(8)])
    design = Design(network, CONFIGURATION)
    verilog = generate(design, folder / "design")
    return network, images, Recorder(design, verilog, folder / "work", request.param)


def mismatches(network, images, found):
    expected = infer(network, images).until_decision()
    words = pack(expected.classes, expected.decision_time, expected.silent, expected.tie)
    return [int((found.words != words).sum()), *(int((want != got).sum()) for want, got in
                                                 zip(expected.spike_times, found.spike_times, strict=True))]


@pytest.mark.parametrize("options", [{}, {"alone": True}, {"stalls": 30, "seed": 2}],
                         ids=["stream", "alone", "stalled"])
def test_matches_golden(case, options):
    network, images, recorder = case
    found = recorder.run(images, **options)
    assert mismatches(network, images, found) == [0, 0, 0]
    inference = infer(network, images)
    valid = predict(Design(network, CONFIGURATION), images, inference).valid
    if options == {}:
        assert np.array_equal(found.valid - found.first_beat[0], valid)
    elif "alone" in options:
        assert np.array_equal(found.valid - found.last_beat, latency(Design(network, CONFIGURATION), images, inference))
    else:
        assert found.valid[-1] > valid[-1]


@pytest.mark.parametrize("simulator", ON_BOTH)
def test_loads_what_is_loadable(tmp_path, simulator):
    """From random contents of all memories on, so that a word that was not loaded shows; in Icarus they are X."""
    rng = np.random.default_rng(5)
    network = random_network(rng, 16, 4, 2)
    images = np.concatenate([random_images(rng, network) for _ in range(8)])
    design = Design(network, replace(CONFIGURATION, weights="loadable"))
    recorder = Recorder(design, generate(design, tmp_path / "design"), tmp_path / "work", simulator)
    for seed in range(1, 5):
        assert mismatches(network, images, recorder.run(images, seed=seed)) == [0, 0, 0]


def test_a_wrong_expectation_shows(case):
    network, images, recorder = case
    first = network.layers[0]
    other = Network(network.steps, network.image_shape, (replace(first, weights=-first.weights.clip(-7)),
                                                         *network.layers[1:]),
                    network.classes, network.source, network.accuracy)
    assert sum(mismatches(other, images, recorder.run(images))) > 0


def test_a_spike_that_cannot_be_is_an_error(case, tmp_path):
    network, _, _ = case
    (tmp_path / "record.txt").write_text("h 0 1 0 3\nh 0 1 0 4\n")
    with pytest.raises(RuntimeError, match=r"layer 0 sent a spike of neuron 0 in step 4 that cannot be \(it fired"):
        decode(tmp_path / "record.txt", RecordBuilder(Design(network, CONFIGURATION)))


def test_one_compiled_design_takes_any_images(case):
    """One, and none of those that it was tried with before; their number is that of the results."""
    network, images, recorder = case
    for some in (images[5:6], images[::-1]):
        assert mismatches(network, some, recorder.run(some)) == [0, 0, 0]
