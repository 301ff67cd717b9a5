"""A convolution alone: spikes in, windows that fire out, image after image, also when it is cut short or held."""

import numpy as np
from myhdl import Signal

from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.inference.encode import encode
from first_spike.golden.inference.infer import infer
from first_spike.rtl_model.parts.streams import FireStream, SpikeStream
from first_spike.rtl_model.shape.kinds import contents_of_layers, layer_shapes
from first_spike.rtl_model.shape.placement import layer_feeds
from tb.helpers.clocked import run, signals
from tb.helpers.random_networks import colliding_images, worded_network

STEPS = 8
IMAGES = 5  # each comes twice: the number of an image wraps in the maps of the tests
LONGEST = 3000  # cycles behind the last spike


def check_windows(layer_block, case, held, taps, emptied=0):
    """Five images through the first layer of a network, each twice, at first cut short: every window fires in the step
    in which golden's does, once, or where the pool sums in those in which golden's do.

    layer_block: the block of the layer. case: (layers in words, image shape, lanes). held: whether tests and marks are
    held in half of the cycles. taps: as in Configuration. emptied: cycles after which the words that an image empties
    are so; before, none can be decided.
    """
    text, image_shape, lanes = case
    rng = np.random.default_rng(1)
    network = worded_network(rng, text, image_shape, (4, 4), STEPS)
    configuration = Configuration((lanes, 2), 1, taps=taps)
    shape, contents, feed = (every(Design(network, configuration))[0]
                             for every in (layer_shapes, contents_of_layers, layer_feeds))
    ports = dict(**signals("clk", "rst", "clear"), s_spike=SpikeStream(1, feed.row_bits, 3),
                 m_fire=FireStream(lanes, shape.folds, 3))
    if held:
        ports["hold"] = Signal(bool(0))
    clk, spike, fire = ports["clk"], ports["s_spike"], ports["m_fire"]
    images = colliding_images(rng, network)
    images = images[rng.permutation(len(images))][:IMAGES]
    times, expected = encode(images, STEPS), infer(network, images).spike_times[0]
    seen, ended = np.zeros(0), False

    def cycle():
        nonlocal ended
        if held:
            ports["hold"].next = bool(rng.random() < 0.5)
        yield clk.negedge
        if fire.valid:
            ended = bool(fire.last_fold and fire.end)
            assert not (fire.last_fold and fire.fires), "a mark with spikes"
            for lane in range(lanes):
                if fire.fires >> lane & 1:
                    window, fold = divmod(int(fire.fold), shape.channel_folds)
                    neuron = window * len(network.layers[0].thresholds) + fold * lanes + lane
                    unit = seen[neuron * shape.often:][:shape.often]
                    assert unit[-1] == STEPS, "it fired before"
                    unit[np.argmax(unit == STEPS)] = int(fire.step)

    def send(order, cut):
        for number, pixel in enumerate(order[:cut]):
            step = int(own[pixel])
            spike.valid.next, spike.mask.next, spike.rows.next, spike.step.next = 1, 1, int(pixel), step
            spike.end.next = number == len(order) - 1
            spike.last.next = number == len(order) - 1 or own[order[number + 1]] != step
            taken = False
            while not taken:
                taken = bool(spike.ready)
                yield from cycle()
            spike.valid.next = 0

    def clear():
        nonlocal seen, ended
        ports["clear"].next = 1
        yield clk.negedge
        ports["clear"].next = 0
        seen, ended = np.full(expected.shape[1], STEPS), False

    def stimulus():
        nonlocal own
        ports["rst"].next = 1
        yield clk.negedge
        ports["rst"].next = 0
        yield from clear()
        for number in range(len(images)):
            own = times[number]
            order = np.flatnonzero(own < STEPS)
            order = order[np.argsort(own[order] + rng.random(len(order)))]
            yield from send(order, int(rng.integers(len(order))))  # the image comes twice, at first not to its end
            for _ in range(int(rng.integers(emptied, emptied + 30))):
                yield from cycle()
            yield from clear()
            yield from send(order, len(order))
            for _ in range(LONGEST):
                if not ended:
                    yield from cycle()
            assert ended, "no mark at the end of the image"
            assert (seen == expected[number]).all(), f"image {number}"
            for _ in range(int(rng.integers(4))):
                yield from cycle()
            yield from clear()

    own = times[0]
    run(layer_block, dict(**ports, shape=shape, contents=contents), stimulus())
    assert (expected < STEPS).any()
