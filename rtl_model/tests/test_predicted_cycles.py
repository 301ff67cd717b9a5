"""The cycle model against MyHDL's simulation: every image, every cycle count; in the grid, configurations that cover
all mechanisms. The benches in tb/ compare the cycles of the Verilog."""

import numpy as np
import pytest

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.limits import QUEUE_DEPTH
from first_spike.golden.contract.network import Layer, Network
from first_spike.golden.inference.infer import infer
from first_spike.golden.recordings import Recordings
from first_spike.golden.schedule import layers
from first_spike.golden.schedule.cycles import latency, predict
from first_spike.rtl_model.simulate import simulate
from tb.helpers.random_networks import (
    colliding_images,
    on_events,
    random_images,
    random_layer,
    worded_network,
)

# steps, inputs, layer sizes, bits, configuration
CASES = [
    (16, 20, (6, 3), (4, 4), dict(pixels=4)),
    (16, 20, (6, 3), (4, 4), dict(pixels=4, lanes=(2,), spikes_per_cycle=2)),
    (8, 33, (17, 5), (3, 1), dict(pixels=8, events_per_cycle=2)),
    (256, 33, (17, 5), (3, 1), dict(pixels=8, events_per_cycle=2, lanes=(5, 2))),
    (32, 40, (9,), (8,), dict(pixels=2)),
    (32, 40, (9,), (8,), dict(pixels=1, lanes=(4,))),
    (16, 25, (11, 7, 4), (2, 5, 6), dict(pixels=16, lanes=(3, 7, 1))),
    (2, 25, (30, 1), (2, 5), dict(pixels=16)),
    (16, 300, (24, 10), (4, 4), dict(pixels=8)),
    (16, 300, (24, 10), (4, 4), dict(pixels=8, lanes=(6, 10), spikes_per_cycle=1)),
    (16, 20, (40,), (4,), dict(pixels=16)),  # a tree so deep that the next image waits for the verdict
    (4, 20, (10, 70), (2, 3), dict(pixels=16, lanes=(5, 35))),
    (256, 60, (24, 12, 6), (2, 3, 4), dict(pixels=16, events_per_cycle=2)),
    (128, 60, (8, 8), (3, 3), dict(pixels=16, lanes=(1,))),
]


def make_network(rng, steps, inputs, sizes, bits):
    edges = (inputs, *sizes)
    layers = [random_layer(rng, *edges[k:k + 2], bits[k], shared=k == len(sizes) - 1) for k in range(len(sizes))]
    return Network(steps, (1, inputs), layers, [f"class {j}" for j in range(sizes[-1])], "random")


OFTEN = (1, 2)  # of CASES with constants; the benches of the Verilog compare every unstalled cycle, too
LOADED = ((1, 1),)  # banks and numbers of CASES that are tried with loaded weights, too
IN_THE_GRID = [pytest.param(*case, marks=pytest.mark.grid) for case in [
    *((0, number) for number in range(len(CASES)) if number not in OFTEN),
    *((banks, number) for banks in (1, 2) for number in (1, 3, 11) if (banks, number) not in LOADED)]]


@pytest.mark.thorough
@pytest.mark.parametrize("banks, number", [
    *(pytest.param(0, number, marks=pytest.mark.thorough) for number in OFTEN), *LOADED, *IN_THE_GRID])
def test_every_result_comes_in_the_predicted_cycle(banks, number):
    """banks: of loaded weights, with constants 0."""
    steps, inputs, sizes, bits, choice = CASES[number]
    rng = np.random.default_rng(number)
    print(f"seed {number}")
    network = make_network(rng, steps, inputs, sizes, bits)
    if number % 2 and bits[0] > 1:  # pixels that nobody listens to
        layer = network.layers[0]
        deaf = Layer((layer.weights * (rng.random((inputs, 1)) < 0.7)).astype(np.int8), layer.thresholds, bits[0])
        network = Network(steps, (1, inputs), (deaf, *network.layers[1:]), network.classes, "random")
    loaded = dict(weights="loadable", weight_banks=banks) if banks else {}
    configuration = Configuration(**choice, **loaded)
    images = random_images(rng, network)
    record = simulate(Design(network, configuration), images)
    predicted = predict(Design(network, configuration), images, infer(network, images))
    assert (record.valid - record.first_beat[0]).tolist() == predicted.valid.tolist()
    if banks == 1:
        constants = predict(Design(network, Configuration(**choice)), images, infer(network, images))
        assert constants.valid.tolist() == predicted.valid.tolist()


CONVOLUTIONS = [  # layers, image shape, bits, steps, configuration
    ("conv 3 3x3 same pool 2, conv 4 2x2, dense 3", (6, 5), (4, 2, 5), 16, dict(pixels=4)),
    ("conv 4 1x1 pool 2x1, dense 2", (4, 3, 3), (3, 1), 4, dict(pixels=16, lanes=(3, 1), spikes_per_cycle=2)),
    ("dense 5, conv 2 1x1 padding 1, dense 2", (2, 3), (4, 3, 4), 8, dict(pixels=2, lanes=(2, 1, 2))),
    ("conv 3 2x2 pool 2, dense 2", (3, 3), (1, 4), 2, dict(pixels=2, taps=("row",))),  # has to empty words at first
    ("conv 3 3x3 same sum 2, conv 4 2x2 sum 1x2, dense 3", (6, 6), (4, 2, 5), 16, dict(
        pixels=4, lanes=(2, 3, 3), taps=("row", "row", 1))),
    ("conv 4 1x1 sum 2x1, dense 2", (4, 3, 3), (3, 1), 4, dict(pixels=16, lanes=(3, 1), spikes_per_cycle=2)),
]


LOADED = [dict(weights="loadable"), dict(weights="loadable", weight_banks=2)]


@pytest.mark.thorough
@pytest.mark.parametrize("number, loaded", [
    (3, {}), (0, {}), (4, {}), (5, {}), (3, LOADED[0]),
    *(pytest.param(number, {}, marks=pytest.mark.grid) for number in (1, 2)),
    *(pytest.param(number, loaded, marks=pytest.mark.grid) for number in (0, 1, 2, 4) for loaded in LOADED)])
def test_every_result_of_a_convolution_comes_in_the_predicted_cycle_in_myhdl(number, loaded):
    text, shape, bits, steps, choice = CONVOLUTIONS[number]
    choice = choice | loaded
    rng = np.random.default_rng(number)
    network, configuration = worded_network(rng, text, shape, bits, steps), Configuration(**choice)
    images = np.concatenate([random_images(rng, network), colliding_images(rng, network)[:5]])
    whole = infer(network, images)
    record = simulate(Design(network, configuration), images)
    assert (record.valid - record.first_beat[0]).tolist() == predict(Design(network, configuration), images,
                                                                     whole).valid.tolist()
    for times, expected in zip(record.spike_times, whole.until_decision().spike_times, strict=True):
        assert (times == expected).all()


@pytest.mark.parametrize("takes, choice", [
    ("pixels", dict(pixels=2, taps="row")),
    *(pytest.param(*one, marks=pytest.mark.thorough) for one in [
        ("pixels", dict(pixels=4)), ("events", dict(taps="row", tkeep=1)), ("events", dict(tkeep=1))])])
def test_wide_beats_reach_a_convolution_a_cycle_later_from_the_reset_on(takes, choice):
    """And a result comes so many cycles behind the last beat of the stream as its parts take."""
    network = worded_network(np.random.default_rng(3), "conv 3 2x2, dense 2", (4, 4), (4, 4), 2)
    images = colliding_images(np.random.default_rng(3), network)[:2]
    if takes == "events":
        network = on_events(network, 16)
        images = Recordings.of_times(images.reshape(len(images), -1) // 128, 2)
    design = Design(network, Configuration(lanes=(1, 2), stream_bits=64, **choice))
    found, record = infer(network, images), simulate(design, images)
    assert (record.valid - record.first_beat[0]).tolist() == predict(design, images, found).valid.tolist()
    if takes == "pixels":
        assert record.valid[0] - record.last_beat[0] == latency(design, images, found)[0]


@pytest.mark.long
def test_an_idle_core_has_the_predicted_latency():
    rng = np.random.default_rng(100)
    network = make_network(rng, 8, 20, (6, 3), (4, 4))
    configuration = Configuration(pixels=8)
    images = random_images(rng, network)[[0, 3, 6]]
    predicted = latency(Design(network, configuration), images, infer(network, images))
    for image, expected in zip(images, predicted):
        record = simulate(Design(network, configuration), image[None])
        assert record.valid[0] - record.last_beat[0] == expected


@pytest.mark.grid
def test_a_queue_that_fills_up_holds_its_layer(monkeypatch):
    """A hidden neuron fires with every third pixel, and the layer behind works on each of its spikes for ten cycles."""
    hidden = Layer(np.ones((200, 60), np.int8), 3 * np.arange(1, 61, dtype=np.int32), 2)
    slow = Layer(np.ones((60, 30), np.int8), np.full(30, 100, np.int32), 2)
    output = Layer(np.ones((30, 2), np.int8), np.full(2, 100, np.int32), 2)
    network = Network(256, (1, 200), (hidden, slow, output), ("a", "b"))
    configuration = Configuration(lanes=(60, 3, 2), pixels=16)
    images = np.random.default_rng(1).integers(0, 256, (1, 1, 200)).astype(np.uint8)
    whole = infer(network, images)
    record = simulate(Design(network, configuration), images)
    predicted = predict(Design(network, configuration), images, whole).valid.tolist()
    assert (record.valid - record.first_beat[0]).tolist() == predicted
    # the case does hold: a queue that held its layer from the first entry on would make it late
    monkeypatch.setattr(layers, "QUEUE_MARGIN", QUEUE_DEPTH - 1)
    assert predict(Design(network, configuration), images, whole).valid.tolist() != predicted
