"""Sizes and stages of the hardware that a prediction of its cycles has to know too: each is said here once, for
`golden` and `rtl_model`.

They are facts of the contract, not code: the cycle model shares no function with the hardware.

The 32-bit result word of the hardware: [15:0] class, [24:16] decision time, [29] silent, [30] tie, [31] bad frame,
else 0.
"""

from dataclasses import dataclass

import numpy as np

QUEUE_DEPTH = 16  # fired vectors that wait between two layers: one row of distributed RAM
QUEUE_MARGIN = 8  # places kept for what is in a layer's pipeline when the queue asks it to hold
LISTENED_BEATS = 1024  # of an image, up to which a table says which pixels count; beyond it is not worth its LUTs
SHALLOW_WORDS = 64  # up to which a memory of weights is made of LUTs; larger ones are block RAM
PROMPT_CYCLES = 4  # from decision to class, within which no other image can get there; with more it waits
RESULT_PLACES = 2  # results that may wait for the sink
EVENT_BITS = 32  # of an event, which is a beat
MOST_FRAMES = 7  # under way: two are loaded, two results wait, and each may be one more for a cycle
TAG_PLACES = MOST_FRAMES + 1  # for what a frame hands to its result; one may still be cut into beats; a power of two
SCAN_WORD = 4  # neurons that the serializer behind a layer looks at together
FEWEST_SCAN_WORDS = 2  # of a way in a fold, where there are several folds: the number of a word has a bit at least

# Of a convolution
WORD_DISTANCE = 7  # cycles after a word of potentials is read in which it is not back in memory
WINDOW_DISTANCE = 3  # the same of a word of the pool
MOST_SCRUBBED = 8  # words that are emptied when an image begins
CANDIDATES_AHEAD = 4  # candidates that are fetched from their queue before they are wanted
ROW_WORD_DISTANCE = 4  # the same as WORD_DISTANCE of a convolution that works on a row of its kernel in a cycle
ROW_SETTLE = 8  # cycles after which a word that such a one empties is so, at the latest

# Registers between a transfer and the outcome of its step, beside the one for the weights and the one for the potential
ADDRESS_STAGES = 1  # of a layer with folds
BLOCK_RAM_STAGES = 2  # its output, and one that catches the word
WAY_SUM_STAGES = 1  # of a layer that takes more than
COMBINED_WAYS = 2  # spikes a cycle; so many weights are added to the potential at once


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
