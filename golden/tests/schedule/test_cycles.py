"""The cycle model on cases that can be counted by hand, and its sentences."""

from dataclasses import replace

import numpy as np
import pytest

from first_spike.golden.contract.configuration import ROW, Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.network import Layer, Network
from first_spike.golden.errors import UserError
from first_spike.golden.inference.infer import infer
from first_spike.golden.recordings import Recordings
from first_spike.golden.schedule.cycles import latency, predict, rest
from tb.helpers.random_networks import random_images, worded_network

# From an image's last beat to its result, layer of 2 neurons, memory of LUTs: five cycles until that beat is in hand,
# past the lists; row of the event; transfer; weights; potential and decision; tree; queue.
FIRST_STEP = 5 + 1 + 1 + 1 + 1 + 1 + 1
LATER_STEP = FIRST_STEP + 1 + 1  # behind the first step that closes then: opened, granted


def tiny(threshold=1, inputs=8):
    weights = np.full((inputs, 2), 2, np.int8)
    return Network(16, (1, inputs), [Layer(weights, np.full(2, threshold, np.int32), 4)], ["a", "b"], "tiny")


def image(*pixels, inputs=8):
    made = np.zeros((1, 1, inputs), np.uint8)
    for place, value in pixels:
        made[0, 0, place] = value
    return made


def idle(design, images):
    return latency(design, images, infer(design.network, images)).tolist()


def back_to_back(design, images):
    return predict(design, images, infer(design.network, images))


@pytest.mark.thorough
@pytest.mark.parametrize("value, cycles", [(255, FIRST_STEP), (230, LATER_STEP), (1, LATER_STEP)])
def test_one_event_takes_its_pipeline(value, cycles):
    assert idle(Design(tiny(), Configuration(pixels=8)), image((3, value))) == [cycles]


@pytest.mark.parametrize("value, cycles", [(255, FIRST_STEP), (230, LATER_STEP)])
def test_each_event_of_the_decision_step_costs_a_cycle(value, cycles):
    bright = image(*[(place, value) for place in range(5)])
    assert idle(Design(tiny(), Configuration(pixels=8)), bright) == [cycles + 4]


@pytest.mark.parametrize("value, cycles", [(255, FIRST_STEP), (230, LATER_STEP)])
def test_two_ways_take_two_events_a_cycle(value, cycles):
    bright = image((0, value), (1, value), (4, value), (5, value))
    choice = Configuration(pixels=8, events_per_cycle=2)
    assert idle(Design(tiny(), choice), bright) == [cycles + 1]


def test_a_bank_gives_an_event_every_third_cycle():
    column = image((0, 230), (8, 230), (16, 230), inputs=24)
    assert idle(Design(tiny(inputs=24), Configuration(pixels=8)), column) == [LATER_STEP + 6]


def test_the_first_step_is_done_while_the_image_arrives():
    """All but the events of the last beat; and with fewer than an event a beat those are in time, too."""
    column = image((0, 255), (8, 255), (16, 255), inputs=24)
    assert idle(Design(tiny(inputs=24), Configuration(pixels=8)), column) == [FIRST_STEP]
    full = image(*[(place, 255) for place in range(16)], inputs=24)
    assert idle(Design(tiny(inputs=24), Configuration(pixels=8)), full) == [FIRST_STEP + 16 - 2]


def test_an_image_that_has_to_be_whole_begins_when_it_is():
    full = image(*[(place, 255) for place in range(24)], inputs=24)
    network, choice = tiny(inputs=24), Configuration(pixels=8)
    found = latency(Design(network, choice), full, infer(network, full), whole=True).tolist()
    assert found == [FIRST_STEP + 24 - 1] and idle(Design(network, choice), full) == [FIRST_STEP + 24 - 3]


@pytest.mark.parametrize("inputs, parts", [(128, 8), (96, 4), (136, 1)])
def test_a_beat_that_is_cut_is_there_a_cycle_later_and_its_parts_come_one_by_one(inputs, parts):
    """Of 64 pixels by 8; the last beat of the stream may hold fewer."""
    full, network, stream = image(*[(k, 255) for k in range(16)], inputs=inputs), tiny(inputs=inputs), dict(pixels=8)
    cut = Configuration(**stream, stream_bits=512)
    assert idle(Design(network, cut), full)[0] == idle(Design(network, Configuration(**stream)), full)[0] + parts
    on_board = [latency(Design(network, choice), full, infer(network, full), whole=True).tolist()
                for choice in (cut, Configuration(**stream))]
    assert on_board[0] == on_board[1]


def test_behind_registers_a_convolution_is_empty_before_the_first_image():
    """At a stream the first image after a reset waits for that."""
    network = worded_network(np.random.default_rng(3), "conv 3 3x3 same pool 2, dense 3", (8, 8), (4, 4), 16)
    images = np.repeat(random_images(np.random.default_rng(1), network)[3:4], 2, axis=0)
    found = infer(network, images)
    at_stream, on_board = (latency(Design(network), images, found, whole=whole) for whole in (False, True))
    assert at_stream[0] > at_stream[1] and on_board.tolist() == [144, 144]


def test_pixels_that_nobody_listens_to_cost_nothing():
    weights = np.zeros((8, 2), np.int8)
    weights[3] = 2
    network = Network(16, (1, 8), [Layer(weights, np.full(2, 1, np.int32), 4)], ["a", "b"], "deaf")
    bright = image(*[(place, 255) for place in range(8)])
    assert idle(Design(network, Configuration(pixels=8)), bright) == [FIRST_STEP]


def test_empty_steps_and_black_pixels_cost_nothing():
    late, early = image((0, 255), (1, 1)), image((0, 255), (1, 230))
    network = tiny(threshold=3)
    assert idle(Design(network, Configuration(pixels=8)), late) == idle(Design(network, Configuration(pixels=8)), early)


def test_images_in_a_row_are_bound_by_their_beats():
    dark = np.repeat(image(inputs=400), 4, axis=0)
    assert back_to_back(Design(tiny(inputs=400), Configuration(pixels=4)), dark).interval[1:].tolist() == [100] * 3


def test_interval_and_valid_agree():
    rng = np.random.default_rng(5)
    images = rng.integers(0, 256, (20, 1, 8)).astype(np.uint8)
    cycles = back_to_back(Design(tiny(threshold=9), Configuration(pixels=2)), images)
    assert np.cumsum(cycles.interval).tolist() == cycles.valid.tolist()


@pytest.mark.parametrize("choice, sentence", [
    (dict(lanes=(1, 1)), "2 numbers of lanes for 1 layers"),
    (dict(lanes=(3,) * 1 + (3,)), "2 numbers of lanes"),
])
def test_a_configuration_that_does_not_fit_is_refused(choice, sentence):
    with pytest.raises(UserError, match=sentence):
        back_to_back(Design(tiny(), Configuration(**choice)), image())


def test_images_and_their_inference_belong_together():
    network = tiny()
    with pytest.raises(ValueError, match="an inference of 1 images for 2"):
        predict(Design(network, Configuration()), np.repeat(image(), 2, axis=0), infer(network, image()))
    with pytest.raises(ValueError, match="an inference of 2 images for 1"):
        predict(Design(network, Configuration()), image(), infer(network, np.repeat(image(), 2, axis=0)))
    with pytest.raises(UserError, match="the network takes images of 1 x 8 pixels"):
        latency(Design(network, Configuration()), image(inputs=9), infer(network, image()))


def test_latency_is_that_of_each_image_alone():
    """Whatever came before it: the same as the first of a row, counted from its last beat."""
    images = np.random.default_rng(6).integers(0, 256, (9, 1, 40)).astype(np.uint8)
    network, choice = tiny(threshold=9, inputs=40), Configuration(pixels=4)
    alone = [back_to_back(Design(network, choice), one[None]).valid[0] - 9 for one in images]
    assert idle(Design(network, choice), images) == alone and len(set(alone)) > 1


# From the only beat of a recording to its result: two cycles until its transfer; weights; potential and decision; tree;
# queue.
LAST_EVENT = 2 + 1 + 1 + 1 + 1


def of_events(*recordings, threshold=1):
    network = replace(tiny(threshold), most_events=9)
    given = Recordings.of_lists(recordings)
    return predict(Design(network, Configuration()), given, infer(network, given), idle=True)


def test_an_event_costs_a_cycle_and_waits_for_the_one_behind_it():
    assert of_events([(3, 0)]).valid.tolist() == [LAST_EVENT]
    assert of_events([]).valid.tolist() == [LAST_EVENT]
    assert of_events([(3, 0)] * 5).valid.tolist() == [LAST_EVENT + 4]
    assert of_events([(3, 0), (3, 1), (3, 2)]).valid.tolist() == [LAST_EVENT]  # decided by the second beat
    assert of_events([(8, 0), (3, 0), (3, 16)]).valid.tolist() == [LAST_EVENT + 2]  # dropped ones cost a cycle, too


def test_what_a_recording_has_left_is_dropped_and_the_next_begins():
    """The decision falls two cycles before the result is offered; two cycles later the next frame's first beat is
    taken, or as soon as the rest of the frame is gone."""
    assert of_events([(3, 0)], [(3, 0)]).interval.tolist() == [LAST_EVENT, LAST_EVENT]
    first, second = of_events([(3, 0)] * 2 + [(3, 1)] * 40, [(3, 0)]).valid.tolist()
    assert first == LAST_EVENT + 1 and second == 42 + LAST_EVENT


def test_there_is_no_latency_from_the_last_beat_of_a_recording():
    network = replace(tiny(), most_events=9)
    given = Recordings.of_lists([[(0, 0)]])
    with pytest.raises(UserError, match="a recording's result does not wait for its last beat"):
        latency(Design(network, Configuration()), given, infer(network, given))


def test_only_a_row_of_a_kernel_leaves_something_to_rest_for():
    """Four rows of two words in each of two banks are emptied one a cycle, and settle in eight, twice."""
    network = worded_network(np.random.default_rng(1), "conv 3 2x2 pool 2, dense 2", (5, 5), (4, 4), 16)
    assert rest(Design(tiny(), Configuration())) == rest(Design(network, Configuration())) == 0
    assert rest(Design(network, Configuration(taps=("row", 1)))) == 4 * 2 + 2 * 8


def test_the_first_image_is_the_first_after_a_reset():
    """Unless the core is said to be idle: until a convolution has emptied its words that image waits."""
    rng = np.random.default_rng(1)
    network = worded_network(rng, "conv 2 3x3, dense 3", (6, 6), (4, 4), 8)
    images = random_images(rng, network)[:2]
    design, inference = Design(network, Configuration(taps=(ROW,))), infer(network, images)
    waited, at_once = (predict(design, images, inference, **options).valid for options in ({}, {"idle": True}))
    assert waited[0] > at_once[0]
