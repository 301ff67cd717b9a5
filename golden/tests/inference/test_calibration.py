"""Calibrations and the figures that judge them: against plain loops, by hand, and everything that is refused."""

from dataclasses import replace
from fractions import Fraction
from math import ceil

import numpy as np
import pytest

from first_spike.golden.contract.confidence import ENTRIES, Shifts, shown
from first_spike.golden.contract.network import Layer, Network
from first_spike.golden.errors import UserError
from first_spike.golden.inference.calibration import FEWEST, calibrated, lowest_kept, table
from first_spike.golden.inference.infer import Inference, infer
from first_spike.golden.inference.reliability import (
    auroc,
    bins_of,
    brier,
    error_at,
    expected_calibration_error,
    risk_by_coverage,
)
from tb.helpers.random_networks import random_network


def case(seed, count=400):
    """(network, images, labels) of which many are right, in order, with enough of each class."""
    rng = np.random.default_rng(seed)
    distinct = 0
    while distinct < 12:
        network = random_network(rng, 16, 4, 2)
        images = rng.integers(0, 256, (count, *network.image_shape), dtype=np.uint8)
        found = infer(network, images)
        distinct = len(np.unique(found.margin))
    labels = np.where(rng.random(count) < 0.4 + found.margin / (2 * found.margin.max() + 1), found.classes,
                      rng.integers(0, len(network.classes), count))
    labels[:FEWEST * len(network.classes)] = np.tile(np.arange(len(network.classes)), FEWEST)
    return network, images, labels


def plain_table(margins, right, shift):
    """The table by loops and fractions, from its definition."""
    margins, n = [int(margin) for margin in margins], len(margins)
    ordered = sorted(margins)
    edges = [0]
    for k in range(1, ENTRIES):
        edge = min(ordered[k * k * n // 256] // 2 ** shift, 255) * 2 ** shift
        if edge not in edges:
            edges.append(edge)
    overall = Fraction(int(sum(right)), n)
    blocks = []
    for k, edge in enumerate(edges):
        inside = [bool(r) for m, r in zip(margins, right) if edge <= m and (k + 1 == len(edges) or m < edges[k + 1])]
        blocks.append([sum(inside) + overall, len(inside) + 1, 1])
    falls = True
    while falls:  # join neighbours until nothing falls
        falls = False
        for k in range(len(blocks) - 1):
            if blocks[k][0] / blocks[k][1] > blocks[k + 1][0] / blocks[k + 1][1]:
                blocks[k:k + 2] = [[a + b for a, b in zip(*blocks[k:k + 2])]]
                falls = True
                break
    shares = [float(total / count) for total, count, entries in blocks for _ in range(entries)]
    while len(edges) < ENTRIES:
        edges.append(edges[-1] + 2 ** shift)
        shares.append(shares[-1])
    return edges, shares


@pytest.mark.parametrize("seed", range(40))
def test_the_table_of_plain_loops(seed):
    rng = np.random.default_rng(seed)
    count, shift = int(rng.choice([20, 160, 1000])), int(rng.integers(0, 4))
    margins = rng.integers(0, int(rng.choice([1, 5, 60, 3000])), count)
    right = rng.random(count) < rng.choice([0, 0.5, 1, 2]) * (0.2 + margins / (margins.max() + 1))
    edges, probabilities = table(margins, right, shift)
    wanted_edges, wanted = plain_table(margins, right, shift)
    assert list(edges) == wanted_edges and all(type(edge) is int for edge in edges)
    assert len(probabilities) == ENTRIES and [abs(p - q) <= 0.5001e-4 for p, q in zip(probabilities, wanted)] == [
        True] * ENTRIES
    assert list(probabilities) == sorted(probabilities)


@pytest.mark.parametrize("seed", range(12))
def test_a_calibration(seed):
    network, images, labels = case(seed)
    made = calibrated(network, images, labels, 0.9)
    found, calibration = infer(network, images), made.calibration
    assert made.sha256 == network.sha256 and network.calibration is None
    assert (calibration.coverage, calibration.images, calibration.network) == (0.9, len(images), network.sha256)
    for scores, threshold in ((found.margin, calibration.unsure_below), (found.spread, calibration.foreign_below)):
        assert (scores >= threshold).sum() >= 0.9 * len(images) > (scores >= threshold + 1).sum()
    shift = Shifts.of(network).margin
    assert (calibration.margins, calibration.probabilities) == table(found.margin, found.classes == labels, shift)
    sure = found.confidence(made)
    assert (sure.probability.dtype, sure.unsure.dtype, sure.foreign.dtype) == (np.float64, np.bool_, np.bool_)
    assert sure.unsure.tolist() == [margin < calibration.unsure_below for margin in found.margin.tolist()]
    assert sure.foreign.tolist() == [spread < calibration.foreign_below for spread in found.spread.tolist()]
    assert sure.probability.tolist() == calibration.probability(found.margin).tolist()
    assert len(set(sure.probability)) >= 2


def test_a_shown_margin_has_the_probability_of_the_exact_one():
    """What hardware shows, shifted and saturated, is enough for the table."""
    rng = np.random.default_rng(4)
    for shift in range(5):
        margins = rng.integers(0, 9000, 3000)
        network = Network(16, (1, 1), [Layer(np.ones((1, 2), np.int8), np.full(2, 255 << shift, np.int32), 4)],
                          list("ab"))
        assert Shifts.of(network).margin == shift
        edges, probabilities = table(margins, rng.random(3000) < margins / 9000, shift)
        every = np.arange(12000)
        exact, coarse = (np.array(probabilities)[np.searchsorted(edges, some, side="right") - 1]
                         for some in (every, shown(every, shift) << shift))
        assert exact.tolist() == coarse.tolist() and len(set(exact)) > 2


@pytest.mark.parametrize("coverage", [1e-300, 0.01, 0.07, 0.5, 0.55, 0.9, 0.95, 0.99, 1.0, 1])
def test_thresholds_keep_the_share(coverage):
    for seed in range(20):
        rng = np.random.default_rng(seed)
        scores = rng.integers(0, int(rng.choice([1, 4, 500])), int(rng.choice([20, 100, 333])))
        kept = ceil(Fraction(str(coverage)) * len(scores))
        assert lowest_kept(scores, coverage) == max(t for t in scores.tolist() if sum(scores >= t) >= kept)


@pytest.mark.parametrize("coverage", [0, -0.1, 1.01, 95, float("nan"), None, "0.95", True])
def test_a_wrong_coverage(coverage):
    network, images, labels = case(1)
    with pytest.raises(UserError, match="coverage must be a number above 0, up to 1, found"):
        calibrated(network, images, labels, coverage)


def test_too_few_images_of_a_class():
    network, images, labels = case(1)
    few = np.flatnonzero(labels == 1)[:FEWEST - 1]
    part = np.concatenate([np.flatnonzero(labels != 1), few])
    with pytest.raises(UserError, match=rf"needs {FEWEST} held-out images of each class, found fewer of class "
                                        rf"class 1 \({FEWEST - 1}\): hold out more"):
        calibrated(network, images[part], labels[part], 0.95)
    part = np.concatenate([np.flatnonzero(labels != 1), np.flatnonzero(labels == 1)[:FEWEST]])
    assert calibrated(network, images[part], labels[part], 0.95).calibration.images == len(part)
    with pytest.raises(UserError, match=r"class 0 \(0\), class 1 \(0\)"):
        calibrated(network, images[:0], labels[:0], 0.95)


def test_confidence_needs_a_calibration_and_margins():
    network, images, labels = case(2)
    found = infer(network, images)
    with pytest.raises(UserError, match="the network has no calibration"):
        found.confidence(network)
    made = calibrated(network, images, labels, 0.95)
    with pytest.raises(UserError, match="these results hold no margins"):
        Inference(found.classes, found.decision_time, found.silent, found.tie, found.bad, None, 16).confidence(made)
    with pytest.raises(UserError, match="a Network is needed"):
        found.confidence(made.calibration)
    assert repr(found.confidence(made)).startswith("Confidence of 400: probability 0.")
    assert calibrated(made, images, labels, 0.5).calibration != made.calibration
    assert replace(made, calibration=None) == network


def test_figures_by_hand():
    """Six images; two of an equal score share their error."""
    scores = np.array([5, 1, 3, 3, 9, 0])
    right = np.array([True, False, True, False, True, False])
    assert risk_by_coverage(scores, right).tolist() == [0, 0, 0.5 / 3, 1 / 4, 2 / 5, 3 / 6]
    assert [error_at(scores, right, c) for c in (0.01, 0.5, 0.51, 1)] == [0, 0.5 / 3, 0.25, 0.5]
    probability = np.array([0.75, 0.25, 0.5, 0.5, 1, 0])
    assert brier(probability, right) == (0.0625 + 0.0625 + 0.25 + 0.25 + 0 + 0) / 6
    assert auroc(scores[right], scores[~right]) == (3 + 2.5 + 3) / 9
    assert auroc(scores[:0], scores) is None


def test_the_order_of_the_images_changes_nothing():
    rng = np.random.default_rng(6)
    scores = rng.integers(0, 9, 700)
    right, probability = rng.random(700) < 0.3 + scores / 20, 0.3 + scores / 20
    order = rng.permutation(700)
    for figure in (lambda s, r, p: risk_by_coverage(s, r).round(12).tolist(),
                   lambda s, r, p: round(expected_calibration_error(p, r), 12),
                   lambda s, r, p: auroc(s[r], s[~r])):
        assert figure(scores, right, probability) == figure(scores[order], right[order], probability[order])


def test_calibration_error_of_plain_loops():
    """15 bins of equal count, the first larger; images of one probability share their right answers."""
    rng = np.random.default_rng(7)
    for count in (3, 15, 100, 1000):
        probability = rng.integers(0, 12, count) / 12
        right = rng.random(count) < probability
        mean = {p: np.mean([r for q, r in zip(probability, right) if q == p]) for p in set(probability.tolist())}
        ordered, error, start = sorted(probability.tolist()), 0, 0
        bins = min(15, count)
        for k in range(bins):
            size = count // bins + (k < count % bins)
            part = ordered[start:start + size]
            error += abs(sum(part) - sum(mean[p] for p in part))
            start += size
        assert abs(expected_calibration_error(probability, right) - error / count) < 1e-12
        assert len(bins_of(probability, right)[0]) == bins


def test_auroc_of_plain_loops():
    rng = np.random.default_rng(8)
    for _ in range(20):
        higher, lower = rng.integers(0, 6, rng.integers(1, 40)), rng.integers(0, 6, rng.integers(1, 40))
        wins = sum((a > b) + (a == b) / 2 for a in higher.tolist() for b in lower.tolist())
        assert auroc(higher, lower) == wins / (len(higher) * len(lower))
