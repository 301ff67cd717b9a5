"""What a processor loads, entry by entry, and what it does not take."""

import numpy as np
import pytest

from first_spike.golden.contract.processor import FIELD_SLOTS, HEADER_FIELDS, LAYER_FIELDS, Processor
from first_spike.golden.contract.processor_fit import require_fit
from first_spike.golden.errors import UserError
from first_spike.rtl_model.shape.processor_load import load_words, payload_words
from tb.helpers.processor_cases import LIMITS, dense, random_case
from tb.helpers.random_networks import on_events, random_convolutional_network


def nibble(payload, limits, place, lane):
    """Of the word of weights at `place`."""
    word = payload[FIELD_SLOTS * (1 + limits.layers) + limits.beats + place * limits.lanes // 8 + lane // 8]
    return int(word) >> 4 * (lane % 8) & 15


@pytest.mark.parametrize("lanes", (8, 16, 32))
def test_every_entry_of_a_load_is_what_plain_loops_say(lanes):
    """Fields and nibbles read back as the hardware reads them give each weight and each threshold, and nothing else."""
    rng = np.random.default_rng(lanes)
    limits = Processor(lanes=lanes, weight_words=2048, inputs=40, neurons=64, words=32, layers=4, pixels=4)
    for _ in range(12):
        network, _ = random_case(rng, limits)
        payload = payload_words(network, limits)
        rows = payload[:FIELD_SLOTS * (1 + limits.layers)].reshape(-1, FIELD_SLOTS).tolist()
        header = dict(zip(HEADER_FIELDS, rows[0]))
        beats = 0
        while beats * limits.pixels < network.inputs:
            beats += 1
        if network.most_events is None:
            assert (header["beats"], header["events"]) == (beats - 1, 0)
        else:
            assert (header["last_input"], header["events"]) == (network.inputs - 1, 1)
            assert header["most_events"] == network.most_events
        assert header["layers"] == len(network.layers) - 1
        assert header["classes"] == len(network.classes) - 1 and network.steps << header["step_shift"] == limits.steps
        word, used = 0, set()
        for layer, row in zip(network.layers, rows[1:]):
            slot = dict(zip(LAYER_FIELDS, row))
            assert slot["word"] == word and slot["inputs"] == layer.inputs
            for fold in range(slot["folds"] + 1):
                word += 1
                for lane in range(lanes):
                    neuron = fold * lanes + lane
                    for source in range(layer.inputs):
                        value = 0
                        for part in range(slot["parts"] + 1):
                            place = slot["weights"] + (fold * (slot["parts"] + 1) + part) * layer.inputs + source
                            used.add(place)
                            digit = nibble(payload, limits, place, lane)
                            value += (digit - 16 * (part == slot["parts"] and digit > 7)) * 16 ** part
                        assert value == (layer.weights[source, neuron] if neuron < layer.neurons else 0)
                    start = 0
                    for row_number in range(4):
                        place = slot["starts"] + 4 * fold + row_number
                        used.add(place)
                        digit = nibble(payload, limits, place, lane)
                        start += (digit - 16 * (row_number == 3 and digit > 7)) * 16 ** row_number
                    assert start == (-layer.thresholds[neuron] - 1 if neuron < layer.neurons else -(1 << 14))
            assert (slot["folds"] + 1) * lanes >= layer.neurons > slot["folds"] * lanes
        assert header["class_word"] == slot["word"] and word <= limits.words
        mask = payload[len(rows) * FIELD_SLOTS:][:limits.beats].tolist()
        for source in range(limits.inputs):
            heard = source < network.inputs and any(network.layers[0].weights[source])
            assert mask[source // limits.pixels] >> source % limits.pixels & 1 == heard
        assert max(mask) < 1 << limits.pixels and used == set(range(len(used)))
        assert len(payload) == len(rows) * FIELD_SLOTS + limits.beats + len(used) * lanes // 8


@pytest.mark.parametrize("network, sentence", [
    (dense((37, 2)), "inputs: 37 needed, 36 possible, 1 too many"),
    (dense((4, 2), steps=32), "time steps: 32 needed, 16 possible, 16 too many"),
    (dense((4, 2, 2, 2, 2, 2)), "layers: 5 needed, 4 possible, 1 too many"),
    (dense((4, 35, 2)), r"neurons of a layer \(layer 0\): 35 needed, 32 possible, 3 too many"),
    (dense((2, 32, 32, 32, 32)), None),
    (dense((36, 32, 32, 32, 32)), r"words of weights, each of 8 nibbles: 592 needed, 512 possible, 80 too many"),
    (dense((4, 2), threshold=16383), None),
    (dense((4, 2), threshold=16384),
     r"a potential relative to its threshold \(layer 0\): 16,385 needed, 16,384 possible, 1 too many"),
])
def test_what_does_not_fit_is_refused_with_the_limit_and_by_how_much(network, sentence):
    limits = Processor(**LIMITS.settings | {"weight_words": 512})
    if sentence is None:
        require_fit(network, limits)
    else:
        with pytest.raises(UserError, match=f"^the network does not fit the processor: {sentence}$"):
            load_words(network, limits)


def test_folds_beyond_the_potentials_are_refused():
    with pytest.raises(UserError, match="folds of 8 neurons: 9 needed, 8 possible, 1 too many"):
        require_fit(dense((4, 32, 32, 2)), Processor(**LIMITS.settings | {"words": 8}))


def test_other_kinds_and_inputs_are_refused():
    """And events beyond those that a recording, a potential or a beat can have."""
    rng = np.random.default_rng(1)
    with pytest.raises(UserError, match="a processor of the kinds dense takes dense layers alone"):
        require_fit(random_convolutional_network(rng, 16, 4, 1), LIMITS)
    require_fit(on_events(dense((4, 2)), 16382), LIMITS)
    with pytest.raises(UserError, match="relative to its threshold .*: 16,385 needed, 16,384 possible, 1 too many"):
        require_fit(on_events(dense((4, 2)), 16386), LIMITS)
    with pytest.raises(UserError, match="events of a recording: 65,536 needed, 65,535 possible, 1 too many"):
        require_fit(on_events(dense((4, 2)), 65536), LIMITS)
    with pytest.raises(UserError, match="an event is a beat of 32 bits, and beats have 16, 16 too few"):
        require_fit(on_events(dense((4, 2)), 9), Processor(**LIMITS.settings | {"pixels": 2}))


@pytest.mark.parametrize("change, sentence", [
    ({"lanes": 12}, "lanes of a processor must be a power of two from 8 to 64, found 12"),
    ({"inputs": 35}, "inputs of a processor must be from 4 to 16383 beats of 4, found 35"),
    ({"neurons": 8}, "neurons of a processor must be a power of two from 16 to 16384, found 8"),
    ({"lanes": 32}, "neurons of a processor must be at least 2 folds of 32, found 32"),
    ({"memory": "disk"}, "memory of a processor must be block or spram, found 'disk'"),
])
def test_limits_that_cannot_be_are_refused(change, sentence):
    with pytest.raises(UserError, match=sentence):
        Processor(**LIMITS.settings | change)
