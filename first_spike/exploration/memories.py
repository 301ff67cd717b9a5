"""What yosys' memory_libmap makes of a memory for an ECP5: block RAM, distributed RAM, or logic.

It takes what is cheapest: 128 for a block RAM, 4 for a distributed RAM of 16 words of 4 bits, half a unit for each bit
that is chosen between two of them, and a unit for each bit in logic, or for 16 of a table that is never written.
"""

from math import ceil, inf
from typing import NamedTuple

from first_spike.golden.contract.limits import SHALLOW_WORDS
from first_spike.rtl_model.layer.weight_memory import native_bits

BLOCK, DISTRIBUTED, LOGIC = "block RAM", "distributed RAM", "logic"
DEPTHS = {1: 16384, 2: 8192, 4: 4096, 9: 2048, 18: 1024, 36: 512}  # words of a block RAM, by their width
BYTE = 9  # bits that are written together in a block RAM
ROW_WORDS, ROW_BITS = 16, 4  # of a distributed RAM
PLAIN, SHADOWED = (1, 1), (4, 4)  # charges of a memory behind a register, and of one that shows at once what is written


class Memory(NamedTuple):
    """words, bits: that it has, bits without those that never change; style: what it has to be made of, if that is
    said; constant: it is never written; parts: of a word, written each by itself; charges: for what has to stand around
    it, as DISTRIBUTED and as BLOCK."""

    words: int
    bits: int
    style: str | None = None
    constant: bool = False
    parts: int = 1
    charges: tuple = PLAIN


class Mapping(NamedTuple):
    """style: what a memory is made of; count: how many RAMs that takes; rows: so many lie one above the other."""

    style: str
    count: int = 0
    rows: int = 0


def mapped(memory):
    """The Mapping of a Memory."""
    logic = memory.words * memory.bits / (ROW_WORDS if memory.constant else 1)
    best, found = inf if memory.style else int(logic), Mapping(LOGIC)
    if memory.bits:
        for cost, mapping in (_distributed(memory), _block(memory)):
            if memory.style in (None, mapping.style) and cost < best:
                best, found = int(cost), mapping
    return found


def _distributed(memory):
    """(cost, Mapping) in distributed RAM."""
    if memory.constant:
        return inf, Mapping(DISTRIBUTED)
    rows, columns = ceil(memory.words / ROW_WORDS), memory.parts * ceil(memory.bits / memory.parts / ROW_BITS)
    cost = 4 * rows * columns + _choice(memory, rows) / 2 + 2 * memory.charges[0]
    return cost, Mapping(DISTRIBUTED, rows * columns, rows)


def _block(memory):
    """(cost, Mapping) in block RAM, of the width that is cheapest."""
    best, found = inf, None
    for width, depth in DEPTHS.items():
        byte = 1 if memory.constant else min(width, BYTE)
        bits, rows = memory.parts * ceil(memory.bits / memory.parts / byte) * byte, ceil(memory.words / depth)
        count = ceil(rows * bits / width)
        cost = 128 * count + _choice(memory, rows) / 2 + 2 * memory.charges[1]
        if found is None or cost < int(best):
            best, found = cost, Mapping(BLOCK, count, rows)
    return best, found


def _choice(memory, rows):
    """Bits that are chosen where so many RAMs lie one above the other."""
    written = 0 if memory.constant or rows == 1 else rows * memory.parts
    return (rows - 1) * memory.bits + written


def sliced(words, bits):
    """The arrays of a memory as `word_memory` writes it, of the width that a block RAM has."""
    native = native_bits(words)
    return [Memory(words, min(native, bits - first)) for first in range(0, bits, native)]


def tables(file):
    """The arrays of a HexFiles."""
    changes, style = varying(file.words), None if len(file.words) <= SHALLOW_WORDS else BLOCK
    lows = [sum(file.widths[:number]) for number in range(len(file.widths))]
    return [Memory(len(file.words), (changes >> low & (1 << width) - 1).bit_count(), style, constant=True)
            for low, width in zip(lows, file.widths)]


def varying(words):
    """A mask of the bits that are not the same in all words."""
    ones, always = 0, -1
    for word in words:
        ones, always = ones | word, always & word
    return ones & ~always
