"""Mismatches are counted and the first one is named: checked on results that are spoilt in one known place."""

import io
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from first_spike.comparison.outcome import from_golden
from first_spike.comparison.table import comparison_table
from first_spike.comparison.verdict import (
    bench_verdict,
    check_files,
    count_mismatches,
    cycle_agreement,
    float_agreement,
    verdict,
)
from first_spike.golden.contract.configuration import Configuration
from first_spike.golden.contract.design import Design
from first_spike.golden.contract.limits import unpack
from first_spike.golden.inference.figures import recall
from first_spike.golden.inference.infer import Inference, infer
from first_spike.golden.schedule.cycles import predict
from tb.helpers.small_case import small_case

MEMBERS = {"class": "classes", "decision_time": "decision_time", "flags": "other"}  # of a result that is unpacked
NONE = {"class": 0, "decision_time": 0, "flags": 0, "spikes": 0}


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    """The Outcome of the golden model for 28 images of a network of 16 steps and two layers."""
    network, images, _ = small_case(tmp_path_factory.mktemp("case"))
    inference = infer(network, images)
    return from_golden(inference, predict(Design(network, Configuration()), images, inference).interval)


def test_equal(outcome):
    agreement = count_mismatches(16, outcome, outcome)
    assert (agreement.mismatches, agreement.equal_images, agreement.first) == (NONE, 28, None)


@pytest.mark.parametrize("bit, kind", [*((bit, "class") for bit in range(16)),
                                       *((bit, "decision_time") for bit in range(16, 25)),
                                       *((bit, "flags") for bit in range(25, 32))])
def test_every_bit_of_the_result_word_counts(outcome, bit, kind):
    words = outcome.words.copy()
    words[[4, 9]] ^= 1 << bit
    agreement = count_mismatches(16, outcome, replace(outcome, words=words))
    assert agreement.mismatches == NONE | {kind: 2}
    assert agreement.equal_images == 26
    fields = (getattr(unpack(each), MEMBERS[kind])[4] for each in (outcome.words, words))
    want, got = (f"{field:#010x}" if kind == "flags" else str(field) for field in fields)
    assert agreement.first == f"image 4, result: expected {kind.replace('_', ' ')} {want}, got {got}"


def test_first_spike_that_differs_is_named(outcome):
    spikes = [times.copy() for times in outcome.spike_times]
    image, neuron = np.argwhere(outcome.spike_times[1] < 16)[0]
    step = int(outcome.spike_times[1][image, neuron])
    spikes[1][image, neuron] = 16
    spikes[1][image + 1:] ^= 1  # later images do not matter for the first place
    agreement = count_mismatches(16, outcome, replace(outcome, spike_times=tuple(spikes)))
    assert agreement.mismatches == NONE | {"spikes": 1 + spikes[1][image + 1:].size}
    assert agreement.equal_images == image
    assert agreement.first == (f"image {image}, step {step}, layer 1, neuron {neuron}: expected a spike in step "
                               f"{step}, got no spike up to the decision")


def test_of_two_differences_the_earlier_step_then_the_lower_layer_comes_first(outcome):
    for times in ((3, 5), (5, 3), (4, 4)):
        spikes = [want.copy() for want in outcome.spike_times]
        want = [np.full_like(old, 16) for old in spikes]
        got = [np.full_like(old, 16) for old in spikes]
        for layer, time in enumerate(times):
            got[layer][2, 1] = time
        first = count_mismatches(16, replace(outcome, spike_times=tuple(want)),
                                 replace(outcome, spike_times=tuple(got))).first
        layer = int(times[1] < times[0])
        assert first == (f"image 2, step {min(times)}, layer {layer}, neuron 1: expected no spike up to the decision, "
                         f"got a spike in step {min(times)}")


@pytest.mark.parametrize("layers", [0, 1, 3])
def test_another_number_of_layers_is_no_agreement(outcome, layers):
    """Two layers are expected: with fewer, or more, nothing is said about the spikes."""
    spikes = (outcome.spike_times * 2)[:layers]
    with pytest.raises(ValueError):
        count_mismatches(16, outcome, replace(outcome, spike_times=spikes))


def test_other_numbers_of_images_and_neurons_are_no_agreement(outcome):
    one = tuple(times[:1] for times in outcome.spike_times)
    narrow = tuple(times[:, :1] for times in outcome.spike_times)
    for changed in (replace(outcome, words=outcome.words[:1]), replace(outcome, spike_times=one),
                    replace(outcome, spike_times=narrow)):
        with pytest.raises(ValueError, match="observed .* where .* is expected"):
            count_mismatches(16, outcome, changed)
        with pytest.raises(ValueError, match="observed .* where .* is expected"):
            count_mismatches(16, changed, outcome)
    with pytest.raises(ValueError, match="observed .* where .* is expected"):
        cycle_agreement(outcome.cycles, outcome.cycles[:1])
    with pytest.raises(ValueError, match="observed .* where .* is expected"):
        cycle_agreement(outcome.cycles[:1], outcome.cycles)


def test_spikes_that_nobody_observed_are_said_to_be_so(outcome, capsys):
    agreement = count_mismatches(16, outcome, replace(outcome, spike_times=None))
    assert agreement.mismatches == NONE | {"spikes": "not observed"}
    assert (agreement.equal_images, agreement.first) == (28, None)
    report = {"sim": "netlist", "images": 28, "equal_images": 28, "mismatches": agreement.mismatches,
              "first_mismatch": None, "cycle_model": {"mismatches": 0, "first": None}, "float_agreement": None,
              "accuracy": dict.fromkeys(("float", "golden", "rtl")), "cycles": None, "latency": None,
              "recall": dict.fromkeys(("float", "golden", "rtl"), recall(None, None, ()))}
    assert verdict([report]) is None
    assert capsys.readouterr().out == "Every result is equal to the golden model's; spikes inside were not observed.\n"
    console = Console(width=80, file=io.StringIO())
    console.print(comparison_table("title", [report]))
    row, = (line for line in console.file.getvalue().splitlines() if "mismatches: spike times" in line)
    assert "not observed" in row
    words = outcome.words.copy()
    words[3] ^= 1
    found = replace(outcome, words=words, spike_times=None)
    assert [count_mismatches(16, outcome, found, start).first[:9] for start in (0, 7)] == ["image 3, ", "image 10,"]


def test_cycles(outcome):
    assert cycle_agreement(outcome.cycles, outcome.cycles) == {"mismatches": 0, "first": None}
    cycles = outcome.cycles.copy()
    cycles[[5, 7]] += 1
    assert cycle_agreement(cycles, outcome.cycles) == {
        "mismatches": 2,
        "first": f"image 5: the cycle model says {cycles[5]}, the hardware took {cycles[5] - 1}"}
    assert cycle_agreement(outcome.cycles, cycles)["mismatches"] == 2
    assert cycle_agreement(outcome.cycles, cycles, 7)["first"].startswith("image 12: ")


def test_float_agreement_by_hand():
    def result(classes, decision, hidden):
        none = np.zeros(2, bool)
        return Inference(np.array(classes), np.array(decision), none, none, none,
                         (np.array(hidden, np.int16), np.zeros((2, 3), np.int16)), 16)

    one, other = result([1, 2], [4, 16], [[0, 16], [3, 3]]), result([1, 0], [7, 15], [[2, 3], [3, 3]])
    assert float_agreement(one, other) == {"class": 0.5, "decision_time_mean_abs": 2.0,
                                           "hidden_time_mean_abs": (2 + 13) / 4}
    assert float_agreement(one, one) == {"class": 1.0, "decision_time_mean_abs": 0.0, "hidden_time_mean_abs": 0.0}
    assert float_agreement(other, one)["class"] == 0.5
    single = [replace(r, spike_times=r.spike_times[1:]) for r in (one, other)]
    assert float_agreement(*single)["hidden_time_mean_abs"] is None
    for pair in ((one, single[1]), (single[0], other)):
        with pytest.raises(ValueError):
            float_agreement(*pair)


RIGHT = {"sim": "icarus", "mismatches": NONE, "first_mismatch": None, "cycle_model": {"mismatches": 0, "first": None}}
WRONG = {**RIGHT, "sim": "myhdl", "first_mismatch": "image 3, step 2"}
SLOWER = {**RIGHT, "cycle_model": {"mismatches": 1, "first": "image 4: the cycle model says 5"}}
UNSEEN = {**RIGHT, "mismatches": {**NONE, "spikes": "not observed"}}
IS_WRONG = "myhdl differs from the golden model, first here:\n  image 3, step 2\n"
IS_SLOWER = "icarus takes other cycles than the cycle model, first here:\n  image 4: the cycle model says 5\n"
EQUAL = "Every result and every spike up to the decision is equal to the golden model's"


@pytest.mark.parametrize("reports, files, status, out, err", [
    ([RIGHT, RIGHT], (), None, f"{EQUAL}.\n", ""), ([RIGHT, WRONG], (), 1, "", IS_WRONG),
    ([WRONG, SLOWER], (), 1, "", IS_WRONG + IS_SLOWER), ([SLOWER], (), 1, "", IS_SLOWER),
    ([RIGHT], ["a.v is missing"], 1, "", ""), ([{"mismatches": None}], (), None,
                                               "No hardware was simulated: this is the golden model beside the float "
                                               "network.\n", ""),
    ([RIGHT, UNSEEN], (), None, "Every result is equal to the golden model's; spikes inside were not observed.\n", "")])
def test_the_verdict(capsys, reports, files, status, out, err):
    assert verdict(reports, files) == status
    said = capsys.readouterr()
    assert (" ".join(said.out.split()), said.err) == (" ".join(out.split()), err)


@pytest.mark.parametrize("differences, failed, said", [
    ([{"stream": None, "alone": None}, {"stream": None}], (), ""),
    ([{"stream": None, "alone": "image 3"}, {"stream": "image 4"}], (), "a, alone: image 3\nb, stream: image 4\n"),
    ([{}, {}], ["this failed"], "this failed\n")])
def test_the_verdict_of_a_bench(capsys, differences, failed, said):
    reports = [{"name": name, "differences": each} for name, each in zip("ab", differences)]
    assert bench_verdict(reports, failed) == (1 if said else None)
    shown = capsys.readouterr()
    assert shown.err == said and (EQUAL in shown.out) == (not said)


@pytest.mark.parametrize("missing", [0, 1, 5, 6, 8])
def test_files_that_differ_are_named_up_to_some(tmp_path, capsys, missing):
    for place, first in (("expected", 0), ("found", missing)):
        (tmp_path / place).mkdir()
        for number in range(first, 9):
            (tmp_path / place / f"{number}.v").touch()
    found = check_files(tmp_path / "expected", tmp_path / "found")
    assert found == [f"{tmp_path / 'found' / f'{number}.v'} is missing" for number in range(missing)]
    lines = [f"{tmp_path / 'found'} is not what the generator makes of this network:"]
    lines += [f"  {sentence}" for sentence in found[:5]] + [f"  and {missing - 5} more"] * (missing > 5)
    assert capsys.readouterr().err.splitlines() == lines * (missing > 0)
