"""The form in which the answers of hardware and of the golden model are compared."""

from dataclasses import dataclass

import numpy as np

from first_spike.golden.contract.limits import pack, unpack
from first_spike.golden.inference.infer import Inference


@dataclass(frozen=True, eq=False)
class Outcome:
    """The answers of a back end to n images: a simulator's, or the golden model's.

    words: int64 [n], result words. spike_times: for each layer int16 [n, neurons], up to the decision, T elsewhere.
    cycles: int64 [n], from one result to the next, the first from its first beat; the golden model predicts them.
    latency: int64 [n], from the first beat of an image to its result. None where they were not observed.
    """

    words: np.ndarray
    spike_times: tuple | None
    cycles: np.ndarray | None
    latency: np.ndarray | None

    def inference(self, steps):
        """Return words and spike times as the Inference of a network of `steps` time steps."""
        results = unpack(self.words)
        return Inference(results.classes, results.decision_time, results.silent, results.tie, results.bad,
                         self.spike_times, steps)


def from_golden(inference, cycles):
    """The Outcome that hardware has to give: that of an Inference for the whole run, and int64 [n] predicted cycles."""
    words = pack(inference.classes, inference.decision_time, inference.silent, inference.tie, inference.bad)
    return Outcome(words, inference.until_decision().spike_times, cycles, None)


def from_record(record):
    """The Outcome of a Record of images back to back."""
    starts = np.concatenate([record.first_beat[:1], record.valid[:-1]])
    return Outcome(record.words, record.spike_times, record.valid - starts, record.valid - record.first_beat)
