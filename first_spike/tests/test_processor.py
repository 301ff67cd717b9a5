"""A processor: networks loaded one after the other into one build, against the golden model and the cycle model."""

import json
import subprocess
import sys
from zlib import crc32

import numpy as np
import pytest

from first_spike.comparison.lint import lint
from first_spike.golden.contract.network import Layer, Network
from first_spike.golden.contract.result_word import pack
from first_spike.golden.errors import UserError
from first_spike.golden.inference.infer import infer
from first_spike.golden.tests.random_networks import (
    on_events,
    random_convolutional_network,
    random_images,
    random_network,
    random_recordings,
)
from first_spike.processor.command import compare_networks
from first_spike.processor.folder import generate_processor
from first_spike.processor.pack import load_words, payload_words, require_fit
from first_spike.processor.simulated import Script, SimulatedProcessor
from first_spike.rtl_model.processor.limits import FIELD_SLOTS, HEADER_FIELDS, LAYER_FIELDS, MAGIC, Limits

LIMITS = Limits(lanes=8, weight_words=1024, inputs=36, steps=16, neurons=32, words=16, layers=4, pixels=4)
BAD, SILENT = 1 << 31, 1 << 29


@pytest.fixture(scope="module")
def processor(tmp_path_factory):
    """One build for all tests here."""
    return SimulatedProcessor(LIMITS, tmp_path_factory.mktemp("processor"))


def random_case(rng, limits=LIMITS):
    """A Network within the limits, and images in any order."""
    count = int(rng.integers(1, 4))
    network = random_network(rng, 1 << int(rng.integers(1, limits.step_bits + 1)),
                             [int(bits) for bits in rng.integers(1, 9, count)], count, max_neurons=28)
    if rng.random() < 0.3:
        network = on_events(network, int(rng.integers(1, 60)))
        return network, random_recordings(rng, network, 7)
    return network, random_images(rng, network)[rng.permutation(7)]


def words_of(network, images):
    found = infer(network, images)
    return pack(found.classes, found.decision_time, found.silent, found.tie, found.bad).tolist()


def nibble(payload, limits, place, lane):
    """Of the word of weights at `place`."""
    word = payload[FIELD_SLOTS * (1 + limits.layers) + limits.beats + place * limits.lanes // 8 + lane // 8]
    return int(word) >> 4 * (lane % 8) & 15


@pytest.mark.parametrize("lanes", (8, 16, 32))
def test_every_entry_of_a_load_is_what_plain_loops_say(lanes):
    """Fields and nibbles read back as the hardware reads them give each weight and each threshold, and nothing else."""
    rng = np.random.default_rng(lanes)
    limits = Limits(lanes=lanes, weight_words=2048, inputs=40, neurons=64, words=32, layers=4, pixels=4)
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


def dense(shape, bits=4, steps=16, threshold=1):
    sizes = [int(size) for size in shape]
    layers = [Layer(np.ones((one, other), np.int8), np.full(other, threshold, np.int32), bits)
              for one, other in zip(sizes, sizes[1:])]
    return Network(steps, (1, sizes[0]), layers, [str(k) for k in range(sizes[-1])], "by hand")


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
    limits = Limits(**LIMITS.settings | {"weight_words": 512})
    if sentence is None:
        require_fit(network, limits)
    else:
        with pytest.raises(UserError, match=f"^the network does not fit the processor: {sentence}$"):
            load_words(network, limits)


def test_folds_beyond_the_potentials_are_refused():
    with pytest.raises(UserError, match="folds of 8 neurons: 9 needed, 8 possible, 1 too many"):
        require_fit(dense((4, 32, 32, 2)), Limits(**LIMITS.settings | {"words": 8}))


def test_other_kinds_and_inputs_are_refused():
    """And events beyond those that a recording, a potential or a beat can have."""
    rng = np.random.default_rng(1)
    with pytest.raises(UserError, match="layer 0 is a convolution: a processor takes dense layers alone yet"):
        require_fit(random_convolutional_network(rng, 16, 4, 1), LIMITS)
    require_fit(on_events(dense((4, 2)), 16382), LIMITS)
    with pytest.raises(UserError, match="relative to its threshold .*: 16,385 needed, 16,384 possible, 1 too many"):
        require_fit(on_events(dense((4, 2)), 16386), LIMITS)
    with pytest.raises(UserError, match="events of a recording: 65,536 needed, 65,535 possible, 1 too many"):
        require_fit(on_events(dense((4, 2)), 65536), LIMITS)
    with pytest.raises(UserError, match="an event is a beat of 32 bits, and beats have 16, 16 too few"):
        require_fit(on_events(dense((4, 2)), 9), Limits(**LIMITS.settings | {"pixels": 2}))


@pytest.mark.parametrize("change, sentence", [
    ({"lanes": 12}, "lanes of a processor must be a power of two from 8 to 64, found 12"),
    ({"inputs": 35}, "inputs of a processor must be from 4 to 16383 beats of 4, found 35"),
    ({"neurons": 8}, "neurons of a processor must be a power of two from 16 to 16384, found 8"),
    ({"lanes": 32}, "neurons of a processor must be at least 2 folds of 32, found 32"),
    ({"memory": "disk"}, "memory of a processor must be block or spram, found 'disk'"),
])
def test_limits_that_cannot_be_are_refused(change, sentence):
    with pytest.raises(UserError, match=sentence):
        Limits(**LIMITS.settings | change)


def test_a_few_networks_on_icarus(tmp_path):
    rng = np.random.default_rng(6)
    cases = [(f"network {number}", *random_case(rng)) for number in range(2)]
    for report in compare_networks(cases, LIMITS, tmp_path, "icarus"):
        assert report["first_mismatch"] is None and report["cycle_model"]["first"] is None, report["network"]


@pytest.mark.thorough
def test_networks_loaded_one_after_the_other_give_golden_results_in_predicted_cycles(processor):
    rng = np.random.default_rng(5)
    cases = [(f"network {number}", *random_case(rng)) for number in range(60)]
    for report in compare_networks(cases, LIMITS, processor.build, "verilator"):
        assert report["first_mismatch"] is None and report["cycle_model"]["first"] is None, report["network"]
        assert report["equal_images"] == report["images"] == 7


@pytest.mark.thorough
@pytest.mark.parametrize("stalls", (20, 70))
def test_both_ends_may_stall(processor, stalls):
    rng = np.random.default_rng(stalls)
    script, wanted = Script(LIMITS), []
    for _ in range(25):
        network, images = random_case(rng)
        script.load_network(network)
        script.frames(images)
        script.wait()
        wanted += words_of(network, images)
    assert processor.play(script, stalls, seed=3).words.tolist() == wanted


@pytest.mark.thorough
def test_a_bad_frame_is_flagged_and_the_next_is_right(processor):
    rng = np.random.default_rng(8)
    network = dense((30, 12, 5), bits=2)
    script, wanted = Script(LIMITS), []
    script.load_network(network)
    for length in (30, 12, 30, 60, 61, 1, 30, 33, 29, 200, 30):
        pixels = rng.integers(0, 256, length).astype(np.uint8)
        taken = np.zeros(32, np.uint8)  # eight whole beats
        taken[:min(length, 32)] = pixels[:32]
        script.frame(pixels.tobytes())
        script.expected += 1
        wanted.append(words_of(network, taken[None, None, :30])[0] | BAD * (-(-length // 4) != 8))
    script.wait()
    for stalls in (0, 40):
        assert processor.play(script, stalls).words.tolist() == wanted


@pytest.mark.thorough
def test_a_reset_or_a_load_in_the_middle_leaves_nothing_behind(processor):
    """At any cycle of an image or of a load; results that were there are kept by a load, and forgotten by a reset."""
    rng = np.random.default_rng(9)
    for cut in range(1, 130, 3):
        network, images = random_case(rng)
        other, more = random_case(rng)
        script = Script(LIMITS)
        script.load_network(network)
        script.frames(images[:2])
        script.rest(cut)
        if cut % 2:
            script.reset()
            script.status()
        if cut % 4 == 0:  # a load that is cut off by a reset
            script.load(load_words(network, LIMITS)[:cut % 60 + 1])
            script.lines[-1] = script.lines[-2]  # without TLAST
            script.reset()
            script.status()
        script.load_network(other)
        script.rest(4)
        script.status()
        script.frames(more)
        script.rest(6000)
        seen = processor.play(script)
        assert seen.words.tolist()[-7:] == words_of(other, more)
        assert seen.words.tolist()[:-7] == words_of(network, images)[:len(seen.words) - 7]
        assert seen.status[-1] == (1, 0) and seen.status[:-1] == [(0, 0)] * (len(seen.status) - 1)


@pytest.mark.thorough
def test_a_load_that_is_wrong_is_refused_and_the_next_is_taken(processor):
    rng = np.random.default_rng(10)
    network, images = random_case(rng)
    words = load_words(network, LIMITS)
    script, states = Script(LIMITS), []
    script.status()
    for place, mask, error in ((0, 1, 1), (1, 1 << 9, 2), (2, 1 << 20, 3), (2, 1, 1), (3 + 8, 1 << 14, 4), (-2, 4, 5),
                               (-1, 1, 5)):
        wrong = words.copy()
        wrong[place] ^= np.uint32(mask)
        script.load(wrong)
        script.rest(4)
        script.status()
        states.append((0, error))
        script.load_network(network)
        script.rest(4)
        script.status()
        states.append((1, 0))
        script.frames(images)
        script.wait()
    seen = processor.play(script)
    assert seen.words.tolist() == words_of(network, images) * 7
    if words[2] % 2 == 0:  # one more word is wanted than comes
        states[6] = (0, 1)
    assert seen.status == [(0, 0), *states]


@pytest.mark.thorough
def test_no_table_hangs_it(processor):
    """Random fields and random weights under a right CRC: frames get results, whatever they are, and the next right
    load works."""
    rng = np.random.default_rng(11)
    script, places = Script(LIMITS), []
    for _ in range(60):
        network, images = random_case(rng)
        payload = rng.integers(0, 1 << 32, LIMITS.most_words).astype(np.uint32)
        header, *slots = payload[:LIMITS.first_weight].reshape(-1, FIELD_SLOTS)
        for own, most in ((header, LIMITS.header_most), *((slot, LIMITS.layer_most) for slot in slots)):
            own[:len(most)] = [rng.integers(0, value + 1) for value in most.values()]
            own[len(most):] = 0
        script.load(framed(payload))
        script.rest(50)
        for _ in range(3):
            script.frame(rng.integers(0, 256, 4 * (int(header[0]) + 1)).astype(np.uint8).tobytes())
        script.expected += 3
        script.wait()
        script.load_network(network)
        script.frames(images)
        script.wait()
        places.append((script.expected - 7, words_of(network, images)))
    seen = processor.play(script).words.tolist()
    for first, wanted in places:
        assert seen[first:first + 7] == wanted


def framed(payload):
    """A whole load of any payload."""
    return [MAGIC, LIMITS.identity, len(payload), *payload.tolist(), crc32(payload.astype("<u4").tobytes())]


@pytest.mark.thorough
@pytest.mark.parametrize("change", [{}, {"lanes": 16, "pixels": 1, "steps": 2},
                                    {"lanes": 16, "pixels": 16, "steps": 256},
                                    {"memory": "spram", "pixels": 2, "inputs": 50}])
def test_the_text_is_clean(change, tmp_path):
    limits = Limits(**LIMITS.settings | {"inputs": 64} | change)
    assert lint(generate_processor(limits, tmp_path / "design")) == []


def run_command(name, *arguments):
    """Of `first-spike name --top processor` with the limits here."""
    flags = [text for key, value in LIMITS.settings.items() for text in (f"--{key.replace('_', '-')}", str(value))]
    command = [sys.executable, "-m", "first_spike", name, "--top", "processor", *flags, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.mark.thorough
def test_the_commands_make_one_and_compare_networks_on_it(tmp_path):
    """The testbench that goes along passes, and fails where a result is another."""
    network = dense((30, 12, 5), bits=2)
    network.save(tmp_path / "network.npz")
    np.save(tmp_path / "images.npy", random_images(np.random.default_rng(1), network))
    done = run_command("generate", "--network", tmp_path / "network.npz", "--out", tmp_path / "design")
    assert done.returncode == 0, done.stderr
    bench = ["iverilog", "-g2005", "-y", ".", "-o", str(tmp_path / "bench.vvp"), "processor_tb.v"]
    assert subprocess.run(bench, cwd=tmp_path / "design").returncode == 0
    results = tmp_path / "design" / "processor_tb_results.hex"
    for wrong in (False, True):
        if wrong:
            results.write_text(results.read_text().replace("0", "1", 1))
        played = subprocess.run(["vvp", "-N", str(tmp_path / "bench.vvp")], cwd=tmp_path / "design",
                                capture_output=True, text=True)
        assert ("FAIL" if wrong else "PASS: processor gives 8 results") in played.stdout
        assert (played.returncode != 0) == wrong
    done = run_command("compare", "--sim", "icarus", "--network", tmp_path / "network.npz", "--images",
                       tmp_path / "images.npy", "--build", tmp_path / "work", "--json", tmp_path / "report.json")
    assert done.returncode == 0 and "every cycle to the cycle model's" in done.stdout, done.stderr
    report = json.loads((tmp_path / "report.json").read_text())["networks"][0]
    assert report["images"] == report["equal_images"] == 7


def test_the_commands_refuse_what_does_not_fit(tmp_path):
    dense((37, 2)).save(tmp_path / "network.npz")
    for name, more in (("generate", ("--out", tmp_path / "design")), ("compare", ("--sim", "icarus", "--count", "1"))):
        done = run_command(name, "--network", tmp_path / "network.npz", *more)
        assert done.returncode == 1 and not (tmp_path / "design").exists()
        assert done.stderr == ("error: the network does not fit the processor: inputs: 37 needed, 36 possible, 1 too "
                               "many\n")
