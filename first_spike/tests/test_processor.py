"""A processor: networks loaded one after the other into one build, against the golden model and the cycle model."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from first_spike.commands.lint import lint
from first_spike.golden.contract.processor import FIELD_SLOTS, Processor
from first_spike.processor.comparing import compare_networks
from first_spike.processor.folder import generate_processor
from first_spike.processor.simulated import Script
from first_spike.rtl_model.shape.processor_load import load_words
from tb.helpers.processor_cases import LIMITS, dense, framed, lone_firing, one_build, random_case, words_of
from tb.helpers.random_networks import random_images

BAD = 1 << 31
processor = one_build(LIMITS)


@pytest.mark.thorough
def test_a_few_networks_on_icarus(tmp_path):
    rng = np.random.default_rng(6)
    cases = [(f"network {number}", *random_case(rng)) for number in range(2)]
    cases += [(f"a tie of 3 and {second}", *lone_firing(second)) for second in (3, 4)]
    for report in compare_networks(cases, LIMITS, tmp_path, "icarus"):
        assert report["first_mismatch"] is None and report["cycle_model"]["first"] is None, report["network"]


@pytest.mark.thorough
def test_a_layer_waits_while_its_spikes_have_no_place(tmp_path):
    """Many folds that take a cycle each and fire as a whole, twice in an image."""
    limits = Processor(**LIMITS.settings | {"neurons": 256, "words": 64})
    network = dense((4, 200, 5), threshold=1)
    images = np.array([[[255, 255, 200, 200]], [[255, 0, 0, 255]], [[9, 9, 9, 9]]], np.uint8)
    report, = compare_networks([("wide", network, images)], limits, tmp_path, "icarus")
    assert report["first_mismatch"] is None and report["cycle_model"]["first"] is None


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
        header, *slots = payload[:LIMITS.first_mask].reshape(-1, FIELD_SLOTS)
        for own, most in ((header, LIMITS.header_most), *((slot, LIMITS.layer_most) for slot in slots)):
            own[:len(most)] = [rng.integers(0, value + 1) for value in most.values()]
            own[len(most):] = 0
        payload &= np.array([LIMITS.word_bits(place) for place in range(len(payload))], np.uint32)
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
    seen = processor.play(script).words.tolist()
    for first, wanted in places:
        assert seen[first:first + 7] == wanted


@pytest.mark.thorough
@pytest.mark.parametrize("change", [{}, {"lanes": 16, "pixels": 1, "steps": 2},
                                    {"lanes": 16, "pixels": 16, "steps": 256},
                                    {"memory": "spram", "pixels": 2, "inputs": 50},
                                    {"weight_words": 64, "neurons": 256}])
def test_the_text_is_clean(change, tmp_path):
    limits = Processor(**LIMITS.settings | {"inputs": 64} | change)
    assert lint(generate_processor(limits, tmp_path / "design")) == []


def run_command(name, *arguments, top="processor"):
    """Of `first-spike name --top processor` with the limits here."""
    flags = [text for key, value in LIMITS.settings.items() for text in (f"--{key.replace('_', '-')}", str(value))]
    command = [sys.executable, "-m", "first_spike", name, "--top", top, *flags, *map(str, arguments)]
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


@pytest.mark.thorough
def test_one_with_registers_is_made_without_a_network(tmp_path):
    done = run_command("generate", "--out", tmp_path / "design", top="processor_axi")
    assert done.returncode == 0 and done.stdout.endswith(f"top processor_axi, identity {LIMITS.identity:08x}\n")
    assert lint(tmp_path / "design") == []
    assert {"processor_axi.v", "first_spike_driver.c", "first_spike.xml"} <= set(os.listdir(tmp_path / "design"))
    done = run_command("generate", "--network", "mnist_784_128_10_4bit", "--out", tmp_path / "other",
                       top="processor_axi")
    assert done.returncode == 2 and not (tmp_path / "other").exists()
    assert done.stderr.endswith("error: --network is for the testbench, which the top processor has, not "
                                "processor_axi\n")


def test_the_commands_refuse_what_does_not_fit(tmp_path):
    dense((37, 2)).save(tmp_path / "network.npz")
    for name, more in (("generate", ("--out", tmp_path / "design")), ("compare", ("--sim", "icarus", "--count", "1"))):
        done = run_command(name, "--network", tmp_path / "network.npz", *more)
        assert done.returncode == 1 and not (tmp_path / "design").exists()
        assert done.stderr == ("error: the network does not fit the processor: inputs: 37 needed, 36 possible, 1 too "
                               "many\n")
