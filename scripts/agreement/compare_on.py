"""A network on one back end against the golden model and the float network: the figures, and the first difference."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from golden.contract.float_network import FloatNetwork
from golden.contract.network import Network
from golden.errors import UserError
from golden.inference.infer import float_infer, infer
from golden.schedule.cycles import predict
from scripts.agreement.backends import classify
from scripts.agreement.mismatches import (
    count_mismatches,
    cycle_agreement,
    float_agreement,
)

NOT_SIMULATED = dict.fromkeys(("mismatches", "equal_images", "first_mismatch", "cycle_model"))


@dataclass(frozen=True, eq=False)
class Subject:
    """What is compared: a network, its float counterpart or None, uint8 images [n, rows, columns], int64 labels [n] or
    None."""

    network: Network
    float_network: FloatNetwork | None
    images: np.ndarray
    labels: np.ndarray | None

    def first(self, count):
        """The same with the first `count` images."""
        return replace(self, images=self.images[:count], labels=None if self.labels is None else self.labels[:count])


def load_float(network, network_path, float_path=None):
    """The FloatNetwork in `float_path`, or in NAME_float.npz beside NAME.npz if that exists, or None.

    Raises UserError unless its layers and steps are those of `network`.
    """
    if float_path is None:
        float_path = Path(network_path).with_name(f"{Path(network_path).stem}_float.npz")
        if not float_path.exists():
            return None
    float_network = FloatNetwork.load(float_path)
    one, other = _describe(network), _describe(float_network)
    if one != other:
        raise UserError(f"{float_path} is a network of {other}, but {network_path} is one of {one}")
    return float_network


def _describe(network):
    rows, columns = network.image_shape
    return f"{rows} x {columns} pixels, {'-'.join(map(str, network.sizes))} neurons and {network.steps} steps"


def compare_on(backend, subject, configuration, design=None, build=None, **options):
    """Classify the subject's images on `backend` and compare; returns (report ready for JSON, Outcome).

    design, build, options: as in `backends.classify`. On the golden model itself nothing is simulated: what only
    hardware can give is None, and its cycles are those of the cycle model. Raises UserError for images that do not fit,
    and for a back end that is missing or fails.
    """
    network, images, labels = subject.network, subject.images, subject.labels
    whole = infer(network, images)
    outcome = classify(backend, network, configuration, images, design, build, **options)
    in_float = None if subject.float_network is None else float_infer(subject.float_network, images)
    simulated = backend != "golden"
    report = {
        "images": len(images),
        "sim": backend,
        "network_sha256": network.sha256,
        "configuration": {**configuration.__dict__, "lanes": configuration.layer_lanes(network.sizes)},
        "accuracy": {"float": _accuracy(in_float, labels), "golden": _accuracy(whole, labels),
                     "rtl": _accuracy(outcome if simulated else None, labels)},
        "float_agreement": None if in_float is None else float_agreement(whole, in_float),
        "cycles": statistics(outcome.cycles),
        "latency": statistics(outcome.latency),
    }
    return report | (_hardware_agreement(network, configuration, images, whole, outcome) if simulated
                     else NOT_SIMULATED), outcome


def _hardware_agreement(network, configuration, images, whole, outcome):
    agreement = count_mismatches(network, whole.until_decision(), outcome)
    cycles = cycle_agreement(predict(network, configuration, images, whole).interval, outcome)
    return {"mismatches": agreement.mismatches, "equal_images": agreement.equal_images,
            "first_mismatch": agreement.first, "cycle_model": cycles}


def _accuracy(result, labels):
    return None if result is None or labels is None else float((result.classes == labels).mean())


def statistics(cycles):
    """Mean and percentiles (the smallest number of cycles that so many images do not exceed)."""
    if cycles is None:
        return None
    p50, p99 = np.percentile(cycles, [50, 99], method="inverted_cdf")
    return {"mean": float(cycles.mean()), "p50": int(p50), "p99": int(p99), "max": int(cycles.max())}
