"""Counting where a back end and the golden model differ, and naming the first place; how far the float network
agrees."""

from dataclasses import dataclass

import numpy as np

SILENT, TIE = 1 << 29, 1 << 30
FLAG_BITS = 0xFE000000  # the flags, bad frame among them, and the bits that are always 0


@dataclass(frozen=True)
class Agreement:
    """mismatches: {"class", "decision_time", "flags": images, "spikes": spike times of single neurons} that differ;
    equal_images: how many images are equal in all of it; first: the first difference as a sentence, None when there is
    none."""

    mismatches: dict
    equal_images: int
    first: str | None


def count_mismatches(network, expected, outcome):
    """Agreement of an Outcome with `infer(..., until_decision=True)` of the same images."""
    flags = np.where(expected.silent, SILENT, 0) | np.where(expected.tie, TIE, 0)
    results = {"class": (expected.classes, outcome.classes), "decision_time": (expected.decision_time,
                                                                               outcome.decision_time),
               "flags": (flags, outcome.words & FLAG_BITS)}
    spikes = list(zip(expected.spike_times, outcome.spike_times))
    mismatches = {name: int((want != got).sum()) for name, (want, got) in results.items()}
    mismatches["spikes"] = sum(int((want != got).sum()) for want, got in spikes)
    wrong = np.logical_or.reduce([want != got for want, got in results.values()]
                                 + [(want != got).any(axis=1) for want, got in spikes])
    if not wrong.any():
        return Agreement(mismatches, len(wrong), None)
    image = int(np.argmax(wrong))
    place = _first_spike(network.steps, spikes, image) or _first_result(results, image)
    return Agreement(mismatches, int((~wrong).sum()), f"image {image}, {place}")


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


def cycle_agreement(predicted, outcome):
    """{"mismatches": images whose cycles are not those that the cycle model predicts, "first": the first as a sentence
    or None}."""
    wrong = np.flatnonzero(predicted != outcome.cycles)
    first = None
    if wrong.size:
        first = f"image {wrong[0]}: expected {predicted[wrong[0]]} cycles, got {outcome.cycles[wrong[0]]}"
    return {"mismatches": wrong.size, "first": first}


def float_agreement(expected, other):
    """How the float network's Inference differs from the golden one of the same images, both for the whole run.

    class: share of images with the same class; decision_time_mean_abs and hidden_time_mean_abs: mean distance in steps,
    over images, and over all hidden neurons of all images (None without hidden layers), where a silent one counts as
    step T.
    """
    distances = [np.abs(want.astype(np.int64) - got) for want, got in zip(expected.spike_times[:-1],
                                                                          other.spike_times[:-1])]
    count = sum(distance.size for distance in distances)
    return {"class": float((expected.classes == other.classes).mean()),
            "decision_time_mean_abs": float(np.abs(expected.decision_time - other.decision_time).mean()),
            "hidden_time_mean_abs": sum(int(distance.sum()) for distance in distances) / count if count else None}
