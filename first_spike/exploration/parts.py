"""What a design is made of, as the area model counts it."""

from collections import Counter
from typing import NamedTuple

from first_spike.exploration.memories import BLOCK, DISTRIBUTED, LOGIC, mapped
from first_spike.exploration.tables import table_luts


class Part(NamedTuple):
    """block: what kind of a block it is; memories: its Memories; amounts: {what: how much} its other LUTs go with, of
    which COEFFICIENTS has the LUTs of one."""

    block: str
    memories: list
    amounts: dict

    def count(self, style):
        """RAMs of a style."""
        return sum(mapping.count for mapping in map(mapped, self.memories) if mapping.style == style)


def part(block, memories, amounts, choices=None):
    """A Part, whose memories need multiplexers too; choices: those that do, {name: Memories}, if not alike."""
    counted = Counter(amounts)
    for name, some in (choices or {"": memories}).items():
        for memory in some:
            for what, amount in chosen(memory).items():
                counted[f"{name} {what}".strip()] += amount
    return Part(block, memories, {what: amount for what, amount in counted.items() if amount})


def chosen(memory):
    """What chooses between the RAMs of a Memory that lie one above the other, or its bits in logic."""
    style, _, rows = mapped(memory)
    if style == LOGIC:
        return {} if memory.constant else {"stored bit": memory.words * memory.bits}
    return {f"{'row' if style == DISTRIBUTED else 'block'} bit": (rows - 1) * memory.bits}


def luts_of_table(memory, words, bits):
    """LUTs of the Memory of `words` of so many bits, none if it is not made of them."""
    return table_luts(words, bits) if memory.style is None and mapped(memory).style == LOGIC else 0


def is_block(memory):
    """Whether it is made of block RAM."""
    return mapped(memory).style == BLOCK
