"""A network's calibration: thresholds and a table of probabilities, chosen on held-out images."""

from dataclasses import replace

import numpy as np

from first_spike.golden.contract.confidence import (
    DECIMALS,
    ENTRIES,
    MOST_SHOWN,
    Calibration,
    Shifts,
    check_coverage,
)
from first_spike.golden.errors import UserError
from first_spike.golden.inference.infer import infer
from first_spike.golden.inference.reliability import kept_of

COVERAGE = 0.95  # usual share of held-out images that each threshold keeps
FEWEST = 10  # images of each class
PRIOR = 1  # image of mean accuracy that every entry of the table counts besides its own
NAMED = 5  # classes in a sentence


def calibrated(network, images, labels, coverage):
    """Return a copy of a Network with a Calibration.

    Args:
        network: a Network; its own calibration, if it has one, is replaced.
        images: held-out images, as `infer` takes them, which no weight was learned on.
        labels: int64 [n], their classes.
        coverage: share of the images, above 0 to 1, whose margin is not below its threshold; of the spread likewise.

    Raises UserError for another coverage, and if a class has fewer than FEWEST images.
    """
    check_coverage(coverage)
    require_enough(labels, network.classes)
    found = infer(network, images)
    margins, probabilities = table(found.margin, found.classes == labels, Shifts.of(network).margin)
    calibration = Calibration(lowest_kept(found.margin, coverage), lowest_kept(found.spread, coverage), margins,
                              probabilities, coverage, len(labels), network.sha256)
    return replace(network, calibration=calibration)


def require_enough(labels, classes):
    """Raise UserError unless labels, int64 [n], hold FEWEST images of each of the classes, which are names."""
    counts = np.bincount(labels, minlength=len(classes))
    few = [f"{classes[n]} ({counts[n]})" for n in np.flatnonzero(counts < FEWEST)]
    if few:
        more = f" and {len(few) - NAMED} more" if len(few) > NAMED else ""
        raise UserError(f"a calibration needs {FEWEST} held-out images of each class, found fewer of class "
                        f"{', '.join(few[:NAMED])}{more}: hold out more images")


def lowest_kept(scores, coverage):
    """Return the largest threshold, an int, that at least the share `coverage` of the scores, int64 [n], reach."""
    return int(np.sort(scores)[len(scores) - kept_of(coverage, len(scores))])


def table(margins, right, shift):
    """Return the table of probabilities, two tuples of ENTRIES, as Calibration has them.

    Entry k begins at the margin below which the share (k / ENTRIES) ** 2 of the images lies: most errors have small
    margins. It is rounded to a multiple of 2 ** shift, at most MOST_SHOWN of them, so that a margin that hardware shows
    has the probability of the exact margin. Its probability is the share of right images in it, with PRIOR images of
    mean accuracy besides; entries that would fall are joined. Entries behind the largest margin repeat the last.

    margins: int64 [n]. right: bool [n].
    """
    ordered, edges = np.sort(margins) >> shift, [0]
    for entry in range(1, ENTRIES):
        edge = min(int(ordered[entry * entry * len(ordered) // (ENTRIES * ENTRIES)]), MOST_SHOWN)
        if edge > edges[-1]:
            edges.append(edge)
    entries = np.searchsorted(edges, margins >> shift, side="right") - 1
    counts = np.bincount(entries, minlength=len(edges)) + PRIOR
    rights = np.bincount(entries[right], minlength=len(edges)) + PRIOR * right.mean()
    probabilities = [round(float(share), DECIMALS) for share in _never_falling(rights, counts)]
    unused = [number for number in range(edges[-1] + 1, edges[-1] + ENTRIES + 1)][:ENTRIES - len(edges)]
    return (tuple(edge << shift for edge in edges + unused),
            tuple(probabilities + probabilities[-1:] * len(unused)))


def _never_falling(rights, counts):
    """The shares rights / counts of each entry; neighbours of which the second is smaller are taken together (isotonic
    regression by pooling adjacent violators)."""
    pools = []
    for right, count in zip(rights.tolist(), counts.tolist()):
        pools.append((right, count, 1))
        while len(pools) > 1 and pools[-2][0] * pools[-1][1] > pools[-1][0] * pools[-2][1]:
            last, before = pools.pop(), pools.pop()
            pools.append(tuple(map(sum, zip(before, last))))
    return [right / count for right, count, entries in pools for _ in range(entries)]
