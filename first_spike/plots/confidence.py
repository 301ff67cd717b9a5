"""How sure a network is, as pictures: errors by coverage, probabilities against what was right."""

import numpy as np

from first_spike.comparison.confidence import COVERAGES
from first_spike.golden.errors import UserError
from first_spike.golden.inference.reliability import bins_of, kept_of, risk_by_coverage
from first_spike.plots.run import BLUE, GREY, ORANGE, PALE, label, legend, sheet


def right_of(run):
    """Return bool [n], which images of a Run were named rightly; UserError without labels."""
    if run.chosen.labels is None:
        raise UserError(f"errors need labels, but {run.chosen.name} has none: give ChosenImages with some")
    return run.result.classes == run.chosen.labels


def draw_risk_coverage(run):
    """Draw the risk-coverage curve: the share of errors among the images of the largest margins, over their share."""
    figure, (axis,) = sheet(2.8)
    _draw_risk(axis, run)
    return figure


def draw_reliability(run):
    """Draw the reliability diagram: the share of right images over the mean probability, a dot for each of 15 bins of
    equal count; UserError without a calibration."""
    figure, (axis,) = sheet(3.4)
    _draw_reliability(axis, run)
    return figure


def draw_confidence(run):
    """Draw the risk-coverage curve, and below it, if the network has a calibration, the reliability diagram."""
    if run.network.calibration is None:
        return draw_risk_coverage(run)
    figure, axes = sheet(6, 2)
    _draw_risk(axes[0], run)
    _draw_reliability(axes[1], run)
    return figure


def _draw_risk(axis, run):
    right = right_of(run)
    count = len(right)
    risks, coverages = 100 * risk_by_coverage(run.result.margin, right), 100 * np.arange(1, count + 1) / count
    axis.plot(coverages, risks, color=BLUE, linewidth=1.2, label="largest margins first")
    axis.axhline(risks[-1], color=GREY, linestyle="--", linewidth=0.8, label="all images")
    places = [kept_of(coverage, count) - 1 for coverage in COVERAGES]
    axis.plot(coverages[places], risks[places], "o", color=BLUE, markersize=3)
    if run.network.calibration is not None:
        kept = 100 * float((run.result.margin >= run.network.calibration.unsure_below).mean())
        axis.axvline(kept, color=ORANGE, linewidth=1, label="not unsure")
    axis.set_ylim(bottom=0)
    axis.set_xlim(0, 100)
    legend(axis, ncols=3)
    label(axis, "coverage, % of the images", "error, %")


def _draw_reliability(axis, run):
    said, found = bins_of(run.result.confidence(run.network).probability, right_of(run))
    axis.plot([0, 1], [0, 1], color=PALE, linewidth=0.8, label="as said")
    axis.plot(said, found, "o-", color=BLUE, markersize=4, linewidth=0.8, label="bins of equal count")
    low = max(0, min(said.min(), found.min()) - 0.05)
    axis.set_xlim(low, 1.01)
    axis.set_ylim(low, 1.01)
    legend(axis, ncols=2)
    label(axis, "mean probability", "share right")

