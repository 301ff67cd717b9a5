"""One design on a whole test set: back to back, each image alone, and with stalls at both ends."""

from dataclasses import dataclass

import numpy as np

from golden.contract.configuration import Configuration
from golden.contract.network import Network
from golden.inference.infer import infer
from golden.schedule.cycles import latency, predict
from scripts.agreement.backends import Outcome
from scripts.agreement.compare_on import statistics
from scripts.agreement.mismatches import count_mismatches
from tb.recorder import build_recorder, record

BUILD_SHARE = 0.4  # of the time, for compiling


@dataclass(frozen=True, eq=False)
class Design:
    """What is measured."""

    name: str
    network: Network
    configuration: Configuration


def measure(design, images, labels, folder, work, stalls, seed, report):
    """Simulate the design in `folder` on the images, three times; returns its figures, ready for JSON.

    stalls: percent, in the third run. report(share) is told how far it is. `differences` has a sentence for each run
    that differs from the golden model or the cycle model, else None.
    """
    network, configuration, count = design.network, design.configuration, len(images)
    build_recorder(network, configuration, images, folder, work)
    whole = infer(network, images)
    expected, predicted = whole.until_decision(), predict(network, configuration, images, whole)
    records, agreements = {}, {}
    options = {"stream": {}, "alone": {"alone": True}, "stalled": {"stalls": stalls}}
    for number, (name, option) in enumerate(options.items()):
        records[name] = record(network, configuration, count, work, seed=seed, **option,
                               progress=lambda share, n=number: report(BUILD_SHARE + (1 - BUILD_SHARE)
                                                                       * (n + share) / len(options)))
        agreements[name] = count_mismatches(network, expected, outcome(records[name], network))
    stream, alone, stalled = records["stream"], records["alone"], records["stalled"]
    start = stream["first_beat"][0]
    cycles = {"stream": (predicted.valid, stream["valid"] - start),
              "alone": (latency(network, configuration, images, whole), alone["valid"] - alone["last_beat"])}
    return {
        "name": design.name,
        "network_sha256": network.sha256,
        "configuration": {**configuration.__dict__, "lanes": configuration.layer_lanes(network.sizes)},
        "accuracy": float(((stream["words"] & 0xFFFF) == labels).mean()),
        "stalls_percent": stalls,
        "images": {name: count for name in options},
        "mismatches": {name: agreement.mismatches for name, agreement in agreements.items()},
        "cycles": statistics(np.diff(stream["valid"])),
        "latency_idle": statistics(alone["valid"] - alone["last_beat"]),
        "cycles_stalled": statistics(np.diff(stalled["valid"])),
        "cycle_model_differs": {name: int((want != got).sum()) for name, (want, got) in cycles.items()},
        "differences": {name: agreements[name].first or cycle_difference(*cycles.get(name, ((), ())))
                        for name in options},
    }


def outcome(found, network):
    """The Outcome of what a recorder gave."""
    layers = tuple(found[f"layer{k}_spike_times"] for k in range(len(network.sizes)))
    return Outcome(found["words"].astype(np.int64), layers, None, None)


def cycle_difference(predicted, found):
    """The first image whose cycles are not as predicted, as a sentence, or None."""
    wrong = np.flatnonzero(np.asarray(predicted) != np.asarray(found))
    if not wrong.size:
        return None
    return f"image {wrong[0]}: the cycle model says {predicted[wrong[0]]}, the hardware took {found[wrong[0]]}"
