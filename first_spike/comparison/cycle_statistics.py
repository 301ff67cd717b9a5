"""Numbers of cycles in a few figures."""

import numpy as np


def statistics(cycles):
    """{"mean", "p50", "p99", "max"} of int64 [n], ready for JSON; a percentile is the smallest number of cycles that so
    many images do not exceed."""
    p50, p99 = np.percentile(cycles, [50, 99], method="inverted_cdf")
    return {"mean": float(cycles.mean()), "p50": int(p50), "p99": int(p99), "max": int(cycles.max())}
