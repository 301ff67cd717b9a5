"""scripts/soc_demo.py: the driver in C on a processor. The processor runs where `soc` is asked for."""

import json
from dataclasses import replace

import numpy as np
import pytest

from first_spike.command.images import ChosenImages
from first_spike.device.identity import network_image, processor_image
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.limits import pack
from first_spike.golden.inference.infer import infer
from first_spike.golden.schedule.cycles import latency
from first_spike.golden.schedule.processor_cycles import latency as processor_latency
from first_spike.processor.folder import generate_processor
from first_spike.rtl_model.convert import generate
from scripts import soc_demo
from scripts.soc_demo import soc_report
from tb.benches.soc.simulated_soc import python_of_litex, run_soc
from tb.helpers.process import assert_refused, command  # noqa: F401
from tb.helpers.processor_cases import BOARD_LIMITS, board_case, words_of
from tb.helpers.small_case import small_case

OPTIONS = ["--network", "network.npz", "--images", "images.npy", "--labels", "labels.npy", "--lanes", 2, "--pixels", 4,
           "--count", 20, "--build", "work"]


@pytest.mark.soc
@pytest.mark.parametrize("banks", [1, 2])
def test_a_processor_gets_what_golden_gives(tmp_path, monkeypatch, command, banks):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    network, images, labels = small_case(tmp_path)
    done = command(soc_demo, *OPTIONS, "--weight-banks", banks, "--json", "report.json")
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["images"] == report["counters"]["interrupts"] == 20
    assert report["mismatches"] == report["cycle_mismatches"] == 0 and report["device"]["banks"] == banks
    assert report["loaded"]["words"] > 3


@pytest.mark.soc
@pytest.mark.skipif(python_of_litex() is None, reason="LiteX is not installed")
@pytest.mark.parametrize("right", [True, False])
def test_the_soc_that_litex_makes_gets_what_golden_gives(tmp_path, right):
    """The same firmware, at the module for LiteX from the folder of the design."""
    network, images, labels = small_case(tmp_path)
    design = Design(network, lanes=2, pixels=4, weights="loadable")
    folder = generate(design, tmp_path / "design", top="accelerator_axi")
    before = sorted(folder.iterdir())
    lines = run_soc(folder, tmp_path / "soc", 4, network_image(network, design), images, litex=True)
    chosen = ChosenImages(images if right else images[::-1], labels, "random")
    first = soc_report(design, chosen, lines, 1)["first"]
    assert (first == []) == right
    assert sorted(folder.iterdir()) == before, "the folder stays a design"


@pytest.mark.soc
@pytest.mark.parametrize("banks", [1, 2])
def test_the_same_firmware_loads_a_network_into_a_processor(tmp_path, banks):
    """Each result, and its cycles; a network that is cut short is refused, with two banks into the other one."""
    limits = replace(BOARD_LIMITS, weight_banks=banks)
    folder = generate_processor(limits, tmp_path / "design", top="processor_axi")
    network, images = board_case(8)
    lines = run_soc(folder, tmp_path / "soc", limits.pixels, processor_image(network, limits), images,
                    top="processor_axi")
    found = {word: value for word, value in lines if word != "digit"}
    digits = [value for word, value in lines if word == "digit"]
    assert found["device"] == dict(pixels=limits.inputs, classes=limits.neurons, steps=limits.steps, banks=banks)
    assert found["refused"] == "the network has another number of words than the memories need"
    assert [pack(digit["class"], digit["step"], digit["silent"], digit["tie"], digit["bad"])
            for digit in digits] == words_of(network, images)
    assert [digit["cycles"] for digit in digits] == processor_latency(network, limits, images,
                                                                      infer(network, images)).tolist()
    assert found["counters"]["images"] == found["counters"]["interrupts"] == len(images)


@pytest.mark.soc
def test_another_network_in_the_firmware_is_seen(tmp_path, monkeypatch, command):  # noqa: F811
    """The weights of the last layer, moved by a neuron."""
    monkeypatch.chdir(tmp_path)
    network, images, labels = small_case(tmp_path)
    last = network.layers[-1]
    other = replace(network, layers=[*network.layers[:-1], replace(last, weights=np.roll(last.weights, 1, axis=1))])
    wrong = network_image(other, Design(network, lanes=2, pixels=4, weights="loadable"))
    monkeypatch.setattr(soc_demo, "network_image", lambda *arguments: wrong)
    done = command(soc_demo, *OPTIONS)
    assert done.returncode == 1 and ": the board says" in done.stderr


def test_events_are_refused_at_once(tmp_path, monkeypatch, command):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    network, *_ = small_case(tmp_path)
    replace(network, most_events=9).save("network.npz")
    assert_refused(command(soc_demo, "--network", "network.npz", "--build", "work"),
                   "the network takes events, for which there is no firmware yet: choose one that takes images")


def said(network, images, configuration):
    """What the firmware would say."""
    inference = infer(network, images)
    cycles = latency(Design(network, configuration), images, inference, whole=True)
    yield "device", dict(pixels=network.inputs, classes=len(network.classes), steps=network.steps, banks=1)
    yield "refused", "the network has another number of words than the memories need"
    yield "loaded", dict(words=9, cycles=99)
    for k in range(len(images)):
        yield "digit", {"class": int(inference.classes[k]), "step": int(inference.decision_time[k]),
                        "silent": int(inference.silent[k]), "tie": int(inference.tie[k]), "bad": 0,
                        "cycles": int(cycles[k])}
    yield "counters", dict(images=len(images), silent=int(inference.silent.sum()), ties=int(inference.tie.sum()), bad=0,
                           interrupts=len(images), cycles=1234)


@pytest.mark.parametrize("place, name, sentence", [
    (None, None, None),
    (5, "class", "image 2: the board says"), (5, "step", "image 2: the board says"),
    (6, "tie", "image 3: the board says"), (6, "bad", "image 3: the board says"),
    (4, "cycles", "image 1: the board took"), (0, "banks", "device, banks: the firmware says 2, not 1"),
    (-1, "interrupts", "counters, interrupts: the firmware says 29, not 28"),
])
def test_what_is_wrong_is_seen(tmp_path, place, name, sentence):
    network, images, labels = small_case(tmp_path)
    configuration = Configuration((2,), 4, weights="loadable")
    lines = list(said(network, images, configuration))
    if place is not None:
        value = lines[place][1]
        value[name] = 1 - value[name] if name in ("tie", "bad") else value[name] + 1
    first = soc_report(Design(network, configuration), ChosenImages(images, labels, "random"), lines, 1)["first"]
    assert len(first) == (place is not None) and (not first or first[0].startswith(sentence))


def test_constants_are_refused(tmp_path, monkeypatch, command):  # noqa: F811
    monkeypatch.chdir(tmp_path)
    small_case(tmp_path)
    assert_refused(command(soc_demo, *OPTIONS, "--weights", "constants"),
                   "the firmware loads the network: choose --weights loadable")
