"""The MyHDL testbench of a whole accelerator: results, spikes, and an image that never gets its result."""

import numpy as np
import pytest

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.limits import pack
from first_spike.golden.contract.network import Layer, Network
from first_spike.golden.inference.infer import infer
from first_spike.rtl_model import simulate as module
from first_spike.rtl_model.record import MARKS
from first_spike.rtl_model.simulate import simulate
from tb.helpers.random_networks import random_images, random_network


@pytest.mark.long
@pytest.mark.parametrize("layers, configuration", [(1, Configuration()), (2, Configuration((3,), 1, 1)),
                                                   (2, Configuration((2,), 4, 2)), (3, Configuration((1,), 8, 4, 2))])
def test_equals_golden(layers, configuration):
    rng = np.random.default_rng(21)
    network = random_network(rng, 16, 4, layers)
    images = random_images(rng, network)
    seen = []
    record = simulate(Design(network, configuration), images, seen.append)
    expected = infer(network, images).until_decision()
    words = pack(expected.classes, expected.decision_time, expected.silent, expected.tie)
    assert np.array_equal(record.words, words)
    for want, got in zip(expected.spike_times, record.spike_times, strict=True):
        assert got.dtype == np.int16 and np.array_equal(got, want)
    assert seen == list(range(1, len(images) + 1))
    beats = -(-network.inputs // configuration.pixels)
    assert np.all(record.last_beat - record.first_beat >= beats - 1)
    assert np.all(record.last_beat < record.decided) and np.all(record.decided < record.valid)
    assert all(np.all(np.diff(getattr(record, name)) > 0) for name in MARKS)


@pytest.mark.long
def test_there_may_be_more_classes_than_a_byte_counts():
    """An image for each of some classes, whose neuron alone has an input that spikes."""
    classes, inputs = 260, 9
    bits = np.arange(classes)[None] >> np.arange(inputs)[:, None] & 1
    layer = Layer((2 * bits - 1).astype(np.int8), np.full(classes, 100, np.int32), 2)
    network = Network(2, (1, inputs), (layer,), [str(k) for k in range(classes)], "the number of a class in bits")
    chosen = [43, 256, 259]
    images = (255 * bits.T[chosen]).astype(np.uint8)[:, None]
    assert infer(network, images).classes.tolist() == chosen
    found = simulate(Design(network, Configuration((10,), 16)), images).words
    assert (found & 0xFFFF).tolist() == chosen


@pytest.mark.long
def test_an_image_without_a_result_ends_it(monkeypatch):
    rng = np.random.default_rng(22)
    network = random_network(rng, 16, 4, 2)
    monkeypatch.setattr(module, "patience", lambda *_: 6)
    with pytest.raises(RuntimeError, match="no result of image 0 within 7 cycles"):  # its beat is one
        simulate(Design(network, Configuration()), random_images(rng, network))
