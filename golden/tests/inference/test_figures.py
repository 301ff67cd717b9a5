"""Figures, counted once more from what the oracle says of every image."""

import numpy as np
import pytest

from first_spike.golden.data.dataset import Dataset
from first_spike.golden.inference.figures import count, figures, recall
from first_spike.golden.inference.infer import infer
from tb.helpers.oracle import classify, pixel_time
from tb.helpers.random_networks import as_float, random_images, random_network


def by_hand(network, images):
    """Per image (class, silent, tie, decision time, [spikes up to the decision of the inputs and of each layer])."""
    for image in images:
        verdict = classify(network, image)
        heard = image.ravel()[network.used_inputs]
        used = [pixel_time(int(pixel), network.steps) for pixel in heard]
        last = min(verdict.decision_time, network.steps - 1)
        spikes = [sum(time <= last for time in times) for times in (used, *verdict.spike_times)]
        yield verdict.class_index, verdict.silent, verdict.tie, verdict.decision_time, spikes


@pytest.mark.parametrize("seed", range(8))
def test_counts(seed):
    rng = np.random.default_rng(seed)
    network = random_network(rng, int(2 ** rng.integers(1, 9)), 3, 1 + seed % 3)
    images = np.concatenate([random_images(rng, network) for _ in range(3)])
    labels = rng.integers(0, network.sizes[-1], len(images))
    rows = list(by_hand(network, images))
    whole = infer(network, images)
    found = count(network, images, labels, whole)
    assert found == count(network, images, labels, whole.until_decision())
    assert found.images == len(images)
    assert found.correct == sum(row[0] == label for row, label in zip(rows, labels))
    assert (found.silent, found.ties, found.steps) == tuple(sum(row[place] for row in rows) for place in (1, 2, 3))
    assert found.spikes == tuple(sum(row[4][source] for row in rows) for source in range(1 + len(network.layers)))
    assert found.mean(found.steps) == np.mean([row[3] for row in rows])
    unknown = count(network, images, None, whole)
    assert unknown.correct is None and unknown.mean(unknown.correct) is None and unknown.spikes == found.spikes


@pytest.mark.parametrize("split", [{}, {"seed": 3}])
def test_what_stands_in_the_header(split):
    rng = np.random.default_rng(9)
    network = random_network(rng, 16, 4, 2)
    images = random_images(rng, network)
    labels = rng.integers(0, network.sizes[-1], len(images))
    data = Dataset(images[:1], labels[:1], images, labels, network.classes, "random", split)
    held_out = images[:3], labels[:3]
    rows = list(by_hand(network, images))
    right = [row[0] == label for row, label in zip(rows, labels)]
    for made, shown in (figures(network, data, held_out, 0.25), figures(as_float(network), data, held_out, 0.25)):
        assert shown == made.accuracy | recall(infer(network, images).classes, labels, network.classes)
        assert made.accuracy == {
            "dataset": "random", "images": 7, "accuracy": sum(right) / 7,
            "silent": sum(row[1] for row in rows) / 7, "ties": sum(row[2] for row in rows) / 7,
            "events": round(sum(sum(row[4][:-1]) for row in rows) / 7, 1), "most_silent": 0.25,
            "held_out": {"images": 3, "accuracy": sum(right[:3]) / 3, "silent": sum(row[1] for row in rows[:3]) / 3},
        } | ({"split": split} if split else {})
    assert network.accuracy == {}


def test_recall_by_hand():
    labels, named = np.array([0, 0, 0, 2, 2, 3]), np.array([0, 0, 1, 2, 3, 3])
    assert recall(named, labels, tuple("abcd")) == {"recall": {"a": 2 / 3, "b": None, "c": 0.5, "d": 1.0},
                                                    "worst_class": "c", "worst_recall": 0.5}
    assert recall(named, None, tuple("abcd")) == recall(None, labels, ("a",)) == {
        "recall": None, "worst_class": None, "worst_recall": None}
