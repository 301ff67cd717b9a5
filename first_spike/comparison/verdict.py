"""What a comparison found, in words, and the exit status that follows.

Counting where two outcomes differ, and naming the first place; how far the float network agrees.
"""

from dataclasses import dataclass

import numpy as np

from first_spike.command.cli import console, error_console, shown
from first_spike.comparison.design_files import differences
from first_spike.golden.contract.limits import unpack

NOT_OBSERVED = "not observed"


@dataclass(frozen=True)
class Agreement:
    """mismatches: {"class", "decision_time", "flags": images, "spikes": spike times of single neurons, or NOT_OBSERVED}
    that differ; equal_images: how many images are equal in all that was observed; first: the first difference as a
    sentence, None when there is none."""

    mismatches: dict
    equal_images: int
    first: str | None


def count_mismatches(steps, expected, found, start=0):
    """Agreement of the Outcome `found` with the one of the golden model for the same images.

    steps: T of the network; start: number of the first image in the sentence. Spikes may be observed in every layer or
    in none; ValueError for anything between, and for other numbers of images or neurons: nothing is compared with what
    is not there.
    """
    want, got = unpack(expected.words), unpack(found.words)
    results = {"class": (want.classes, got.classes), "decision_time": (want.decision_time, got.decision_time),
               "flags": (want.other, got.other)}
    spikes = [] if found.spike_times is None else list(zip(expected.spike_times, found.spike_times, strict=True))
    for one, other in [*results.values(), *spikes]:
        if one.shape != other.shape:
            raise ValueError(f"observed {other.shape} where {one.shape} is expected")
    mismatches = {name: int((one != other).sum()) for name, (one, other) in results.items()}
    mismatches["spikes"] = (NOT_OBSERVED if found.spike_times is None
                            else sum(int((one != other).sum()) for one, other in spikes))
    wrong = np.logical_or.reduce([one != other for one, other in results.values()]
                                 + [(one != other).any(axis=1) for one, other in spikes])
    if not wrong.any():
        return Agreement(mismatches, len(wrong), None)
    image = int(np.argmax(wrong))
    place = _first_spike(steps, spikes, image) or _first_result(results, image)
    return Agreement(mismatches, int((~wrong).sum()), f"image {start + image}, {place}")


def _first_spike(steps, spikes, image):
    """The difference that happens first: the earliest step, then the first layer, then the lowest neuron."""
    found = []
    for layer, (want, got) in enumerate(spikes):
        for neuron in np.flatnonzero(want[image] != got[image]):
            expected, given = int(want[image, neuron]), int(got[image, neuron])
            found.append((min(expected, given), layer, int(neuron), expected, given))
    if not found:
        return None
    step, layer, neuron, expected, given = min(found)
    return (f"step {step}, layer {layer}, neuron {neuron}: expected {_spike(expected, steps)}, got "
            f"{_spike(given, steps)}")


def _spike(time, steps):
    return "no spike up to the decision" if time == steps else f"a spike in step {time}"


def _first_result(results, image):
    for name, (want, got) in results.items():
        if want[image] != got[image]:
            shown = "#010x" if name == "flags" else "d"
            return f"result: expected {name.replace('_', ' ')} {want[image]:{shown}}, got {got[image]:{shown}}"


def cycle_agreement(predicted, found, start=0):
    """{"mismatches": images whose cycles are not those that the cycle model predicts, "first": the first as a sentence
    or None}; both int64 [n]; start: number of the first image in the sentence."""
    if predicted.shape != found.shape:
        raise ValueError(f"observed {found.shape} where {predicted.shape} is expected")
    wrong = np.flatnonzero(predicted != found)
    first = None
    if wrong.size:
        first = (f"image {start + wrong[0]}: the cycle model says {predicted[wrong[0]]}, the hardware took "
                 f"{found[wrong[0]]}")
    return {"mismatches": wrong.size, "first": first}


def float_agreement(expected, other):
    """How the float network's Inference differs from the golden one of the same images, both for the whole run.

    class: share of images with the same class; decision_time_mean_abs and hidden_time_mean_abs: mean distance in steps,
    over images, and over all hidden neurons of all images (None without hidden layers), where a silent one counts as
    step T.
    """
    distances = [np.abs(want.astype(np.int64) - got)
                 for want, got in zip(expected.spike_times[:-1], other.spike_times[:-1], strict=True)]
    count = sum(distance.size for distance in distances)
    return {"class": float((expected.classes == other.classes).mean()),
            "decision_time_mean_abs": float(np.abs(expected.decision_time - other.decision_time).mean()),
            "hidden_time_mean_abs": sum(int(distance.sum()) for distance in distances) / count if count else None}


DIFFERENT = 1
SHOWN = 5  # differing files that are named


def check_files(expected, found):
    """Say where the design in folder `found` differs from the one in `expected`; returns the differences as a list."""
    different = differences(expected, shown(found))
    if different:
        more = [f"and {len(different) - SHOWN} more"] if len(different) > SHOWN else []
        _say("\n  ".join([f"{shown(found)} is not what the generator makes of this network:", *different[:SHOWN],
                          *more]))
    return different


def verdict(reports, different_files=()):
    """Say the first difference of each report made by `compare_on`, or that there is none; returns the exit status."""
    if not any(report["mismatches"] for report in reports):
        console.print("No hardware was simulated: this is the golden model beside the float network.")
        return None
    wrong = [report for report in reports if report["first_mismatch"]]
    for report in wrong:
        _say(f"{report['sim']} differs from the golden model, first here:\n  {report['first_mismatch']}")
    slower = [report for report in reports if report["cycle_model"]["first"]]
    for report in slower:
        _say(f"{report['sim']} takes other cycles than the cycle model, first here:\n  "
             f"{report['cycle_model']['first']}")
    if wrong or slower or different_files:
        return DIFFERENT
    if any(report["mismatches"]["spikes"] == NOT_OBSERVED for report in reports):
        console.print("Every result is equal to the golden model's; spikes inside were not observed.")
    else:
        console.print("Every result and every spike up to the decision is equal to the golden model's.")
    return None


def bench_verdict(reports, failed=()):
    """Say the first difference of each run of the reports made by `measure`, and what failed, or that there is nothing
    of both; returns the exit status."""
    wrong = [*failed] + [f"{report['name']}, {run_name}: {sentence}" for report in reports
             for run_name, sentence in report["differences"].items() if sentence]
    for sentence in wrong:
        _say(sentence)
    if wrong:
        return DIFFERENT
    console.print("Every result and every spike up to the decision is equal to the golden model's, every cycle to the "
                  "cycle model's.")
    return None


def _say(text):
    error_console.print(text, style="bold red", soft_wrap=True)
