"""What a design is made of, as the area model counts it.

How many LUTs a table of constants takes.

The Parts of a dense layer, of what makes spikes of those that fire in a layer, and of the read-out.
"""

from collections import Counter
from math import ceil
from typing import NamedTuple

from first_spike.exploration.memories import BLOCK, DISTRIBUTED, LOGIC, SHADOWED, Memory, mapped, tables, varying
from first_spike.golden.contract.limits import QUEUE_DEPTH, RESULT_PLACES, SCAN_WORD, SHALLOW_WORDS
from first_spike.rtl_model.layer.weight_memory import unit_bits, weight_file
from first_spike.rtl_model.parts.streams import bits_for

LEAF = 4  # inputs of a LUT; what has one more is two, and needs no LUT to choose between them


def table_luts(words, bits):
    """LUT4 of a table of `words`, integers of so many `bits`, one of which is looked up: a LUT for each function of up
    to four bits of its number, shared by what is equal, and multiplexers. What lies beyond the words does not
    matter."""
    columns = [sum((word >> bit & 1) << number for number, word in enumerate(words)) for bit in range(bits)]
    seen = set()
    return sum(_luts(column, len(words), seen) for column in columns)


def _luts(column, count, seen):
    """LUT4 of what is not `seen` yet of the function whose `count` values are the bits of `column`."""
    inputs = (count - 1).bit_length()
    support = sum(_depends(column, count, bit) for bit in range(inputs))
    if support <= 1 or (column, inputs) in seen:
        return 0
    seen.add((column, inputs))
    if support <= LEAF + 1:
        return 2 if support > LEAF else 1
    half = 1 << inputs - 1
    low, high, rest = column & (1 << half) - 1, column >> half, count - half
    if low & (1 << rest) - 1 == high:
        return _luts(low, half, seen)
    return _luts(low, half, seen) + _luts(high, rest, seen) + 1


def _depends(column, count, bit):
    """Whether such a function depends on a bit of the number."""
    step, every = 1 << bit, (1 << count) - 1
    pairs = sum(((1 << step) - 1) << place for place in range(0, count, 2 * step))
    return (column ^ column >> step) & pairs & every >> step != 0


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


RESTARTED = (1, 3)  # charges of potentials that all begin alike
OWN_BITS = 2  # of the number of a fold, for which a LUT has inputs left beside what it chooses from


def dense_parts(shape, contents, feed, last):
    """{name of an instance: Part} of a dense layer; last: of the network."""
    lanes, bits, ways = shape.lanes, shape.potential_bits, heard_ways(feed)
    weights, kept = weight_memories(shape, contents, feed), lane_memories(shape, contents, last)
    amounts = {"one": 1, "lane": lanes, "carry": lanes * ceil(bits / 2), "last lane": lanes * last,
               "address bit": ways * shape.address_bits}
    if shape.ways == 2:
        amounts["sum of two"] = lanes * (2 * bits - 1) * (ways - 1)
    else:
        amounts["sum of four"] = lanes * shape.code_bits * (ways - 1)
    if shape.weight_banks is None:
        amounts["table"] = sum(luts_of_table(memory, heard(words, sources, shape), lanes * shape.weight_bits)
                               for memory, words, sources in zip(weights, contents.words, feed.sources))
        if shape.folds > 1:
            amounts |= starts(contents.initials, bits)
    else:
        amounts |= {"loaded": 1, "part": shape.write_parts * ways, "loaded lane": lanes,
                    f"start bit of {shape.weight_banks}": lanes * shape.start_bits,
                    f"kept bit of {shape.weight_banks}": lanes * bits}
    return {shape.name: part("dense" if shape.folds == 1 else "folded", weights + kept, amounts,
                             {"weight": weights, "kept": kept})}


def heard_ways(feed):
    """Ways of a Feed with neurons: nothing is left of the others."""
    return sum(max(way) >= 0 for way in feed.sources)


def heard(words, sources, shape):
    """Of the words of a way those whose numbers have only bits that a number of a neuron has."""
    used = sum({1 << bit for number, source in enumerate(sources) if source >= 0
                for bit in range(number.bit_length()) if number >> bit & 1})
    return [word for number, word in enumerate(words) if not number & ~used] if shape.folds == 1 else words


def starts(initials, bits, copies=1):
    """What the potentials of folds begin with, in so many copies: bits that differ from fold to fold, for which there
    is a table unless a LUT takes the number of the fold too."""
    words = [sum((value % (1 << bits)) << lane * bits for lane, value in enumerate(values)) for values in initials]
    found = {"start bit": copies * varying(words).bit_count()}
    if bits_for(len(words)) > OWN_BITS:
        found["start table"] = table_luts(words, len(initials[0]) * bits)
    return found


def weight_memories(shape, contents, feed):
    """The arrays of the weights of a dense layer."""
    if shape.weight_banks is None:
        return [memory for words in contents.words for memory in tables(
            weight_file("", words, shape.weight_bits, shape.lanes, sliced=shape.folds > 1))]
    return heard_ways(feed) * loaded_memories(shape)


def loaded_memories(shape):
    """The arrays of the loaded weights of one way of any layer."""
    depth = ((shape.weight_banks - 1) << shape.weight_address_bits) + shape.weight_words
    bits = shape.weight_lanes * shape.weight_bits
    shallow = shape.weight_words <= SHALLOW_WORDS
    unit, style = (shape.part_bits, DISTRIBUTED) if shallow else (unit_bits(depth, shape.part_bits), BLOCK)
    return [Memory(depth, min(unit, bits - first), style) for first in range(0, bits, unit)]


def lane_memories(shape, contents, last):
    """What the lanes of a folded layer keep of their neurons, and, with two banks, what these begin with."""
    bits = shape.potential_bits + (not last)  # and whether it has fired
    if shape.folds == 1:
        return []
    if shape.weight_banks is None:
        return [Memory(shape.folds, bits, charges=SHADOWED if len(set(values)) > 1 else RESTARTED)
                for values in zip(*contents.initials)]
    if shape.weight_banks == 1:
        return [Memory(2 * shape.folds, shape.lanes * bits, parts=shape.lanes)]
    return shape.lanes * [Memory(shape.folds, bits, charges=SHADOWED),
                          Memory(2 << bits_for(shape.folds), shape.start_bits, DISTRIBUTED)]


def serializer_part(shape, feed, steps):
    """What makes spikes of the neurons that fired, behind a queue; feed: of the next layer."""
    ways, folded = heard_ways(feed), shape.folds > 1
    bits = shape.lanes + bits_for(steps) + 1 + (bits_for(shape.folds) + 1 if folded else 0)
    queue = Memory(min(shape.most_vectors(steps), QUEUE_DEPTH), bits, charges=SHADOWED)
    return part("serializer", [queue], {
        "one": 1, "way": ways, "lane": shape.lanes, "folded": folded,
        "way of one word": ways * (ceil(shape.lanes / feed.ways) <= SCAN_WORD), "full": queue.words == QUEUE_DEPTH})


def readout_part(shape, steps):
    """What finds the largest potential, and the queue of results."""
    classes, bits = bits_for(shape.lanes * shape.folds), shape.potential_bits
    amounts = {"one": 1, "node": shape.lanes - 1, "node bit": (shape.lanes - 1) * bits, "step bit": bits_for(steps)}
    if shape.folds > 1:
        amounts |= {"folded": 1, "fold bit": bits, "class bit": classes}
    return part("readout", [Memory(RESULT_PLACES, classes + 12, charges=SHADOWED)], amounts)
