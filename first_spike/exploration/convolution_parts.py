"""The Parts of a convolution."""

from math import ceil

from first_spike.exploration.layer_parts import dense_parts, starts
from first_spike.exploration.memories import SHADOWED, Memory, sliced, tables
from first_spike.exploration.parts import luts_of_table, part
from first_spike.golden.contract.limits import CANDIDATES_AHEAD
from first_spike.rtl_model.layer.visit_range import range_file
from first_spike.rtl_model.layer.weight_memory import weight_file
from first_spike.rtl_model.parts.streams import bits_for


def convolution_parts(shape, contents, feed, last):
    """Of a convolution that works on a place or on a row of its kernel in a cycle: what finds and orders visits, and
    the lanes; at one position it is a dense layer."""
    if not shape.is_map:
        return dense_parts(shape, contents, feed, last)
    if shape.by_rows:
        banks, tag, candidates, entry_bits = shape.banks, 0, shape.most_candidates, shape.entry_bits
        words, windows = 2 << shape.word_bits, 2 << shape.window_bits
        own = {"visit bit": shape.visit_bits, "scrub bit": shape.scrub_bits}
    else:
        banks, tag, candidates, entry_bits = 1, shape.epoch_bits, shape.words, shape.word_bits
        words, windows = shape.words, shape.folds
        own = {"word bit": shape.word_bits, "range bit": sum(shape.range_bits.values())}
    lanes, bits = banks * shape.lanes, shape.potential_bits
    visits = range_file("", contents.visits, shape)
    file = weight_file("", contents.words[0], shape.weight_bits, lanes, sliced=True)
    waiting = [Memory(CANDIDATES_AHEAD, entry_bits, charges=SHADOWED), *sliced(1 << bits_for(candidates), entry_bits)]
    pools = banks * (sliced(words, shape.lanes * bits + 1 + tag) + sliced(windows, shape.lanes + tag))
    amounts = own | {"one": 1} | {f"{name} table": luts_of_table(tables(found)[0], found.words, sum(found.widths))
                                  for name, found in (("visit", visits), ("weight", file))}
    in_lanes = {"lane": lanes, "carry": lanes * ceil(bits / 2)}
    if shape.channel_folds > 1:
        in_lanes |= starts(contents.initials, bits, banks)
    block = "rows" if shape.by_rows else "places"
    return {shape.name: part(block, waiting + pools + tables(visits) + tables(file), amounts),
            f"{shape.name}_lane": part(f"lanes of {block}", [], in_lanes)}
