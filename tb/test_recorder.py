"""The recorder behind `make bench`: it sees what the golden model and the cycle model say, and it sees a wrong
design."""

from dataclasses import replace

import numpy as np
import pytest

from golden.contract.configuration import Configuration
from golden.contract.network import Network
from golden.errors import UserError
from golden.inference.infer import infer
from golden.schedule.cycles import latency, predict
from golden.tests.random_networks import random_images, random_network
from rtl_model.convert import generate
from tb.recorder import build_recorder, decode, record

CONFIGURATION = Configuration(pixels=2, spikes_per_cycle=2)


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """(network, images, work folder) of a compiled recorder."""
    folder = tmp_path_factory.mktemp("recorder")
    rng = np.random.default_rng(5)
    network = random_network(rng, 16, 4, 2)
    images = np.concatenate([random_images(rng, network) for _ in range(8)])
    network.save(folder / "network.npz")
    design = generate(folder / "network.npz", CONFIGURATION, folder / "design")
    build_recorder(network, CONFIGURATION, images, design, folder / "work")
    return network, images, folder / "work"


def mismatches(network, images, found):
    expected = infer(network, images, until_decision=True)
    words = found["words"].astype(np.int64)
    return [int((words & 0xFFFF != expected.classes).sum()), int((words >> 16 & 0x1FF != expected.decision_time).sum()),
            int((words >> 29 & 1 != expected.silent).sum()), int((words >> 30 & 1 != expected.tie).sum()),
            *(int((found[f"layer{k}_spike_times"] != times).sum()) for k, times in enumerate(expected.spike_times))]


@pytest.mark.parametrize("options", [{}, {"alone": True}, {"stalls": 30, "seed": 2}],
                         ids=["stream", "alone", "stalled"])
def test_matches_golden(case, options):
    network, images, work = case
    found = record(network, CONFIGURATION, len(images), work, **options)
    assert mismatches(network, images, found) == [0, 0, 0, 0, 0, 0]
    whole = infer(network, images)
    predicted = predict(network, CONFIGURATION, images, whole)
    if options == {}:
        assert np.array_equal(found["valid"] - found["first_beat"][0], predicted.valid)
    elif "alone" in options:
        assert np.array_equal(found["valid"] - found["last_beat"],
                              latency(network, CONFIGURATION, images, whole))
    else:
        assert found["valid"][-1] > predicted.valid[-1]


def test_a_wrong_expectation_shows(case):
    network, images, work = case
    first = network.layers[0]
    other = Network(network.steps, network.image_shape, (replace(first, weights=-first.weights.clip(-7)),
                                                         *network.layers[1:]),
                    network.classes, network.source, network.accuracy)
    found = record(network, CONFIGURATION, len(images), work)
    assert sum(mismatches(other, images, found)) > 0


def test_a_spike_that_cannot_be_is_an_error(case, tmp_path):
    network, _, _ = case
    (tmp_path / "record.txt").write_text("h 0 1 0 3\nh 0 1 0 4\n")
    with pytest.raises(UserError, match="layer 0 sent a spike of neuron 0 in step 4 that cannot be"):
        decode(tmp_path / "record.txt", network, CONFIGURATION)
