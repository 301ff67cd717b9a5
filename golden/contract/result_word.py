"""The 32-bit result word of the hardware: [15:0] class, [24:16] decision time, [29] silent, [30] tie, [31] bad frame,
else 0."""

from dataclasses import dataclass

import numpy as np

CLASS_BITS, TIME_BITS = 16, 9
SILENT_BIT, TIE_BIT, BAD_BIT = 29, 30, 31
OTHER_BITS = (1 << 32) - (1 << CLASS_BITS + TIME_BITS)  # flags, and the bits that are always 0


@dataclass(frozen=True, eq=False)
class Results:
    """What n result words say: classes, decision_time int64 [n]; silent, tie, bad bool [n]; other int64 [n], the word's
    OTHER_BITS."""

    classes: np.ndarray
    decision_time: np.ndarray
    silent: np.ndarray
    tie: np.ndarray
    bad: np.ndarray
    other: np.ndarray


def pack(classes, decision_time, silent, tie, bad=False):
    """Result words int64 [n], or a single int64, from arrays or single values of one shape."""
    flags = ((silent, SILENT_BIT), (tie, TIE_BIT), (bad, BAD_BIT))
    words = np.asarray(classes, np.int64) | np.asarray(decision_time, np.int64) << CLASS_BITS
    for flag, bit in flags:
        words = words | np.asarray(flag, np.int64) << bit
    return words


def unpack(words):
    """Results of words (integers [n], or a single one)."""
    words = np.asarray(words).astype(np.int64)
    silent, tie, bad = ((words >> bit & 1).astype(bool) for bit in (SILENT_BIT, TIE_BIT, BAD_BIT))
    return Results(words & (1 << CLASS_BITS) - 1, words >> CLASS_BITS & (1 << TIME_BITS) - 1, silent, tie, bad,
                   words & OTHER_BITS)
