"""Convolutions on a processor: what the host packs for them, entry by entry, and what the hardware makes of it."""

import math
from dataclasses import replace

import numpy as np
import pytest

from first_spike.commands.lint import lint
from first_spike.golden.contract.geometry import Geometry
from first_spike.golden.contract.network import ConvolutionLayer, Layer, Network
from first_spike.golden.contract.placed_layers import place_layers
from first_spike.golden.contract.processor import Processor
from first_spike.golden.contract.processor_fit import require_fit
from first_spike.golden.errors import UserError
from first_spike.golden.inference.encode import encode
from first_spike.golden.inference.infer import infer
from first_spike.processor.comparing import compare_networks
from first_spike.processor.folder import generate_processor
from first_spike.processor.simulated import Script
from first_spike.rtl_model.shape.processor_load import load_words, payload_words
from tb.helpers.processor_cases import framed, one_build, words_of
from tb.helpers.processor_visits import PlainProcessor
from tb.helpers.random_networks import (
    colliding_images,
    on_events,
    random_convolutional_network,
    random_images,
    random_recordings,
    with_sums,
    worded_network,
)

LIMITS = Processor(lanes=8, weight_words=4096, inputs=256, steps=16, neurons=512, words=512, layers=4, pixels=4,
                kinds="all")
processor = one_build(LIMITS)

# kernels with which one spike after the other reaches the same word
COLLIDING = ("conv 3 1 pool 2, conv 2 1, dense 3", "conv 9 2 sum 2x1, conv 9 1 sum 2, dense 3",
             "conv 4 2 stride 2, conv 9 1 pool 1x2, dense 3",
             "conv 9 1 stride 2, conv 3 2x1 pool 2x1, conv 3 1, dense 2")


def random_case(rng, limits=LIMITS, max_side=8):
    """A Network with convolutions within the limits, and seven images or recordings."""
    while True:
        network = random_convolutional_network(rng, 1 << int(rng.integers(1, limits.step_bits + 1)),
                                               int(rng.integers(1, 9)), int(rng.integers(1, 4)), max_side)
        if rng.random() < 0.3:
            network = with_sums(network)
        if rng.random() < 0.25:
            network = on_events(network, int(rng.integers(1, 60)))
        try:
            require_fit(network, limits)
        except UserError:
            continue
        if network.most_events is not None:
            return network, random_recordings(rng, network, 7)
        return network, random_images(rng, network)[rng.permutation(7)]


def in_plain_loops(network, lanes):
    """({(layer, place it reads): {(fold, position): row of the weights}}, {(layer, fold, position): (window, place
    among the bits that say who has spiked in it)}) of the convolutions, by the contract's rule."""
    reached, windows = {}, {}
    for number, layer in enumerate(network.layers):
        if layer.kind != "convolution" or layer.positions == 1:
            break
        shape = layer.geometry
        (rows, columns, channels), (high, wide) = shape.source, shape.positions
        for fold in range(-(-layer.channels // lanes)):
            for y in range(high):
                for x in range(wide):
                    window = y // shape.pool[0] * shape.handed[1] + x // shape.pool[1]
                    mine = fold * high * wide + y * wide + x, fold * math.prod(shape.handed) + window
                    windows[number, fold, y * wide + x] = window, mine[shape.pool_kind == "first"]
                    for i in range(shape.kernel[0]):
                        for j in range(shape.kernel[1]):
                            at = y * shape.stride[0] + i - shape.padding[0], x * shape.stride[1] + j - shape.padding[1]
                            if 0 <= at[0] < rows and 0 <= at[1] < columns:
                                for channel in range(channels):
                                    source = number, (at[0] * columns + at[1]) * channels + channel
                                    row = (i * shape.kernel[1] + j) * channels + channel
                                    reached.setdefault(source, {})[fold, y * wide + x] = row
    return reached, windows


@pytest.mark.parametrize("lanes, seed", [(8, 0), (8, 1), (8, 2), (8, 3), (16, 4), (16, 5)])
def test_every_entry_of_the_tables_is_what_plain_loops_say(lanes, seed):
    rng = np.random.default_rng(seed)
    limits = replace(LIMITS, lanes=lanes, weight_words=16384, words=2048, neurons=4096)
    text = ("conv 11 3 pool 2, conv 12 2 padding 1x2 pool 1x2, conv 5 2, dense 4",
            "conv 3 4x2 stride 2x1 pool 2, conv 9 1x2, dense 3", "conv 17 2 stride 3, dense 3",
            "conv 9 1 pool 2, conv 2 3 same, dense 6, dense 3", "conv 18 3 padding 2 sum 2x1, conv 17 2 sum 2, dense 2",
            "conv 5 3 stride 1x2, conv 20 2, conv 4 5x2 padding 0x1, dense 3")[seed]
    network = worded_network(rng, text, (9, 8, 2), [3] * (text.count(",") + 1), 16)
    plain = PlainProcessor(payload_words(network, limits), limits)
    reached, windows = in_plain_loops(network, lanes)
    first, used = 0, 0
    for number, layer in enumerate(network.layers):
        if layer.kind == "dense":
            break
        slot, channels = plain.layers[number], layer.geometry.source[2]
        step = lanes if number else 1
        for place in range(layer.geometry.source[0] * layer.geometry.source[1]):
            for channel in range(0, channels, step):
                near, far = plain.reach[first]
                first += 1
                wanted, found = reached.get((number, place * channels + channel), {}), {}
                for fold in range((slot["folds"] + 1) * (far >> 16)):
                    for row in range((far >> 8 & 31) + 1):
                        for column in range((far & 31) + 1):
                            word = (near >> 16) + row * slot["row_words"] + column - slot["word"]
                            found[fold, word] = ((near & 0xFFFF) - slot["weights"] - row * slot["row_weights"]
                                                 - column * slot["column_weights"])
                assert found == wanted
        folds = slot["folds"] + 1
        after = network.layers[number + 1]
        for fold in range(folds):
            for position in range(layer.positions):
                word = slot["word"] + fold * layer.positions + position
                used = word + 1
                window, bit = windows[number, fold, position]
                group = window * folds + fold + (first if after.kind == "convolution" else 0)
                assert plain.windows[word] & 0xFFFF == slot["word"] + bit
                assert plain.windows[word] >> 16 == group
    assert not any(map(any, plain.reach[first:])) and not any(plain.windows[used:])


@pytest.mark.parametrize("seed", range(6))
def test_visits_in_plain_python_give_golden_results(seed):
    rng = np.random.default_rng(seed)
    limits = replace(LIMITS, lanes=(8, 16)[seed % 2])
    for _ in range(4):
        network, _ = random_case(rng, limits, 6)
        network = replace(network, most_events=None)
        images = random_images(rng, network)
        plain, inference = PlainProcessor(payload_words(network, limits), limits), infer(network, images)
        for number, times in enumerate(encode(images, network.steps)):
            assert plain.classify(times, network.steps) == (
                inference.classes[number], inference.decision_time[number]), (network.title, number)


def test_a_layer_in_front_of_a_convolution_is_a_map():
    """A dense one, too, in front of which the positions that a window reads are looked up; the last ones are not."""
    layers = [Layer(np.ones((4, 3), np.int8), np.full(3, 2, np.int32), 2),
              ConvolutionLayer(np.ones((12, 2), np.int8), np.full(2, 1, np.int32), 2,
                               Geometry((1, 1, 3), (2, 2), (1, 1), (1, 1))),
              ConvolutionLayer(np.ones((8, 2), np.int8), np.full(2, 3, np.int32), 2, Geometry((2, 2, 2), (2, 2)))]
    network = Network(16, (2, 2), layers, ["a", "b"], "by hand")
    assert [layer.geometry is not None for layer in place_layers(network, 8)] == [True, True, False]
    images = random_images(np.random.default_rng(1), network)
    plain, inference = PlainProcessor(payload_words(network, LIMITS), LIMITS), infer(network, images)
    found = [plain.classify(times, 16) for times in encode(images, 16)]
    assert found == list(zip(inference.classes.tolist(), inference.decision_time.tolist()))


@pytest.mark.parametrize("pool, change, sentence", [
    ("pool", {"words": 64}, "positions and folds of 8 neurons: 126 needed, 64 possible, 62 too many"),
    ("pool", {"neurons": 128}, r"neurons of a layer \(layer 0\): 200 needed, 128 possible, 72 too many"),
    ("sum", {"neurons": 512}, r"neurons of a layer \(layer 0\): 800 needed, 512 possible, 288 too many"),
    ("pool", {"kinds": "dense"}, None),
    ("pool", {"inputs": 96}, "inputs: 100 needed, 96 possible, 4 too many"),
])
def test_convolutions_that_do_not_fit_are_refused(pool, change, sentence):
    network = worded_network(np.random.default_rng(1), f"conv 3 1 {pool} 2, conv 4 1, dense 2", (10, 10), [4] * 3, 16)
    limits = replace(LIMITS, neurons=1024)
    require_fit(network, limits)
    match = (f"^the network does not fit the processor: {sentence}$" if sentence else
             "^layer 0 is a convolution: a processor of the kinds dense takes dense layers alone$")
    with pytest.raises(UserError, match=match):
        load_words(network, replace(limits, **change))


def test_more_inputs_than_the_table_has_and_wider_kernels_are_refused():
    for shape, kernel, limits, sentence in (
            ((16, 16), (16, 15), replace(LIMITS, words=128), "inputs of convolutions: 256 needed, 128 possible"),
            ((1, 66), (1, 33), LIMITS, r"in a row or a column \(layer 0\): 33 needed, 32 possible, 1 too many")):
        geometry = Geometry((*shape, 1), kernel)
        layer = ConvolutionLayer(np.ones((geometry.places, 1), np.int8), np.ones(1, np.int32), 2, geometry)
        last = Layer(np.ones((layer.neurons, 2), np.int8), np.ones(2, np.int32), 2)
        with pytest.raises(UserError, match=sentence):
            require_fit(Network(16, shape, [layer, last], ["a", "b"], "by hand"), limits)


def test_wrong_kinds_and_too_few_words_are_refused():
    with pytest.raises(UserError, match="words of a processor that takes convolutions must be at least 64, found 32"):
        replace(LIMITS, words=32)
    with pytest.raises(UserError, match="kinds of a processor must be dense or all, found 'both'"):
        replace(LIMITS, kinds="both")


@pytest.mark.thorough
def test_networks_loaded_one_after_the_other_give_golden_results_in_predicted_cycles(processor):
    rng = np.random.default_rng(5)
    cases = [(f"network {number}", *random_case(rng)) for number in range(40)]
    for text in COLLIDING:
        network = worded_network(rng, text, (6, 6), [4] * (text.count(",") + 1), 4)
        cases.append((text, network, colliding_images(rng, network)))
    network = on_events(worded_network(rng, "conv 3 3 pool 2, dense 3", (6, 6), [2, 4], 2), 1800)
    cases.append(("more events in a step than a list holds", network, random_recordings(rng, network, 6)))
    for report in compare_networks(cases, LIMITS, processor.build, "verilator"):
        assert report["first_mismatch"] is None and report["cycle_model"]["first"] is None, report["network"]


@pytest.mark.thorough
def test_both_ends_may_stall(processor):
    rng = np.random.default_rng(20)
    script, wanted = Script(LIMITS), []
    for _ in range(20):
        network, images = random_case(rng)
        script.load_network(network)
        script.frames(images)
        script.wait()
        wanted += words_of(network, images)
    assert processor.play(script, 40, seed=3).words.tolist() == wanted


@pytest.mark.thorough
def test_a_reset_or_a_load_in_the_middle_leaves_nothing_behind(processor):
    rng = np.random.default_rng(9)
    for cut in range(1, 700, 37):
        (network, images), (other, more) = random_case(rng), random_case(rng)
        script = Script(LIMITS)
        script.load_network(network)
        script.frames(images[:3] if network.most_events is None else images)
        script.rest(cut)
        if cut % 2:
            script.reset()
        script.load_network(other)
        script.frames(more)
        script.rest(20000)
        assert processor.play(script).words.tolist()[-7:] == words_of(other, more)


@pytest.mark.thorough
def test_no_table_hangs_it(processor):
    """Random fields, tables and weights under a right CRC: frames get results, whatever they are, and the next right
    load works. Spikes reach few positions and layers have few folds, or a result would take millions of cycles. A field
    beyond its limit is refused."""
    rng = np.random.default_rng(11)
    script, places = Script(LIMITS), []
    for _ in range(25):
        network, images = random_case(rng)
        payload = rng.integers(0, 1 << 32, LIMITS.most_words).astype(np.uint32)
        header, *slots = payload[:LIMITS.first_mask].reshape(-1, LIMITS.slot_words)
        for own, most in ((header, LIMITS.header_most), *((slot, LIMITS.layer_most) for slot in slots)):
            own[:len(most)] = [rng.integers(0, value + 1) for value in most.values()]
            own[len(most):] = 0
        for slot in slots:
            slot[LIMITS.layer_fields.index("folds")] %= 4
            slot[LIMITS.layer_fields.index("positions")] %= (1, 100)[rng.integers(0, 2)]
        payload &= np.array([LIMITS.word_bits(place) for place in range(len(payload))], np.uint32)
        payload[LIMITS.first_reach + 1:LIMITS.first_window:2] &= 0x10101
        script.load(framed(payload, LIMITS))
        script.rest(50)
        for _ in range(3):
            script.frame(rng.integers(0, 256, 4 * (int(header[0]) + 1)).astype(np.uint8).tobytes())
        script.expected += 3
        script.wait()
        script.load_network(network)
        script.frames(images)
        script.wait()
        places.append((script.expected - 7, words_of(network, images)))
    wrong = load_words(network, LIMITS)
    wrong[3 + LIMITS.slot_words + LIMITS.layer_fields.index("positions")] = LIMITS.words
    script.load(wrong)
    script.rest(4)
    script.status()
    seen = processor.play(script)
    assert seen.status == [(0, 4)]
    for first, wanted in places:
        assert seen.words.tolist()[first:first + 7] == wanted


@pytest.mark.thorough
def test_the_text_is_clean(processor, tmp_path):
    assert lint(processor.build / "design") == []
    other = replace(LIMITS, lanes=16, pixels=1, steps=256, words=64, memory="spram")
    assert lint(generate_processor(other, tmp_path / "design")) == []
