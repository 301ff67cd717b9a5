"""The integer contract of confidence: margin, spread and runner-up, how hardware shows them, and a network's
calibration.

V are the potentials of the output neurons at the end of the decision step. If no output neuron fires, they are those at
the end of the last step, T - 1. Neurons that have fired keep their potentials. Events behind the decision step never
count. All outputs have one threshold, so V may be relative to it: no result below changes.

class      the largest V, the lowest number among equal ones (the read-out rule)
runner_up  the largest V without the class, the lowest number among equal ones; the class itself if it is the only one
margin     V[class] - V[runner_up]; 0 for a network of one class, and if both are equal
spread     classes * V[class] - sum of V, which is the sum of V[class] - V[j] over all classes j

Margin and spread are integers of 0 or more. `bounds` gives their largest values, hence their widths.

unsure     margin < unsure_below
foreign    spread < foreign_below

Both comparisons use exact numbers, before any shift. A threshold of 0 never sets its flag.

The confidence word, 32 bits: [15:0] runner_up, [23:16] margin, [31:24] spread. Margin and spread are shifted right,
then saturated: shown = min(value >> shift, 255). `Shifts.of(network)` gives the usual shifts; a design may have others,
which its manifest names.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from itertools import pairwise

import numpy as np

from first_spike.golden.contract.limits import CLASS_BITS
from first_spike.golden.errors import UserError

UNSURE_BIT, FOREIGN_BIT = 25, 26  # of the result word, in designs that show them
SHOWN_BITS = 8  # of margin and of spread in the confidence word
MOST_SHOWN = (1 << SHOWN_BITS) - 1
MARGIN_BIT, SPREAD_BIT = CLASS_BITS, CLASS_BITS + SHOWN_BITS  # lowest bits in the confidence word
MOST_SHIFT = 63
ENTRIES = 16  # of a table of probabilities
DECIMALS = 4  # of a probability
LARGEST = (1 << 63) - 1


def shown(values, shift):
    """Return margins or spreads as hardware shows them, int64 of the shape of `values`, 0 to MOST_SHOWN.

    Args:
        values: whole numbers from 0 on, exact margins or spreads.
        shift: bits of the right shift, 0 to MOST_SHIFT.
    """
    return np.minimum(np.asarray(values, np.int64) >> shift, MOST_SHOWN)


@dataclass(frozen=True)
class Shifts:
    """Bits by which margin and spread are shifted right before they are shown."""

    margin: int
    spread: int

    @classmethod
    def of(cls, network):
        """Return the usual shifts of a Network: the smallest after which the output threshold, and the number of
        classes times the output threshold, are at most MOST_SHOWN."""
        threshold = int(network.layers[-1].thresholds[0])
        return cls(*(max(number.bit_length() - SHOWN_BITS, 0)
                     for number in (threshold, len(network.classes) * threshold)))


def bounds(network):
    """Return (largest margin, largest spread) that a Network can reach, or more, as Python integers.

    Their widths are those of these numbers. Each potential lies between its own bounds; those of all classes but the
    winner are at their lowest.
    """
    lowest, highest = ([int(bound) for bound in side] for side in network.bounds(len(network.layers) - 1))
    if len(lowest) == 1:
        return 0, 0
    second, first = sorted(lowest)[-2:]
    margins = [high - (second if low == first else first) for low, high in zip(lowest, highest)]
    spreads = [(len(lowest) - 1) * high - (sum(lowest) - low) for low, high in zip(lowest, highest)]
    return max(margins), max(spreads)


def pack_confidence(runner_up, margin, spread, shifts):
    """Return confidence words, int64 [n] or a single int64, from exact arrays or single values of one shape."""
    return (np.asarray(runner_up, np.int64) | shown(margin, shifts.margin) << MARGIN_BIT
            | shown(spread, shifts.spread) << SPREAD_BIT)


def unpack_confidence(words):
    """Return (runner_up, margin, spread) of confidence words, int64 each; margin and spread as they are shown."""
    words = np.asarray(words).astype(np.int64)
    return (words & (1 << CLASS_BITS) - 1, words >> MARGIN_BIT & MOST_SHOWN, words >> SPREAD_BIT & MOST_SHOWN)


@dataclass(frozen=True)
class Calibration:
    """What margins and spreads of one network mean, chosen on held-out images of its own classes.

    unsure_below: an image is unsure if its margin is lower; 0 to 2^63 - 1, as foreign_below.
    foreign_below: an image is foreign if its spread is lower.
    margins: ENTRIES whole numbers, rising, the first is 0. An entry of the table is for margins from its number on, up
        to the next one.
    probabilities: ENTRIES numbers from 0 to 1 that never fall, of DECIMALS decimals: how likely the class is right.
    coverage: share of the held-out images, above 0 to 1, that each threshold had to keep.
    images: number of these images, 1 or more.
    network: SHA-256 of the network that it belongs to, in hex.
    """

    unsure_below: int
    foreign_below: int
    margins: tuple
    probabilities: tuple
    coverage: float
    images: int
    network: str

    def __post_init__(self):
        for name in ("margins", "probabilities"):
            value = getattr(self, name)
            if not isinstance(value, (list, tuple)) or len(value) != ENTRIES:
                raise UserError(f"calibration: {name} must be a list of {ENTRIES} numbers, found {value!r:.60}")
            object.__setattr__(self, name, tuple(value))
        for name in ("unsure_below", "foreign_below"):
            _require_whole(name, getattr(self, name))
        for margin in self.margins:
            _require_whole("margins", margin)
        _require_whole("images", self.images, 1)
        if not all(_is_number(value) and 0 <= value <= 1 for value in self.probabilities):
            raise UserError(f"calibration: probabilities must be numbers from 0 to 1, found "
                            f"{list(self.probabilities)!r:.90}")
        if self.margins[0] != 0 or any(low >= high for low, high in pairwise(self.margins)):
            raise UserError(f"calibration: margins must begin with 0 and rise, found {list(self.margins)!r:.90}")
        for entry, (low, high) in enumerate(pairwise(self.probabilities), 1):
            if low > high:
                raise UserError(f"calibration: the table falls from {low} to {high} at entry {entry}: a larger margin "
                                f"must never be less probable")
        check_coverage(self.coverage)
        if not isinstance(self.network, str) or len(self.network) != 64:
            raise UserError(f"calibration: network must be a SHA-256 in hex, found {self.network!r:.80}")

    def probability(self, margin):
        """Return how likely each class is right, float64 [n], for exact margins, whole numbers [n]."""
        return np.array(self.probabilities)[np.searchsorted(self.margins, margin, side="right") - 1]

    @property
    def sha256(self):
        """SHA-256 (hex) of all fields, which designs with flags carry."""
        return hashlib.sha256(json.dumps(self.facts(), sort_keys=True).encode()).hexdigest()

    def facts(self):
        """Return the calibration as a network's file holds it, a dict."""
        return asdict(self) | {"margins": list(self.margins), "probabilities": list(self.probabilities)}

    @classmethod
    def from_facts(cls, facts):
        """Return the Calibration that `facts` of a file hold; UserError for anything else."""
        names = {field.name for field in fields(cls)}
        if not isinstance(facts, dict) or set(facts) != names:
            found = sorted(facts) if isinstance(facts, dict) else facts
            raise UserError(f"calibration must have the keys {', '.join(sorted(names))}, found {found!r:.90}")
        return cls(**facts)


def check_coverage(coverage):
    """Raise UserError unless `coverage` is a number above 0, up to 1."""
    if not _is_number(coverage) or not 0 < coverage <= 1:
        raise UserError(f"coverage must be a number above 0, up to 1, found {coverage!r:.40}")


def _require_whole(name, value, least=0):
    if type(value) is not int or not least <= value <= LARGEST:
        raise UserError(f"calibration: {name} must hold whole numbers from {least} to 2^63 - 1, found {value!r:.60}")


def _is_number(value):
    return type(value) in (int, float)
