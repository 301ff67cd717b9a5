"""A processor with two banks: one network is loaded while the other one works, and they take turns between frames."""

from dataclasses import replace

import numpy as np
import pytest

from first_spike.commands.lint import lint
from first_spike.golden.contract.processor import Processor
from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.processor_cycles import predict
from first_spike.processor.comparing import compare_networks
from first_spike.processor.folder import generate_processor
from first_spike.processor.simulated import Script
from first_spike.rtl_model.shape.processor_load import load_words
from first_spike.rtl_model.tests.test_readable import LONGEST
from first_spike.tests.test_processor_maps import LIMITS as MAPS
from first_spike.tests.test_processor_maps import random_case as random_maps
from tb.helpers.processor_cases import LIMITS as DENSE
from tb.helpers.processor_cases import one_build, random_case, words_of
from tb.helpers.random_networks import colliding_images, worded_network

LIMITS = replace(MAPS, weight_banks=2, words=128, neurons=256, inputs=64)
SPRAM = replace(DENSE, memory="spram", weight_banks=2)
TEXTS = ("conv 9 3 pool 2, conv 4 2, dense 3", "dense 20, dense 4", "conv 3 2 stride 2, dense 9, dense 5", "dense 6")
processor = one_build(LIMITS)


def of_one_shape(rng, text):
    """A Network for images of 6 x 6, and some."""
    network = worded_network(rng, text, (6, 6), [int(bits) for bits in rng.integers(1, 7, text.count(",") + 1)], 16)
    return network, colliding_images(rng, network)


def played(processor, script, images, cases, stalls=0):
    """Seen of a script in which the networks of `cases`, the first loaded before all, take turns; `expected` results
    and cycles: a frame is of the network whose load was over before its first beat."""
    seen = processor.play(script, stalls)
    number = np.searchsorted(seen.loads, seen.begins) - 1  # of the latest load that was over
    words, cycles = [], []
    for turn, network in enumerate(cases):
        own = [images[frame] for frame in np.flatnonzero(number == turn)]
        if own:
            own = np.stack(own)
            words += words_of(network, own)
            cycles += predict(network, LIMITS, own, infer(network, own)).interval.tolist()
    firsts = np.flatnonzero(np.diff(number, prepend=-1))
    taken = np.diff(seen.cycles, prepend=0)
    taken[firsts] = seen.cycles[firsts] - seen.begins[firsts]
    assert seen.words.tolist() == words
    return seen, number, taken.tolist(), cycles


@pytest.mark.thorough
def test_networks_of_all_kinds_take_turns_while_frames_stream(processor):
    """Frames come without a pause while one load after the other goes in; each is of the network whose load was over
    when it began, in the cycles of the model."""
    rng = np.random.default_rng(3)
    cases = [of_one_shape(rng, TEXTS[turn % len(TEXTS)]) for turn in range(12)]
    images = np.concatenate([some for _, some in cases] * 12)
    script = Script(LIMITS)
    script.load_network(cases[0][0])
    for network, _ in cases[1:]:
        script.post(load_words(network, LIMITS), last=True)
    script.frames(images)
    script.posted()
    script.frames(images[:5])
    script.wait()
    everything = np.concatenate([images, images[:5]])
    networks = [network for network, _ in cases]
    seen, number, taken, cycles = played(processor, script, everything, networks)
    assert taken == cycles
    assert len(seen.loads) == 12 and len(set(number.tolist())) > 6
    for stalls in (20, 60):
        _, number, *_ = played(processor, script, everything, networks, stalls)
        assert len(set(number.tolist())) > 6


@pytest.mark.thorough
def test_networks_compared_in_turn(processor):
    """Pixels and events, of any shape, each loaded while the one before works."""
    rng = np.random.default_rng(4)
    assert_equal(LIMITS, [random_maps(rng, LIMITS) for _ in range(25)], processor.build, "verilator")


@pytest.mark.long
def test_banks_of_spram_take_turns_on_icarus(tmp_path):
    rng = np.random.default_rng(4)
    assert_equal(SPRAM, [random_case(rng, SPRAM) for _ in range(3)], tmp_path, "icarus")


def assert_equal(limits, cases, build, simulator):
    named = [(f"network {number}", *case) for number, case in enumerate(cases)]
    for report in compare_networks(named, limits, build, simulator):
        assert report["first_mismatch"] is None and report["cycle_model"]["first"] is None, report["network"]


@pytest.mark.thorough
def test_a_load_that_is_refused_leaves_the_other_network_in_use(processor):
    """Whatever is wrong with it, at any time; and the next one is taken."""
    rng = np.random.default_rng(5)
    (first, images), (second, _) = of_one_shape(rng, TEXTS[0]), of_one_shape(rng, TEXTS[1])
    words = load_words(second, LIMITS)
    script, expected, states = Script(LIMITS), [], []
    script.load_network(first)
    for place, mask, error in ((0, 1, 1), (1, 1 << 9, 2), (2, 1 << 20, 3), (3 + 16, 1 << 14, 4), (-2, 4, 5),
                               (-1, 1, 5), (3 + LIMITS.first_window, 1 << 31, 4)):
        wrong = words.copy()
        wrong[place] ^= np.uint32(mask)
        script.post(wrong, last=True)
        for _ in range(3):
            script.frames(images)
            expected += words_of(first, images)
        script.posted()
        script.rest(4)
        script.status()
        states.append((1, error))
    script.post(words, last=True)
    script.posted()
    script.frames(images)
    script.wait()
    script.status()
    seen = processor.play(script)
    assert seen.words.tolist() == expected + words_of(second, images)
    assert seen.status == [*states, (1, 0)]


@pytest.mark.thorough
def test_a_reset_forgets_both_networks(processor):
    """At any cycle of a load or of the change, also of the second one: frames wait until a load is right."""
    rng = np.random.default_rng(6)
    (first, images), (second, _) = of_one_shape(rng, TEXTS[2]), of_one_shape(rng, TEXTS[3])
    words, reset = load_words(second, LIMITS), 0
    for cut in range(0, 40, 3):
        script = Script(LIMITS)
        script.load_network(first)
        script.post(words[:-1])
        script.frames(images)
        script.posted()
        script.frames(images[:2])
        script.post(words[-1:], last=True)
        script.rest(cut)
        script.reset()
        script.status()
        script.load_network(second)
        script.rest(4)
        script.status()
        script.expected = 0
        script.frames(images)
        script.rest(9000)
        seen = processor.play(script)
        assert seen.words.tolist()[-len(images):] == words_of(second, images)
        assert seen.status == [(0, 0), (1, 0)]
        reset += len(seen.words) < 2 * len(images) + 2
    assert reset


@pytest.mark.thorough
@pytest.mark.parametrize("limits, top", [(SPRAM, "processor"), (replace(LIMITS, pixels=8), "processor_axi")])
def test_the_text_is_clean(limits, top, tmp_path):
    """And no module is long, though all that a processor may have is there; behind registers the driver in C comes
    along."""
    made = generate_processor(limits, tmp_path / "design", top=top)
    lines = {name: len((made / name).read_text().splitlines()) for name in (made / "filelist.f").read_text().split()}
    assert max(lines.values()) <= LONGEST, lines
    assert lint(made) == [] and (made / "first_spike_driver.c").exists() == (top == "processor_axi")


def test_a_network_is_packed_for_either_number_of_banks_and_any_memory():
    """And else for the limits that it was packed for: with others words lie elsewhere, or reach too far."""
    limits = Processor()
    others = dict(lanes=32, inputs=1032, steps=32, neurons=1024, words=128, layers=4, pixels=4, kinds="all")
    same = dict(weight_banks=2, memory="spram", weight_words=4096)
    assert {*others, *same} == {one.name for one in Processor.options()}
    assert {replace(limits, **{name: value}).identity for name, value in same.items()} == {limits.identity}
    choices = [{}, *({name: value} for name, value in others.items()), dict(inputs=1024 + (1 << 15))]
    assert len({replace(limits, **choice).identity for choice in choices}) == len(choices)
