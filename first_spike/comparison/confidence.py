"""How sure the answers of a network on images are: figures as plain numbers, rows for people, the most doubtful images.
"""

import numpy as np

from first_spike.golden.inference.reliability import (
    auroc,
    bins_of,
    brier,
    error_at,
    expected_calibration_error,
    risk_by_coverage,
)

COVERAGES = (1.0, 0.99, 0.98, 0.95, 0.9)
POINTS = 100  # of the curve of errors
DOUBTFUL = 10  # images that a report lists


def confidence_report(network, labels, result):
    """Return figures of an Inference of n images, ready for JSON.

    Args:
        network: the network that inferred; figures "calibrated" need its calibration.
        labels: int64 [n] or None.
        result: the Inference.

    Returns:
        A dict: `margin_mean` and `spread_mean`. `error_by_coverage`: [{"coverage", "error"}] for COVERAGES, the share
        of errors among the images of the largest margins; `curve`, the same for every hundredth; `auroc`, how likely a
        right image has a larger margin than a wrong one; all None without labels. `calibrated`: None, or `coverage`
        (share of images that are not unsure), `foreign` (share), `probability_mean`, and with labels, else None,
        `error` (share of errors among the images that are not unsure), `expected_calibration_error`, `brier`,
        `reliability` ([mean probability, share right] of bins of equal count). `doubtful`: the DOUBTFUL images of the
        smallest margins, see `doubts`.
    """
    found = {"margin_mean": float(result.margin.mean()), "spread_mean": float(result.spread.mean()),
             **dict.fromkeys(("error_by_coverage", "curve", "auroc"))}
    right = None if labels is None else result.classes == labels
    if right is not None:
        count = len(right)
        risks = risk_by_coverage(result.margin, right)
        found |= {"error_by_coverage": [{"coverage": coverage, "error": error_at(result.margin, right, coverage)}
                                        for coverage in COVERAGES],
                  "curve": [float(risks[-(-point * count // POINTS) - 1]) for point in range(1, POINTS + 1)],
                  "auroc": auroc(result.margin[right], result.margin[~right])}
    return found | {"calibrated": _calibrated(network, right, result),
                    "doubtful": doubts(network, labels, result, most_doubtful(result)[:DOUBTFUL])}


def _calibrated(network, right, result):
    if network.calibration is None:
        return None
    sure = result.confidence(network)
    found = {"coverage": float((~sure.unsure).mean()), "foreign": float(sure.foreign.mean()),
             "probability_mean": float(sure.probability.mean()),
             **dict.fromkeys(("error", "expected_calibration_error", "brier", "reliability"))}
    if right is None:
        return found
    answered = ~sure.unsure
    return found | {"error": float((~right[answered]).mean()) if answered.any() else None,
                    "expected_calibration_error": expected_calibration_error(sure.probability, right),
                    "brier": brier(sure.probability, right),
                    "reliability": np.stack(bins_of(sure.probability, right), axis=1).tolist()}


def most_doubtful(result):
    """Return the numbers of the images, int64 [n], the smallest margin first; of equal ones the smaller spread, then
    the lower number."""
    return np.lexsort((result.spread, result.margin))


def doubts(network, labels, result, images, start=0):
    """Return how sure an Inference is of some of its `images`, numbers, as a list that is ready for JSON.

    Each is a dict of image (its number, counted from `start`), label (None without labels), named and runner_up
    (numbers of classes), margin, spread, and probability, unsure and foreign (None without a calibration).
    """
    sure = result.confidence(network) if network.calibration is not None else None
    return [{"image": int(k) + start, "label": None if labels is None else int(labels[k]),
             "named": int(result.classes[k]), "runner_up": int(result.runner_up[k]),
             "margin": result.margin[k].item(), "spread": result.spread[k].item(),
             **{name: None if sure is None else getattr(sure, name)[k].item()
                for name in ("probability", "unsure", "foreign")}}
            for k in images]


def confidence_rows(report):
    """Return [(name, figure)], both text, of what `confidence_report` gives."""
    rows = []
    if report["error_by_coverage"] is not None:
        rows = [("error by coverage (margin)", ", ".join(f"{one['error']:.2%} at {one['coverage']:.0%}"
                                                         for one in report["error_by_coverage"]))]
    found = report["calibrated"]
    if found is None:
        return rows
    unsure = f"{1 - found['coverage']:.2%}"
    if found["error"] is not None:
        unsure += f", error of the others {found['error']:.2%}"
    rows += [("unsure (margin)", unsure), ("foreign (spread)", f"{found['foreign']:.2%}"),
             ("probability, mean", f"{found['probability_mean']:.2%}")]
    if found["brier"] is not None:
        rows += [("expected calibration error", f"{found['expected_calibration_error']:.2%}"),
                 ("Brier score", f"{found['brier']:.4f}")]
    return rows


def shown_doubt(classes, doubt):
    """Return a text on an image as `doubts` gives it: its margin, runner-up and probability. classes: their names."""
    if len(classes) == 1:
        return "there is no other class"
    likely = "" if doubt["probability"] is None else f", right with probability {doubt['probability']:.3f}"
    marks = "".join(f", {name}" for name in ("unsure", "foreign") if doubt[name])
    return f"margin {doubt['margin']:g} over {classes[doubt['runner_up']]}{likely}{marks}"
