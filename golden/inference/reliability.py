"""Figures that judge confidences: error by coverage, calibration error, Brier score, and how well a score tells two
kinds of images apart.

Images of equal scores have no order. Each of them counts as the mean of all of them, which is what a draw by lot gives
in the mean. So no figure depends on the order of the images.
"""

import numpy as np

BINS = 15  # of the expected calibration error, of equal count


def kept_of(coverage, count):
    """Return how many of `count` images the share `coverage` is, rounded up, at least one."""
    return max(int(np.ceil(coverage * count - 1e-9)), 1)  # 0.55 * 100 is a little more than 55


def mean_of_equals(scores, values):
    """Return float64 [n]: for each image the mean of `values` over the images of an equal score."""
    _, groups = np.unique(scores, return_inverse=True)
    return (np.bincount(groups, values) / np.bincount(groups))[groups]


def risk_by_coverage(scores, right):
    """Return float64 [n]: the share of errors among the k + 1 images with the highest scores, for k from 0 on."""
    _, groups = np.unique(-np.asarray(scores), return_inverse=True)
    counts, wrong = np.bincount(groups), np.bincount(groups, ~np.asarray(right))
    kept, ends = np.arange(1, len(groups) + 1), np.cumsum(counts)
    group = np.searchsorted(ends, kept)  # the last that is begun
    missing = ends[group] - kept  # of its images
    return (np.cumsum(wrong)[group] - wrong[group] * missing / counts[group]) / kept


def error_at(scores, right, coverage):
    """Return the share of errors among the share `coverage` of the images, rounded up, with the highest scores."""
    return float(risk_by_coverage(scores, right)[kept_of(coverage, len(scores)) - 1])


def bins_of(probability, right):
    """Return (mean probability, share right), float64 [bins] each, of up to BINS bins of equal count by probability.

    The bins differ by one image at most, the first ones are larger.
    """
    order = np.argsort(probability, kind="stable")
    shares = mean_of_equals(probability, np.asarray(right, np.float64))
    parts = np.array_split(order, min(BINS, len(order)))
    return (np.array([probability[part].mean() for part in parts]), np.array([shares[part].mean() for part in parts]))


def expected_calibration_error(probability, right):
    """Return the mean distance of probability and share right over the images, by the bins of `bins_of`."""
    said, found = bins_of(probability, right)
    counts = [len(part) for part in np.array_split(np.arange(len(probability)), len(said))]
    return float(np.average(np.abs(said - found), weights=counts))


def brier(probability, right):
    """Return the mean squared distance of the probability from 1 for a right class and 0 for a wrong one."""
    return float(np.mean((probability - np.asarray(right, np.float64)) ** 2))


def auroc(higher, lower):
    """Return how likely a score of `higher` is above one of `lower`, half counted for equal ones: the area under the
    ROC curve. None if one of them is empty."""
    if not len(higher) or not len(lower):
        return None
    ordered = np.sort(lower)
    below = np.searchsorted(ordered, higher, side="left") + np.searchsorted(ordered, higher, side="right")
    return float(below.sum() / (2 * len(higher) * len(lower)))
