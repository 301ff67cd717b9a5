"""What is seen of an accelerator becomes a Record: neurons of rows, spikes up to the decision, and what cannot be."""

import numpy as np
import pytest

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Layer, Network
from first_spike.rtl_model.record import RecordBuilder, sources
from first_spike.rtl_model.shape.placement import Feed, layer_feeds
from tb.helpers.random_networks import worded_network

FEED = Feed(((4, 0, -1), (2, 7, 5)), 3)  # two ways of three rows, whose numbers have 3 bits


@pytest.mark.parametrize("mask, rows, found", [
    (0b00, 0o00, []), (0b01, 0o00, [4]), (0b01, 0o71, [0]), (0b10, 0o17, [7]), (0b11, 0o21, [0, 5]),
    (0b01, 0o02, [-1]), (0b01, 0o03, [-1])])
def test_rows_of_a_transfer(mask, rows, found):
    assert list(sources(FEED, mask, rows)) == found


def builder(inside=True):
    """Of a network of 4 pixels, 3 hidden neurons and 2 classes, 16 steps."""
    layers = [Layer(np.ones(shape, np.int8), np.ones(shape[1], np.int32), 4) for shape in ((4, 3), (3, 2))]
    network = Network(16, (2, 2), layers, ("a", "b"))
    return RecordBuilder(Design(network, Configuration(lanes=(3, 1), spikes_per_cycle=1)), inside)


def one_image(seen, word):
    seen.beat(3, False)
    seen.beat(4, True)
    seen.hidden(0, 1, 2, 5)
    seen.output(1, 7, 1)
    seen.hidden(0, 1, 0, 9)  # on its way when the decision falls
    seen.decided(11)
    seen.offered(12)
    seen.result(word)


def test_spikes_after_the_decision_are_trimmed():
    seen = builder()
    one_image(seen, 7 << 16 | 1)
    found = seen.record()
    assert [times.tolist() for times in found.spike_times] == [[[16, 16, 5]], [[16, 7]]]
    assert [times.dtype for times in found.spike_times] == [np.int16] * 2
    assert (found.words.tolist(), found.first_beat.tolist(), found.last_beat.tolist(), found.decided.tolist(),
            found.valid.tolist()) == ([7 << 16 | 1], [3], [4], [11], [12])


def test_an_image_that_is_forgotten_leaves_nothing():
    seen = builder()
    seen.hidden(0, 1, 0, 1)
    seen.forget()
    one_image(seen, 7 << 16)
    assert seen.record().spike_times[0].tolist() == [[16, 16, 5]]


@pytest.mark.parametrize("row, reason", [(3, "there is no such neuron"), (2, "it fired before")])
def test_a_spike_that_cannot_be(row, reason):
    seen = builder()
    seen.hidden(0, 1, 2, 4)
    with pytest.raises(RuntimeError, match=rf"in step 6 that cannot be \({reason}\)"):
        seen.hidden(0, 1, row, 6)


def test_spikes_behind_a_sum_pool_are_listed_in_order():
    """As often as its window has neurons, no oftener."""
    network = worded_network(np.random.default_rng(1), "conv 2 1x1 sum 1x2, dense 2", (1, 4), (4, 4), 16)
    design = Design(network, Configuration(lanes=(2, 1), spikes_per_cycle=1))
    seen, rows = RecordBuilder(design), {unit: row for row, unit in enumerate(layer_feeds(design)[1].sources[0])}
    for unit, step in ((3, 2), (0, 5), (3, 5)):
        seen.hidden(0, 1, rows[unit], step)
    with pytest.raises(RuntimeError, match=r"neuron 3 in step 6 that cannot be \(it fired before\)"):
        seen.hidden(0, 1, rows[3], 6)
    seen.decided(9)
    assert seen.spike_times(0, np.array([8]))[0].tolist() == [[5, 16, 16, 16, 16, 16, 2, 5]]


@pytest.mark.parametrize("missing", ["beat", "decided", "offered"])
def test_what_was_not_seen_is_not_made_up(missing):
    seen = builder()
    setattr(seen, missing, lambda *_: None)
    one_image(seen, 7 << 16)
    with pytest.raises(RuntimeError, match="1 results came, but .* was seen 0 times"):
        seen.record()


def test_nobody_looked_inside():
    seen = builder(inside=False)
    one_image(seen, 7 << 16)
    found = seen.record()
    assert (found.words.tolist(), found.valid.tolist(), found.spike_times) == ([7 << 16], [12], None)
